"""What keeps the outbox moving and small: rows whose worker died, rows whose job was lost, rows past their use."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from procrastinate.contrib.django.models import ProcrastinateJob

from gesond.kernel.clock import now
from gesond.notify.backoff import attempts_allowed
from gesond.notify.delivery import LEASE, erased_body
from gesond.notify.models import OutboxMessage, State
from gesond.notify.queueing import delivery_lock, enqueue_delivery

BATCH = 500
LATE = timedelta(minutes=1)
KEEP_DEAD_BODIES = timedelta(days=30)
KEEP_ROWS = timedelta(days=90)
INTERRUPTED = "the worker stopped while sending"


def sweep() -> None:
    """Every minute."""
    expire()
    release_interrupted()
    requeue_lost()


def release_interrupted() -> None:
    """Give back what has been `sending` for longer than a lease. One that stops its worker each time fails at last."""
    with transaction.atomic():
        for message in _locked(OutboxMessage.objects.filter(state=State.SENDING, claimed_at__lt=now() - LEASE)):
            spent = message.attempts >= attempts_allowed(message.channel)
            message.state = State.FAILED if spent else State.QUEUED
            message.last_error, message.next_attempt_at = INTERRUPTED, now()
            message.save(update_fields=["state", "last_error", "next_attempt_at"])
            if not spent:
                enqueue_delivery(message.pk)


def requeue_lost() -> None:
    """A waiting row whose moment has passed and which no job will come for."""
    with transaction.atomic():
        late = _locked(OutboxMessage.objects.filter(state=State.QUEUED, next_attempt_at__lt=now() - LATE))
        locks = [delivery_lock(message.pk) for message in late]
        waiting = ProcrastinateJob.objects.filter(queueing_lock__in=locks, status__in=["todo", "doing"])
        expected = set(waiting.values_list("queueing_lock", flat=True))
        for message in late:
            if delivery_lock(message.pk) not in expected:
                enqueue_delivery(message.pk)


def expire() -> None:
    """What is past its use: not sent any more, its text erased even when it failed before."""
    past = OutboxMessage.objects.filter(expires_at__lte=now())
    past.filter(state=State.QUEUED).update(state=State.EXPIRED, **erased_body())
    if erased_body():
        past.filter(state=State.FAILED, content__isnull=False).update(content=None)


def prune() -> None:
    """Every night: texts of old dead letters, then rows nobody will ask about again."""
    old = now() - KEEP_DEAD_BODIES
    if erased_body():
        OutboxMessage.objects.filter(state=State.FAILED, created_at__lt=old, content__isnull=False).update(content=None)
    OutboxMessage.objects.filter(created_at__lt=now() - KEEP_ROWS).exclude(
        Q(state=State.QUEUED) | Q(state=State.SENDING)
    ).delete()


def _locked(rows: "QuerySet[OutboxMessage]") -> list[OutboxMessage]:
    ids = rows.order_by("next_attempt_at").select_for_update(skip_locked=True)
    return list(ids.defer("content", "recipient")[:BATCH])
