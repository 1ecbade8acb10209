"""`manage.py roll_up_figures --since 2026-01-01`: count past days again, for the desk's statistics."""

from argparse import ArgumentParser
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand

from gesond.desk.actions import roll_up_figures, today
from gesond.kernel.journal import SYSTEM


class Command(BaseCommand):
    help = "Count the days from a date to today again; what the job of every hour leaves alone."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--since", required=True, type=date.fromisoformat, help="such as 2026-01-01")

    def handle(self, *args: Any, since: date, **options: Any) -> None:
        count = roll_up_figures(actor=SYSTEM, first=since, last=today())
        self.stdout.write(f"{count} figures counted.")
