"""Opening an account with the posted code: the steps of S2-13 to S2-27 and S1-04 to S1-14, a minor's too (S2-32).

`activation_proof` binds an Activation to the browser that typed matricule and code; every action here takes that
browser's `BrowserKey` and works under a lock on the person, so that any number of tabs open one account.
"""

from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction

from gesond.identity.actions.activation_opening import open_for
from gesond.identity.actions.one_time_codes import CodeCheck, Outcome, check_code, send_code
from gesond.identity.assisted_steps import follow
from gesond.identity.entitlement import is_entitled
from gesond.identity.models import (
    Account,
    Activation,
    ActivationCode,
    AssistedActivation,
    Door,
    OneTimeCode,
    Person,
    Purpose,
)
from gesond.kernel import journal
from gesond.kernel.clock import now
from gesond.kernel.hashing import keyed_hashes, matches
from gesond.kernel.identifiers import Matricule, ShortMatricule
from gesond.kernel.journal import Actor

BROWSER_PURPOSE = "activation.browser"

AnyMatricule = Matricule | ShortMatricule
Step = Activation.Step
BEFORE_ACCOUNT = frozenset({Step.PASSWORD, Step.DATA, Step.CHANNEL, Step.CONFIRM})
SECURING = frozenset({Step.CHANNEL, Step.CONFIRM})


@dataclass(frozen=True)
class BrowserKey:
    """What a browser's session holds of its activation at `door`; `account_id`: who is signed in there, if anybody."""

    activation_id: str
    token: str = field(repr=False)
    door: str = Door.PATIENT.value
    account_id: int | None = None


class ActivationError(Exception):
    """The step asked for is not this browser's to take now; the pages lead to the one that is."""


class OtherBrowserError(ActivationError):
    """The activation was never this browser's, or has gone on in another one."""


class LetterReplacedError(ActivationError):
    """The letter it began with is no longer good: a later one was issued."""


class AccountExistsError(ActivationError):
    """The person has an account, opened another way. `has_door`: and it enters here already."""

    def __init__(self, *, has_door: bool) -> None:
        super().__init__("the person has an account")
        self.has_door = has_door


class SignInFirstError(ActivationError):
    """The person has an account: a letter adds a door to it, but only for who can sign in to it."""


class OtherAccountError(ActivationError):
    """This browser is signed in to another person's account."""


class OwnChannelFirstError(ActivationError):
    """The account has no number or address that its person has proved: one that was declared takes no code."""


class NotEntitledError(ActivationError):
    """The door is not the person's, or no longer: a professional who is not in force."""


class AssistedEndedError(ActivationError):
    """The helpdesk has ended the activation it guided, or its time is over."""


class OtherStepError(ActivationError):
    """That step is past, or not yet due."""


def choose_password(*, actor: Actor, key: BrowserKey, password: str) -> None:
    """Step 2 (S2-18): keep the hash of a password that the form has checked. Raises ActivationError."""
    hashed = make_password(password)  # before the lock: a twentieth of a second of work
    with transaction.atomic():
        activation = _lock(key, BEFORE_ACCOUNT)
        activation.password = hashed
        if activation.step == Step.PASSWORD:
            activation.step = Step.CHANNEL
        activation.save(update_fields=["password", "step"])
        journal.record(actor=actor, event="activation.password_chosen", chain=chain(activation))


@transaction.atomic
def confirm_data(*, actor: Actor, key: BrowserKey) -> None:
    """S1-10: a professional has read the directory's data and goes on. Raises ActivationError."""
    activation = _lock(key, BEFORE_ACCOUNT)
    if activation.step == Step.DATA:
        activation.step = Step.CHANNEL
        activation.save(update_fields=["step"])
        journal.record(actor=actor, event="activation.data_confirmed", chain=chain(activation))


@transaction.atomic
def choose_channel(*, actor: Actor, key: BrowserKey, channel: str, destination: str, language: str) -> None:
    """S2-20, S1-12: send a code to `destination` (E.164 or an e-mail address).

    « Valider » pressed twice with the same address sends one code. Who has an account already confirms by one of its
    own channels, whatever `destination` says. Raises ActivationError, CodeNotSentError.
    """
    activation = _lock(key, SECURING)
    channel, destination = _own_channel(activation, channel) or (channel, destination)
    if activation.step == Step.CONFIRM and _is_underway(activation, channel, destination):
        return
    activation.channel, activation.destination, activation.language = channel, destination, language
    activation.step = Step.CONFIRM
    activation.save(update_fields=["channel", "destination", "language", "step"])
    _send(actor, activation)


@transaction.atomic
def send_another_code(*, actor: Actor, key: BrowserKey) -> None:
    """A new code to the same address. Raises ActivationError, CodeNotSentError."""
    activation = _lock(key, frozenset({Step.CONFIRM}))
    if _is_outdated(activation):
        _back_to_channel(activation)
    else:
        _send(actor, activation)


