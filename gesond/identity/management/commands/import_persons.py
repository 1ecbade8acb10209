"""`manage.py import_persons FILE.csv`: load the national registry's file."""

from argparse import ArgumentParser
from datetime import UTC
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, no_translations
from tqdm import tqdm

from gesond.identity.actions.registry import ImportResult, ImportRunningError, import_persons
from gesond.identity.persons_csv import HeaderError
from gesond.kernel.clock import now
from gesond.kernel.journal import SYSTEM


class Command(BaseCommand):
    help = "Load persons from the national registry's CSV file: all of it or nothing; safe to run again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--report", type=Path, help="where refused lines are written (default: in the data folder)")
        parser.add_argument("--processes", type=int, help="worker processes (default: GESOND_IMPORT_PROCESSES)")

    @no_translations
    def handle(self, *, file: Path, report: Path | None, processes: int | None, **options: Any) -> None:
        if not file.is_file():
            raise CommandError(f"no such file: {file}")
        try:
            result = self._import(file, report or _default_report(file), processes)
        except (HeaderError, ImportRunningError, FileExistsError) as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt:
            raise CommandError("stopped: the registry is as it was before", returncode=130) from None
        self._tell(result)

    def _import(self, file: Path, report: Path, processes: int | None) -> ImportResult:
        with tqdm(total=file.stat().st_size, unit="B", unit_scale=True, disable=None, desc="Reading") as bar:
            return import_persons(
                actor=SYSTEM,
                path=file,
                report=report,
                processes=processes,
                progress=lambda bytes_read: bar.update(bytes_read - bar.n),
            )

    def _tell(self, result: ImportResult) -> None:
        self.stdout.write(
            f"{result.lines} lines: {result.added} added, {result.changed} changed, "
            f"{result.unchanged} unchanged, {result.refused} refused"
        )
        if result.report is not None:
            self.stdout.write(f"Refused lines, with the reasons: {result.report} (it holds personal data)")


def _default_report(file: Path) -> Path:
    moment = now().astimezone(UTC).strftime("%Y%m%dT%H%M%S%f")
    folder: Path = settings.ENVIRONMENT.home / "imports"
    return folder / f"{moment}-{file.stem}-refused.csv"
