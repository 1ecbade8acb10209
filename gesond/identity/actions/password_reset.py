"""« Mot de passe oublié ? » (X7, X8): asked by anyone, answered alike, carried out only for who can prove more.

Asking changes nothing for the account: its password stays good until another is chosen. The link proves one channel;
the matricule proves knowledge; a one-time code proves the other channel where there is one.
"""

import uuid
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.urls import reverse
from django.utils.translation import override

from gesond.identity.actions.devices import end_other_sessions
from gesond.identity.actions.notices import tell_account
from gesond.identity.actions.one_time_codes import CodeCheck, chain_of, check_code, send_code
from gesond.identity.credentials.sign_in_identifier import SignInIdentifier
from gesond.identity.credentials.throttle import Limit, Verdict, count_tries, network_of
from gesond.identity.models import Account, CodeChannel, PasswordReset, Purpose
from gesond.identity.queries.password_reset import other_channel_of
from gesond.identity.queries.sign_in import account_by_identifier
from gesond.kernel import journal
from gesond.kernel.clock import now
from gesond.kernel.hashing import keyed_hash, matches, random_token
from gesond.kernel.identifiers import Matricule
from gesond.kernel.journal import Actor
from gesond.notify.actions import queue_message

State = PasswordReset.State
LINK_LIFE = timedelta(minutes=30)
WINDOW = timedelta(hours=1)
PER_ADDRESS = Limit("password_reset.address", 30, WINDOW)
PER_IDENTIFIER = Limit("password_reset.identifier", 5, WINDOW)


class Proof(StrEnum):
    RIGHT = "right"
    WRONG = "wrong"
    ENDED = "ended"  # five wrong, expired or used meanwhile


@dataclass(frozen=True)
class MatriculeCheck:
    """What came of typing the matricule."""

    proof: Proof
    tries_left: int = 0


class ResetEndedError(Exception):
    """The link was used, has expired, or another one was used first."""


def ask_reset(*, actor: Actor, identifier: SignInIdentifier, language: str) -> Verdict:
    """Note the request; a job finds out whose it is. The answer and its time are the same for everyone."""
    sources = [(PER_ADDRESS, network_of(actor.address)), (PER_IDENTIFIER, identifier.counted_as)]
    verdict = count_tries(sources)
    if verdict.allowed:
        _note_request(actor, identifier, language)
    return verdict


@transaction.atomic
def resolve_reset(*, actor: Actor, reset_id: uuid.UUID | str) -> None:
    """Send the link, when one account has the identifier. Run by the job; running again changes nothing."""
    reset = PasswordReset.objects.select_for_update().filter(pk=reset_id, state=State.ASKED).first()
    if reset is None:
        return
    account = account_by_identifier(SignInIdentifier.parse(str(reset.identifier)))
    reset.identifier = None
    if account is None or not _may_reset(account):
        _end(reset)
        return
    _send_link(actor, reset, account)


@transaction.atomic
def prove_matricule(*, actor: Actor, reset_id: uuid.UUID | str, typed: Matricule) -> MatriculeCheck:
    """Check what the link's holder must know. Five wrong ones end the link."""
    reset = _lock_open(reset_id)
    if reset is None:
        return MatriculeCheck(Proof.ENDED)
    account = reset.account
    assert account is not None  # noqa: S101 - the table's own constraint
    if matches(typed.value, account.person.matricule_hash, purpose="person.matricule"):
        return MatriculeCheck(Proof.RIGHT)
    reset.failures += 1
    journal.record(actor=actor, event="password_reset.wrong_matricule", chain=chain_of(account))
    if reset.failures == PasswordReset.MAX_FAILURES:
        _end(reset)
        return MatriculeCheck(Proof.ENDED)
    reset.save(update_fields=["failures"])
    return MatriculeCheck(Proof.WRONG, tries_left=PasswordReset.MAX_FAILURES - reset.failures)


