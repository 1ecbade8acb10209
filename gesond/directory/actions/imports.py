"""Loading the directory's files: all of a file or nothing, and again without harm.

A line holds from the day of the import, or from the day it names: it ends what was known before and begins another
period. What a file does not name stays. The files are some thousand lines: they are checked here, in one process.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from django.db import connection, transaction

from gesond.directory.actions.timelines import Changes, apply, move_main
from gesond.directory.files import (
    ESTABLISHMENTS,
    PRACTICES,
    PROFESSIONALS,
    EstablishmentLine,
    Line,
    PracticeLine,
    ProfessionalLine,
    Row,
    establishment_columns,
    period_of,
    practice_columns,
    professional_columns,
)
from gesond.directory.models import (
    Establishment,
    EstablishmentRecord,
    Practice,
    Profession,
    Professional,
    ProfessionalRecord,
    Speciality,
    today,
)
from gesond.directory.search_words import name_words
from gesond.identity.models import Person
from gesond.kernel import journal
from gesond.kernel.csv_files import CsvFile, Layout, LineError, TextChecker
from gesond.kernel.hashing import keyed_hashes
from gesond.kernel.imports import ImportResult, hold
from gesond.kernel.journal import Actor
from gesond.kernel.refusal_report import Refusal, RefusalReport

# Any number will do, so long as nothing else locks on it.
ADVISORY_LOCK = 0x6765736F6E64_02
BATCH = 1000

AnyLine = TypeVar("AnyLine", bound=Line)
Progress = Callable[[int], object]


def _no_progress(bytes_read: int) -> None:
    pass


@dataclass
class Import:
    """One import under way: the day its lines hold from, what it refuses, what it is to write."""

    on: date
    refused: RefusalReport
    changes: Changes = field(default_factory=Changes)

    def try_line(self, line: Line, work: Callable[[], None]) -> None:
        """Do a line's work, or tell why it is refused."""
        try:
            work()
        except LineError as error:
            self.refused.add(Refusal(line.number, error.column, error.reason, line.values))

    def result(self) -> ImportResult:
        changes = self.changes
        return ImportResult(
            added=changes.added,
            changed=changes.changed,
            unchanged=changes.unchanged,
            refused=self.refused.refused,
            report=self.refused.path,
        )


def import_professionals(
    *, actor: Actor, path: Path, report: Path, on: date | None = None, progress: Progress = _no_progress
) -> ImportResult:
    """Load a professionals' file (`docs/reference/professionals-csv.md`), in force from `on` (today without one).

    `report`: the file to write refused lines to; must not exist. Raises HeaderError, ImportRunningError.
    """
    with _importing(actor, "professionals", report=report, path=path, layout=PROFESSIONALS, on=on) as (file, running):
        lines = _lines(file, running, professional_columns, ProfessionalLine, progress)
        lines = _once(lines, running, "matricule", lambda line: line.matricule)
        _load_professionals(_once(lines, running, "provider_code", lambda line: line.provider_code), running)
        return _written(running, ProfessionalRecord)


def import_establishments(
    *, actor: Actor, path: Path, report: Path, on: date | None = None, progress: Progress = _no_progress
) -> ImportResult:
    """Load an establishments' file: see `import_professionals`."""
    with _importing(actor, "establishments", report=report, path=path, layout=ESTABLISHMENTS, on=on) as (file, running):
        lines = _lines(file, running, establishment_columns, EstablishmentLine, progress)
        _load_establishments(_once(lines, running, "code", lambda line: line.code), running)
        return _written(running, EstablishmentRecord)


def import_practices(
    *, actor: Actor, path: Path, report: Path, on: date | None = None, progress: Progress = _no_progress
) -> ImportResult:
    """Load a practices' file: see `import_professionals`. Both files that it names must have been loaded."""
    with _importing(actor, "practices", report=report, path=path, layout=PRACTICES, on=on) as (file, running):
        lines = _lines(file, running, practice_columns, PracticeLine, progress)
        pairs = _once(lines, running, "establishment_code", lambda line: (line.provider_code, line.establishment_code))
        _load_practices(pairs, running)
        return _written(running, Practice)


