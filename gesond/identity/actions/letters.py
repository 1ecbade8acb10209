"""Activation codes and the letters that carry them (S1-09, S2-08).

A code's text exists in memory and on its letter, nowhere else. So the letter is printed first, on the disk for good,
and the code is stored after it: a kill leaves at most a printed sheet whose code was never stored, which the next run
removes. `resume_batch` goes on where a stopped batch was.
"""

import fcntl
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import Max

from gesond.identity.actions.granted_requests import give_back, mark_printed
from gesond.identity.credentials.activation_codes import ActivationCodeText
from gesond.identity.letters import printing
from gesond.identity.letters.printing import LetterPrinter, Sheet
from gesond.identity.letters.recipient import letter_data
from gesond.identity.letters.selection import CHOSEN, LetterSelection
from gesond.identity.letters.spool import batch_folder, clear_strays, letter_path, write_manifest
from gesond.identity.letters.words import letter_words
from gesond.identity.models import ActivationCode, Door, Language, LetterBatch, Person
from gesond.identity.signals import letters_printed
from gesond.kernel import journal
from gesond.kernel.clock import now
from gesond.kernel.journal import Actor
from gesond.kernel.processes import map_in_order, worker_processes

State = ActivationCode.State
LETTERS_A_TASK = 25
PERSONS_A_QUERY = 500
# Below, starting processes takes longer than printing.
LETTERS_WORTH_PROCESSES = 40

logger = structlog.get_logger(__name__)


class LetterError(ValueError):
    """No letter can be issued; the message says why."""


@dataclass(frozen=True)
class IssuedCode:
    """A stored code, and its text: shown this once and kept nowhere."""

    row: ActivationCode
    text: ActivationCodeText = field(repr=False)


@dataclass(frozen=True)
class Draft:
    """A letter on its way: not yet stored, so its code does not work yet."""

    person: Person
    number: int
    text: ActivationCodeText = field(repr=False)
    issued_at: datetime
    expires_at: datetime


@transaction.atomic
def issue_activation_code(
    *, person: Person, actor: Actor, batch: LetterBatch | None = None, door: str = Door.PATIENT
) -> IssuedCode:
    """Store a new code of `door` for a living person and cancel that door's before. Raises LetterError.

    For a counter where the code is handed over in person; by post, `issue_letter` prints it too.
    """
    _lock_persons([person.pk])
    if Person.objects.filter(pk=person.pk, deceased=True).exists():
        raise LetterError("the person has died")
    draft = _draft(person, 0)
    rows = _store(actor, batch, [draft], door, numbered=False)
    return IssuedCode(rows[0], draft.text)


def issue_letter(*, person: Person, actor: Actor, door: str = Door.PATIENT) -> LetterBatch:
    """Print one letter, whether or not the person has an account, and store its code. Raises LetterError.

    Outside any transaction, in a job: printing takes some hundredths of a second.
    """
    batch = issue_letters(actor=actor, selection=LetterSelection(kind=CHOSEN, door=door, person_ids=(person.pk,)))
    if not batch.printed:
        raise LetterError("the person has died, has no address, or has a name that cannot be printed")
    return batch


def issue_letters(
    *,
    actor: Actor,
    selection: LetterSelection,
    issued: Callable[[IssuedCode], object] = lambda code: None,
    progress: Callable[[int], object] = lambda letters: None,
) -> LetterBatch:
    """Print a batch and store its codes. `issued` sees each code with its text, `progress` how many more are done.

    Former codes of the same door are cancelled. The batch's folder is ready for the post when it holds `manifest.json`.
    """
    count = selection.persons().count()
    requested = count if selection.limit is None else min(count, selection.limit)
    batch = LetterBatch.objects.create(created_by=actor.name, selection=selection.to_json(), requested=requested)
    return resume_batch(actor=actor, batch=batch, issued=issued, progress=progress)


def resume_batch(
    *,
    actor: Actor,
    batch: LetterBatch,
    issued: Callable[[IssuedCode], object] = lambda code: None,
    progress: Callable[[int], object] = lambda letters: None,
) -> LetterBatch:
    """Print what is left of a batch, then close it. Raises LetterError when another process is at it."""
    with _held(batch):
        batch.refresh_from_db()
        if batch.finished_at is None:
            clear_strays(batch)
            _print_rest(actor, batch, issued, progress)
            _close(actor, batch)
    return batch


@contextmanager
def _held(batch: LetterBatch) -> Iterator[None]:
    """The batch to ourselves, until this process ends, however it ends."""
    folder = batch_folder(batch)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        raise LetterError(f"batch {batch.pk} is being printed by another process") from error
    finally:
        os.close(descriptor)


def _print_rest(
    actor: Actor, batch: LetterBatch, issued: Callable[[IssuedCode], object], progress: Callable[[int], object]
) -> None:
    tasks = _tasks(batch)
    for drafts, failures in _printed(batch, tasks):
        for code in _store_printed(actor, batch, drafts, failures):
            issued(code)
        progress(len(drafts))


def _tasks(batch: LetterBatch) -> Iterator[list[Draft]]:
    """The letters still to print, some at a time; persons are read as they are needed."""
    done = batch.codes.aggregate(number=Max("letter_number"), person=Max("person_id"))
    number, last = done["number"] or 0, done["person"] or 0
    left = batch.requested - batch.codes.count()
    while left > 0:
        persons = list(_selection(batch).persons(batch).filter(pk__gt=last)[: min(left, PERSONS_A_QUERY)])
        if not persons:
            return
        drafts = [_draft(person, number + place) for place, person in enumerate(persons, start=1)]
        number, last, left = number + len(drafts), persons[-1].pk, left - len(drafts)
        rest = iter(drafts)
        while task := list(islice(rest, LETTERS_A_TASK)):
            yield task


