"""The same e-mail to very many, in batches: rendered once a language, written and queued in four statements.

Delivered after whatever is sent to one person alone: a one-time code does not wait behind a hundred thousand
invitations. Each carries its own way out: `List-Unsubscribe` (RFC 2369, RFC 8058), and the same link in its text.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import translation

from gesond.kernel.clock import now
from gesond.kernel.hashing import hasher
from gesond.notify.actions import checked_recipient
from gesond.notify.models import Channel, OutboxMessage, comparable
from gesond.notify.queueing import enqueue_bulk_deliveries
from gesond.notify.rendering import render_message
from gesond.web.live import announce

# Stands in the rendered text until each message's own address takes its place.
LINK_PLACE = "https://unsubscribe.invalid/place"

Content = dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Bulk:
    """One recipient. `unsubscribe_url`: stops this kind of e-mail by one POST, without signing in."""

    recipient: str
    language: str
    dedupe_key: str
    unsubscribe_url: str


@transaction.atomic
def queue_bulk(*, template: str, contexts: Mapping[str, Mapping[str, Any]], messages: Iterable[Bulk]) -> int:
    """Store and queue one e-mail for each; return how many are new: a known `dedupe_key` is passed over.

    `contexts`: language to what the template is given; it finds the way out in `unsubscribe_url`.
    Raises ValueError when a recipient is no address.
    """
    rendered = {language: _render(template, language, context) for language, context in contexts.items()}
    hashed = hasher(purpose="outbox.recipient")
    rows = []
    for message in messages:
        recipient = checked_recipient(Channel.EMAIL, message.recipient)
        rows.append(
            OutboxMessage(
                channel=Channel.EMAIL,
                template=template,
                language=message.language,
                recipient=recipient,
                recipient_hash=hashed(comparable(recipient)),
                content=_addressed(rendered[message.language], message.unsubscribe_url),
                next_attempt_at=now(),
                dedupe_key=message.dedupe_key,
            )
        )
    return _write(rows)


def _render(template: str, language: str, context: Mapping[str, Any]) -> Content:
    with translation.override(language):
        return render_message(Channel.EMAIL, template, {**context, "unsubscribe_url": LINK_PLACE})


def _addressed(content: Content, address: str) -> Content:
    return {name: text.replace(LINK_PLACE, address) for name, text in content.items()} | {"list_unsubscribe": address}


def _write(rows: list[OutboxMessage]) -> int:
    if not rows:
        return 0
    OutboxMessage.objects.bulk_create(rows, ignore_conflicts=True)
    written = OutboxMessage.objects.filter(pk__in=[row.pk for row in rows]).values_list("pk", flat=True)
    new = list(written)
    enqueue_bulk_deliveries(new)
    announce("outbox")
    return len(new)
