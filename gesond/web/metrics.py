"""What the service counts, in Prometheus' form: each request by route, and gauges read when they are asked for.

Several web processes share their counters through the folder named by `PROMETHEUS_MULTIPROC_DIR` (prometheus_client's
own variable); `/metrics` of any of them then tells of all.
"""

import os
import secrets
from collections.abc import Callable, Iterator, Mapping

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector

Reading = Mapping[tuple[str, ...], float]

REQUEST_SECONDS = Histogram(
    "gesond_request_seconds",
    "Time to answer, by the route's pattern: never by the path, which may hold a token.",
    ["method", "route", "status"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5),
)
JOBS = """
    SELECT queue_name, status::text, count(*) FROM procrastinate_jobs
     WHERE status IN ('todo', 'doing', 'failed') GROUP BY 1, 2
"""


class Gauges:
    """Gauges whose values are read from the database each time they are asked for."""

    def __init__(self) -> None:
        self._gauges: dict[str, tuple[str, tuple[str, ...], Callable[[], Reading]]] = {}

    def add(self, name: str, description: str, labels: tuple[str, ...], read: Callable[[], Reading]) -> None:
        """Let `/metrics` show the gauge: `read()` returns a value for each combination of the labels' values.

        Called from the `ready()` of the app that knows the value.
        """
        self._gauges[name] = (description, labels, read)

    def collect(self) -> Iterator[GaugeMetricFamily]:
        for name, (description, labels, read) in self._gauges.items():
            family = GaugeMetricFamily(name, description, labels=labels)
            for values, number in read().items():
                family.add_metric(values, number)
            yield family


GAUGES = Gauges()


@login_not_required
@never_cache
def show(request: HttpRequest) -> HttpResponse:
    """`/metrics`. In production only for who holds `GESOND_METRICS_TOKEN`: for others there is no such page."""
    if not _may_read(request):
        raise Http404
    return HttpResponse(_exposition(), content_type=CONTENT_TYPE_LATEST)


def _may_read(request: HttpRequest) -> bool:
    token: str = settings.ENVIRONMENT.metrics_token
    if not token:
        return bool(settings.DEMO)
    given = request.headers.get("Authorization", "")
    return secrets.compare_digest(given.encode(), f"Bearer {token}".encode())


def _exposition() -> bytes:
    counted = REGISTRY
    # prometheus_client itself reads this variable when it is imported; this asks whether it did.
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        counted = CollectorRegistry()
        MultiProcessCollector(counted)  # type: ignore[no-untyped-call] # the library has no types there
    asked = CollectorRegistry()
    asked.register(GAUGES)
    return generate_latest(counted) + generate_latest(asked)


def _jobs() -> Reading:
    with connection.cursor() as cursor:
        cursor.execute(JOBS)
        return {(queue, status): count for queue, status, count in cursor.fetchall()}


GAUGES.add("gesond_jobs", "Jobs waiting, under way or failed for good, by queue.", ("queue", "status"), _jobs)
