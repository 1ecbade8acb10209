"""Loading the national registry's file into `Person`: all of it or nothing, and again without harm.

Worker processes check, encrypt and hash the lines while COPY streams them into a temporary table; one statement then
merges them. Everything happens in one transaction: a kill at any moment leaves the registry as it was.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from gesond.identity.persons_copy import STAGING_COLUMNS, LineSealer, Refusal, SealedLines
from gesond.identity.persons_csv import Block, PersonsFile
from gesond.identity.refusal_report import RefusalReport
from gesond.kernel import journal
from gesond.kernel.journal import Actor
from gesond.kernel.keys import hash_ring
from gesond.kernel.processes import map_in_order, worker_processes

# Any number will do, so long as nothing else locks on it.
ADVISORY_LOCK = 0x6765736F6E64_01

DROP_STAGING = "DROP TABLE IF EXISTS registry_import, registry_repeated"
CREATE_STAGING = "CREATE TEMPORARY TABLE registry_import ({}) ON COMMIT DROP".format(
    ", ".join(f"{name} {kind}" for name, kind in STAGING_COLUMNS.items())
)
FIND_REPEATED = """
    CREATE TEMPORARY TABLE registry_repeated ON COMMIT DROP AS
    SELECT staged.line, seen.first
    FROM registry_import staged
    JOIN (
        SELECT matricule_hash, min(line) AS first FROM registry_import GROUP BY matricule_hash HAVING count(*) > 1
    ) seen USING (matricule_hash)
    WHERE staged.line > seen.first
"""
DROP_REPEATED = "DELETE FROM registry_import staged USING registry_repeated again WHERE staged.line = again.line"
# During a change of hash keys a person may still be known by an older key's hash: found by it, then moved to the new.
ADOPT_FORMER_HASHES = """
    UPDATE identity_person person SET matricule_hash = staged.matricule_hash
    FROM (SELECT matricule_hash, unnest(former_hashes) AS former_hash FROM registry_import) staged
    WHERE person.matricule_hash = staged.former_hash
"""
# What did not change is left alone: not even locked, so that a second run writes nothing.
MERGE = """
    WITH merged AS (
        INSERT INTO identity_person AS person (
            matricule, matricule_hash, matricule_11, matricule_11_hash, family_name, given_names,
            birth_year, birth_month, birth_day, language, address, deceased, fingerprint, updated_at
        )
        SELECT
            matricule, matricule_hash, matricule_11, matricule_11_hash, family_name, given_names,
            birth_year, birth_month, birth_day, language, address, deceased, fingerprint, now()
        FROM registry_import staged
        WHERE NOT EXISTS (
            SELECT FROM identity_person known
            WHERE known.matricule_hash = staged.matricule_hash AND known.fingerprint = staged.fingerprint
        )
        ON CONFLICT (matricule_hash) DO UPDATE SET
            matricule = excluded.matricule,
            matricule_11 = excluded.matricule_11,
            matricule_11_hash = excluded.matricule_11_hash,
            family_name = excluded.family_name,
            given_names = excluded.given_names,
            birth_year = excluded.birth_year,
            birth_month = excluded.birth_month,
            birth_day = excluded.birth_day,
            language = excluded.language,
            address = excluded.address,
            deceased = excluded.deceased,
            fingerprint = excluded.fingerprint,
            updated_at = excluded.updated_at
        RETURNING old.id IS NULL AS added
    )
    SELECT count(*) FILTER (WHERE added), count(*) FILTER (WHERE NOT added) FROM merged
"""
CANCEL_CODES_OF_THE_DECEASED = """
    UPDATE identity_activationcode code SET state = 'cancelled', ended_at = now()
    FROM identity_person person
    WHERE person.id = code.person_id AND person.deceased AND code.state = 'live'
"""


class ImportRunningError(RuntimeError):
    """Another import holds the registry."""


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


def import_persons(
    *,
    actor: Actor,
    path: Path,
    report: Path,
    processes: int | None = None,
    progress: Callable[[int], object] = lambda bytes_read: None,
) -> ImportResult:
    """Load a registry file (`docs/reference/persons-csv.md`) in one transaction; persons absent from it stay.

    `report`: the file to write refused lines to; must not exist. `progress` is called with the bytes read so far.
    Raises HeaderError, ImportRunningError.
    """
    with (
        PersonsFile(path) as file,
        RefusalReport(report, file) as refused,
        worker_processes(
            processes or settings.ENVIRONMENT.import_processes,
            prepare=_prepare_worker,
            arguments=(file.columns, file.delimiter),
        ) as pool,
        transaction.atomic(),
    ):
        _lock()
        accepted = _stage(file, refused, pool, progress)
        repeated = _refuse_repeated(path, refused)
        added, changed = _merge()
        unchanged = accepted - repeated - added - changed
        counts = {"added": added, "changed": changed, "unchanged": unchanged, "refused": refused.refused}
        journal.record(actor=actor, event="registry.imported", chain="platform", details=counts)
    return ImportResult(**counts, report=refused.path)


def _lock() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [ADVISORY_LOCK])
        if not cursor.fetchone()[0]:
            raise ImportRunningError("another import is running: wait for it to end, then start again")


def _stage(file: PersonsFile, refused: RefusalReport, pool: Executor, progress: Callable[[int], object]) -> int:
    """Stream the file into the temporary table; the number of lines accepted."""
    accepted = 0
    ahead = 2 * settings.ENVIRONMENT.import_processes
    with connection.cursor() as cursor:
        # Left by an earlier import when the caller's transaction holds both.
        cursor.execute(DROP_STAGING)
        cursor.execute(CREATE_STAGING)
        with cursor.copy("COPY registry_import FROM STDIN") as copy:
            for sealed in map_in_order(pool, _seal, file.blocks(), ahead=ahead):
                copy.write(sealed.copy)
                accepted += sealed.accepted
                for refusal in sealed.refusals:
                    refused.add(refusal)
                progress(file.bytes_read)
    return accepted


# One for each worker process, made when it starts.
_sealer: list[LineSealer] = []


def _prepare_worker(columns: list[str], delimiter: str) -> None:
    _sealer[:] = [LineSealer(columns, delimiter)]


def _seal(block: Block) -> SealedLines:
    return _sealer[0].seal(block)


def _refuse_repeated(path: Path, refused: RefusalReport) -> int:
    """Take out lines whose matricule stood in an earlier line; how many they were."""
    with connection.cursor() as cursor:
        cursor.execute(FIND_REPEATED)
        repeated: int = cursor.rowcount
        if repeated:
            cursor.execute(DROP_REPEATED)
    if repeated:
        _report_repeated(path, refused)
    return repeated


def _report_repeated(path: Path, refused: RefusalReport) -> None:
    # Their text is read from the file again: kept nowhere, it costs no memory and never lies unencrypted in a table.
    with connection.chunked_cursor() as cursor, PersonsFile(path) as file:
        cursor.execute("SELECT line, first FROM registry_repeated ORDER BY line")
        rows: Iterator[Any] = iter(cursor)
        line, first = next(rows)
        for raw in file:
            if raw.number == line:
                refused.add(Refusal(line, "matricule", f"the same matricule stands in line {first}", raw.values))
                line, first = next(rows, (0, 0))


def _merge() -> tuple[int, int]:
    """Bring the staged lines into the registry; how many persons were added and changed."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE registry_import")
        if len(hash_ring().keys) > 1:
            cursor.execute(ADOPT_FORMER_HASHES)
        cursor.execute(MERGE)
        added, changed = cursor.fetchone()
        cursor.execute(CANCEL_CODES_OF_THE_DECEASED)
    return added, changed
