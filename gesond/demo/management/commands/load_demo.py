"""`manage.py load_demo [--crowd N [--professionals N]]`: the demo's people, once."""

import tempfile
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from gesond.demo.contents import load_contents
from gesond.demo.crowd import write_crowd
from gesond.demo.directory_crowd import load_directory_crowd
from gesond.demo.identity_checks import load_identity_checks
from gesond.demo.loading import load_people
from gesond.demo.professional_letters import print_professional_letters
from gesond.demo.professionals import load_professionals
from gesond.demo.secretaries import load_secretaries

# In the order in which one needs the other; each does nothing when it was done before.
PARTS = (
    (load_people, "people"),
    (load_professionals, "professionals"),
    (print_professional_letters, "letters for professionals"),
    (load_secretaries, "secretaries"),
    (load_contents, "news, events and polls"),
    (load_identity_checks, "identity checks"),
)


class Command(BaseCommand):
    help = "Load the demo's people with their letters, and its contents, once; --crowd: many synthetic persons too."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--crowd", type=int, metavar="N", help="also import N synthetic persons")
        parser.add_argument(
            "--professionals", type=int, metavar="N", default=0, help="N of the crowd are professionals"
        )

    def handle(self, *args: Any, crowd: int | None, professionals: int, **options: Any) -> None:
        for load, what in PARTS:
            if load():
                self.stdout.write(f"In place: {what}.")
        if crowd:
            with tempfile.TemporaryDirectory() as folder:
                path = Path(folder) / "crowd.csv"
                write_crowd(path, crowd)
                call_command("import_persons", path, stdout=self.stdout)
                if professionals:
                    load_directory_crowd(Path(folder), path, professionals)
