"""Passkeys: adding, renaming, removing (X5)."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from gesond.identity.actions.means_of_sign_in import LastMeansError
from gesond.identity.actions.passkeys import (
    PasskeyRefusedError,
    add_passkey,
    authentication_options,
    registration_options,
    remove_passkey,
    rename_passkey,
)
from gesond.identity.credentials import ceremonies
from gesond.identity.forms.account import PasskeyForm, PasskeyNameForm, last_means_sentence
from gesond.identity.models import Passkey
from gesond.identity.sessions.authentication import account_of, actor_of
from gesond.identity.sessions.fresh_proof import (
    fresh_proof_required,
    fresh_proof_required_on,
    strong_proof_required,
    take_typed,
)

TAB = "identity:account_authentication"
ADD = "identity:account_passkey_add"


@require_http_methods(["GET", "POST"])
@never_cache
@fresh_proof_required
@strong_proof_required
def add(request: HttpRequest) -> HttpResponse:
    """The name; script asks the authenticator, then sends its answer with the form."""
    if request.method != "POST":
        return _add_page(request, PasskeyForm(initial=take_typed(request)))
    form = PasskeyForm(request.POST)
    if form.is_valid():
        return _keep(request, form)
    return _add_page(request, form)


@require_POST
@never_cache
@fresh_proof_required_on(ADD)
def options(request: HttpRequest) -> HttpResponse:
    """What `navigator.credentials.create()` is given."""
    ceremony = registration_options(account_of(request))
    ceremonies.keep(request.session, ceremony, purpose="add")
    return HttpResponse(ceremony.options, content_type="application/json")


@require_POST
@never_cache
def step_up_options(request: HttpRequest) -> HttpResponse:
    """What `navigator.credentials.get()` is given, to prove again who is there."""
    ceremony = authentication_options(account_of(request))
    ceremonies.keep(request.session, ceremony, purpose="step_up")
    return HttpResponse(ceremony.options, content_type="application/json")


@require_http_methods(["GET", "POST"])
@never_cache
def rename(request: HttpRequest, passkey_id: int) -> HttpResponse:
    """Another name."""
    passkey = _own_passkey(request, passkey_id)
    if request.method != "POST":
        return _rename_page(request, passkey, PasskeyNameForm(initial={"name": passkey.name}))
    form = PasskeyNameForm(request.POST)
    if not form.is_valid():
        return _rename_page(request, passkey, form)
    rename_passkey(
        actor=actor_of(request), account=account_of(request), passkey_id=passkey.pk, name=form.cleaned_data["name"]
    )
    messages.success(request, _("The passkey has its new name."))
    return HttpResponseRedirect(reverse(TAB))


@require_http_methods(["GET", "POST"])
@never_cache
@fresh_proof_required
def remove(request: HttpRequest, passkey_id: int) -> HttpResponse:
    """Asks first."""
    passkey = _own_passkey(request, passkey_id)
    if request.method != "POST":
        return render(request, "identity/account/remove_passkey.jinja", {"passkey": passkey})
    try:
        remove_passkey(actor=actor_of(request), account=account_of(request), passkey_id=passkey.pk)
        messages.success(request, _("The passkey was removed. Delete it from your device too."))
    except LastMeansError:
        messages.warning(request, last_means_sentence())
    return HttpResponseRedirect(reverse(TAB))


def _keep(request: HttpRequest, form: PasskeyForm) -> HttpResponse:
    ceremony = ceremonies.take(request.session, purpose="add")
    if ceremony is None:
        form.add_error(None, _refusal("invalid"))
        return _add_page(request, form)
    try:
        add_passkey(
            actor=actor_of(request),
            account=account_of(request),
            ceremony=ceremony,
            answer=form.cleaned_data["credential"],
            name=form.cleaned_data["name"],
        )
    except PasskeyRefusedError as error:
        form.add_error(None, _refusal(error.reason))
        return _add_page(request, form)
    messages.success(request, _("Your passkey was added. You can sign in with it from now on."))
    return HttpResponseRedirect(reverse(TAB))


def _refusal(reason: str) -> str:
    if reason == "known":
        return _("This passkey is already known. Use another device or remove the passkey first.")
    if reason == "many":
        return _("You have 20 passkeys. Remove one that you no longer use, then add this one.")
    return _("Your device's answer was not accepted. Start again, and take less than five minutes.")


def _add_page(request: HttpRequest, form: PasskeyForm) -> HttpResponse:
    return render(request, "identity/account/add_passkey.jinja", {"form": form}, status=422 if form.errors else 200)


def _rename_page(request: HttpRequest, passkey: Passkey, form: PasskeyNameForm) -> HttpResponse:
    context = {"form": form, "passkey": passkey}
    return render(request, "identity/account/rename_passkey.jinja", context, status=422 if form.errors else 200)


def _own_passkey(request: HttpRequest, passkey_id: int) -> Passkey:
    """Another account's passkey does not exist."""
    passkey = Passkey.objects.filter(pk=passkey_id, account=account_of(request)).first()
    if passkey is None:
        raise Http404
    return passkey