@transaction.atomic
def send_reset_code(*, actor: Actor, reset: PasswordReset, language: str) -> None:
    """Send a code to the channel that the link did not go to. Raises CodeNotSentError."""
    account = reset.account
    assert account is not None  # noqa: S101 - the table's own constraint
    other = other_channel_of(reset)
    if other is None:
        raise ValueError("the account has one channel only")
    channel, destination = other
    send_code(
        actor=actor,
        owner=account,
        purpose=Purpose.PASSWORD_RESET,
        request=reset.reference,
        channel=channel,
        destination=destination,
        language=language,
    )


def check_reset_code(*, actor: Actor, reset: PasswordReset, typed: str) -> CodeCheck:
    """Try the code of the other channel."""
    assert reset.account is not None  # noqa: S101 - the table's own constraint
    return check_code(
        actor=actor, owner=reset.account, purpose=Purpose.PASSWORD_RESET, request=reset.reference, typed=typed
    )


def choose_password(*, actor: Actor, reset: PasswordReset, password: str) -> None:
    """Set `password`, found good by the form; use the link up; end every session and tell every channel.

    The caller has seen all proofs. Raises ResetEndedError.
    """
    encoded = make_password(password)  # slow on purpose: not under the lock
    with transaction.atomic():
        account = Account.objects.select_for_update().get(password_resets=reset)
        if _lock_open(reset.pk) is None or not account.is_active:
            raise ResetEndedError
        account.password = encoded
        account.save(update_fields=["password"])
        _use_up(reset, account)
        journal.record(actor=actor, event="password.reset", chain=chain_of(account))
        end_other_sessions(actor=actor, account=account, keep_session="")
        tell_account(account, change="password")


def _may_reset(account: Account) -> bool:
    """Never by an address that somebody else declared: there would be nothing else to prove (ADR 0023)."""
    return account.is_active and account.has_password() and bool(account.confirmed_channels())


@transaction.atomic
def _note_request(actor: Actor, identifier: SignInIdentifier, language: str) -> None:
    reset = PasswordReset.objects.create(
        identifier=identifier.value.value, language=language, address=actor.address, expires_at=now() + LINK_LIFE
    )
    from gesond.identity.jobs import resolve_password_reset  # the job imports this module

    resolve_password_reset.defer(reset_id=str(reset.pk))


def _send_link(actor: Actor, reset: PasswordReset, account: Account) -> None:
    """To the e-mail address when there is one, else by SMS. The site's address is the settings', never a header's."""
    token = random_token()
    channels = account.confirmed_channels()
    channel = CodeChannel.EMAIL if CodeChannel.EMAIL in channels else CodeChannel.SMS
    reset.account, reset.state, reset.channel = account, State.SENT, channel
    reset.token_hash = keyed_hash(token, purpose="password_reset.token")
    reset.expires_at = now() + LINK_LIFE
    reset.save()
    with override(reset.language):
        link = settings.ENVIRONMENT.base_url + reverse("identity:password_reset_link", args=[token])
    queue_message(
        channel=channel,
        recipient=channels[channel],
        template="identity/password_reset",
        context={"link": link, "minutes": int(LINK_LIFE.total_seconds() // 60)},
        language=reset.language,
        reference=reset.reference,
        expires_at=reset.expires_at,
    )
    asker = Actor("visitor", address=reset.address)
    journal.record(actor=asker, event="password_reset.asked", chain=chain_of(account), details={"channel": channel})


def _lock_open(reset_id: uuid.UUID | str) -> PasswordReset | None:
    open_ones = PasswordReset.objects.filter(state=State.SENT, expires_at__gt=now())
    return open_ones.select_for_update(of=("self",)).select_related("account__person").filter(pk=reset_id).first()


def _use_up(reset: PasswordReset, account: Account) -> None:
    """This link is used; any other of the account is over."""
    moment = now()
    PasswordReset.objects.filter(pk=reset.pk).update(state=State.USED, ended_at=moment)
    others = PasswordReset.objects.filter(account=account, state=State.SENT)
    others.update(state=State.ENDED, ended_at=moment)


def _end(reset: PasswordReset) -> None:
    reset.state, reset.ended_at = State.ENDED, now()
    reset.save()
