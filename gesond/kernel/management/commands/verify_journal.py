"""`manage.py verify_journal`: prove that the journal is whole (see docs/howto/verify-journal.md)."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from gesond.kernel import seals
from gesond.kernel.models import JournalEntry
from gesond.kernel.verification import Verification, one_instant

SHOWN = 100


class Command(BaseCommand):
    help = "Read the journal from its first entry, compute every hash again, and say which entry is wrong."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--chain", default="", help="one chain only, as person:7")
        parser.add_argument("--seal", default="", help="the hash of a seal taken from the logs, which must be there")

    def handle(self, *args: Any, chain: str, seal: str, **options: Any) -> None:
        verification = Verification(chain=chain)
        wrong = 0
        with one_instant():
            for wrong, finding in enumerate(verification.findings(), start=1):
                if wrong <= SHOWN:
                    self.stderr.write(str(finding))
            if seal:
                self._require_seal(seal)
        self._conclude(verification, wrong)

    def _require_seal(self, seal: str) -> None:
        try:
            found = JournalEntry.objects.filter(chain=seals.CHAIN, hash=bytes.fromhex(seal)).exists()
        except ValueError as error:
            raise CommandError("--seal takes the hash of a seal in hexadecimal, as the logs show it") from error
        if not found:
            raise CommandError(
                "The journal is broken: the seal of the logs is not in it, so its last entries were cut."
            )

    def _conclude(self, verification: Verification, wrong: int) -> None:
        if wrong:
            raise CommandError(
                f"The journal is broken: {wrong} findings in {verification.entries} entries. "
                f"Keep the database as it is, and compare it with a backup."
            )
        if verification.chain and not verification.entries:
            raise CommandError(f"There is no chain named {verification.chain!r}.")
        self.stdout.write(
            f"The journal is whole: {verification.entries} entries in {verification.chains} chains. {self._last_seal()}"
        )

    def _last_seal(self) -> str:
        last = JournalEntry.objects.filter(chain=seals.CHAIN).order_by("sequence").last()
        if last is None:
            return "It has no seal yet: what was removed from a chain's end with its head would not show."
        return f"Last seal: {last.sequence}, {last.at.isoformat(timespec='seconds')}, {bytes(last.hash).hex()}"
