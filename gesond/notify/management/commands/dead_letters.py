"""`manage.py dead_letters`: what failed for good, and why."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from gesond.notify.models import OutboxMessage
from gesond.notify.queries import dead_letters


class Command(BaseCommand):
    help = "List messages that failed for good, newest first, with the reason. No recipients, no texts."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--json", action="store_true", dest="as_json")
        parser.add_argument("--limit", type=int, default=100)

    def handle(self, *args: Any, as_json: bool, limit: int, **options: Any) -> None:
        rows = [_row(message) for message in dead_letters(limit)]
        if as_json:
            self.stdout.write(json.dumps(rows, indent=2))
            return
        for row in rows:
            self.stdout.write("  ".join(str(value) for value in row.values()))
        self.stdout.write(f"{len(rows)} dead letters; send one again: manage.py resend_message ID")


def _row(message: OutboxMessage) -> dict[str, object]:
    return {
        "id": str(message.pk),
        "created_at": message.created_at.isoformat(timespec="seconds"),
        "channel": message.channel,
        "template": message.template,
        "attempts": message.attempts,
        "reason": message.last_error,
    }
