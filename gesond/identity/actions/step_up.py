"""Proving again who is there, before a sensitive change."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction

from gesond.identity.actions.one_time_codes import CodeCheck, chain_of, check_code, send_code
from gesond.identity.credentials.password_check import password_is_right
from gesond.identity.credentials.throttle import Limit, count_try, forget_tries
from gesond.identity.models import Account, Purpose
from gesond.kernel import journal
from gesond.kernel.journal import Actor

PASSWORDS = Limit(scope="step_up_password", count=5, window=timedelta(minutes=15))


class NoChannelError(Exception):
    """The account has no number or address of its person's own."""


@dataclass(frozen=True)
class PasswordCheck:
    """Whether it was right; `retry_after` seconds to wait when it was not even looked at."""

    right: bool
    retry_after: int = 0


def prove_with_password(*, actor: Actor, account: Account, typed: str) -> PasswordCheck:
    """Try the account's password: five tries a quarter of an hour, counted apart from those of signing in."""
    source = str(account.pk)
    verdict = count_try(PASSWORDS, source)
    if not verdict.allowed:
        return PasswordCheck(right=False, retry_after=verdict.retry_after)
    right = account.has_password() and password_is_right(account, typed)
    if right:
        forget_tries(PASSWORDS, source)
    record_proof(actor=actor, account=account, method="password", right=right)
    return PasswordCheck(right=right)


def send_step_up_code(*, actor: Actor, account: Account, session: str) -> None:
    """Send a code to where the account's codes go. Raises CodeNotSentError, NoChannelError.

    `session`: its row's key.
    """
    if not account.confirmed_channels():
        raise NoChannelError
    channel, destination = account.code_destination()
    send_code(
        actor=actor,
        owner=account,
        purpose=Purpose.STEP_UP,
        request=_request(session),
        channel=channel,
        destination=destination,
        language=account.language,
    )


def prove_with_code(*, actor: Actor, account: Account, session: str, typed: str) -> CodeCheck:
    """Try the code that was sent for this session and no other."""
    return check_code(actor=actor, owner=account, purpose=Purpose.STEP_UP, request=_request(session), typed=typed)


@transaction.atomic
def record_proof(*, actor: Actor, account: Account, method: str, right: bool) -> None:
    """Enter in the journal that the person proved themselves again, or failed to."""
    event = "proof.given" if right else "proof.wrong"
    journal.record(actor=actor, event=event, chain=chain_of(account), details={"method": method})


def _request(session: str) -> str:
    return f"step-up:{session}"
