"""Signing in with what « Gérer mon compte » added: authenticator app, recovery code, passkey (X5)."""

from collections.abc import Callable
from datetime import timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from gesond.identity.actions.one_time_codes import CodeCheck
from gesond.identity.actions.passkeys import authentication_options
from gesond.identity.actions.second_factors import (
    sign_in_with_app,
    sign_in_with_passkey,
    sign_in_with_recovery_code,
)
from gesond.identity.actions.totp import TotpStateError
from gesond.identity.credentials import ceremonies
from gesond.identity.credentials.throttle import Limit, count_try, network_of
from gesond.identity.doors import Entrance, entrance_of
from gesond.identity.forms.account import RecoveryCodeForm, TotpForm
from gesond.identity.forms.code_messages import refusal
from gesond.identity.models import PendingSignIn
from gesond.identity.queries.sign_in import pending_sign_in_of
from gesond.identity.sessions.authentication import actor_of
from gesond.identity.sessions.return_address import remember_return_address, take_return_address
from gesond.identity.views.sign_in import entrance_in_use, is_inside, sign_in_page, signed_in
from gesond.web.forms import Form

TOO_MANY = 429
CEREMONIES = Limit(scope="passkey.address", count=60, window=timedelta(minutes=15))


@sign_in_page
def totp(request: HttpRequest) -> HttpResponse:
    """A code of the authenticator app, after the password."""
    return _typed(request, TotpForm(request.POST or None), "identity/sign_in/totp.jinja", sign_in_with_app)


@sign_in_page
def recovery(request: HttpRequest) -> HttpResponse:
    """A recovery code, after the password."""
    form = RecoveryCodeForm(request.POST or None)
    return _typed(request, form, "identity/sign_in/recovery.jinja", sign_in_with_recovery_code)


@sign_in_page
def passkey(request: HttpRequest, entrance: Entrance) -> HttpResponse:
    """« Clé d'accès »: alone, without matricule or password."""
    remember_return_address(request)
    if is_inside(request, entrance):
        return redirect(take_return_address(request.session))
    return _passkey(request, entrance, None)


@sign_in_page
def second_passkey(request: HttpRequest) -> HttpResponse:
    """A passkey of the account whose password was just right."""
    pending = pending_sign_in_of(request.session)
    if pending is None or pending.completed_at:
        return _start_again(request)
    return _passkey(request, entrance_of(pending.door), pending)


@login_not_required
@require_POST
def passkey_options(request: HttpRequest) -> HttpResponse:
    """What `navigator.credentials.get()` is given: no account is named, so that nothing tells who has passkeys."""
    verdict = count_try(CEREMONIES, network_of(actor_of(request).address))
    if not verdict.allowed:
        return HttpResponse(status=TOO_MANY, headers={"Retry-After": str(verdict.retry_after)})
    ceremony = authentication_options()
    ceremonies.keep(request.session, ceremony, purpose="sign_in")
    return HttpResponse(ceremony.options, content_type="application/json")


def _passkey(request: HttpRequest, entrance: Entrance, pending: PendingSignIn | None) -> HttpResponse:
    if request.method != "POST":
        return render(request, "identity/sign_in/passkey.jinja", {"entrance": entrance})
    ceremony = ceremonies.take(request.session, purpose="sign_in")
    answer = request.POST.get("credential", "")
    if ceremony:
        check = sign_in_with_passkey(
            actor=actor_of(request),
            request=request,
            ceremony=ceremony,
            answer=answer,
            pending=pending,
            entrance=entrance,
        )
        if check.right and check.account:
            return signed_in(request, check.account)
    messages.error(request, _("Your passkey was not accepted. Try again, or sign in another way."))
    return HttpResponseRedirect(request.path)


def _typed(request: HttpRequest, form: Form, template: str, try_it: Callable[..., CodeCheck]) -> HttpResponse:
    pending = pending_sign_in_of(request.session)
    if pending is None or pending.completed_at:
        return _start_again(request)
    if request.method != "POST" or not form.is_valid():
        return render(request, template, {"form": form})
    try:
        check = try_it(actor=actor_of(request), request=request, pending=pending, typed=form.cleaned_data["code"])
    except TotpStateError:  # removed meanwhile
        return redirect("identity:sign_in_code")
    if check.right:
        return signed_in(request, pending.account)
    form.add_error("code", refusal(check))
    return render(request, template, {"form": form})


def _start_again(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return redirect(take_return_address(request.session))
    messages.info(request, _("This sign-in has already been used or has expired. Start again."))
    return redirect(entrance_in_use(request).page("password"))