@contextmanager
def _importing(
    actor: Actor, what: str, *, report: Path, path: Path, layout: Layout, on: date | None
) -> Iterator[tuple[CsvFile, Import]]:
    """The transaction of an import, closed by its journal entry."""
    with CsvFile(path, layout) as file, RefusalReport(report, file) as refused, transaction.atomic():
        hold(ADVISORY_LOCK)
        running = Import(on or today(), refused)
        yield file, running
        result = running.result()
        counts = {name: getattr(result, name) for name in ("added", "changed", "unchanged", "refused")}
        details = {**counts, "on": running.on.isoformat()}
        journal.record(actor=actor, event=f"directory.{what}_imported", chain="platform", details=details)


def _lines(
    file: CsvFile, running: Import, columns: Callable[[Row], dict[str, Any]], kind: type[AnyLine], progress: Progress
) -> list[AnyLine]:
    """The file's lines that can be read; the others are told."""
    texts = TextChecker(file.columns, file.layout)
    found: list[AnyLine] = []
    for raw in file:
        try:
            row = texts.row(raw)
            begins, ends = period_of(row, running.on)
            own = columns(row)
            found.append(kind(number=raw.number, values=raw.values, valid_from=begins, valid_to=ends, **own))
        except LineError as error:
            running.refused.add(Refusal(raw.number, error.column, error.reason, raw.values))
        progress(file.bytes_read)
    return found


def _once(lines: list[AnyLine], running: Import, column: str, key: Callable[[AnyLine], object]) -> list[AnyLine]:
    """Lines whose key stands in the file for the first time."""
    first: dict[object, int] = {}
    for line in lines:
        if first.setdefault(key(line), line.number) != line.number:
            reason = f"the same stands in line {first[key(line)]}"
            running.refused.add(Refusal(line.number, column, reason, line.values))
    return [line for line in lines if first[key(line)] == line.number]


def _load_professionals(lines: list[ProfessionalLine], running: Import) -> None:
    persons = _persons(lines)
    by_code = {one.provider_code: one for one in Professional.objects.all()}
    by_person = {one.person_id: one for one in by_code.values()}
    known = _by_owner(ProfessionalRecord, "professional_id")
    vocabulary = _Vocabulary()
    newcomers: list[Professional] = []

    def load(line: ProfessionalLine) -> None:
        person = persons.get(line.matricule)
        if person is None:
            raise LineError("matricule", "the registry knows nobody with this matricule")
        vocabulary.check(line)
        professional = by_code.get(line.provider_code)
        _refuse_other_code(professional, by_person.get(person.pk), person)
        if professional is None:
            professional = Professional(person=person, provider_code=line.provider_code)
            newcomers.append(professional)
        line.facts["name_words"] = name_words(person.family_name, person.given_names)
        periods = known.get(professional.pk, []) if professional.pk else []
        apply(line, periods, ProfessionalRecord, {"professional": professional}, running.changes)

    for line in lines:
        running.try_line(line, lambda line=line: load(line))  # type: ignore[misc]  # bound at once: a loop's own
    Professional.objects.bulk_create(newcomers, batch_size=BATCH)


def _refuse_other_code(by_code: Professional | None, by_person: Professional | None, person: Person) -> None:
    if by_code is not None and by_code.person_id != person.pk:
        raise LineError("provider_code", "belongs to another person")
    if by_code is None and by_person is not None:
        raise LineError("provider_code", f"this person is known by another one: {by_person.provider_code}")


def _persons(lines: list[ProfessionalLine]) -> dict[str, Person]:
    """Who is named, by matricule; a person may still be known by an older hash key."""
    matricules = {
        digest: line.matricule for line in lines for digest in keyed_hashes(line.matricule, purpose="person.matricule")
    }
    rows = Person.objects.only("id", "matricule_hash", "family_name", "given_names")
    return {matricules[one.matricule_hash]: one for one in rows.filter(matricule_hash__in=list(matricules))}


