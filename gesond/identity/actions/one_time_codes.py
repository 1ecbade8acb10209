"""One-time codes by SMS or e-mail: sending one, checking one (S2-20 to S2-25, S2-30; X4).

A code is seven digits (23 bits), stored hashed, good once, for 15 minutes (a setting), for the one request it was sent
for. Wrong tries are counted on the account (or the activation), so that a new code does not give new tries: after five
in a row nothing is accepted for a quarter of an hour, then five more; a right code clears the count.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.db import models, transaction

from gesond.identity.models import Account, Activation, CodeChannel, OneTimeCode, Purpose
from gesond.kernel import journal
from gesond.kernel.clock import now
from gesond.kernel.hashing import keyed_hash, matches
from gesond.kernel.journal import Actor
from gesond.notify.actions import queue_message, withdraw_messages

DIGITS = 7
TRIES = 5
PAUSE_AFTER_TRIES = timedelta(minutes=15)
WAIT_BETWEEN_SENDS = timedelta(seconds=60)
SENDS_PER_HOUR = 8

Owner = Account | Activation


class CodeNotSentError(Exception):
    """The next code may be asked for in `retry_after` seconds."""

    def __init__(self, retry_after: int) -> None:
        super().__init__(f"wait {retry_after} s")
        self.retry_after = retry_after


class Outcome(StrEnum):
    RIGHT = "right"
    WRONG = "wrong"  # `tries_left` says how many remain
    EXPIRED = "expired"
    USED = "used"  # it was right, once
    SUPERSEDED = "superseded"  # a later code was sent
    PAUSED = "paused"  # five wrong tries: `retry_after` seconds to wait


@dataclass(frozen=True)
class CodeCheck:
    """What came of a try. Returned and never raised: the count of tries must be committed."""

    outcome: Outcome
    tries_left: int = 0
    retry_after: int = 0

    @property
    def right(self) -> bool:
        return self.outcome is Outcome.RIGHT


@transaction.atomic
def send_code(
    *, actor: Actor, owner: Owner, purpose: str, request: str, channel: str, destination: str, language: str
) -> OneTimeCode:
    """Send a new code for `request`, in place of its former one.

    Raises CodeNotSentError when asked too soon, too often, or while no code would be accepted. `request` names what
    the code is good for (an activation's id, a pending sign-in's); `destination` is an e-mail address or an E.164
    number, as `channel` says.
    """
    _refuse_declared(owner, purpose, channel, destination)
    _lock(owner)
    _refuse_too_many(owner)
    _supersede(purpose, request)
    digits = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    expires_at = now() + timedelta(minutes=settings.ENVIRONMENT.one_time_code_minutes)
    code = OneTimeCode(
        purpose=purpose,
        request=request,
        account=owner if isinstance(owner, Account) else None,
        activation=owner if isinstance(owner, Activation) else None,
        channel=channel,
        destination=destination,
        expires_at=expires_at,
    )
    code.code_hash = _code_hash(code, digits)
    message = queue_message(
        channel=channel,
        recipient=destination,
        template="identity/one_time_code",
        context={"code": digits, "minutes": settings.ENVIRONMENT.one_time_code_minutes, "purpose": purpose},
        language=language,
        reference=f"one-time-code:{code.pk}",
        expires_at=expires_at,
    )
    code.message_id = message.pk
    code.save(force_insert=True)
    journal.record(actor=actor, event="code.sent", chain=chain_of(owner), details=_facts(code))
    return code


def _refuse_declared(owner: Owner, purpose: str, channel: str, destination: str) -> None:
    """The last word on it: whoever asks has looked before. Confirming it is the one use of such an address."""
    if not isinstance(owner, Account) or not owner.email_is_declared or purpose == Purpose.CHANGE_EMAIL:
        return
    if (channel, destination) == (CodeChannel.EMAIL, owner.email):
        raise ValueError("nobody has proved that this address is the account's own person's")


@transaction.atomic
def check_code(*, actor: Actor, owner: Owner, purpose: str, request: str, typed: str) -> CodeCheck:
    """Try `typed` for `request`. A right code is used up; a wrong one counts against `owner`.

    Inside a caller's transaction, the caller must commit whatever the outcome.
    """
    _lock(owner)
    pause = seconds_of_pause(owner)
    if pause:
        return CodeCheck(Outcome.PAUSED, retry_after=pause)
    codes = OneTimeCode.objects.select_for_update().filter(purpose=purpose, request=request, **_owned_by(owner))
    digits = "".join(c for c in typed if c.isdigit())
    matching = [code for code in codes.order_by("-created_at")[:SENDS_PER_HOUR] if _is_code(code, digits)]
    if not matching:
        return _count_failure(actor, owner, purpose)
    return _use(actor, owner, matching[0])


@transaction.atomic
def check_unsent_code(*, actor: Actor, account: Account, method: str, is_right: Callable[[], bool]) -> CodeCheck:
    """Try a code that was never sent: an authenticator app's, a recovery code. Counted with those that were.

    `is_right` is asked under the account's lock, and uses the code up when it is. `method` is for the journal.
    """
    _lock(account)
    pause = seconds_of_pause(account)
    if pause:
        return CodeCheck(Outcome.PAUSED, retry_after=pause)
    if not is_right():
        return _count_failure(actor, account, method)
    _set_failures(account, 0)
    journal.record(actor=actor, event="code.confirmed", chain=chain_of(account), details={"purpose": method})
    return CodeCheck(Outcome.RIGHT)


def seconds_of_pause(owner: Owner) -> int:
    """How long no code is accepted, after too many wrong ones; 0 when codes are accepted."""
    if owner.code_failures < TRIES or owner.code_failed_at is None:
        return 0
    remaining = owner.code_failed_at + PAUSE_AFTER_TRIES - now()
    return max(0, round(remaining.total_seconds()))


def seconds_until_resend(owner: Owner) -> int:
    """How long until another code may be asked for, to show beside the button; 0 when it may be now.

    Once a code was used, the next one (on the new channel, after the old one) need not wait.
    """
    moment = now()
    last_hour = OneTimeCode.objects.filter(**_owned_by(owner), created_at__gt=moment - timedelta(hours=1))
    sent = list(last_hour.order_by("-created_at").values_list("created_at", "state")[:SENDS_PER_HOUR])
    if not sent:
        return 0
    (latest, state), (earliest, _state) = sent[0], sent[-1]
    free_at = moment if state == OneTimeCode.State.USED else latest + WAIT_BETWEEN_SENDS
    if len(sent) == SENDS_PER_HOUR:
        free_at = max(free_at, earliest + timedelta(hours=1))
    return max(0, round((free_at - moment).total_seconds()))


def chain_of(owner: Owner) -> str:
    """The journal's chain that tells of `owner`: its person's, for account and activation alike."""
    return f"person:{owner.person_id}"


def _lock(owner: Owner) -> None:
    """Take the owner's row: two tabs send or check one after the other."""
    # Not type(owner): the account of a request is Django's lazy object.
    kind = Account if isinstance(owner, Account) else Activation
    rows: models.QuerySet[Any] = kind.objects.select_for_update()
    locked = rows.only("code_failures", "code_failed_at").get(pk=owner.pk)
    owner.code_failures, owner.code_failed_at = locked.code_failures, locked.code_failed_at


