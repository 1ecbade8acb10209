"""Opening an account with the posted code: the five steps of S2-13 to S2-27, a minor's too (S2-32).

`prove_letter` binds an Activation to the browser that typed matricule and code; every later action takes that
browser's `BrowserKey` and works under a lock on the person, so that any number of tabs open one account.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.urls import reverse
from django.utils import translation

from gesond.identity.actions.one_time_codes import CodeCheck, check_code, send_code
from gesond.identity.activation_codes import HASH_PURPOSE, ActivationCodeText
from gesond.identity.models import (
    Account,
    Activation,
    ActivationCode,
    CodeChannel,
    Door,
    OneTimeCode,
    Person,
    Purpose,
    TermsAcceptance,
    TermsVersion,
)
from gesond.identity.throttle import Limit, count_try, forget_tries, network_of
from gesond.kernel import journal
from gesond.kernel.clock import now
from gesond.kernel.hashing import keyed_hash, keyed_hashes, matches, random_token
from gesond.kernel.identifiers import Matricule, ShortMatricule
from gesond.kernel.journal import Actor
from gesond.notify.actions import queue_message

BROWSER_PURPOSE = "activation.browser"
TRIES_PURPOSE = "activation.tries"
# Wide enough for a household or a helpdesk's counter, far too narrow to search for 70 bits.
TRIES_PER_ADDRESS = Limit("activation.address", 30, timedelta(hours=1))
TRIES_PER_MATRICULE = Limit("activation.matricule", ActivationCode.MAX_FAILURES, timedelta(hours=24))
# Both forms of a matricule begin alike: one counter serves both.
COMMON_DIGITS = 11

AnyMatricule = Matricule | ShortMatricule
Step = Activation.Step
BEFORE_ACCOUNT = frozenset({Step.PASSWORD, Step.CHANNEL, Step.CONFIRM})
WITH_PASSWORD = frozenset({Step.CHANNEL, Step.CONFIRM})


class Refusal(StrEnum):
    """Why a proof is refused. All but the first and the last are told only to who typed the right code."""

    NO_MATCH = "no_match"
    ACCOUNT_EXISTS = "account_exists"
    REPLACED = "replaced"  # a later letter was issued
    EXHAUSTED = "exhausted"
    EXPIRED = "expired"
    SLOW_DOWN = "slow_down"


@dataclass(frozen=True)
class BrowserKey:
    """What a browser's session holds of its activation."""

    activation_id: str
    token: str = field(repr=False)


@dataclass(frozen=True)
class Proof:
    """A `key` for this browser, or a `refusal`. Returned and never raised: what was counted must be committed.

    `tries_left` goes with NO_MATCH, `retry_after` (seconds) with SLOW_DOWN; `resumed`: begun earlier, maybe elsewhere.
    """

    key: BrowserKey | None = None
    refusal: Refusal | None = None
    resumed: bool = False
    tries_left: int = 0
    retry_after: int = 0


class ActivationError(Exception):
    """The step asked for is not this browser's to take now; the pages lead to the one that is."""


class OtherBrowserError(ActivationError):
    """The activation was never this browser's, or has gone on in another one."""


class LetterReplacedError(ActivationError):
    """The letter it began with is no longer good: a later one was issued."""


class AccountExistsError(ActivationError):
    """The person's account was opened another way meanwhile."""


class OtherStepError(ActivationError):
    """That step is past, or not yet due."""


def prove_letter(
    *, actor: Actor, matricule: AnyMatricule, code: ActivationCodeText, terms: TermsVersion, language: str
) -> Proof:
    """Step 1 (S2-15, S2-16): begin the activation of the letter's person, or take it over, in this browser.

    Every case that tells whether a matricule exists has one answer, made of the same queries.
    """
    verdict = count_try(TRIES_PER_ADDRESS, network_of(actor.address))
    if not verdict.allowed:
        return Proof(refusal=Refusal.SLOW_DOWN, retry_after=verdict.retry_after)
    with transaction.atomic():
        letter = _lock_letter(matricule, code)
        if letter is not None:
            return _begin(actor, letter, matricule, terms, language)
    return _count_wrong_try(actor, matricule)


def choose_password(*, actor: Actor, key: BrowserKey, password: str) -> None:
    """Step 2 (S2-18): keep the hash of a password that the form has checked. Raises ActivationError."""
    hashed = make_password(password)  # before the lock: a twentieth of a second of work
    with transaction.atomic():
        activation = _lock(key, BEFORE_ACCOUNT)
        activation.password = hashed
        if activation.step == Step.PASSWORD:
            activation.step = Step.CHANNEL
        activation.save(update_fields=["password", "step"])
        journal.record(actor=actor, event="activation.password_chosen", chain=_chain(activation))


