"""Changing the telephone number and the e-mail address (S1-21, S1-22), and where codes go."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from gesond.identity.actions.channels import (
    ChangeOverError,
    ChannelRefusedError,
    abandon_change,
    begin_change,
    choose_code_channel,
    code_destination_of,
    confirm_change,
    resend_change_code,
)
from gesond.identity.actions.one_time_codes import CodeNotSentError, seconds_until_resend
from gesond.identity.forms.account import CodeChannelForm, CodeForm, EmailForm, PhoneForm, ProofChannelForm
from gesond.identity.forms.code_messages import refusal, too_soon
from gesond.identity.models import ChannelChange
from gesond.identity.queries.account import formatted, masked
from gesond.identity.sessions.authentication import account_of, actor_of
from gesond.identity.sessions.fresh_proof import fresh_proof_required, strong_proof_required, take_typed

FORMS = {"sms": PhoneForm, "email": EmailForm}
TAB = "identity:account_authentication"


@require_http_methods(["GET", "POST"])
@never_cache
@fresh_proof_required
@strong_proof_required
def change_channel(request: HttpRequest, channel: str) -> HttpResponse:
    """The new number or address, and where the first code goes."""
    account = account_of(request)
    if request.method != "POST":
        form = FORMS[channel](account=account, channel=channel, initial=take_typed(request))
        return _form_page(request, channel, form)
    form = FORMS[channel](request.POST, account=account, channel=channel)
    if not form.is_valid():
        return _form_page(request, channel, form, 422)
    return _begin(request, channel, form, form.cleaned_data["destination"])


@require_http_methods(["GET", "POST"])
@never_cache
@fresh_proof_required
def remove_channel(request: HttpRequest, channel: str) -> HttpResponse:
    """Asks before removing; what is refused says what to do."""
    account = account_of(request)
    if channel not in account.confirmed_channels():
        return HttpResponseRedirect(reverse(TAB))
    form = ProofChannelForm(request.POST if request.method == "POST" else None, account=account, channel=channel)
    if request.method == "POST" and form.is_valid():
        return _begin(request, channel, form, None)
    return _removal_page(request, channel, form)


@require_http_methods(["GET", "POST"])
@never_cache
def change_code(request: HttpRequest, change_id: UUID) -> HttpResponse:
    """The page that awaits a code, first of a channel the account has, then of the new one."""
    change = _own_change(request, change_id)
    if not change.is_open:
        return HttpResponseRedirect(reverse(TAB))
    if request.method != "POST":
        return _code_page(request, change, CodeForm())
    form = CodeForm(request.POST)
    if not form.is_valid():
        return _code_page(request, change, form)
    return _confirm(request, change, form)


@require_POST
def resend_code(request: HttpRequest, change_id: UUID) -> HttpResponse:
    """Another code, not too soon."""
    change = _own_change(request, change_id)
    try:
        resend_change_code(actor=actor_of(request), account=account_of(request), change_id=change.pk)
        messages.success(request, _("A new code was sent."))
    except CodeNotSentError as error:
        messages.warning(request, too_soon(error.retry_after))
    except ChangeOverError:
        return _over(request)
    return HttpResponseRedirect(reverse("identity:account_change", args=[change.pk]))


@require_POST
def give_up(request: HttpRequest, change_id: UUID) -> HttpResponse:
    """Nothing is changed."""
    change = _own_change(request, change_id)
    try:
        abandon_change(actor=actor_of(request), account=account_of(request), change_id=change.pk)
        messages.info(request, _("Nothing was changed."))
    except ChangeOverError:
        return _over(request)
    return HttpResponseRedirect(reverse(TAB))


@require_http_methods(["GET", "POST"])
@never_cache
@fresh_proof_required
def code_channel(request: HttpRequest) -> HttpResponse:
    """Where one-time codes go (S2-20)."""
    account = account_of(request)
    form = CodeChannelForm(request.POST if request.method == "POST" else None, account=account)
    if request.method != "POST" or not form.is_valid():
        return render(
            request, "identity/account/code_channel.jinja", {"form": form}, status=422 if form.errors else 200
        )
    choose_code_channel(actor=actor_of(request), account=account, channel=form.cleaned_data["channel"])
    messages.success(request, _("Your one-time codes will be sent there from now on."))
    return HttpResponseRedirect(reverse(TAB))


def _begin(request: HttpRequest, channel: str, form: ProofChannelForm, destination: str | None) -> HttpResponse:
    try:
        change = begin_change(
            actor=actor_of(request),
            account=account_of(request),
            channel=channel,
            destination=destination,
            proof_channel=form.chosen,
        )
    except ChannelRefusedError as error:
        form.add_error("destination" if error.reason == "same" else None, _refusal(error.reason))
    except CodeNotSentError as error:
        form.add_error(None, too_soon(error.retry_after))
    else:
        return HttpResponseRedirect(reverse("identity:account_change", args=[change.pk]))
    if destination is None:
        return _removal_page(request, channel, form)
    return _form_page(request, channel, form, 422)


def _refusal(reason: str) -> str:
    if reason == "same":
        return _("This is already the one of your account. Enter another one.")
    if reason == "code_channel":
        return _("Your one-time codes are sent there. Choose another channel for them first.")
    return _("This is no longer possible: your account was changed meanwhile. Start again.")


def _confirm(request: HttpRequest, change: ChannelChange, form: CodeForm) -> HttpResponse:
    try:
        check = confirm_change(
            actor=actor_of(request),
            account=account_of(request),
            change_id=change.pk,
            step=form.cleaned_data["step"],
            typed=form.cleaned_data["code"],
        )
    except ChangeOverError:
        return _over(request)
    except ChannelRefusedError as error:
        form.add_error(None, _refusal(error.reason))
        return _code_page(request, change, form)
    if not check.right:
        form.add_error("code", refusal(check))
        return _code_page(request, change, form)
    change.refresh_from_db()
    if change.is_open:
        return HttpResponseRedirect(reverse("identity:account_change", args=[change.pk]))
    messages.success(request, _done(change))
    return HttpResponseRedirect(reverse(TAB))


def _done(change: ChannelChange) -> str:
    if change.channel == "sms":
        return _("Your mobile number was changed.") if change.destination else _("Your mobile number was removed.")
    return _("Your e-mail address was changed.") if change.destination else _("Your e-mail address was removed.")


def _over(request: HttpRequest) -> HttpResponse:
    """It went on in another tab: the tab shows how things stand."""
    messages.info(request, _("This page was out of date. This is how your account stands."))
    return HttpResponseRedirect(reverse(TAB))


def _own_change(request: HttpRequest, change_id: UUID) -> ChannelChange:
    """Another account's change does not exist."""
    change = ChannelChange.objects.filter(pk=change_id, account=account_of(request)).first()
    if change is None:
        raise Http404
    change.account = account_of(request)
    return change