def _refuse_too_many(owner: Owner) -> None:
    # A code sent during a pause would be refused, and expire, before it could be used.
    wait = max(seconds_until_resend(owner), seconds_of_pause(owner))
    if wait:
        raise CodeNotSentError(wait)


def _supersede(purpose: str, request: str) -> None:
    """The code before is good no more; its message is taken back if it has not left."""
    for former in OneTimeCode.objects.filter(purpose=purpose, request=request, state=OneTimeCode.State.LIVE):
        former.state = OneTimeCode.State.SUPERSEDED
        former.save(update_fields=["state"])
        withdraw_messages(reference=f"one-time-code:{former.pk}")


def _owned_by(owner: Owner) -> dict[str, Owner]:
    return {"account": owner} if isinstance(owner, Account) else {"activation": owner}


def _code_hash(code: OneTimeCode, digits: str) -> bytes:
    """Bound to the request: the same digits for another request have another hash."""
    return keyed_hash(f"{code.purpose}:{code.request}:{digits}", purpose="one_time_code")


def _is_code(code: OneTimeCode, digits: str) -> bool:
    return matches(f"{code.purpose}:{code.request}:{digits}", code.code_hash, purpose="one_time_code")


def _use(actor: Actor, owner: Owner, code: OneTimeCode) -> CodeCheck:
    if code.state == OneTimeCode.State.USED:
        return CodeCheck(Outcome.USED)
    if code.state == OneTimeCode.State.SUPERSEDED:
        return CodeCheck(Outcome.SUPERSEDED)
    if code.expires_at <= now():
        return CodeCheck(Outcome.EXPIRED)
    code.state = OneTimeCode.State.USED
    code.save(update_fields=["state"])
    if owner.code_failures:
        _set_failures(owner, 0)
    journal.record(actor=actor, event="code.confirmed", chain=chain_of(owner), details=_facts(code))
    return CodeCheck(Outcome.RIGHT)


def _count_failure(actor: Actor, owner: Owner, purpose: str) -> CodeCheck:
    """One more wrong try; after a pause has passed, counting starts again."""
    failures = 1 if owner.code_failures >= TRIES else owner.code_failures + 1
    _set_failures(owner, failures)
    journal.record(actor=actor, event="code.wrong", chain=chain_of(owner), details={"purpose": purpose})
    if failures == TRIES:
        return CodeCheck(Outcome.PAUSED, retry_after=seconds_of_pause(owner))
    return CodeCheck(Outcome.WRONG, tries_left=TRIES - failures)


def _set_failures(owner: Owner, failures: int) -> None:
    owner.code_failures = failures
    owner.code_failed_at = now() if failures else None
    owner.save(update_fields=["code_failures", "code_failed_at"])


def _facts(code: OneTimeCode) -> dict[str, str]:
    return {"purpose": code.purpose, "channel": code.channel}