@transaction.atomic
def choose_channel(*, actor: Actor, key: BrowserKey, channel: str, destination: str, language: str) -> None:
    """Step 3 (S2-20): send a code to `destination` (E.164 or an e-mail address).

    « Valider » pressed twice with the same address sends one code. Raises ActivationError, CodeNotSentError.
    """
    activation = _lock(key, WITH_PASSWORD)
    if activation.step == Step.CONFIRM and _is_underway(activation, channel, destination):
        return
    activation.channel, activation.destination, activation.language = channel, destination, language
    activation.step = Step.CONFIRM
    activation.save(update_fields=["channel", "destination", "language", "step"])
    _send(actor, activation)


@transaction.atomic
def send_another_code(*, actor: Actor, key: BrowserKey) -> None:
    """Step 3: a new code to the same address. Raises ActivationError, CodeNotSentError."""
    _send(actor, _lock(key, frozenset({Step.CONFIRM})))


@transaction.atomic
def open_account(*, actor: Actor, key: BrowserKey, typed: str) -> CodeCheck:
    """Step 3 (S2-25): with the right code, open the account. Raises ActivationError."""
    activation = _lock(key, frozenset({Step.CONFIRM}))
    check = check_code(
        actor=actor, owner=activation, purpose=Purpose.ACTIVATION, request=str(activation.pk), typed=typed
    )
    if check.right:
        _open(actor, activation)
    return check


@transaction.atomic
def finish_activation(*, actor: Actor, key: BrowserKey) -> None:
    """Step 4 (S2-26): nothing more to associate. Raises ActivationError."""
    activation = _lock(key, frozenset({Step.OTHER_MEANS, Step.DONE}))
    if activation.step == Step.DONE:
        return
    activation.step, activation.finished_at = Step.DONE, now()
    activation.save(update_fields=["step", "finished_at"])
    journal.record(actor=actor, event="activation.finished", chain=_chain(activation))


def is_key_of(activation: Activation, key: BrowserKey) -> bool:
    """Whether `key` is the browser that holds `activation`."""
    return matches(key.token, activation.browser_hash, purpose=BROWSER_PURPOSE)


def persons_named(matricule: AnyMatricule) -> dict[str, Any]:
    """The condition on Person that a typed matricule is: 13 digits name one, 11 digits may name several (X3)."""
    form = "matricule_11" if isinstance(matricule, ShortMatricule) else "matricule"
    return {f"{form}_hash__in": keyed_hashes(matricule.value, purpose=f"person.{form}")}


def _lock_letter(matricule: AnyMatricule, code: ActivationCodeText) -> ActivationCode | None:
    """The letter of which this is the code, its person locked; None when nobody of that matricule has it."""
    letters = ActivationCode.objects.filter(
        code_hash__in=keyed_hashes(code.symbols, purpose=HASH_PURPOSE),
        person__in=Person.objects.filter(deceased=False, **persons_named(matricule)),
    )
    found = letters.first()
    if found is None:
        return None
    _lock_person(found.person_id)
    # Read again under the lock: a tab may have used the code, the agency may have cancelled it, since.
    return ActivationCode.objects.select_related("person").get(pk=found.pk)


def _lock_person(person_id: int) -> None:
    Person.objects.select_for_update(no_key=True).only("pk").get(pk=person_id)


def _begin(actor: Actor, letter: ActivationCode, matricule: AnyMatricule, terms: TermsVersion, language: str) -> Proof:
    refusal = _refusal(letter)
    if refusal:
        details = {"letter": letter.pk, "reason": refusal.value}
        journal.record(actor=actor, event="activation.refused", chain=f"person:{letter.person_id}", details=details)
        return Proof(refusal=refusal)
    token = random_token()
    activation, resumed = _activation_of(letter)
    activation.browser_hash = keyed_hash(token, purpose=BROWSER_PURPOSE)
    activation.terms, activation.language = terms, language
    activation.save()
    event = "activation.resumed" if resumed else "activation.begun"
    journal.record(actor=actor, event=event, chain=_chain(activation), details={"letter": letter.pk})
    forget_tries(TRIES_PER_MATRICULE, matricule.value[:COMMON_DIGITS])
    return Proof(key=BrowserKey(str(activation.pk), token), resumed=resumed)


def _refusal(letter: ActivationCode) -> Refusal | None:
    """Who holds the right code has proved it, and may know what became of it."""
    state = ActivationCode.State
    if letter.state == state.USED or Account.objects.filter(person=letter.person_id).exists():
        return Refusal.ACCOUNT_EXISTS
    if letter.state == state.CANCELLED:
        return Refusal.REPLACED
    if letter.state == state.EXHAUSTED:
        return Refusal.EXHAUSTED
    return Refusal.EXPIRED if letter.expires_at <= now() else None


def _activation_of(letter: ActivationCode) -> tuple[Activation, bool]:
    """The person's unfinished activation, or a new one. One begun with a former letter starts over."""
    activation = Activation.objects.filter(person=letter.person_id, account=None).first()
    if activation is None:
        return Activation(person=letter.person, code=letter), False
    if activation.code_id == letter.pk:
        return activation, True
    # A stranger may have begun it with a letter that went astray: nothing of theirs is kept.
    activation.code, activation.step = letter, Step.PASSWORD
    activation.password, activation.channel, activation.destination = "", "", None
    return activation, False


