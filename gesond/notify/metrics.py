"""The outbox in `/metrics`, counted in the database when asked: right whichever process answers."""

from collections.abc import Iterator

from django.db import Error
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from gesond.notify.models import Channel, State
from gesond.notify.queries import WAITING, outbox_health


class OutboxCollector(Collector):
    """`gesond_outbox_messages{channel,state}` and `gesond_outbox_oldest_waiting_seconds`."""

    def describe(self) -> list[Metric]:
        """Nothing to ask the database at registration."""
        return []

    def collect(self) -> Iterator[Metric]:
        try:
            health = outbox_health()
        except Error:
            return  # the other metrics must still tell that the database is away
        messages = GaugeMetricFamily(
            "gesond_outbox_messages", "Messages that wait or failed for good", labels=["channel", "state"]
        )
        for channel in Channel.values:
            for state in (*WAITING, State.FAILED):
                messages.add_metric([channel, state], health.counts.get((channel, state), 0))
        yield messages
        yield GaugeMetricFamily(
            "gesond_outbox_oldest_waiting_seconds",
            "Age of the oldest message that waits",
            value=health.oldest_waiting.total_seconds(),
        )
