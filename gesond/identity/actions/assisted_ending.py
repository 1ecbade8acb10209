"""How a guided activation ends: with the account, or without. Everything here runs under the person's lock.

The person is told by a letter to the address of the registry, which who guides cannot change: docs/adr/0021-counter.md.
"""

from datetime import timedelta

from gesond.identity.actions.posted_notices import post_notice
from gesond.identity.assisted_steps import topic_of
from gesond.identity.models import Activation, ActivationCode, AssistedActivation, Person, PostedNotice
from gesond.kernel import journal
from gesond.kernel.clock import now
from gesond.kernel.journal import Actor
from gesond.notify.actions import withdraw_messages
from gesond.web.live import announce

# To read the last pages, maybe with LuxTrust (S2-26); then a tablet of the agency's shows them to nobody.
AFTERWARDS = timedelta(minutes=10)
State = AssistedActivation.State
UNDER_WAY = (State.OFFERED, State.TAKEN)


def reference_of(assisted: AssistedActivation) -> str:
    """By which the messages with its links are found."""
    return f"assisted-activation:{assisted.pk}"


def tell(actor: Actor, assisted: AssistedActivation, what: str, **details: object) -> None:
    """Into the person's journal, and to the page of who guides."""
    told = {"assisted": str(assisted.pk), **details}
    event = f"assisted_activation.{what}"
    journal.record(actor=actor, event=event, chain=f"person:{assisted.person_id}", details=told)
    announce(topic_of(assisted.pk))


def end_without_account(actor: Actor, assisted: AssistedActivation, why: str) -> None:
    """Its link and the activation begun with it are worth nothing from now on.

    `why`: `staff`, `time`, `wrong_matricule`, or `letter`: the person goes on with the code of a letter.
    """
    withdraw_messages(reference=reference_of(assisted))
    _end(assisted, State.CANCELLED)
    tell(actor, assisted, "cancelled", why=why)


def leave_assisted(actor: Actor, activation: Activation) -> None:
    """The letter's code was typed instead: what was guided ends, and the activation is the letter's."""
    if activation.assisted is None:
        return
    if activation.assisted.state in UNDER_WAY:
        end_without_account(actor, activation.assisted, "letter")
    activation.assisted = None


def close_assisted(actor: Actor, activation: Activation) -> None:
    """The account has just been opened: by guidance, or in spite of one still under way."""
    if activation.assisted is not None:
        _finish(actor, activation.assisted, activation.person)
        return
    left = AssistedActivation.objects.filter(person=activation.person_id, state__in=UNDER_WAY).first()
    if left is not None:
        end_without_account(actor, left, "letter")


def _finish(actor: Actor, assisted: AssistedActivation, person: Person) -> None:
    """A letter still under way has nothing left to open."""
    live = ActivationCode.objects.filter(person=person, door="patient", state=ActivationCode.State.LIVE)
    live.update(state=ActivationCode.State.CANCELLED, ended_at=now())
    assisted.expires_at = now() + AFTERWARDS
    _end(assisted, State.DONE)
    tell(actor, assisted, "opened")
    post_notice(person=person, kind=PostedNotice.Kind.OPENED_WITH_HELP)


def _end(assisted: AssistedActivation, state: State) -> None:
    assisted.state, assisted.link_hash, assisted.ended_at = state, None, now()
    assisted.save(update_fields=["state", "link_hash", "ended_at", "expires_at"])
