"""Sending one message: claim under a lock and commit, send outside any transaction, then mark.

A process that dies between sending and marking leaves the row in `sending`; after the lease the sweep gives it back.
So a message is sent at least once, and its second sending carries the same ids as the first.
"""

import uuid
from datetime import datetime, timedelta
from typing import Any

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import F

from gesond.kernel.clock import now
from gesond.notify.backoff import delay_after
from gesond.notify.channels import Outgoing, PermanentError, TemporaryError, sender_for
from gesond.notify.models import OutboxMessage, State
from gesond.notify.queueing import enqueue_delivery
from gesond.web.live import announce

# Longer than any channel may take: every one of them gives up by itself before.
LEASE = timedelta(minutes=5)
UNDELIVERED = {"UNDELIV", "REJECTD", "EXPIRED", "DELETED"}

logger = structlog.get_logger(__name__)


def deliver_message(message_id: uuid.UUID | str) -> None:
    """One attempt. Does nothing for a message that is not waiting: sent, withdrawn, or another worker's."""
    message = claim(message_id)
    if message is None:
        return
    try:
        reference = _send(message)
    except PermanentError as failure:
        _give_up(message, failure.reason)
    except TemporaryError as failure:
        _postpone(message, failure)
    else:
        _mark_sent(message, reference)


def claim(message_id: uuid.UUID | str) -> OutboxMessage | None:
    """Take a waiting message for ourselves, committed; None when there is nothing to send."""
    with transaction.atomic():
        waiting = OutboxMessage.objects.select_for_update(skip_locked=True)
        message = waiting.filter(pk=message_id, state=State.QUEUED).first()
        if message is None:
            return None
        if message.expires_at and message.expires_at <= now():
            _expire(message)
            return None
        message.state, message.claimed_at = State.SENDING, now()
        message.attempts += 1
        message.save(update_fields=["state", "claimed_at", "attempts"])
        return message


def erased_body() -> dict[str, Any]:
    """What to write beside a final state: bodies hold one-time codes and are not kept longer than needed."""
    return {} if settings.ENVIRONMENT.keep_message_bodies else {"content": None}


def take_receipt(*, provider_reference: str, outcome: str) -> bool:
    """What the provider says became of a message (SMPP 3.4 appendix B); False when no sent message has that number."""
    with transaction.atomic():
        sent = OutboxMessage.objects.select_for_update().filter(provider_reference=provider_reference, state=State.SENT)
        message = sent.order_by("-sent_at").first()
        if message is None:
            return False
        if outcome == "DELIVRD":
            _update(message, delivered_at=now())
        elif outcome in UNDELIVERED:
            _update(message, state=State.FAILED, sent_at=None, delivered_at=None, last_error=f"receipt {outcome}")
            _log("message undeliverable", message, reason=f"receipt {outcome}")
        return True


def _send(message: OutboxMessage) -> str:
    outgoing = Outgoing(
        id=message.pk,
        recipient=message.recipient,
        content=message.content or {},
        language=message.language,
        created_at=message.created_at,
        expires_at=message.expires_at,
    )
    try:
        return sender_for(message.channel).send(outgoing)
    except (PermanentError, TemporaryError):
        raise
    except Exception as error:
        # A defect of ours must end as a dead letter that tells of it. Its text may quote the message: only its kind.
        raise TemporaryError(f"defect: {type(error).__name__}") from None


def _mark_sent(message: OutboxMessage, reference: str) -> None:
    """Even when the lease ran out and another attempt waits: what was sent need not be sent again."""
    with transaction.atomic():
        rows = OutboxMessage.objects.filter(pk=message.pk, state__in=[State.SENDING, State.QUEUED])
        rows.update(state=State.SENT, sent_at=now(), provider_reference=reference[:120], last_error="", **erased_body())
        _announce(message)
    _log("message sent", message)


def _postpone(message: OutboxMessage, failure: TemporaryError) -> None:
    at = _next_attempt(message, failure)
    if at is None:
        _give_up(message, failure.reason)
        return
    if message.expires_at and at >= message.expires_at:
        _give_up(message, f"{failure.reason} until it expired")
        return
    with transaction.atomic():
        uncounted = {} if failure.counts else {"attempts": F("attempts") - 1}
        if _ours(message).update(state=State.QUEUED, next_attempt_at=at, last_error=failure.reason[:300], **uncounted):
            enqueue_delivery(message.pk, at)
            _announce(message)
    _log("message postponed", message, reason=failure.reason)


def _next_attempt(message: OutboxMessage, failure: TemporaryError) -> datetime | None:
    delay = delay_after(message.channel, message.attempts, message.pk)
    if delay is None and failure.counts:
        return None
    waits = [wait for wait in (delay, failure.retry_after) if wait is not None]
    return now() + max(waits, default=timedelta(minutes=10))


def _give_up(message: OutboxMessage, reason: str) -> None:
    with transaction.atomic():
        _ours(message).update(state=State.FAILED, last_error=reason[:300])
        _announce(message)
    _log("message failed", message, reason=reason)


def _expire(message: OutboxMessage) -> None:
    _update(message, state=State.EXPIRED, **erased_body())
    _log("message expired", message)


def _ours(message: OutboxMessage) -> Any:
    """The row, while our claim on it stands."""
    return OutboxMessage.objects.filter(pk=message.pk, state=State.SENDING, claimed_at=message.claimed_at)


def _update(message: OutboxMessage, **changes: Any) -> None:
    OutboxMessage.objects.filter(pk=message.pk).update(**changes)
    _announce(message)


def _announce(message: OutboxMessage) -> None:
    announce("outbox")
    announce(f"delivery:{message.pk}")


def _log(event: str, message: OutboxMessage, **facts: str) -> None:
    logger.info(
        event,
        message=str(message.pk),
        channel=message.channel,
        template=message.template,
        attempt=message.attempts,
        **facts,
    )
