"""`manage.py load_demo [--crowd N]`: the demo's people, once."""

import tempfile
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from gesond.demo.crowd import write_crowd
from gesond.demo.loading import load_people
from gesond.demo.secretaries import load_secretaries


class Command(BaseCommand):
    help = "Load the demo's people with their letters, once; with --crowd, many synthetic persons besides."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--crowd", type=int, metavar="N", help="also import N synthetic persons")

    def handle(self, *args: Any, crowd: int | None, **options: Any) -> None:
        if load_people():
            self.stdout.write("The demo's people are in place.")
        load_secretaries()
        if crowd:
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / "crowd.csv"
                write_crowd(path, crowd)
                call_command("import_persons", path, stdout=self.stdout)
