"""The base of the commands that import a file: progress, what became of the lines, where the refused ones are told."""

from argparse import ArgumentParser
from collections.abc import Callable
from datetime import UTC
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, no_translations
from tqdm import tqdm

from gesond.kernel.clock import now
from gesond.kernel.csv_files import HeaderError
from gesond.kernel.imports import ImportResult, ImportRunningError


class ImportCommand(BaseCommand):
    """`what`: what is as before when the command is stopped. A command says in `load` which import it runs."""

    what = "the database"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--report", type=Path, help="where refused lines are written (default: in the data folder)")

    def load(self, file: Path, report: Path, progress: Callable[[int], object], options: Any) -> ImportResult:
        """Run the import. `progress` takes the bytes read so far."""
        raise NotImplementedError

    @no_translations
    def handle(self, *, file: Path, report: Path | None, **options: Any) -> None:
        if not file.is_file():
            raise CommandError(f"no such file: {file}")
        try:
            self._tell(self._import(file, report or _default_report(file), options))
        except (HeaderError, ImportRunningError, FileExistsError) as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt:
            raise CommandError(f"stopped: {self.what} is as it was before", returncode=130) from None

    def _import(self, file: Path, report: Path, options: Any) -> ImportResult:
        with tqdm(total=file.stat().st_size, unit="B", unit_scale=True, disable=None, desc="Reading") as bar:
            return self.load(file, report, lambda bytes_read: bar.update(bytes_read - bar.n), options)

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
