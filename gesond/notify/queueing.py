"""The job that delivers a message, named and not imported: who writes to the outbox needs no channel's library."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

DELIVER = "notify.deliver"
# Below every message to one person alone (`jobs.deliver` has ten).
BULK_PRIORITY = -10


def delivery_lock(message_id: uuid.UUID) -> str:
    """At most one waiting job a message."""
    return f"{DELIVER}:{message_id}"


def enqueue_first_delivery(message_id: uuid.UUID) -> None:
    """For a new message, in the transaction that writes it."""
    app.configure_task(DELIVER, queueing_lock=delivery_lock(message_id)).defer(message_id=str(message_id))


def enqueue_bulk_deliveries(message_ids: Sequence[uuid.UUID]) -> None:
    """For many new messages of the kind that may wait, in one statement."""
    jobs = [
        app.configure_task(DELIVER, queueing_lock=delivery_lock(pk), priority=BULK_PRIORITY).make_new_job(
            message_id=str(pk)
        )
        for pk in message_ids
    ]
    if jobs:
        app.job_manager.batch_defer_jobs(jobs)


def enqueue_delivery(message_id: uuid.UUID, at: datetime | None = None) -> None:
    """For a message that may have a waiting job already; `at` defaults to now."""
    task = app.configure_task(DELIVER, queueing_lock=delivery_lock(message_id), schedule_at=at)
    try:
        with transaction.atomic():
            task.defer(message_id=str(message_id))
    except AlreadyEnqueued:
        pass
