"""The authenticator app and its recovery codes (X5)."""

from urllib.parse import quote

import pyotp
import segno
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from gesond.identity.actions.passkeys import SERVICE_NAME
from gesond.identity.actions.totp import TotpStateError, begin_totp, confirm_totp, remove_totp, renew_recovery_codes
from gesond.identity.forms.account import TotpForm
from gesond.identity.forms.code_messages import refusal
from gesond.identity.models import Account, TotpDevice
from gesond.identity.sessions.authentication import account_of, actor_of
from gesond.identity.sessions.fresh_proof import fresh_proof_required, strong_proof_required

TAB = "identity:account_authentication"


@require_http_methods(["GET", "POST"])
@never_cache
@fresh_proof_required
@strong_proof_required
def begin(request: HttpRequest) -> HttpResponse:
    """What an authenticator app is; a secret is made only when the person goes on."""
    if request.method != "POST":
        return render(request, "identity/account/totp_begin.jinja")
    try:
        begin_totp(actor=actor_of(request), account=account_of(request))
    except TotpStateError:
        return _out_of_date(request)
    return HttpResponseRedirect(reverse("identity:account_totp_confirm"))


@require_http_methods(["GET", "POST"])
@never_cache
@fresh_proof_required
@strong_proof_required
def confirm(request: HttpRequest) -> HttpResponse:
    """The QR code to scan and the first code; then the recovery codes, shown once."""
    account = account_of(request)
    device = TotpDevice.objects.filter(account=account, confirmed_at__isnull=True).first()
    if device is None:
        return _out_of_date(request)
    form = TotpForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        return _confirm(request, device, form)
    return _scan_page(request, device, form)


@require_http_methods(["GET", "POST"])
@never_cache
@fresh_proof_required
def remove(request: HttpRequest) -> HttpResponse:
    """Asks first."""
    if request.method != "POST":
        return render(request, "identity/account/totp_remove.jinja")
    try:
        remove_totp(actor=actor_of(request), account=account_of(request))
    except TotpStateError:
        return _out_of_date(request)
    messages.success(request, _("The authenticator app and its recovery codes were removed."))
    return HttpResponseRedirect(reverse(TAB))


@require_http_methods(["GET", "POST"])
@never_cache
@fresh_proof_required
@strong_proof_required
def renew_codes(request: HttpRequest) -> HttpResponse:
    """Asks first: the former codes end."""
    if request.method != "POST":
        return render(request, "identity/account/recovery_renew.jinja")
    try:
        codes = renew_recovery_codes(actor=actor_of(request), account=account_of(request))
    except TotpStateError:
        return _out_of_date(request)
    return _codes_page(request, codes)


def _confirm(request: HttpRequest, device: TotpDevice, form: TotpForm) -> HttpResponse:
    try:
        confirmation = confirm_totp(
            actor=actor_of(request), account=account_of(request), typed=form.cleaned_data["code"]
        )
    except TotpStateError:
        return _out_of_date(request)
    if not confirmation.check.right:
        form.add_error("code", refusal(confirmation.check))
        return _scan_page(request, device, form)
    return _codes_page(request, confirmation.recovery_codes)


def _scan_page(request: HttpRequest, device: TotpDevice, form: TotpForm) -> HttpResponse:
    context = {
        "form": form,
        "secret": " ".join(device.secret[i : i + 4] for i in range(0, len(device.secret), 4)),
        "picture": _qr_code(account_of(request), device.secret),
    }
    return render(request, "identity/account/totp_confirm.jinja", context, status=422 if form.errors else 200)


def _codes_page(request: HttpRequest, codes: list[str]) -> HttpResponse:
    """Never stored in clear: the file to download is in the link itself."""
    text = "\n".join([f"{SERVICE_NAME} – {_('Recovery codes')}", "", *codes, ""])
    context = {"codes": codes, "file": f"data:text/plain;charset=utf-8,{quote(text)}"}
    return render(request, "identity/account/recovery_codes.jinja", context)


def _qr_code(account: Account, secret: str) -> str:
    uri = pyotp.TOTP(secret).provisioning_uri(name=account.person.full_name, issuer_name=SERVICE_NAME)
    return str(segno.make(uri, error="m").svg_data_uri(scale=5, border=3, light="#fff"))


def _out_of_date(request: HttpRequest) -> HttpResponse:
    messages.info(request, _("This page was out of date. This is how your account stands."))
    return HttpResponseRedirect(reverse(TAB))
