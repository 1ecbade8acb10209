"""Messages as the demo shows them."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.urls import reverse

from gesond.kernel.hashing import keyed_hashes
from gesond.notify.channels import Outgoing
from gesond.notify.channels.email import build_email
from gesond.notify.models import Channel, OutboxMessage, comparable

LIMIT = 100


@dataclass(frozen=True, kw_only=True)
class Filter:
    """`to`: a whole address or number. `channel`: email, sms or letter. `since`: made after it."""

    to: str = ""
    channel: str = ""
    since: datetime | None = None


def messages(wanted: Filter, limit: int = LIMIT) -> list[OutboxMessage]:
    """Newest first. One query."""
    rows = OutboxMessage.objects.order_by("-created_at")
    if wanted.to:
        rows = rows.filter(recipient_hash__in=keyed_hashes(comparable(wanted.to), purpose="outbox.recipient"))
    if wanted.channel:
        rows = rows.filter(channel=wanted.channel)
    if wanted.since:
        rows = rows.filter(created_at__gt=wanted.since)
    return list(rows[:limit])


def as_data(message: OutboxMessage) -> dict[str, Any]:
    """One message for programs. `content` holds subject, text and html, or text, or a letter's `pdf`."""
    content: dict[str, Any] = message.content or {}
    return {
        "id": str(message.pk),
        "channel": message.channel,
        "to": message.recipient,
        "language": message.language,
        "template": message.template,
        "reference": message.reference,
        "state": message.state,
        "error": message.last_error,
        "created_at": message.created_at.isoformat(),
        "sent_at": message.sent_at.isoformat() if message.sent_at else None,
        "url": reverse("demo:outbox_message", args=[message.pk]),
        **content,
    }


def headers(message: OutboxMessage) -> list[tuple[str, str]]:
    """An e-mail's headers as they travel."""
    if message.channel != Channel.EMAIL or not message.content:
        return []
    outgoing = Outgoing(
        id=message.pk,
        recipient=message.recipient,
        content=message.content,
        language=message.language,
        created_at=message.created_at,
    )
    email = build_email(outgoing, sender=settings.ENVIRONMENT.mail_from)
    return [(name, str(value)) for name, value in email.items() if not name.startswith("Content-Type")]


def letter_file(message: OutboxMessage) -> Path | None:
    """A printed letter's PDF, if it is where letters are spooled and nowhere else."""
    name = (message.content or {}).get("pdf")
    if message.channel != Channel.LETTER or not name:
        return None
    spool: Path = settings.ENVIRONMENT.letter_spool.resolve()
    path = (spool / name).resolve()
    return path if path.is_relative_to(spool) and path.is_file() else None