def _form_page(request: HttpRequest, channel: str, form: ProofChannelForm, status: int = 200) -> HttpResponse:
    account = account_of(request)
    current = account.confirmed_channels().get(channel)
    context = {
        "form": form,
        "channel": channel,
        "current": formatted(channel, current),
        "has_own": bool(account.confirmed_channels()),
        "declared": account.email if account.email_is_declared else "",
    }
    return render(request, "identity/account/change_channel.jinja", context, status=status)


def _removal_page(request: HttpRequest, channel: str, form: ProofChannelForm) -> HttpResponse:
    account = account_of(request)
    context: dict[str, Any] = {
        "form": form,
        "channel": channel,
        "current": formatted(channel, account.confirmed_channels()[channel]),
        "gets_codes": account.code_channel == channel,
        "is_last": len(account.confirmed_channels()) == 1,
    }
    return render(request, "identity/account/remove_channel.jinja", context, status=422 if form.errors else 200)


def _code_page(request: HttpRequest, change: ChannelChange, form: CodeForm) -> HttpResponse:
    channel, destination = code_destination_of(change)
    context = {
        "form": form,
        "change": change,
        "channel": channel,
        "destination": masked(channel, destination),
        "wait": seconds_until_resend(change.account),
        "code_minutes": settings.ENVIRONMENT.one_time_code_minutes,
    }
    return render(request, "identity/account/change_code.jinja", context, status=422 if form.errors else 200)
