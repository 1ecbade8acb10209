"""The outbox in `/metrics`: what waits, what failed for good, and how long the first has waited."""

from gesond.notify.models import Channel, State
from gesond.notify.queries import WAITING, outbox_health
from gesond.web.metrics import GAUGES, Reading


def register() -> None:
    """`gesond_outbox_messages{channel,state}` and `gesond_outbox_oldest_waiting_seconds`."""
    GAUGES.add("gesond_outbox_messages", "Messages that wait or failed for good", ("channel", "state"), _messages)
    GAUGES.add("gesond_outbox_oldest_waiting_seconds", "Age of the oldest message that waits", (), _oldest)


def _messages() -> Reading:
    counts = outbox_health().counts
    return {
        (channel, state): counts.get((channel, state), 0)
        for channel in Channel.values
        for state in (*WAITING, State.FAILED)
    }


def _oldest() -> Reading:
    return {(): outbox_health().oldest_waiting.total_seconds()}
