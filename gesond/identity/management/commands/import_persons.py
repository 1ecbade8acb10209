"""`manage.py import_persons FILE.csv`: load the national registry's file."""

from argparse import ArgumentParser
from collections.abc import Callable
from pathlib import Path
from typing import Any

from gesond.identity.actions.registry import import_persons
from gesond.kernel.import_command import ImportCommand
from gesond.kernel.imports import ImportResult
from gesond.kernel.journal import SYSTEM


class Command(ImportCommand):
    help = "Load persons from the national registry's CSV file: all of it or nothing; safe to run again."
    what = "the registry"

    def add_arguments(self, parser: ArgumentParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--processes", type=int, help="worker processes (default: GESOND_IMPORT_PROCESSES)")

    def load(self, file: Path, report: Path, progress: Callable[[int], object], options: Any) -> ImportResult:
        return import_persons(actor=SYSTEM, path=file, report=report, processes=options["processes"], progress=progress)
