"""The outbox as the desk shows it: recipients masked, texts never."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gesond.desk.message_names import message_name
from gesond.identity.queries.account import masked
from gesond.kernel.clock import now
from gesond.kernel.identifiers import IdentifierError
from gesond.notify.models import Channel, OutboxMessage, State
from gesond.notify.queries import WAITING, outbox_health

CHANNEL_NAMES: dict[str, str | Promise] = {
    Channel.EMAIL: _("E-mail"),
    Channel.SMS: _("SMS"),
    Channel.LETTER: _("Letter"),
}
LONG = timedelta(minutes=15)


@dataclass(frozen=True)
class ChannelFacts:
    name: str | Promise
    waiting: int
    failed: int


@dataclass(frozen=True)
class OutboxFacts:
    """`minutes`: how long the first one waits; `late`: longer than a code is worth."""

    channels: list[ChannelFacts]
    minutes: int
    late: bool


@dataclass(frozen=True)
class DeadLetter:
    message: OutboxMessage
    channel: str | Promise
    what: str | Promise
    recipient: str
    may_resend: bool


def outbox_facts() -> OutboxFacts:
    """Two queries."""
    health = outbox_health()
    channels = [
        ChannelFacts(
            name,
            sum(health.counts.get((channel, state), 0) for state in WAITING),
            health.counts.get((channel, State.FAILED), 0),
        )
        for channel, name in CHANNEL_NAMES.items()
    ]
    return OutboxFacts(channels, int(health.oldest_waiting / timedelta(minutes=1)), health.oldest_waiting > LONG)


def dead_letters_of(channel: str) -> QuerySet[OutboxMessage]:
    """What failed for good, newest first, of one channel or of all."""
    failed = OutboxMessage.objects.filter(state=State.FAILED)
    return (failed.filter(channel=channel) if channel else failed).order_by("-created_at", "-pk")


def dead_letter_lines(messages: list[OutboxMessage]) -> list[DeadLetter]:
    """As shown: no query."""
    return [
        DeadLetter(
            one, CHANNEL_NAMES[one.channel], message_name(one.template), _masked(one), may_resend=_may_resend(one)
        )
        for one in messages
    ]


def _may_resend(message: OutboxMessage) -> bool:
    return message.content is not None and not _is_past(message)


def _masked(message: OutboxMessage) -> str:
    """A letter's recipient, or what is no address any more, is not shown at all."""
    if message.channel == Channel.LETTER:
        return "*****"
    try:
        return masked(message.channel, str(message.recipient))
    except (IdentifierError, ValueError):
        return "*****"


def _is_past(message: OutboxMessage) -> bool:
    return message.expires_at is not None and message.expires_at <= now()