@transaction.atomic
def open_account(*, actor: Actor, key: BrowserKey, typed: str) -> CodeCheck:
    """S2-25, S1-13: with the right code, open the account, or a further door of it.

    Raises ActivationError, and ProductTakenError when a professional's LuxTrust product was taken meanwhile.
    """
    activation = _lock(key, frozenset({Step.CONFIRM}))
    if _is_outdated(activation):
        return _back_to_channel(activation)
    # Whose account is added to may be signing in: account before journal, as there.
    Account.objects.select_for_update(no_key=True).only("pk").filter(person=activation.person_id).first()
    check = check_code(
        actor=actor, owner=activation, purpose=Purpose.ACTIVATION, request=str(activation.pk), typed=typed
    )
    if check.right:
        if not is_entitled(activation.person, activation.door):
            raise NotEntitledError
        open_for(actor=actor, activation=activation)
    return check


@transaction.atomic
def finish_activation(*, actor: Actor, key: BrowserKey) -> None:
    """Step 4 (S2-26): nothing more to associate. Raises ActivationError."""
    activation = _lock(key, frozenset({Step.OTHER_MEANS, Step.DONE}))
    if activation.step == Step.DONE:
        return
    activation.step, activation.finished_at = Step.DONE, now()
    activation.save(update_fields=["step", "finished_at"])
    journal.record(actor=actor, event="activation.finished", chain=chain(activation))


def is_key_of(activation: Activation, key: BrowserKey) -> bool:
    """Whether `key` is the browser that holds `activation`."""
    return matches(key.token, activation.browser_hash, purpose=BROWSER_PURPOSE)


def persons_named(matricule: AnyMatricule) -> dict[str, Any]:
    """The condition on Person that a typed matricule is: 13 digits name one, 11 digits may name several (X3)."""
    form = "matricule_11" if isinstance(matricule, ShortMatricule) else "matricule"
    return {f"{form}_hash__in": keyed_hashes(matricule.value, purpose=f"person.{form}")}


def lock_person(person_id: int) -> None:
    """What every step takes first."""
    Person.objects.select_for_update(no_key=True).only("pk").get(pk=person_id)


def check_standing(activation: Activation, key: BrowserKey) -> None:
    """Raises ActivationError unless `key`'s browser may go on. Needs `code`, `assisted`, `person__account`."""
    if activation.door != key.door or not is_key_of(activation, key):
        raise OtherBrowserError
    if activation.assisted is not None:
        _check_assisted(activation, activation.assisted)
    if activation.account_id is not None:
        return
    _check_account(activation, key)
    # A letter that merely grew old meanwhile was proved in time.
    if activation.code is not None and activation.code.state != ActivationCode.State.LIVE:
        raise LetterReplacedError


def existing_account(activation: Activation) -> Account | None:
    """The account that its person had before. Needs `person__account` loaded."""
    return getattr(activation.person, "account", None)


def _check_account(activation: Activation, key: BrowserKey) -> None:
    """A letter opens an account where there is none; where there is one, a professional's adds to it, signed in."""
    account = existing_account(activation)
    if account is not None and (activation.door == Door.PATIENT or activation.door in account.doors):
        raise AccountExistsError(has_door=activation.door in account.doors)
    if activation.door == Door.PATIENT:
        return
    if key.account_id == (account.pk if account else None):
        return _check_own_channel(account)
    raise OtherAccountError if key.account_id else SignInFirstError


def _check_own_channel(account: Account | None) -> None:
    """The code of the fourth step goes to a channel of the person's own, never to one that was declared."""
    if account is not None and not account.confirmed_channels():
        raise OwnChannelFirstError


def _check_assisted(activation: Activation, assisted: AssistedActivation) -> None:
    """A device at a counter is the next person's soon: it shows a guided activation while it is guided only."""
    if (
        assisted.state in (AssistedActivation.State.TAKEN, AssistedActivation.State.DONE)
        and assisted.expires_at > now()
    ):
        return
    if activation.account_id is not None:
        raise AccountExistsError(has_door=True)
    raise AssistedEndedError


def _lock(key: BrowserKey, steps: frozenset[Step]) -> Activation:
    """This browser's activation under its person's lock, at one of `steps`. Raises ActivationError."""
    person_id = Activation.objects.filter(pk=key.activation_id).values_list("person_id", flat=True).first()
    if person_id is None:
        raise OtherBrowserError
    lock_person(person_id)
    activation = Activation.objects.select_related("code", "assisted", "person__account", "terms").get(
        pk=key.activation_id
    )
    check_standing(activation, key)
    if activation.step not in steps:
        raise OtherStepError
    follow(activation)
    return activation


def _own_channel(activation: Activation, channel: str) -> tuple[str, str] | None:
    """Of the account there is already: the channel asked for when it is confirmed, else where its codes go."""
    account = existing_account(activation)
    if account is None:
        return None
    confirmed = account.confirmed_channels()
    return (channel, confirmed[channel]) if channel in confirmed else account.code_destination()


def _is_outdated(activation: Activation) -> bool:
    """Whether the person's account was opened after an address that is not its own was typed here."""
    own = _own_channel(activation, activation.channel)
    return own is not None and own != (activation.channel, activation.destination)


def _back_to_channel(activation: Activation) -> CodeCheck:
    activation.step, activation.channel, activation.destination = Step.CHANNEL, "", None
    activation.save(update_fields=["step", "channel", "destination"])
    return CodeCheck(Outcome.SUPERSEDED)


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


def chain(activation: Activation) -> str:
    """The journal's chain that tells of it."""
    return f"person:{activation.person_id}"
