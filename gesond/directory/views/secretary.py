"""The secretary's way to an account: guide « secrétaire », S3-01 to S3-15."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_POST, require_safe

from gesond.directory.actions import secretary_steps as steps
from gesond.directory.actions.secretary_accounts import AccountNotReachedError
from gesond.directory.actions.secretary_steps import Matched, Proved, StepError
from gesond.directory.forms.secretary import SecretaryMatriculeForm
from gesond.directory.models import Declaration
from gesond.directory.queries.declarations import (
    DECLARATION_KEY,
    BrowserKey,
    declaration_by_token,
    declaration_of,
    is_upheld,
    key_in,
    state_today,
)
from gesond.directory.secretary_identity import compared, person_of
from gesond.directory.secretary_mail import professional_name
from gesond.identity.actions.luxtrust_products import ProductTakenError
from gesond.identity.forms.activation import TermsForm
from gesond.identity.luxtrust.proofs import LuxTrustProof, begin_luxtrust, take_proof
from gesond.identity.models import Account
from gesond.identity.queries.terms import current_terms
from gesond.identity.sessions.authentication import actor_of
from gesond.identity.terms.texts import terms_html
from gesond.identity.views.sign_in import sign_in_page

Page = Callable[..., HttpResponse]
GONE, CONFLICT = 410, 409
PURPOSE = "secretary"
State = Declaration.State
# Where a browser is led, by how far its declaration is.
PLACES = {
    State.OPENED: "directory:secretary_matricule",
    State.MATRICULE_PROVED: "directory:secretary_luxtrust",
    State.IN_CHECK: "directory:secretary_pending",
    State.ACCEPTED: "directory:secretary_done",
}


@sign_in_page
@require_safe
def explain(request: HttpRequest) -> HttpResponse:
    """« MEDICAL SECRETARY ACCOUNT »: it begins with a declaration, and needs LuxTrust (S3-01 to S3-04)."""
    place = PLACES.get(State(_state(request))) if _state(request) else None
    return render(request, "directory/secretary/explain.jinja", {"go_on": reverse(place) if place else ""})


@sign_in_page
@require_safe
def link(request: HttpRequest, token: str) -> HttpResponse:
    """The link: its secret stays out of addresses from now on. A program that only looks changes nothing."""
    declaration = declaration_by_token(token)
    if declaration is None:
        return _over(request)
    if declaration_of(key_in(request.session)) == declaration:  # this browser is on its way already
        return _where_due(request)
    request.session[DECLARATION_KEY] = {"id": str(declaration.pk), "link": steps.link_name(declaration)}
    return redirect("directory:secretary_terms")


@sign_in_page
def terms(request: HttpRequest) -> HttpResponse:
    """S3-06: nothing is used before the terms are accepted; accepting them leads on in this browser alone."""
    held = request.session.get(DECLARATION_KEY) or {}
    if "link" not in held:
        return _where_due(request)
    version = current_terms()
    form = TermsForm(request.POST or None, number=version.number)
    if request.method == "POST" and form.is_valid():
        try:
            key = steps.use_link(actor=actor_of(request), declaration_id=held["id"], link=held["link"], terms=version)
        except StepError:
            return _over(request)
        request.session.cycle_key()
        request.session[DECLARATION_KEY] = {"id": key.declaration_id, "token": key.token}
        return redirect("directory:secretary_matricule")
    text = terms_html(version, get_language())
    return render(request, "directory/secretary/terms.jinja", {"form": form, "version": version, "terms": text})


@sign_in_page
def matricule(request: HttpRequest) -> HttpResponse:
    """« Vérification de votre matricule » (S3-07, S3-08)."""
    key = key_in(request.session)
    if key is None or _state(request) != State.OPENED:
        return _where_due(request)
    form = SecretaryMatriculeForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            tried = steps.prove_matricule(actor=actor_of(request), key=key, typed=form.cleaned_data["matricule"])
        except StepError:
            return _where_due(request)
        if tried.matched is not Matched.WRONG:
            return _where_due(request)
        form.refuse(tried.tries_left)
    return render(request, "directory/secretary/matricule.jinja", {"form": form})


@sign_in_page
def luxtrust(request: HttpRequest) -> HttpResponse:
    """« Choisissez votre type de dispositif LuxTrust… » (S3-09, S3-10): there, and back with a proof."""
    key = key_in(request.session)
    if key is None or _state(request) != State.MATRICULE_PROVED:
        return _where_due(request)
    if request.method == "POST":
        page = reverse("directory:secretary_luxtrust")
        return begin_luxtrust(request, purpose=PURPOSE, return_to=page, instead=page)
    taken = take_proof(request, purpose=PURPOSE)
    if taken is None:
        return render(request, "directory/secretary/luxtrust.jinja")
    return _proved(request, key, taken[1])


@sign_in_page
@require_safe
def differences(request: HttpRequest) -> HttpResponse:
    """Which attribute differs, and whether it was one's own device (S3-12)."""
    declaration = declaration_of(key_in(request.session))
    if declaration is None or state_today(declaration) != State.MATRICULE_PROVED or declaration.proof is None:
        return _where_due(request)
    found = compared(declaration, person_of(declaration), LuxTrustProof.from_json(declaration.proof))
    return render(request, "directory/secretary/differences.jinja", {"differences": found})


