"""`manage.py send_test_message ADDRESS`: does what production sends really arrive?"""

import getpass
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from gesond.notify.actions import queue_message
from gesond.notify.models import Channel


class Command(BaseCommand):
    help = "Queue a test message to an e-mail address or a number (+352…), by the channels that are configured."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("recipient")
        parser.add_argument(
            "--language", default=settings.LANGUAGE_CODE, choices=[code for code, _ in settings.LANGUAGES]
        )

    def handle(self, *args: Any, recipient: str, language: str, **options: Any) -> None:
        try:
            message = queue_message(
                channel=Channel.SMS if recipient.startswith("+") else Channel.EMAIL,
                recipient=recipient,
                template="notify/test_message",
                context={"operator": getpass.getuser()},
                language=language,
            )
        except ValueError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{message.pk} queued")
