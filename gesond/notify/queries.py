"""What became of messages: for the page that waits for one, for operators, for metrics."""

import uuid
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from django.db.models import Count, Min

from gesond.kernel.clock import now
from gesond.notify.models import OutboxMessage, State

WAITING = [State.QUEUED, State.SENDING]


class Outcome(StrEnum):
    """What a page may tell the person who waits."""

    UNKNOWN = "unknown"  # no such message
    ON_ITS_WAY = "on_its_way"
    DELAYED = "delayed"  # an attempt failed, another follows
    SENT = "sent"
    DELIVERED = "delivered"  # the provider's receipt says so
    FAILED = "failed"  # for good: offer the other channel
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True)
class DeliveryState:
    """`message_id` makes the page's live topic: `delivery:<message_id>`."""

    outcome: Outcome
    channel: str = ""
    message_id: uuid.UUID | None = None

    @property
    def unreachable(self) -> bool:
        """Whether to say « we could not reach this number » and offer the other channel."""
        return self.outcome is Outcome.FAILED

    @property
    def worrying(self) -> bool:
        """Whether to offer the other channel already, without saying that this one failed."""
        return self.outcome in {Outcome.DELAYED, Outcome.FAILED}


def delivery_state(*, reference: str = "", message_id: uuid.UUID | str | None = None) -> DeliveryState:
    """The newest message with that reference (`activation:5`), or the very message. One query, no contents."""
    rows = (
        OutboxMessage.objects.filter(pk=message_id)
        if message_id
        else OutboxMessage.objects.filter(reference=reference).exclude(reference="")
    )
    message = rows.order_by("-created_at").defer("recipient", "content").first()
    if message is None:
        return DeliveryState(Outcome.UNKNOWN)
    return DeliveryState(_outcome(message), message.channel, message.pk)


def dead_letters(limit: int = 100) -> list[OutboxMessage]:
    """What failed for good, newest first, with `last_error`. Recipient and text are not loaded."""
    failed = OutboxMessage.objects.filter(state=State.FAILED).defer("recipient", "content")
    return list(failed.order_by("-created_at")[:limit])


@dataclass(frozen=True)
class OutboxHealth:
    """`counts`: (channel, state) to number, of what waits or failed. `oldest_waiting`: the age of the first to wait."""

    counts: dict[tuple[str, str], int]
    oldest_waiting: timedelta


def outbox_health() -> OutboxHealth:
    """Two queries over the index of states; rows that were sent are not read."""
    watched = OutboxMessage.objects.filter(state__in=[*WAITING, State.FAILED])
    rows = watched.values_list("channel", "state").annotate(number=Count("pk")).order_by()
    first = OutboxMessage.objects.filter(state__in=WAITING).aggregate(at=Min("created_at"))["at"]
    return OutboxHealth(
        counts={(channel, state): number for channel, state, number in rows},
        oldest_waiting=now() - first if first else timedelta(0),
    )


def _outcome(message: OutboxMessage) -> Outcome:
    if message.state == State.SENT:
        return Outcome.DELIVERED if message.delivered_at else Outcome.SENT
    if message.state in WAITING:
        return Outcome.DELAYED if message.last_error else Outcome.ON_ITS_WAY
    return Outcome(message.state)
