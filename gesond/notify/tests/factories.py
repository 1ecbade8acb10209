"""Messages for tests."""

import dataclasses
import itertools
import uuid
from typing import Any

from django.conf import settings
from django.db import transaction

from gesond.kernel.clock import now
from gesond.notify.actions import queue_message
from gesond.notify.channels import Outgoing
from gesond.notify.models import OutboxMessage

numbers = itertools.count(1)

CONTENT = {"subject": "Sujet été", "text": "Bonjour\n", "html": "<p>Bonjour</p>", "alphabet": "gsm7", "parts": "1"}


def queued(**changes: Any) -> OutboxMessage:
    """A message as an action queues it, committed when the test commits."""
    fields: dict[str, Any] = {
        "channel": "email",
        "recipient": f"person{next(numbers)}@example.lu",
        "template": "notify/test_message",
        "context": {"operator": "Camille"},
        "language": "fr",
    }
    with transaction.atomic():
        return queue_message(**{**fields, **changes})


def outgoing(**changes: Any) -> Outgoing:
    """A message as a channel gets it."""
    fields: dict[str, Any] = {
        "id": uuid.uuid4(),
        "recipient": "person@example.lu",
        "content": CONTENT,
        "language": "fr",
        "created_at": now(),
    }
    return Outgoing(**{**fields, **changes})


def environment(**changes: Any) -> Any:
    """For `settings.ENVIRONMENT = environment(smtp_url=…)`."""
    return dataclasses.replace(settings.ENVIRONMENT, **changes)
