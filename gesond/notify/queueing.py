"""The job that delivers a message, named and not imported: who writes to the outbox needs no channel's library."""

import uuid
from datetime import datetime

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

DELIVER = "notify.deliver"


def delivery_lock(message_id: uuid.UUID) -> str:
    """At most one waiting job a message."""
    return f"{DELIVER}:{message_id}"


def enqueue_first_delivery(message_id: uuid.UUID) -> None:
    """For a new message, in the transaction that writes it."""
    app.configure_task(DELIVER, queueing_lock=delivery_lock(message_id)).defer(message_id=str(message_id))


def enqueue_delivery(message_id: uuid.UUID, at: datetime | None = None) -> None:
    """For a message that may have a waiting job already; `at` defaults to now."""
    task = app.configure_task(DELIVER, queueing_lock=delivery_lock(message_id), schedule_at=at)
    try:
        with transaction.atomic():
            task.defer(message_id=str(message_id))
    except AlreadyEnqueued:
        pass
