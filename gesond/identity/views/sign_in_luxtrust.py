"""Signing in with LuxTrust, at any entrance: S2-29, S1-16, S3-15."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from gesond.identity.actions.luxtrust_products import account_of_product, use_product
from gesond.identity.actions.sign_in import PasswordOutcome, open_session_by_luxtrust
from gesond.identity.doors import Entrance, door_behind
from gesond.identity.luxtrust.proofs import begin_luxtrust, take_proof
from gesond.identity.sessions.authentication import actor_of
from gesond.identity.sessions.return_address import remember_return_address, take_return_address
from gesond.identity.views.sign_in import NOT_OPEN, is_inside, not_admitted, sign_in_page, signed_in


@sign_in_page
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: HttpRequest, entrance: Entrance) -> HttpResponse:
    """« Connexion »: to LuxTrust and back."""
    remember_return_address(request)
    if is_inside(request, entrance):
        return redirect(take_return_address(request.session))
    if request.method != "POST":
        return render(request, "identity/sign_in/luxtrust.jinja", {"entrance": entrance})
    return begin_luxtrust(
        request, purpose=_purpose(entrance), return_to=entrance.page("luxtrust_back"), instead=entrance.page()
    )


@sign_in_page
@require_safe
def back(request: HttpRequest, entrance: Entrance) -> HttpResponse:
    """Back with a proof: it opens the session of the account its product is associated with, once."""
    taken = take_proof(request, purpose=_purpose(entrance))
    if taken is None:
        return redirect(entrance.page())
    account = account_of_product(taken[1])
    if account is None:
        return not_admitted(request, entrance, "no_account")
    if not account.is_active:
        return render(request, "identity/sign_in/not_open.jinja", status=NOT_OPEN)
    door = door_behind(entrance, account)
    actor = actor_of(request)
    if door is None or not open_session_by_luxtrust(
        actor=actor, request=request, account=account, door=door, proof=taken[1]
    ):
        return not_admitted(request, entrance, PasswordOutcome.NO_DOOR)
    use_product(actor=actor_of(request), account=account, proof=taken[1])
    return signed_in(request, account)


def _purpose(entrance: Entrance) -> str:
    return f"sign_in.{entrance.slug}"
