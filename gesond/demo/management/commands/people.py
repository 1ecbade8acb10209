"""`manage.py people [--json]`: who lives in the demo, and what to try with them."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from gesond.demo.cast import people


class Command(BaseCommand):
    help = "Show the demo's people: role, matricule, activation code, password, and what to try."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", dest="as_json", help="for programs")

    def handle(self, *args: Any, as_json: bool, **options: Any) -> None:
        rows = people()
        if as_json:
            self.stdout.write(json.dumps(rows, ensure_ascii=False, indent=1))
            return
        for row in rows:
            self.stdout.write(_lines(row))


def _lines(row: dict[str, str]) -> str:
    known = [row["matricule_11"] or row["matricule"]]
    if row["code"]:
        known.append(f"code {row['code']} ({row['code_state']})")
    if row["former_code"]:
        known.append(f"former code {row['former_code']}")
    if row["professional_code"]:
        known.append(f"professional code {row['professional_code']} ({row['professional_code_state']})")
    if row["password"]:
        known.append(f"password {row['password']}")
    if row["luxtrust_subject"]:
        known.append(f"LuxTrust {row['luxtrust_subject']}")
    known += [row[contact] for contact in ("phone", "email") if row[contact]]
    return f"{row['name']:<20} {row['role']}\n    {' · '.join(known)}\n    {row['hint']}"
