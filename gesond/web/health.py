"""Whether the service lives and is ready. Neither answer names a secret or a person.

`/health/live` says that the process answers: restart it when it does not. `/health/ready` says that what it needs
works too: tell someone when it does not.
"""

import time
import uuid
from collections.abc import Callable
from http import HTTPStatus

import structlog
from django.contrib.auth.decorators import login_not_required
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache

logger = structlog.get_logger(__name__)

WELL = "ok"
NEVER = float("-inf")
# A worker tells every ten seconds that it lives; after three it is taken for dead.
HEARTBEAT_SECONDS = 30
# Codes are good for fifteen minutes: a queue that is five behind makes them useless.
LATE_SECONDS = 300
QUEUE_STATE = """
    SELECT (SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - make_interval(secs => %s)),
           (SELECT extract(epoch FROM now() - min(coalesce(job.scheduled_at, deferred.at)))
              FROM procrastinate_jobs job
              LEFT JOIN procrastinate_events deferred ON deferred.job_id = job.id AND deferred.type = 'deferred'
             WHERE job.status = 'todo' AND coalesce(job.scheduled_at, '-infinity') <= now())
"""


@login_not_required
@never_cache
def live(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return JsonResponse({"status": "live"})


@login_not_required
@never_cache
def ready(request: HttpRequest) -> HttpResponse:
    """Each part that people's requests need, and its state; 503 as soon as one of them is not well."""
    parts = {name: state_of(name) for name in CHECKS}
    well = all(state == WELL for state in parts.values())
    status = HTTPStatus.OK if well else HTTPStatus.SERVICE_UNAVAILABLE
    return JsonResponse({"status": "ready" if well else "not ready", "parts": parts}, status=status)


def state_of(name: str) -> str:
    """The check's own word, or `failed`: why it failed is in the log, not on a public page."""
    try:
        return CHECKS[name]()
    except Exception as error:  # whatever it is, the other parts are still asked
        logger.warning("health.check_failed", part=name, error=type(error).__name__)
        return "failed"


class Remembered:
    """A check whose good answer is believed for a while: asking is too dear for a page anyone may load."""

    def __init__(self, check: Callable[[], str], seconds: float) -> None:
        self._check = check
        self._seconds = seconds
        self._believed_until = NEVER

    def __call__(self) -> str:
        if time.monotonic() < self._believed_until:
            return WELL
        state = self._check()
        if state == WELL:
            self._believed_until = time.monotonic() + self._seconds
        return state

    def forget(self) -> None:
        self._believed_until = NEVER


def _database() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return WELL


def _migrations() -> str:
    executor = MigrationExecutor(connection)
    return "pending" if executor.migration_plan(executor.loader.graph.leaf_nodes()) else WELL


def _queue() -> str:
    with connection.cursor() as cursor:
        cursor.execute(QUEUE_STATE, [HEARTBEAT_SECONDS])
        workers, oldest_seconds = cursor.fetchone()
    if oldest_seconds is not None and oldest_seconds > LATE_SECONDS:
        return "late"
    return WELL if workers else "no worker"


def _storage() -> str:
    """A file of random name is written and removed."""
    name = default_storage.save(f"health/{uuid.uuid4().hex}", ContentFile(b"well"))
    default_storage.delete(name)
    return WELL


CHECKS: dict[str, Callable[[], str]] = {
    "database": _database,
    # A process does not outlive its own code: what it once found applied stays so.
    "migrations": Remembered(_migrations, seconds=float("inf")),
    "queue": _queue,
    "storage": Remembered(_storage, seconds=15),
}