def _selection(batch: LetterBatch) -> LetterSelection:
    return LetterSelection.from_json(batch.selection)


def _draft(person: Person, number: int) -> Draft:
    issued_at = now()
    expires_at = issued_at + timedelta(days=settings.ENVIRONMENT.activation_code_days)
    return Draft(person, number, ActivationCodeText.random(), issued_at, expires_at)


def _printed(batch: LetterBatch, tasks: Iterator[list[Draft]]) -> Iterator[tuple[list[Draft], list[str]]]:
    """Each task once its letters are on the disk, with why each failed (empty when it did not)."""
    door = _selection(batch).door
    words = {language: letter_words(language, door) for language in Language.values}
    if batch.requested < LETTERS_WORTH_PROCESSES:
        printer = LetterPrinter(words, batch.created_at)
        for drafts in tasks:
            yield drafts, printer.print(_sheets(batch, drafts))
        return
    waiting: list[list[Draft]] = []
    processes = settings.ENVIRONMENT.letter_processes
    with worker_processes(processes, prepare=printing.prepare, arguments=(words, batch.created_at), fresh=True) as pool:
        sheets = _remembered(batch, tasks, waiting)
        for failures in map_in_order(pool, printing.print_sheets, sheets, ahead=2 * processes):
            yield waiting.pop(0), failures


def _remembered(batch: LetterBatch, tasks: Iterator[list[Draft]], waiting: list[list[Draft]]) -> Iterator[list[Sheet]]:
    for drafts in tasks:
        waiting.append(drafts)
        yield _sheets(batch, drafts)


def _sheets(batch: LetterBatch, drafts: Sequence[Draft]) -> list[Sheet]:
    return [Sheet(letter_path(batch, draft.number), draft.person.language, _data(batch, draft)) for draft in drafts]


def _data(batch: LetterBatch, draft: Draft) -> dict[str, Any]:
    reference = f"{batch.pk}-{draft.number}"
    return letter_data(
        draft.person, code=draft.text, reference=reference, issued_at=draft.issued_at, expires_at=draft.expires_at
    )


def _store_printed(actor: Actor, batch: LetterBatch, drafts: list[Draft], failures: list[str]) -> list[IssuedCode]:
    """Store the codes of printed letters, of those who still may have one; remove the other sheets."""
    printed = [draft for draft, failure in zip(drafts, failures, strict=True) if not failure]
    for draft, failure in zip(drafts, failures, strict=True):
        if failure:
            logger.error("letter_not_printable", batch=batch.pk, person=draft.person.pk)
    with transaction.atomic():
        _lock_persons([draft.person.pk for draft in printed])
        selection = _selection(batch)
        printed_for = [draft.person.pk for draft in printed]
        wanted = set(selection.persons(batch).filter(pk__in=printed_for).values_list("pk", flat=True))
        due = [draft for draft in printed if draft.person.pk in wanted]
        rows = _store(actor, batch, due, selection.door)
    for draft in printed:
        if draft.person.pk not in wanted:
            letter_path(batch, draft.number).unlink()
    return [IssuedCode(row, draft.text) for row, draft in zip(rows, due, strict=True)]


def _lock_persons(person_ids: list[int]) -> None:
    list(Person.objects.select_for_update(no_key=True).filter(pk__in=person_ids).order_by("pk").values_list("pk"))


def _store(
    actor: Actor, batch: LetterBatch | None, drafts: list[Draft], door: str, *, numbered: bool = True
) -> list[ActivationCode]:
    """Cancel the door's former codes of these persons, who are locked, store the new ones and tell the journal."""
    persons = [draft.person.pk for draft in drafts]
    former = ActivationCode.objects.filter(person__in=persons, door=door, state=State.LIVE)
    former.update(state=State.CANCELLED, ended_at=now())
    rows = ActivationCode.objects.bulk_create(
        ActivationCode(
            person_id=draft.person.pk,
            door=door,
            batch=batch,
            letter_number=draft.number if numbered else None,
            code_hash=draft.text.keyed_hash,
            expires_at=draft.expires_at,
        )
        for draft in drafts
    )
    mark_printed(persons, door)
    for row in rows:
        details = {"code": row.pk, "door": row.door, "batch": row.batch_id, "letter": row.letter_number}
        journal.record(actor=actor, event="letter.issued", chain=f"person:{row.person_id}", details=details)
    return rows


def _close(actor: Actor, batch: LetterBatch) -> None:
    manifest = write_manifest(batch)
    with transaction.atomic():
        batch.printed = manifest.count
        batch.manifest = str(manifest.path.relative_to(settings.ENVIRONMENT.letter_spool))
        batch.finished_at = now()
        batch.save(update_fields=["printed", "manifest", "finished_at"])
        give_back(actor, batch)
        details = {"batch": batch.pk, "requested": batch.requested, "printed": batch.printed}
        journal.record(actor=actor, event="letters.printed", chain="platform", details=details)
        transaction.on_commit(lambda: letters_printed.send(LetterBatch, batch=batch))
