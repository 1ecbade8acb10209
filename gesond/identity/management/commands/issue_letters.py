"""`manage.py issue_letters`: activation letters to the print spool (docs/howto/activation-letters.md)."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError, no_translations
from tqdm import tqdm

from gesond.identity.actions.activation import persons_named
from gesond.identity.actions.letters import LetterError, issue_letters, resume_batch
from gesond.identity.letters.selection import CHOSEN, MISSING, REISSUE, REQUESTED, LetterSelection
from gesond.identity.letters.spool import batch_folder
from gesond.identity.models import Door, LetterBatch, Person
from gesond.kernel.identifiers import IdentifierError, parse_matricule
from gesond.kernel.journal import SYSTEM

# A batch is what one manifest lists and one delivery to the post holds.
LONGEST_BATCH = 10_000
WHOM = ("missing", "requested", "reissue", "matricule", "person", "professionals")


class Command(BaseCommand):
    help = "Issue activation codes and print their letters to the spool; former codes are cancelled."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--professionals", action="store_true", help="letters for the professionals in force")
        whom = parser.add_mutually_exclusive_group()
        whom.add_argument("--missing", action="store_true", help="everybody who has no code that still works (default)")
        whom.add_argument("--requested", action="store_true", help="everybody who asked for a letter")
        whom.add_argument("--reissue", action="store_true", help="everybody, cancelling codes that still work")
        whom.add_argument("--matricule", help="one person, even one who has an account")
        whom.add_argument("--person", type=int, help="the same, by the person's number in the registry")
        whom.add_argument("--resume", action="store_true", help="finish the batches that were stopped")
        parser.add_argument("--born-before", type=int, metavar="YEAR")
        parser.add_argument("--born-after", type=int, metavar="YEAR")
        parser.add_argument("--limit", type=int, default=LONGEST_BATCH, help="letters at most (default: %(default)s)")

    @no_translations
    def handle(self, *, resume: bool, **options: Any) -> None:
        if resume:
            self._resume()
            return
        if not any(options[whom] for whom in WHOM):
            raise CommandError("say whom the letters are for: --missing, --requested, --professionals… (see --help)")
        selection = self._selection(**options)
        batch = self._issue(selection)
        self._tell(batch)

    def _selection(self, **options: Any) -> LetterSelection:
        chosen = self._chosen(options["matricule"], options["person"])
        kinds = {REISSUE: options["reissue"], REQUESTED: options["requested"], CHOSEN: bool(chosen)}
        return LetterSelection(
            kind=next((kind for kind, wanted in kinds.items() if wanted), MISSING),
            door=Door.PROFESSIONAL.value if options["professionals"] else Door.PATIENT.value,
            person_ids=chosen,
            born_before=options["born_before"],
            born_after=options["born_after"],
            limit=options["limit"],
        )

    def _chosen(self, matricule: str | None, person: int | None) -> tuple[int, ...]:
        if person is not None:
            found = Person.objects.filter(pk=person)
        elif matricule is not None:
            found = Person.objects.filter(**persons_named(_parsed(matricule)))
        else:
            return ()
        ids = tuple(found.values_list("pk", flat=True))
        if len(ids) != 1:
            raise CommandError(
                "no such person" if not ids else "several persons share this short matricule: give 13 digits"
            )
        return ids

    def _issue(self, selection: LetterSelection) -> LetterBatch:
        total = selection.persons().count()
        with tqdm(total=min(total, selection.limit or total), unit="letter", disable=None) as bar:
            return issue_letters(actor=SYSTEM, selection=selection, progress=bar.update)

    def _resume(self) -> None:
        for batch in LetterBatch.objects.filter(finished_at__isnull=True).order_by("pk"):
            try:
                with tqdm(total=batch.requested - batch.codes.count(), unit="letter", disable=None) as bar:
                    self._tell(resume_batch(actor=SYSTEM, batch=batch, progress=bar.update))
            except LetterError as error:
                self.stderr.write(str(error))

    def _tell(self, batch: LetterBatch) -> None:
        self.stdout.write(f"batch {batch.pk}: {batch.printed} of {batch.requested} letters in {batch_folder(batch)}")
        if batch.printed < batch.requested:
            self.stdout.write(
                "Those missing died, moved to no address, opened an account, left the directory "
                "or have an unprintable name."
            )


def _parsed(matricule: str) -> Any:
    try:
        return parse_matricule(matricule, accept_short=True)
    except IdentifierError as error:
        raise CommandError(str(error.message)) from error
