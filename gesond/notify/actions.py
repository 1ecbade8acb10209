"""Writing to the outbox. Call inside the transaction of the change that causes the message."""

from datetime import datetime
from typing import Any

from django.utils import translation

from gesond.kernel.clock import now
from gesond.kernel.hashing import keyed_hash
from gesond.notify.models import Channel, OutboxMessage
from gesond.notify.rendering import render_message


def queue_message(
    *,
    channel: str,
    recipient: str,
    template: str,
    context: dict[str, Any],
    language: str,
    reference: str = "",
    expires_at: datetime | None = None,
) -> OutboxMessage:
    """Render and store one message, and queue its delivery, all in the caller's transaction.

    `channel`: `email` (an address) or `sms` (E.164). `template`: a folder under `<app>/messages/`, as
    `identity/one_time_code`; it holds `email.subject.jinja`, `email.txt.jinja`, `email.html.jinja`, `sms.txt.jinja`.
    `context` must hold no health data. `expires_at`: after it the message is no longer worth sending.
    """
    with translation.override(language):
        content = render_message(Channel(channel), template, context)
    message = OutboxMessage.objects.create(
        channel=channel,
        template=template,
        language=language,
        recipient=recipient,
        recipient_hash=keyed_hash(recipient, purpose="outbox.recipient"),
        content=content,
        reference=reference,
        next_attempt_at=now(),
        expires_at=expires_at,
    )
    from gesond.notify.jobs import deliver  # the job imports the channels: only the process that defers needs its name

    deliver.defer(message_id=str(message.pk))
    return message
