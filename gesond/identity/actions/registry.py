"""Loading the national registry's file into `Person`: all of it or nothing, and again without harm.

Worker processes check, encrypt and hash the lines; COPY streams them into a temporary table, some ten thousand at a
time, each slice being merged while the workers prepare the next. Everything happens in one transaction: a kill at any
moment leaves the registry as it was.
"""

from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from gesond.identity.actions.accounts import close_accounts_of_the_deceased
from gesond.identity.registry.persons_copy import STAGING_COLUMNS, LineSealer, SealedLines
from gesond.identity.registry.persons_csv import LAYOUT
from gesond.identity.signals import registry_imported
from gesond.kernel import journal
from gesond.kernel.csv_files import Block, CsvFile
from gesond.kernel.imports import ImportResult, hold
from gesond.kernel.journal import Actor
from gesond.kernel.keys import hash_ring
from gesond.kernel.processes import map_in_order, worker_processes
from gesond.kernel.refusal_report import Refusal, RefusalReport

# Any number will do, so long as nothing else locks on it.
ADVISORY_LOCK = 0x6765736F6E64_01

# A block is some hundred lines; a slice of them is merged in less time than the workers need for the next.
BLOCKS_A_SLICE = 24

# Dropped first: left by an earlier import when the caller's transaction holds both.
CREATE_STAGING = """
    DROP TABLE IF EXISTS registry_import, registry_seen, registry_repeated;
    CREATE TEMPORARY TABLE registry_import ({}) ON COMMIT DROP;
    CREATE TEMPORARY TABLE registry_seen (matricule_hash bytea PRIMARY KEY, line bigint NOT NULL) ON COMMIT DROP;
    CREATE TEMPORARY TABLE registry_repeated (line bigint NOT NULL, first bigint NOT NULL) ON COMMIT DROP;
""".format(", ".join(f"{name} {kind}" for name, kind in STAGING_COLUMNS.items()))
# Few lines meet many persons, of whom the planner knows nothing until the transaction ends: always by the index.
BY_INDEX = """
    SET LOCAL enable_hashjoin = off;
    SET LOCAL enable_mergejoin = off;
    SET LOCAL enable_seqscan = off;
"""
NOTE_SEEN = """
    INSERT INTO registry_seen SELECT matricule_hash, min(line) FROM registry_import GROUP BY matricule_hash
    ON CONFLICT DO NOTHING
"""
NOTE_REPEATED = """
    INSERT INTO registry_repeated
    SELECT staged.line, seen.line
    FROM registry_import staged JOIN registry_seen seen USING (matricule_hash)
    WHERE staged.line <> seen.line
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
        CsvFile(path, LAYOUT) as file,
        RefusalReport(report, file) as refused,
        worker_processes(
            processes or settings.ENVIRONMENT.import_processes,
            prepare=_prepare_worker,
            arguments=(file.columns, file.delimiter),
        ) as pool,
        transaction.atomic(),
    ):
        hold(ADVISORY_LOCK)
        merged = _load(file, refused, pool, progress)
        if merged.repeated:
            _report_repeated(path, refused)
        _cancel_codes_of_the_deceased()
        close_accounts_of_the_deceased(actor=actor)
        counts = merged.counts(refused.refused)
        if merged.changed:
            registry_imported.send(sender=None)
        journal.record(actor=actor, event="registry.imported", chain="platform", details=counts)
    return ImportResult(**counts, report=refused.path)


@dataclass
class Merged:
    """What became of the lines so far."""

    accepted: int = 0
    repeated: int = 0
    added: int = 0
    changed: int = 0

    def counts(self, refused: int) -> dict[str, int]:
        unchanged = self.accepted - self.repeated - self.added - self.changed
        return {"added": self.added, "changed": self.changed, "unchanged": unchanged, "refused": refused}


def _load(file: CsvFile, refused: RefusalReport, pool: Executor, progress: Callable[[int], object]) -> Merged:
    """Stream the file into the registry, slice by slice."""
    merged = Merged()
    sealed = map_in_order(pool, _seal, file.blocks(), ahead=2 * BLOCKS_A_SLICE)
    with connection.cursor() as cursor:
        cursor.execute(CREATE_STAGING)
        cursor.execute(BY_INDEX)
        while slice_of := list(islice(sealed, BLOCKS_A_SLICE)):
            _stage(cursor, slice_of, refused, merged)
            _merge(cursor, merged)
            progress(file.bytes_read)
    return merged


def _stage(cursor: Any, slice_of: list[SealedLines], refused: RefusalReport, merged: Merged) -> None:
    with cursor.copy("COPY registry_import FROM STDIN") as copy:
        for sealed in slice_of:
            copy.write(sealed.copy)
    for sealed in slice_of:
        merged.accepted += sealed.accepted
        for refusal in sealed.refusals:
            refused.add(refusal)


def _merge(cursor: Any, merged: Merged) -> None:
    """Bring a slice into the registry, but for lines whose matricule stood in an earlier one, and empty the staging."""
    cursor.execute(NOTE_SEEN)
    if cursor.rowcount < _staged(cursor):
        cursor.execute(NOTE_REPEATED)
        cursor.execute(DROP_REPEATED)
        merged.repeated += cursor.rowcount
    if len(hash_ring().keys) > 1:
        cursor.execute(ADOPT_FORMER_HASHES)
    cursor.execute(MERGE)
    added, changed = cursor.fetchone()
    merged.added += added
    merged.changed += changed
    cursor.execute("TRUNCATE registry_import")


def _staged(cursor: Any) -> int:
    cursor.execute("SELECT count(*) FROM registry_import")
    staged: int = cursor.fetchone()[0]
    return staged


# One for each worker process, made when it starts.
_sealer: list[LineSealer] = []


def _prepare_worker(columns: list[str], delimiter: str) -> None:
    _sealer[:] = [LineSealer(columns, delimiter)]


def _seal(block: Block) -> SealedLines:
    return _sealer[0].seal(block)


def _report_repeated(path: Path, refused: RefusalReport) -> None:
    # Their text is read from the file again: kept nowhere, it costs no memory and never lies unencrypted in a table.
    with connection.chunked_cursor() as cursor, CsvFile(path, LAYOUT) as file:
        cursor.execute("SELECT line, first FROM registry_repeated ORDER BY line")
        rows: Iterator[Any] = iter(cursor)
        line, first = next(rows)
        for raw in file:
            if raw.number == line:
                refused.add(Refusal(line, "matricule", f"the same matricule stands in line {first}", raw.values))
                line, first = next(rows, (0, 0))


def _cancel_codes_of_the_deceased() -> None:
    with connection.cursor() as cursor:
        cursor.execute(CANCEL_CODES_OF_THE_DECEASED)
