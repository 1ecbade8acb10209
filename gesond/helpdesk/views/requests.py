"""« Besoin d'aide » (S2-45, S1-29): asking, « Mes demandes d'aide », and a request's thread.

A thread is read by its account, or by a visitor whose browser has opened the personal link of an e-mail.
"""

from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from gesond.helpdesk.actions import requests as actions
from gesond.helpdesk.actions.links import ask_for_link, open_link
from gesond.helpdesk.actions.requests import RequestClosedError, may_reopen
from gesond.helpdesk.entries import REQUESTS
from gesond.helpdesk.forms.requests import HelpForm, LinkForm, ReplyForm
from gesond.helpdesk.models import Category, HelpRequest
from gesond.helpdesk.queries.requests import own_requests, readable_request, thread_of
from gesond.identity.models import Account
from gesond.identity.rules import entered_by
from gesond.identity.sessions.authentication import account_of, actor_of
from gesond.kernel.clock import now
from gesond.web.help_context import take_help_context

# What the page the visitor came from knew, while its form is being filled in.
CONTEXT_KEY = "help_form"
CONTEXT_LIFE = timedelta(hours=1)
SENT_KEY = "help_sent"
LINKS_KEY = "help_links"  # {request: link}, opened in this browser
LINK_SENT_KEY = "help_link_sent"
# Pages that offer what they know call it by their own name.
ABOUT = {"professional-activation": Category.PROFESSIONAL_DATA}
TOO_MANY_REQUESTS = 429

may_read_own = entered_by(*REQUESTS.for_doors)

RequestPage = Callable[[HttpRequest, HelpRequest], HttpResponse]


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def help_page(request: HttpRequest) -> HttpResponse:
    """The form, with the helpdesk's other addresses."""
    account = _account(request)
    context = _context(request)
    form = HelpForm(
        request.POST or None, signed_in=account is not None, facts=context["facts"], initial=_initial(request, context)
    )
    status = 200
    if request.method == "POST" and form.is_valid():
        asked = actions.ask(actor=actor_of(request), draft=form.draft(str(get_language())), account=account)
        if asked.request is not None:
            return _asked(request, asked.request)
        form.ask_to_wait(asked.retry_after)
        status = TOO_MANY_REQUESTS
    return render(
        request,
        "helpdesk/help.jinja",
        {"form": form, "facts": context["facts"], "signed_in": account is not None},
        status=status,
    )


@login_not_required
@never_cache
@require_safe
def sent(request: HttpRequest) -> HttpResponse:
    """The confirmation, with the request's number."""
    told = request.session.get(SENT_KEY)
    return render(request, "helpdesk/sent.jinja", {"sent": told}) if told else redirect("helpdesk:help")


@never_cache
@require_safe
def requests(request: HttpRequest) -> HttpResponse:
    """« Mes demandes d'aide », for the doors whose menu shows it."""
    if not may_read_own(request.user):
        raise PermissionDenied
    return render(request, "helpdesk/requests.jinja", {"requests": own_requests(account_of(request))})


def request_page(view: RequestPage) -> Callable[..., HttpResponse]:
    """For who may read the request so numbered. To anybody else it does not exist."""

    @login_not_required
    @never_cache
    @wraps(view)
    def page(request: HttpRequest, number: str) -> HttpResponse:
        links = request.session.get(LINKS_KEY, {})
        found = readable_request(number, account=_reader(request), links=links)
        if found is not None:
            return view(request, found)
        if request.user.is_authenticated:
            raise Http404
        messages.info(request, _("To read your request, sign in, or open the link of our latest e-mail."))
        return redirect("helpdesk:new_link")

    return page


