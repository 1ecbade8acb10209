"""`manage.py new_key`: a fresh key for `GESOND_ENCRYPTION_KEYS`, `GESOND_HASH_KEYS` or `GESOND_JOURNAL_KEY`."""

from typing import Any

from django.core.management.base import BaseCommand

from gesond.config.environment import new_key


class Command(BaseCommand):
    help = "Print a fresh 256-bit key in base64. In a key ring, put a name and a colon before it: 2027:<key>"
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(new_key())