@sign_in_page
@require_POST
def confirm(request: HttpRequest) -> HttpResponse:
    """« je confirme avoir utilisé mon dispositif personnel »."""
    return _step(request, steps.confirm_own_device)


@sign_in_page
@require_POST
def another_device(request: HttpRequest) -> HttpResponse:
    """« recommencer avec un autre dispositif »."""
    return _step(request, steps.forget_proof)


@sign_in_page
@require_safe
def pending(request: HttpRequest) -> HttpResponse:
    """S3-13: people look; it takes time."""
    if _state(request) != State.IN_CHECK:
        return _where_due(request)
    return render(request, "directory/secretary/pending.jinja")


@sign_in_page
@require_safe
def done(request: HttpRequest) -> HttpResponse:
    """S3-11, S3-15: the account is open; sign in with LuxTrust."""
    declaration = declaration_of(key_in(request.session))
    if declaration is None or declaration.state != State.ACCEPTED:
        return _where_due(request)
    context = {"professional": professional_name(declaration.professional_id), "declaration": declaration}
    return render(request, "directory/secretary/done.jinja", context)


def _proved(request: HttpRequest, key: BrowserKey, proof: LuxTrustProof) -> HttpResponse:
    account = request.user if isinstance(request.user, Account) else None
    try:
        came_of_it = steps.give_proof(actor=actor_of(request), key=key, proof=proof, account=account)
    except StepError:
        return _where_due(request)
    except (AccountNotReachedError, ProductTakenError):  # another tab, or another account, was faster
        came_of_it = Proved.PRODUCT_TAKEN
    if came_of_it is Proved.ACCEPTED:
        return redirect("directory:secretary_done")
    if came_of_it is Proved.DIFFERENT:
        return redirect("directory:secretary_differences")
    return render(request, "directory/secretary/not_reached.jinja", {"why": came_of_it.value}, status=CONFLICT)


def _step(request: HttpRequest, act: Callable[..., Any]) -> HttpResponse:
    key = key_in(request.session)
    if key is not None:
        with suppress(StepError):  # the page of the step it is at says what is so
            act(actor=actor_of(request), key=key)
    return _where_due(request)


def _state(request: HttpRequest) -> str:
    """How far this browser's declaration is; empty without one. One that is no longer upheld is over."""
    declaration = declaration_of(key_in(request.session))
    if declaration is None:
        return ""
    state = state_today(declaration)
    return State.EXPIRED if state in Declaration.OPEN and not is_upheld(declaration) else state


def _where_due(request: HttpRequest) -> HttpResponse:
    """The page of the step this browser is at; when there is none any more, why and what to do."""
    state = _state(request)
    place = PLACES.get(State(state)) if state else None
    return redirect(place) if place else _over(request, state)


def _over(request: HttpRequest, state: str = "") -> HttpResponse:
    """Used, replaced, expired, withdrawn, exhausted, refused: a calm page says who can help."""
    return render(request, "directory/secretary/over.jinja", {"state": state}, status=GONE)
