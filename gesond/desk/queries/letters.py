"""Batches of letters and requests for one."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Count, QuerySet
from procrastinate.contrib.django.models import ProcrastinateJob

from gesond.identity.letters.selection import LetterSelection
from gesond.identity.letters.spool import batch_folder
from gesond.identity.models import LetterBatch, LetterRequest
from gesond.kernel.clock import now

LONG_OPEN = timedelta(days=3)
AT_WORK = ("todo", "doing")
# What the queue shows nobody is not decrypted for it.
UNSHOWN = ("person__matricule", "person__matricule_11", "person__address")


@dataclass(frozen=True)
class BatchLine:
    """`state`: `finished`, `printing` (a job waits or works) or `stopped`. `percent` of what was asked for."""

    batch: LetterBatch
    done: int
    state: str

    @property
    def percent(self) -> int:
        return min(100, self.done * 100 // self.batch.requested) if self.batch.requested else 100


@dataclass(frozen=True)
class SpoolState:
    """What lies in a batch's folder on this machine; the web server may be another one than the worker's."""

    folder: str
    has_manifest: bool


def batches() -> QuerySet[LetterBatch]:
    """Newest first; as they are: `batch_lines` counts those of one page."""
    return LetterBatch.objects.order_by("-created_at", "-pk")


def batch_lines(rows: "list[LetterBatch]") -> list[BatchLine]:
    """Three queries, however many rows."""
    unfinished = [batch.pk for batch in rows if batch.finished_at is None]
    counted = LetterBatch.objects.filter(pk__in=unfinished).annotate(number=Count("codes")).order_by()
    done = dict(counted.values_list("pk", "number"))
    working = _at_work(unfinished)
    return [_line(batch, done, working) for batch in rows]


def spool_state(batch: LetterBatch) -> SpoolState:
    folder = batch_folder(batch)
    spool: Path = settings.ENVIRONMENT.letter_spool
    return SpoolState(str(folder.relative_to(spool)), bool(batch.manifest) and (spool / batch.manifest).exists())


def count_selection(selection: LetterSelection) -> int:
    """How many letters a batch would have."""
    return selection.chosen().count()


def letter_requests(state: str) -> QuerySet[LetterRequest]:
    """The queue, oldest first; what was decided, newest first. With their persons."""
    requests = LetterRequest.objects.filter(state=state).select_related("person").defer("matricule", *UNSHOWN)
    order = ("created_at", "pk") if state == LetterRequest.State.OPEN else ("-created_at", "-pk")
    return requests.order_by(*order)


def request_counts() -> dict[str, int]:
    """How many are still to be decided, and to be printed. One query along the queue's index."""
    waiting = LetterRequest.objects.filter(state__in=[LetterRequest.State.OPEN, LetterRequest.State.GRANTED])
    counted = waiting.values("state").annotate(number=Count("pk")).order_by().values_list("state", "number")
    return {"open": 0, "granted": 0} | dict(counted)


def is_late(request: LetterRequest) -> bool:
    return request.state == LetterRequest.State.OPEN and request.created_at < now() - LONG_OPEN


def _at_work(batch_ids: list[int]) -> set[int]:
    if not batch_ids:
        return set()
    jobs = ProcrastinateJob.objects.filter(lock__in=[f"letters:{key}" for key in batch_ids], status__in=AT_WORK)
    return {int(lock.partition(":")[2]) for lock in jobs.values_list("lock", flat=True)}


def _line(batch: LetterBatch, done: dict[Any, int], working: set[int]) -> BatchLine:
    if batch.finished_at is not None:
        return BatchLine(batch, batch.printed, "finished")
    return BatchLine(batch, done.get(batch.pk, 0), "printing" if batch.pk in working else "stopped")