@request_page
@require_http_methods(["GET", "HEAD", "POST"])
def thread(request: HttpRequest, found: HelpRequest) -> HttpResponse:
    """One request: what was said, and the person's next word."""
    form = ReplyForm(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            verdict = actions.reply(actor=actor_of(request), request_id=found.pk, text=form.cleaned_data["text"])
        except RequestClosedError:
            return _too_late(request, found)
        if verdict.allowed:
            messages.success(request, _("Your answer is sent."))
            return redirect("helpdesk:request", found.number)
        form.ask_to_wait(verdict.retry_after)
        status = TOO_MANY_REQUESTS
    is_closed = found.closed_at is not None
    context = {
        "thread": thread_of(found),
        "form": form,
        "own": found.account_id is not None,
        "is_closed": is_closed,
        "may_write": not is_closed or may_reopen(found),
    }
    return render(request, "helpdesk/thread.jinja", context, status=status)


@request_page
@require_POST
def close(request: HttpRequest, found: HelpRequest) -> HttpResponse:
    """« Ma demande est réglée »."""
    actions.close(actor=actor_of(request), request_id=found.pk)
    messages.success(request, _("Your request is closed. You can open it again within 30 days."))
    return redirect("helpdesk:request", found.number)


@request_page
@require_POST
def reopen(request: HttpRequest, found: HelpRequest) -> HttpResponse:
    """Within a month."""
    try:
        actions.reopen(actor=actor_of(request), request_id=found.pk)
    except RequestClosedError:
        return _too_late(request, found)
    messages.success(request, _("Your request is open again."))
    return redirect("helpdesk:request", found.number)


@login_not_required
@never_cache
@require_safe
def link(request: HttpRequest, token: str) -> HttpResponse:
    """The personal link of an e-mail: exchanged for the session, so that it does not stay in the address."""
    opened = open_link(actor=actor_of(request), token=token)
    if opened is None:
        messages.info(request, _("This link has expired or has been replaced by a later one. Ask for a new one here."))
        return redirect("helpdesk:new_link")
    request.session.cycle_key()  # a session planted in this browser before reads nothing of it
    request.session[LINKS_KEY] = {**request.session.get(LINKS_KEY, {}), str(opened.request_id): opened.pk}
    return redirect("helpdesk:request", opened.request.number)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new_link(request: HttpRequest) -> HttpResponse:
    """A new personal link to the address the request was left with. The same answer for everyone."""
    if request.session.pop(LINK_SENT_KEY, False):
        return render(request, "helpdesk/link_sent.jinja")
    form = LinkForm(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        verdict = ask_for_link(actor=actor_of(request), number=given["number"], email=given["email"])
        if verdict.allowed:
            request.session[LINK_SENT_KEY] = True
            return redirect("helpdesk:new_link")
        form.ask_to_wait(verdict.retry_after)
        status = TOO_MANY_REQUESTS
    return render(request, "helpdesk/new_link.jinja", {"form": form}, status=status)


def _account(request: HttpRequest) -> Account | None:
    return request.user if isinstance(request.user, Account) else None


def _reader(request: HttpRequest) -> Account | None:
    return _account(request) if may_read_own(request.user) else None


def _context(request: HttpRequest) -> dict[str, Any]:
    """What the last page offered: taken over once, kept until the form is sent or an hour has passed."""
    offered = take_help_context(request)
    if offered is not None:
        until = (now() + CONTEXT_LIFE).timestamp()
        request.session[CONTEXT_KEY] = {**offered, "until": until}
    held = request.session.get(CONTEXT_KEY)
    if held is None or held["until"] < now().timestamp():
        return {"about": "", "facts": {}}
    return dict(held)


def _initial(request: HttpRequest, context: dict[str, Any]) -> dict[str, str]:
    about = request.GET.get("about") or context["about"]
    category = ABOUT.get(about, about)
    return {"category": category} if category in set(Category) else {}


def _asked(request: HttpRequest, asked: HelpRequest) -> HttpResponse:
    request.session.pop(CONTEXT_KEY, None)
    request.session[SENT_KEY] = {
        "number": asked.spoken_number,
        "address": asked.number if asked.account_id and _reader(request) else "",
    }
    return redirect("helpdesk:sent")


def _too_late(request: HttpRequest, found: HelpRequest) -> HttpResponse:
    messages.info(request, _("This request was closed more than 30 days ago. Send a new one and name its number."))
    return redirect("helpdesk:request", found.number)
