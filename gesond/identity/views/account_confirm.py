"""Proving again who is there, before a sensitive change, by whichever means the account has."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from gesond.identity.actions.one_time_codes import CodeCheck, CodeNotSentError, seconds_until_resend
from gesond.identity.actions.passkeys import check_passkey
from gesond.identity.actions.step_up import NoChannelError, prove_with_code, prove_with_password, send_step_up_code
from gesond.identity.actions.totp import TotpStateError, check_totp
from gesond.identity.credentials import ceremonies
from gesond.identity.forms.account import CodeForm, CurrentPasswordForm, TotpForm
from gesond.identity.forms.code_messages import duration, refusal, too_soon
from gesond.identity.luxtrust.configuration import is_offered
from gesond.identity.models import TotpDevice
from gesond.identity.queries.account import masked
from gesond.identity.sessions.authentication import account_of, actor_of
from gesond.identity.sessions.fresh_proof import confirm_address, mark_proved
from gesond.identity.sessions.return_address import safe_return_address
from gesond.identity.sessions.store import stored_key
from gesond.identity.views.account_luxtrust import begin_step_up
from gesond.web.forms import Form

FORMS = ("password_form", "totp_form", "code_form")  # in the order of the page
SENT_KEY = "step_up_code_sent"


@require_http_methods(["GET", "POST"])
@never_cache
def confirm(request: HttpRequest) -> HttpResponse:
    """A form for each means; `means` says which one was sent."""
    means = MEANS.get(request.POST.get("means", ""))
    if request.method == "POST" and means:
        return means(request)
    return _page(request)


def _send(request: HttpRequest) -> HttpResponse:
    try:
        send_step_up_code(actor=actor_of(request), account=account_of(request), session=_session(request))
        request.session[SENT_KEY] = True
    except CodeNotSentError as error:
        messages.warning(request, too_soon(error.retry_after))
    except NoChannelError:  # the page offers it to nobody without one
        return _page(request)
    return HttpResponseRedirect(confirm_address(_next(request)))


def _password(request: HttpRequest) -> HttpResponse:
    form = CurrentPasswordForm(request.POST)
    if not form.is_valid():
        return _page(request, password_form=form)
    check = prove_with_password(
        actor=actor_of(request), account=account_of(request), typed=form.cleaned_data["password"]
    )
    if check.right:
        return _proved(request)
    wait = _("Too many tries. Try again in %(wait)s.") % {"wait": duration(check.retry_after)}
    form.add_error("password", wait if check.retry_after else _("This is not your password. Enter it again."))
    return _page(request, password_form=form)


def _code(request: HttpRequest) -> HttpResponse:
    form = CodeForm(request.POST)
    return _try_code(request, form, "code_form", lambda typed: _check_code(request, typed))


def _totp(request: HttpRequest) -> HttpResponse:
    form = TotpForm(request.POST, prefix="totp")
    try:
        return _try_code(request, form, "totp_form", lambda typed: _check_totp(request, typed), strong=True)
    except TotpStateError:  # removed in another tab
        return HttpResponseRedirect(confirm_address(_next(request)))


def _passkey(request: HttpRequest) -> HttpResponse:
    ceremony = ceremonies.take(request.session, purpose="step_up")
    answer = request.POST.get("credential", "")
    account = account_of(request)
    if ceremony and check_passkey(actor=actor_of(request), ceremony=ceremony, answer=answer, account=account).right:
        return _proved(request, strong=True)
    messages.error(request, _("Your passkey was not accepted. Try again, or confirm in another way."))
    return HttpResponseRedirect(confirm_address(_next(request)))


def _luxtrust(request: HttpRequest) -> HttpResponse:
    return begin_step_up(request, _next(request))


MEANS: dict[str, Callable[[HttpRequest], HttpResponse]] = {
    "send": _send,
    "password": _password,
    "code": _code,
    "totp": _totp,
    "passkey": _passkey,
    "luxtrust": _luxtrust,
}


def _try_code(
    request: HttpRequest, form: Form, name: str, check: Callable[[str], CodeCheck], *, strong: bool = False
) -> HttpResponse:
    if not form.is_valid():
        return _page(request, **{name: form})
    outcome = check(form.cleaned_data["code"])
    if outcome.right:
        return _proved(request, strong=strong)
    form.add_error("code", refusal(outcome))
    return _page(request, **{name: form})


def _check_code(request: HttpRequest, typed: str) -> CodeCheck:
    return prove_with_code(actor=actor_of(request), account=account_of(request), session=_session(request), typed=typed)


def _check_totp(request: HttpRequest, typed: str) -> CodeCheck:
    return check_totp(actor=actor_of(request), account=account_of(request), typed=typed)


def _proved(request: HttpRequest, *, strong: bool = False) -> HttpResponse:
    request.session.pop(SENT_KEY, None)
    mark_proved(request, strong=strong)
    return HttpResponseRedirect(_next(request))


def _next(request: HttpRequest) -> str:
    wanted = request.GET.get("next", "")
    return safe_return_address(wanted) or reverse("identity:account_authentication")


def _session(request: HttpRequest) -> str:
    return stored_key(request.session.session_key)


def _page(request: HttpRequest, **forms: Form) -> HttpResponse:
    account = account_of(request)
    has_channel = bool(account.confirmed_channels())
    channel, destination = account.code_destination()
    context: dict[str, Any] = {
        "password_form": CurrentPasswordForm() if account.has_password() else None,
        "code_form": CodeForm(),
        "totp_form": TotpForm(prefix="totp") if _has_totp(request) else None,
        "has_passkeys": account.passkeys.exists(),
        "has_luxtrust": is_offered() and account.luxtrust_products.exists(),
        "sent": request.session.get(SENT_KEY, False),
        "destination": masked(channel, destination) if has_channel else "",
        "wait": seconds_until_resend(account),
        "next": _next(request),
        **forms,
    }
    context["forms"] = [form for name in FORMS if (form := context[name])]
    return render(request, "identity/account/confirm.jinja", context, status=422 if forms else 200)


def _has_totp(request: HttpRequest) -> bool:
    return TotpDevice.objects.filter(account=account_of(request), confirmed_at__isnull=False).exists()
