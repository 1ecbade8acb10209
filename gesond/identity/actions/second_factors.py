"""Signing in with an authenticator app, a recovery code or a passkey (X5).

App and recovery code come after the password. A passkey that verified its user is two factors in one: it may come after
the password or sign in alone.
"""

from collections.abc import Callable

from django.db import transaction
from django.http import HttpRequest

from gesond.identity.actions.one_time_codes import CodeCheck, Outcome
from gesond.identity.actions.passkeys import WRONG, Ceremony, PasskeyCheck, check_passkey
from gesond.identity.actions.sign_in import LIFE, complete_sign_in
from gesond.identity.actions.totp import check_totp, use_recovery_code
from gesond.identity.doors import PATIENT, Entrance, door_behind
from gesond.identity.models import Account, PendingSignIn
from gesond.kernel.clock import now
from gesond.kernel.journal import Actor


def sign_in_with_app(*, actor: Actor, request: HttpRequest, pending: PendingSignIn, typed: str) -> CodeCheck:
    """Try a code of the app; a right one opens the session. Raises TotpStateError when the account has no app."""
    return _sign_in(
        actor, request, pending, "totp", lambda: check_totp(actor=actor, account=pending.account, typed=typed)
    )


def sign_in_with_recovery_code(*, actor: Actor, request: HttpRequest, pending: PendingSignIn, typed: str) -> CodeCheck:
    """Try a recovery code; a right one is used up and opens the session."""
    return _sign_in(
        actor,
        request,
        pending,
        "recovery_code",
        lambda: use_recovery_code(actor=actor, account=pending.account, typed=typed),
    )


@transaction.atomic
def sign_in_with_passkey(
    *,
    actor: Actor,
    request: HttpRequest,
    ceremony: Ceremony,
    answer: str,
    pending: PendingSignIn | None,
    entrance: Entrance = PATIENT,
) -> PasskeyCheck:
    """Try a passkey: of the account whose password was right, or anybody's at `entrance` when there is no `pending`."""
    expected = pending.account if pending else None
    check = check_passkey(actor=actor, ceremony=ceremony, answer=answer, account=expected)
    if not check.right or check.account is None:
        return check
    pending = pending or _begin(check.account, entrance)
    if pending is None or not complete_sign_in(actor=actor, request=request, pending=pending, method="passkey"):
        return WRONG
    return check


@transaction.atomic
def _sign_in(
    actor: Actor, request: HttpRequest, pending: PendingSignIn, method: str, check: Callable[[], CodeCheck]
) -> CodeCheck:
    checked = check()
    if checked.right and not complete_sign_in(actor=actor, request=request, pending=pending, method=method):
        return CodeCheck(Outcome.USED)
    return checked


def _begin(account: Account, entrance: Entrance) -> PendingSignIn | None:
    """A passkey of an account that does not enter there is answered like a wrong one."""
    door = door_behind(entrance, account, by_password=True)
    if door is None:
        return None
    return PendingSignIn.objects.create(
        account=account, door=door, password_stamp=account.get_session_auth_hash(), expires_at=now() + LIFE
    )
