"""The helpdesk's own pages: its queues, one request, a search."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.paginator import Page
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from gesond.helpdesk.actions import desk_requests as actions
from gesond.helpdesk.actions.desk_requests import MovedOnError, NoSuchPersonError, OwnRequestError, TakenError
from gesond.helpdesk.event_names import history_name
from gesond.helpdesk.forms import desk_requests as forms
from gesond.helpdesk.models import Category, HelpRequest
from gesond.helpdesk.queries.desk_requests import (
    DeskRequest,
    desk_request,
    found_by_email,
    found_by_key,
    found_by_person,
    queue_counts,
    queue_rows,
)
from gesond.helpdesk.ready_answers import READY_ANSWERS, ready_text
from gesond.identity.actions.staff_looks import record_search
from gesond.identity.models import Account, Role
from gesond.identity.sessions.authentication import account_of, actor_of
from gesond.identity.staff import desk_page
from gesond.kernel.clock import now
from gesond.kernel.identifiers import EmailAddress
from gesond.kernel.journal import Actor
from gesond.web.list_news import Mark, mark_of, news_of
from gesond.web.list_place import place_in, remember_place
from gesond.web.pagination import page_of

# What every action on a request is told first.
Deed = Callable[[Actor, Account, int], None]
RequestPage = Callable[[HttpRequest, DeskRequest], HttpResponse]


@desk_page(Role.HELPDESK)
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """A queue, with how many wait in each."""
    remember_place(request, "helpdesk:desk_requests", "queue", "category", "page")
    return _queue(request, forms.SearchForm())


@desk_page(Role.HELPDESK)
@require_safe
def news(request: HttpRequest) -> HttpResponse:
    """How the queue differs from what the page at hand shows of it."""
    rows = _rows(request, forms.QueueForm(request.GET))
    found = news_of(request, rows, came="changed_at", now=_mark(page_of(request, rows)))
    return render(request, "helpdesk/desk/news.jinja", {"news": found})


@desk_page(Role.HELPDESK)
@require_POST
def search(request: HttpRequest) -> HttpResponse:
    """By number, e-mail address or matricule: posted, for an address ends in histories and logs."""
    form = forms.SearchForm(request.POST)
    if not form.is_valid():
        return _queue(request, form)
    sought = form.cleaned_data["text"]
    found = found_by_key(sought) if isinstance(sought, int) else _found(actor_of(request), account_of(request), sought)
    if len(found) == 1:
        return redirect("helpdesk:desk_request", found[0].number)
    return render(request, "helpdesk/desk/found.jinja", {"found": found, "now": now()})


def for_request(view: RequestPage) -> Callable[..., HttpResponse]:
    """A page about the request so numbered."""

    @desk_page(Role.HELPDESK)
    @wraps(view)
    def page(request: HttpRequest, number: str) -> HttpResponse:
        found = desk_request(number)
        if found is None:
            raise Http404
        try:
            return view(request, found)
        except OwnRequestError:
            messages.warning(request, _("This request is your own: a colleague handles it."))
            return _back(found)

    return page


@for_request
@require_safe
def request(request: HttpRequest, found: DeskRequest) -> HttpResponse:
    """One request: thread, notes, history, and what may be done."""
    ready = ready_text(request.GET.get("ready", ""), found.request.language)
    answer = forms.AnswerForm(initial={"text": ready, "seen": found.last})
    return _show(request, found, answer=answer)


@for_request
@require_POST
def take(request: HttpRequest, found: DeskRequest) -> HttpResponse:
    """« Prendre en charge »."""
    try:
        actions.take(actor=actor_of(request), staff=account_of(request), request_id=found.request.pk)
    except TakenError:
        messages.warning(request, _("A colleague has taken this request meanwhile."))
    else:
        messages.success(request, _("The request is with you: answer below."))
    return _back(found)


@for_request
@require_POST
def assign(request: HttpRequest, found: DeskRequest) -> HttpResponse:
    """To a colleague, or to oneself from a colleague."""
    form = forms.AssignForm(request.POST, colleagues=found.colleagues)
    if not form.is_valid():
        return _show(request, found, assign=form)
    to = form.colleague
    try:
        actions.assign(actor=actor_of(request), staff=account_of(request), request_id=found.request.pk, to=to)
    except TakenError:
        messages.warning(request, _("This colleague no longer belongs to the helpdesk."))
    else:
        messages.success(request, _("The request is now with %(name)s.") % {"name": to.person.full_name})
    return _back(found)


@for_request
@require_POST
def answer(request: HttpRequest, found: DeskRequest) -> HttpResponse:
    """Answer, and close with it or wait for the person."""
    form = forms.AnswerForm(request.POST)
    if not form.is_valid():
        return _show(request, found, answer=form)
    try:
        actions.answer(
            actor=actor_of(request), staff=account_of(request), request_id=found.request.pk, answer=form.answer
        )
    except MovedOnError:
        form.tell_moved_on(found.last)
        return _show(request, found, answer=form)
    messages.success(request, _("Your answer is sent."))
    return _back(found)


@for_request
@require_POST
def note(request: HttpRequest, found: DeskRequest) -> HttpResponse:
    """An internal note."""
    form = forms.NoteForm(request.POST, prefix="note")
    if not form.is_valid():
        return _show(request, found, note=form)
    text = form.cleaned_data["text"]
    actions.note(actor=actor_of(request), staff=account_of(request), request_id=found.request.pk, text=text)
    messages.success(request, _("The note is kept. The person does not see it."))
    return _back(found)


@for_request
@require_POST
def category(request: HttpRequest, found: DeskRequest) -> HttpResponse:
    """Another category."""
    form = forms.CategoryForm(request.POST)
    if not form.is_valid():
        return _show(request, found, category=form)
    chosen = Category(form.cleaned_data["category"])
    actions.change_category(
        actor=actor_of(request), staff=account_of(request), request_id=found.request.pk, category=chosen
    )
    messages.success(request, _("The category is changed."))
    return _back(found)


@for_request
@require_POST
def person(request: HttpRequest, found: DeskRequest) -> HttpResponse:
    """Whom it is about."""
    form = forms.PersonForm(request.POST)
    if not form.is_valid():
        return _show(request, found, person=form)
    try:
        actions.link_person(
            actor=actor_of(request),
            staff=account_of(request),
            request_id=found.request.pk,
            matricule=form.cleaned_data["matricule"],
        )
    except NoSuchPersonError:
        form.tell_nobody()
        return _show(request, found, person=form)
    messages.success(request, _("The person is linked: their page is open to you for 30 minutes."))
    return _back(found)


@for_request
@require_POST
def close(request: HttpRequest, found: DeskRequest) -> HttpResponse:
    """Without an answer."""
    actions.close(actor=actor_of(request), staff=account_of(request), request_id=found.request.pk)
    messages.success(request, _("The request is closed, and the person is told how to open it again."))
    return _back(found)


@for_request
@require_POST
def reopen(request: HttpRequest, found: DeskRequest) -> HttpResponse:
    """However old."""
    actions.reopen(actor=actor_of(request), staff=account_of(request), request_id=found.request.pk)
    messages.success(request, _("The request is open again."))
    return _back(found)


def _queue(request: HttpRequest, search: forms.SearchForm) -> HttpResponse:
    filters = forms.QueueForm(request.GET)
    page = page_of(request, _rows(request, filters))
    context = {
        "filters": filters,
        "search": search,
        "counts": queue_counts(account_of(request)),
        "page": page,
        "mark": _mark(page),
        "now": now(),
    }
    return render(request, "helpdesk/desk/queue.jinja", context)


def _rows(request: HttpRequest, filters: forms.QueueForm) -> QuerySet[HelpRequest]:
    chosen, category = filters.chosen()
    return queue_rows(account_of(request), chosen, category)


def _mark(page: Page[HelpRequest]) -> Mark:
    return mark_of(page, ((one.pk, one.state, one.due_at, one.assigned_to_id, one.category) for one in page))


def _show(request: HttpRequest, found: DeskRequest, **given: Any) -> HttpResponse:
    """The page, with the forms that have something to say and the others fresh."""
    asked = found.request
    assigned = str(asked.assigned_to_id or account_of(request).pk)
    shown = {
        "answer": given.get("answer") or forms.AnswerForm(initial={"seen": found.last}),
        "note": given.get("note") or forms.NoteForm(prefix="note"),
        "category": given.get("category") or forms.CategoryForm(initial={"category": asked.category}),
        "assign": given.get("assign") or forms.AssignForm(colleagues=found.colleagues, initial={"to": assigned}),
        "person": given.get("person") or forms.PersonForm(),
    }
    context = {
        "found": found,
        "asked": asked,
        "forms": shown,
        "form": next(iter(given.values()), None),
        "history": [(entry, history_name(entry)) for entry in found.history],
        "ready_answers": READY_ANSWERS,
        "own": actions.is_own(asked, account_of(request)),
        "list": place_in(request, "helpdesk:desk_requests"),
        "now": now(),
    }
    return render(request, "helpdesk/desk/request.jinja", context)


def _back(found: DeskRequest) -> HttpResponse:
    return redirect("helpdesk:desk_request", found.request.number)


def _found(actor: Actor, staff: Account, sought: Any) -> list[HelpRequest]:
    if isinstance(sought, EmailAddress):
        found = found_by_email(sought.value)
        record_search(actor=actor, staff=staff, kind="email", typed=sought.value, found=len(found))
        return found
    try:
        whom = actions.look_up(actor=actor, staff=staff, matricule=sought)
    except NoSuchPersonError:
        return []
    return found_by_person(whom)