def _count_wrong_try(actor: Actor, matricule: AnyMatricule) -> Proof:
    """Counted by what was typed, known or not; every fifth try ends the letter of the person so named, if any."""
    typed = matricule.value[:COMMON_DIGITS]
    tries = count_try(TRIES_PER_MATRICULE, typed).count
    failures = (tries - 1) % ActivationCode.MAX_FAILURES + 1
    exhausted = failures == ActivationCode.MAX_FAILURES
    with transaction.atomic():
        _mark_letters(matricule, failures, exhausted=exhausted)
        # A chain named by what was typed: a person's own would be written only when there is such a person.
        chain = f"activation-tries:{keyed_hash(typed, purpose=TRIES_PURPOSE).hex()}"
        event = "activation.tries_exhausted" if exhausted else "activation.wrong_try"
        journal.record(actor=actor, event=event, chain=chain, details={"tries": tries})
    return Proof(refusal=Refusal.NO_MATCH, tries_left=max(0, ActivationCode.MAX_FAILURES - tries))


def _mark_letters(matricule: AnyMatricule, failures: int, *, exhausted: bool) -> None:
    persons = Person.objects.filter(**persons_named(matricule))
    live = ActivationCode.objects.filter(person__in=persons, state=ActivationCode.State.LIVE)
    if exhausted:
        live.update(failures=failures, state=ActivationCode.State.EXHAUSTED, ended_at=now())
    else:
        live.update(failures=failures)


def _lock(key: BrowserKey, steps: frozenset[Step]) -> Activation:
    """This browser's activation under its person's lock, at one of `steps`. Raises ActivationError."""
    person_id = Activation.objects.filter(pk=key.activation_id).values_list("person_id", flat=True).first()
    if person_id is None:
        raise OtherBrowserError
    _lock_person(person_id)
    activation = Activation.objects.select_related("code", "person__account", "terms").get(pk=key.activation_id)
    check_standing(activation, key)
    if activation.step not in steps:
        raise OtherStepError
    return activation


def check_standing(activation: Activation, key: BrowserKey) -> None:
    """Raises ActivationError unless `key`'s browser may go on. Needs `code` and `person__account` loaded."""
    if not is_key_of(activation, key):
        raise OtherBrowserError
    if activation.account_id is not None:
        return
    if hasattr(activation.person, "account"):
        raise AccountExistsError
    # A letter that merely grew old meanwhile was proved in time.
    if activation.code.state != ActivationCode.State.LIVE:
        raise LetterReplacedError


def _is_underway(activation: Activation, channel: str, destination: str) -> bool:
    """Whether a code is on its way to this very address."""
    if (activation.channel, activation.destination) != (channel, destination):
        return False
    live = OneTimeCode.objects.filter(activation=activation, state=OneTimeCode.State.LIVE, expires_at__gt=now())
    return live.exists()


def _send(actor: Actor, activation: Activation) -> None:
    send_code(
        actor=actor,
        owner=activation,
        purpose=Purpose.ACTIVATION,
        request=str(activation.pk),
        channel=activation.channel,
        destination=str(activation.destination),
        language=activation.language,
    )


def _open(actor: Actor, activation: Activation) -> None:
    """Account, acceptance of the terms, used letter, message: all or nothing."""
    account = _new_account(activation)
    TermsAcceptance.objects.create(account=account, version=activation.terms)
    letter = activation.code
    letter.state, letter.ended_at = ActivationCode.State.USED, now()
    letter.save(update_fields=["state", "ended_at"])
    activation.account, activation.step = account, Step.OTHER_MEANS
    activation.password, activation.destination = "", None
    activation.save(update_fields=["account", "step", "password", "destination"])
    details = {"account": account.pk, "channel": account.code_channel, "terms": activation.terms.number}
    journal.record(actor=actor, event="account.opened", chain=_chain(activation), details=details)
    _tell_opened(account)


def _new_account(activation: Activation) -> Account:
    destination = str(activation.destination)
    column = "phone" if activation.channel == CodeChannel.SMS else "email"
    confirmed = {column: destination, f"{column}_hash": keyed_hash(destination, purpose=f"account.{column}")}
    return Account.objects.create(
        person=activation.person,
        password=activation.password,
        language=activation.language,
        code_channel=activation.channel,
        doors=[Door.PATIENT],
        **confirmed,
    )


def _tell_opened(account: Account) -> None:
    channel, destination = account.code_destination()
    with translation.override(account.language):
        address = settings.ENVIRONMENT.base_url + reverse("identity:sign_in")
    queue_message(
        channel=channel,
        recipient=destination,
        template="identity/account_opened",
        context={"sign_in": address},
        language=account.language,
        reference=f"account-opened:{account.pk}",
    )


def _chain(activation: Activation) -> str:
    return f"person:{activation.person_id}"