class _Vocabulary:
    """The professions and specialities a line may name."""

    def __init__(self) -> None:
        self.professions = {one.code: one for one in Profession.objects.all()}
        self.specialities = {one.code: one for one in Speciality.objects.all()}

    def check(self, line: Line) -> None:
        profession = self.professions.get(line.facts["profession_id"])
        if profession is None or not profession.holds_on(line.valid_from):
            known = ", ".join(code for code, one in self.professions.items() if one.holds_on(line.valid_from))
            raise LineError("profession", f"must be one of {known}")
        for code in line.facts["specialities"]:
            speciality = self.specialities.get(code)
            if speciality is None or not speciality.holds_on(line.valid_from):
                raise LineError("specialities", f"no speciality has the code {code}")
            if speciality.profession_id != profession.code:
                raise LineError("specialities", f"{code} is a speciality of {speciality.profession_id}")


def _load_establishments(lines: list[EstablishmentLine], running: Import) -> None:
    by_code = {one.code: one for one in Establishment.objects.all()}
    known = _by_owner(EstablishmentRecord, "establishment_id")
    newcomers: list[Establishment] = []

    def load(line: EstablishmentLine) -> None:
        establishment = by_code.get(line.code)
        if establishment is None:
            establishment = Establishment(code=line.code)
            newcomers.append(establishment)
        periods = known.get(establishment.pk, []) if establishment.pk else []
        apply(line, periods, EstablishmentRecord, {"establishment": establishment}, running.changes)

    for line in lines:
        running.try_line(line, lambda line=line: load(line))  # type: ignore[misc]  # bound at once: a loop's own
    Establishment.objects.bulk_create(newcomers, batch_size=BATCH)


def _load_practices(lines: list[PracticeLine], running: Import) -> None:
    professionals = {one.provider_code: one.pk for one in Professional.objects.all()}
    establishments = {one.code: one.pk for one in Establishment.objects.all()}
    of_professional = _by_owner(Practice, "professional_id")
    mains: dict[int, int] = {}

    def load(line: PracticeLine) -> None:
        professional = _known_code(professionals, line.provider_code, "provider_code")
        establishment = _known_code(establishments, line.establishment_code, "establishment_code")
        if line.facts["is_main"] and mains.setdefault(professional, line.number) != line.number:
            raise LineError("main", f"line {mains[professional]} names this professional's main practice already")
        all_of = of_professional.setdefault(professional, [])
        same = [one for one in all_of if one.establishment_id == establishment]
        owner = {"professional_id": professional, "establishment_id": establishment}
        apply(line, same, Practice, owner, running.changes)
        if line.facts["is_main"]:
            others = [one for one in all_of if one.establishment_id != establishment]
            move_main(line, others, running.changes, Practice)

    # Main practices last: what a file says of the other ones comes before the flag is taken from them.
    for line in sorted(lines, key=lambda line: line.facts["is_main"]):
        running.try_line(line, lambda line=line: load(line))  # type: ignore[misc]  # bound at once: a loop's own


def _known_code(known: dict[str, int], code: str, column: str) -> int:
    if code not in known:
        raise LineError(column, "the directory has nothing with this code")
    return known[code]


def _by_owner(model: type[Any], owner: str) -> dict[int, list[Any]]:
    """All periods of a table, by whose they are."""
    found: dict[int, list[Any]] = {}
    for period in model.objects.all():
        found.setdefault(getattr(period, owner), []).append(period)
    return found


def _written(running: Import, model: type[Any]) -> ImportResult:
    """Write the periods that end before those that begin: at no moment do two hold."""
    changes = running.changes
    altered = list({row.pk: row for row in changes.altered}.values())
    written = [one.name for one in model._meta.concrete_fields if not (one.primary_key or one.generated)]
    model.objects.bulk_update(altered, written, batch_size=BATCH)
    model.objects.bulk_create(changes.begun, batch_size=BATCH)
    connection.check_constraints()
    _renew_statistics(model)
    return running.result()


def _renew_statistics(model: type[Any]) -> None:
    # The next search is planned for what the table holds now, not for what it held before.
    with connection.cursor() as cursor:
        cursor.execute(f"ANALYZE {connection.ops.quote_name(model._meta.db_table)}")
