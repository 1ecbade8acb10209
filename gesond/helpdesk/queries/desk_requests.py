"""What the helpdesk sees: its queues, one request, what a search finds."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gesond.helpdesk.actions.desk_requests import colleagues
from gesond.helpdesk.models import HelpMessage, HelpRequest, InternalNote
from gesond.helpdesk.models.requests import comparable_email
from gesond.helpdesk.numbers import key_of
from gesond.identity.models import Account, Person
from gesond.kernel import journal
from gesond.kernel.clock import now
from gesond.kernel.hashing import keyed_hashes

FOUND_AT_MOST = 50
State = HelpRequest.State


class Queue(StrEnum):
    NEW = "new"
    MINE = "mine"
    OVERDUE = "overdue"
    OPEN = "open"
    WAITING = "waiting"
    CLOSED = "closed"


QUEUE_NAMES: dict[Queue, Promise] = {
    Queue.NEW: _("New requests"),
    Queue.MINE: _("Mine"),
    Queue.OVERDUE: _("Overdue"),
    Queue.OPEN: _("In progress"),
    Queue.WAITING: _("Waiting for the person"),
    Queue.CLOSED: _("Request closed"),
}
# Nobody counts what is closed: it only grows.
COUNTED = [Queue.NEW, Queue.MINE, Queue.OVERDUE, Queue.OPEN, Queue.WAITING]


@dataclass(frozen=True)
class DeskRequest:
    """A request as the helpdesk sees it. `last`: the key of the newest message, for who answers."""

    request: HelpRequest
    messages: list[HelpMessage]
    notes: list[InternalNote]
    history: list[Any]
    colleagues: list[Account]
    earlier: list[HelpRequest]
    last: int = field(default=0)


def queue_rows(staff: Account, queue: Queue, category: str = "") -> QuerySet[HelpRequest]:
    """A queue in its order, of one category or of all."""
    rows = HelpRequest.objects.filter(_condition(queue, staff))
    if category:
        rows = rows.filter(category=category)
    return rows.order_by(*_order(queue)).select_related("assigned_to__person").defer("facts", "email")


def queue_counts(staff: Account) -> dict[Queue, int]:
    """How many wait in each queue. One query over what is not closed."""
    alive = HelpRequest.objects.filter(state__in=[State.NEW, State.OPEN, State.WAITING])
    counts: dict[str, int] = alive.aggregate(
        **{queue.value: Count("state", filter=_condition(queue, staff)) for queue in COUNTED}
    )
    return {queue: counts[queue.value] for queue in COUNTED}


def desk_request(number: str) -> DeskRequest | None:
    """Everything of one request, in a constant number of queries."""
    related = ("account__person", "person__account", "assigned_to__person")
    request = HelpRequest.objects.select_related(*related).filter(pk=key_of(number) or 0).first()
    if request is None:
        return None
    messages = list(request.messages.select_related("staff__person").order_by("created_at", "pk"))
    return DeskRequest(
        request=request,
        messages=messages,
        notes=list(request.internal_notes.select_related("staff__person").order_by("created_at", "pk")),
        history=list(journal.entries(chain=request.chain)[:FOUND_AT_MOST]),
        colleagues=list(colleagues().select_related("person").order_by("person__family_name", "pk")),
        earlier=_others_of(request),
        last=max((message.pk for message in messages), default=0),
    )


def found_by_key(key: int) -> list[HelpRequest]:
    """The request under this key, or none."""
    return _latest(HelpRequest.objects.filter(pk=key))


def found_by_email(address: str) -> list[HelpRequest]:
    """Requests left with this address, or of an account that has it."""
    spelt = comparable_email(address)
    left = Q(email_hash__in=keyed_hashes(spelt, purpose="help_request.email"))
    accounts = Account.objects.filter(email_hash__in=keyed_hashes(spelt, purpose="account.email"))
    return _latest(HelpRequest.objects.filter(left | Q(account__in=accounts)))


def found_by_person(person: Person) -> list[HelpRequest]:
    """Requests about this person."""
    return _latest(HelpRequest.objects.filter(person=person))


def _condition(queue: Queue, staff: Account) -> Q:
    owed = Q(due_at__isnull=False)
    return {
        Queue.NEW: owed & Q(state=State.NEW),
        Queue.MINE: owed & Q(assigned_to=staff),
        Queue.OVERDUE: Q(due_at__lt=now()),
        Queue.OPEN: owed & Q(state=State.OPEN),
        Queue.WAITING: Q(state=State.WAITING),
        Queue.CLOSED: Q(state=State.CLOSED),
    }[queue]


def _order(queue: Queue) -> tuple[str, ...]:
    """What is owed longest comes first; of the rest what changed last."""
    return ("-changed_at", "-pk") if queue in {Queue.WAITING, Queue.CLOSED} else ("due_at", "pk")


def _others_of(request: HelpRequest) -> list[HelpRequest]:
    """What the same person, or address, has asked before."""
    if request.person_id is not None:
        same = Q(person=request.person_id)
    elif request.email_hash is not None:
        same = Q(email_hash=request.email_hash)
    else:
        return []
    return _latest(HelpRequest.objects.filter(same).exclude(pk=request.pk), 5)


def _latest(rows: QuerySet[HelpRequest], most: int = FOUND_AT_MOST) -> list[HelpRequest]:
    return list(rows.select_related("assigned_to__person").order_by("-changed_at", "-pk")[:most])
