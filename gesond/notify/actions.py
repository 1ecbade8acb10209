"""Writing to the outbox. Call inside the transaction of the change that causes the message."""

import re
import uuid
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils import translation

from gesond.kernel import journal
from gesond.kernel.clock import now
from gesond.kernel.hashing import keyed_hash
from gesond.kernel.journal import Actor
from gesond.notify.delivery import erased_body
from gesond.notify.models import Channel, OutboxMessage, State, comparable
from gesond.notify.queueing import enqueue_delivery, enqueue_first_delivery
from gesond.notify.rendering import render_message
from gesond.web.live import announce

E164 = re.compile(r"\+[1-9]\d{6,14}")


class ResendError(ValueError):
    """The message is no dead letter, or there is nothing left of it to send."""


def queue_message(
    *,
    channel: str,
    recipient: str,
    template: str,
    context: dict[str, Any],
    language: str,
    reference: str = "",
    expires_at: datetime | None = None,
    dedupe_key: str | None = None,
    unsubscribe_url: str = "",
) -> OutboxMessage:
    """Render and store one message, and queue its delivery, all in the caller's transaction.

    `channel`: `email` (an address) or `sms` (E.164). `template`: a folder under `<app>/messages/`, as
    `identity/one_time_code`; it holds `email.subject.jinja`, `email.txt.jinja`, `email.html.jinja`, `sms.txt.jinja`.
    `context` must hold no health data. `expires_at`: after it the message is no longer worth sending.
    `dedupe_key`: when a message with this key exists already, it is returned and no second one is made.
    `unsubscribe_url`: of an e-mail that is one of many (`notify.bulk`): it is given to the template and the headers.
    Raises ValueError when the recipient is no address or number: forms check before.
    """
    message = OutboxMessage(
        channel=Channel(channel),
        template=template,
        language=language,
        recipient=checked_recipient(Channel(channel), recipient),
        recipient_hash=keyed_hash(comparable(recipient), purpose="outbox.recipient"),
        reference=reference,
        next_attempt_at=now(),
        expires_at=expires_at,
        dedupe_key=dedupe_key,
    )
    with translation.override(language):
        message.content = render_message(Channel(channel), template, {"unsubscribe_url": unsubscribe_url, **context})
    if unsubscribe_url:
        message.content["list_unsubscribe"] = unsubscribe_url
    with transaction.atomic():
        if _insert(message):
            enqueue_first_delivery(message.pk)
            announce("outbox")
            return message
    return OutboxMessage.objects.get(dedupe_key=dedupe_key)


def withdraw_messages(*, reference: str) -> int:
    """Take back what has not left yet (a code that another supersedes); return how many. The caller journals why."""
    waiting = OutboxMessage.objects.filter(reference=reference, state=State.QUEUED).exclude(reference="")
    withdrawn = waiting.update(state=State.WITHDRAWN, **erased_body())
    if withdrawn:
        announce("outbox")
    return withdrawn


def resend(*, actor: Actor, message_id: uuid.UUID | str) -> OutboxMessage:
    """Put a dead letter back into the queue with all its attempts before it. Raises ResendError."""
    with transaction.atomic():
        message = OutboxMessage.objects.select_for_update().filter(pk=message_id).first()
        if message is None or message.state != State.FAILED:
            raise ResendError("only a message that failed for good can be sent again")
        if message.content is None:
            raise ResendError("its text was erased: cause a new message instead")
        if message.expires_at and message.expires_at <= now():
            raise ResendError("it is past its use: cause a new message instead")
        message.state, message.attempts, message.next_attempt_at = State.QUEUED, 0, now()
        message.save(update_fields=["state", "attempts", "next_attempt_at"])
        journal.record(actor=actor, event="message.resent", chain="platform", details={"message": str(message.pk)})
        enqueue_delivery(message.pk)
        announce("outbox")
    return message


@transaction.atomic
def discard(*, actor: Actor, message_id: uuid.UUID | str) -> OutboxMessage:
    """Lay a dead letter aside for good: it is no longer shown, and its text is erased. Raises ResendError."""
    message = OutboxMessage.objects.select_for_update().filter(pk=message_id).first()
    if message is None or message.state != State.FAILED:
        raise ResendError("only a message that failed for good can be laid aside")
    message.state = State.WITHDRAWN
    for name, value in erased_body().items():
        setattr(message, name, value)
    message.save()
    journal.record(actor=actor, event="message.discarded", chain="platform", details={"message": str(message.pk)})
    announce("outbox")
    return message


def checked_recipient(channel: Channel, recipient: str) -> str:
    """Without blanks around it. Raises ValueError when it is no address or number."""
    recipient = recipient.strip()
    if channel is Channel.SMS and not E164.fullmatch(recipient):
        raise ValueError("the number is not in E.164 form")
    if channel is Channel.EMAIL:
        try:
            validate_email(recipient)
        except ValidationError:
            raise ValueError("not an e-mail address") from None
    return recipient


def _insert(message: OutboxMessage) -> bool:
    """Whether the row was made; not when its key was there, even if another transaction has just written it."""
    if message.dedupe_key is None:
        message.save(force_insert=True)
        return True
    OutboxMessage.objects.bulk_create([message], ignore_conflicts=True)
    return OutboxMessage.objects.filter(pk=message.pk).exists()
