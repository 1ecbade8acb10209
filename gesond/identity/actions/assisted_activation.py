"""Activation at a counter or by telephone, as staff see it: whom, with which document, by which link, and its end.

A link stands for the code of a letter in this one activation; the person does the rest on a device of their own
choosing (`assisted_proof`). Staff see the step, and neither password nor code. Why: docs/adr/0021-counter.md.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import translation

from gesond.identity.actions.activation import lock_person, persons_named
from gesond.identity.actions.assisted_ending import UNDER_WAY, end_without_account, reference_of, tell
from gesond.identity.actions.staff_looks import open_look, record_search
from gesond.identity.credentials.throttle import Limit, count_try
from gesond.identity.models import Account, AssistedActivation, LookReason, Person
from gesond.kernel.clock import now
from gesond.kernel.hashing import keyed_hash, random_token
from gesond.kernel.identifiers import Matricule
from gesond.kernel.journal import Actor
from gesond.notify.actions import queue_message, withdraw_messages

LINK_PURPOSE = "assisted_activation.link"
LINK_LIFE = timedelta(minutes=15)
# More than a counter sees in a day; who opens accounts for people who are not there is stopped, and seen.
LOOKS_A_DAY = Limit("assisted.looks", 80, timedelta(days=1))
OFFERS_A_DAY = Limit("assisted.offers", 40, timedelta(days=1))
# A household has one number at times, a village has not.
LINKS_A_DAY_TO_ONE = Limit("assisted.destination", 6, timedelta(days=1))
SCREEN = "screen"
State = AssistedActivation.State
Document = AssistedActivation.Document

logger = structlog.get_logger(__name__)


class AssistedError(Exception):
    """No guided activation can be begun, or go on."""


class OwnPersonError(AssistedError):
    """Staff open their own account with their own letter."""


class HasAccountError(AssistedError):
    """There is an account already."""


class DeceasedError(AssistedError):
    """The registry says that the person has died."""


class NoAddressError(AssistedError):
    """The registry has no address: the letter that tells of the opening could not be posted."""


class UnderWayError(AssistedError):
    """Another one of the same person is under way: `assisted`."""

    def __init__(self, assisted: AssistedActivation) -> None:
        super().__init__("one is under way")
        self.assisted = assisted


class TooManyError(AssistedError):
    """As many as a day holds, of this member of staff or to this number or address."""


class OverError(AssistedError):
    """It has ended: a new one has to be begun."""


@dataclass(frozen=True)
class Delivery:
    """How the link reaches the person: `screen` (a QR code), `sms` (E.164) or `email`."""

    way: str
    language: str
    destination: str = field(default="", repr=False)


@dataclass(frozen=True)
class Offered:
    """The guided activation; for the screen the address of its link too, shown this once and kept nowhere."""

    assisted: AssistedActivation
    link: str = field(default="", repr=False)


def look_up(*, actor: Actor, clerk: Account, matricule: Matricule) -> Person | None:
    """The person of that matricule, None when there is nobody; every look-up is in a journal, and counted.

    Raises TooManyError, and why no guided activation can begin: OwnPersonError, DeceasedError, HasAccountError,
    NoAddressError, UnderWayError.
    """
    _count(LOOKS_A_DAY, clerk, str(clerk.pk))
    with transaction.atomic():
        person = Person.objects.filter(**persons_named(matricule)).first()
        found = 0 if person is None else 1
        record_search(actor=actor, staff=clerk, kind="matricule", typed=str(matricule), found=found)
        if person is None:
            return None
        open_look(actor=actor, staff=clerk, person=person, reason=LookReason.COUNTER)
    _check_may_begin(clerk, person)
    return person


def offer(*, actor: Actor, clerk: Account, person_id: int, document: Document, delivery: Delivery) -> Offered:
    """Begin for a person who was looked up. Raises what `look_up` raises."""
    _count(OFFERS_A_DAY, clerk, str(clerk.pk))
    _count_delivery(clerk, delivery)
    with transaction.atomic():
        lock_person(person_id)
        person = Person.objects.get(pk=person_id)
        _check_may_begin(clerk, person)
        _clear_expired(actor, person)
        return _offer(actor, clerk, person, document, delivery)


def send_link_again(
    *, actor: Actor, clerk: Account, assisted_id: UUID, links: int, delivery: Delivery
) -> Offered | None:
    """A new link in place of the one before, opened or not: the person begins again with it.

    `links`: how many there were when this was asked; None when another was made since. Raises OverError, TooManyError,
    and AssistedActivation.DoesNotExist for what another member of staff guides.
    """
    _count_delivery(clerk, delivery)
    with transaction.atomic():
        assisted = _lock(clerk, assisted_id)
        if assisted.state not in UNDER_WAY:
            raise OverError
        if assisted.links != links:
            return None
        withdraw_messages(reference=reference_of(assisted))
        assisted.state, assisted.failures, assisted.language = State.OFFERED, 0, delivery.language
        assisted.links += 1
        return _link(actor, assisted, delivery)


@transaction.atomic
def cancel(*, actor: Actor, clerk: Account, assisted_id: UUID) -> bool:
    """End it; False when it had ended already. What the person has typed meanwhile is worth nothing.

    Raises AssistedActivation.DoesNotExist for what another member of staff guides.
    """
    assisted = _lock(clerk, assisted_id)
    if assisted.state not in UNDER_WAY:
        return False
    end_without_account(actor, assisted, "staff")
    return True


def _count(limit: Limit, clerk: Account, source: str) -> None:
    """Counted whatever comes of it. The line in the log is what an alert is set on."""
    if not count_try(limit, source).allowed:
        logger.warning("counter_limit_reached", limit=limit.scope, account=clerk.pk)
        raise TooManyError


def _count_delivery(clerk: Account, delivery: Delivery) -> None:
    if delivery.way != SCREEN:
        _count(LINKS_A_DAY_TO_ONE, clerk, delivery.destination)


def _check_may_begin(clerk: Account, person: Person) -> None:
    if clerk.person_id == person.pk:
        raise OwnPersonError
    if person.deceased:
        raise DeceasedError
    if Account.objects.filter(person=person).exists():
        raise HasAccountError
    if not person.address:
        raise NoAddressError
    under_way = _under_way(person)
    if under_way is not None and under_way.expires_at > now():
        raise UnderWayError(under_way)


def _clear_expired(actor: Actor, person: Person) -> None:
    """Make room where one has run out of time."""
    expired = _under_way(person)
    if expired is not None:
        end_without_account(actor, expired, "time")


def _under_way(person: Person) -> AssistedActivation | None:
    return AssistedActivation.objects.filter(person=person, state__in=UNDER_WAY).first()


def _offer(actor: Actor, clerk: Account, person: Person, document: Document, delivery: Delivery) -> Offered:
    assisted = AssistedActivation(
        person=person, clerk=clerk, document=document, language=delivery.language, started_at=now()
    )
    tell(actor, assisted, "offered", document=document.value)
    return _link(actor, assisted, delivery)


def _link(actor: Actor, assisted: AssistedActivation, delivery: Delivery) -> Offered:
    """Make the link, keep its hash, and send it or hand it back."""
    token = random_token()
    assisted.link_hash = keyed_hash(token, purpose=LINK_PURPOSE)
    assisted.expires_at = now() + LINK_LIFE
    assisted.save()
    tell(actor, assisted, "link_sent", way=delivery.way)
    with translation.override(delivery.language):
        link = settings.ENVIRONMENT.base_url + reverse("identity:activation_assisted_link", args=[token])
    if delivery.way == SCREEN:
        return Offered(assisted, link)
    _send(assisted, delivery, link)
    return Offered(assisted)


def _send(assisted: AssistedActivation, delivery: Delivery, link: str) -> None:
    queue_message(
        channel=delivery.way,
        recipient=delivery.destination,
        template="identity/assisted_link",
        context={"link": link, "minutes": LINK_LIFE.seconds // 60},
        language=delivery.language,
        reference=reference_of(assisted),
        expires_at=assisted.expires_at,
    )


def _lock(clerk: Account, assisted_id: UUID) -> AssistedActivation:
    """Under the person's lock, as every step of an activation is."""
    own = AssistedActivation.objects.filter(clerk=clerk)
    lock_person(own.values_list("person_id", flat=True).get(pk=assisted_id))
    return own.get(pk=assisted_id)
