"""`manage.py resend_message ID`: a dead letter goes back into the queue."""

import getpass
from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from gesond.kernel.journal import Actor
from gesond.notify.actions import ResendError, resend


class Command(BaseCommand):
    help = "Send again a message that failed for good (see dead_letters). Journaled."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("ids", nargs="+", metavar="ID")

    def handle(self, *args: Any, ids: list[str], **options: Any) -> None:
        actor = Actor(f"operator:{getpass.getuser()}"[:80])
        for message_id in ids:
            try:
                resend(actor=actor, message_id=message_id)
            except (ResendError, ValidationError) as error:
                raise CommandError(f"{message_id}: {error}") from error
            self.stdout.write(f"{message_id} queued again")
