"""What the commands that load the directory's files share: the day from which a file holds."""

from argparse import ArgumentParser
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from gesond.kernel.import_command import ImportCommand
from gesond.kernel.imports import ImportResult
from gesond.kernel.journal import SYSTEM


class DirectoryImportCommand(ImportCommand):
    """A command names the import it runs: one of `actions.imports`."""

    what = "the directory"
    action: Callable[..., ImportResult]

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--on",
            type=date.fromisoformat,
            help="the day lines hold from that name none, as 2026-01-31 (default: today)",
        )

    def load(self, file: Path, report: Path, progress: Callable[[int], object], options: Any) -> ImportResult:
        return type(self).action(actor=SYSTEM, path=file, report=report, on=options["on"], progress=progress)
