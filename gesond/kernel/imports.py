"""What all imports of files share: one at a time, all or nothing, and what became of the lines."""

from dataclasses import dataclass
from pathlib import Path

from django.db import connection


class ImportRunningError(RuntimeError):
    """Another import of the kind runs."""


@dataclass(frozen=True, kw_only=True)
class ImportResult:
    """What became of the lines. `report`: where the refused ones are told, None when there are none."""

    added: int
    changed: int
    unchanged: int
    refused: int
    report: Path | None

    @property
    def lines(self) -> int:
        return self.added + self.changed + self.unchanged + self.refused


def hold(lock: int) -> None:
    """Be the only import with this number until the transaction ends. Raises ImportRunningError."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [lock])
        if not cursor.fetchone()[0]:
            raise ImportRunningError("another import is running: wait for it to end, then start again")
