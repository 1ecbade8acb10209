"""Telling of a published event or poll those who left the box ticked: S1-25 to S1-27.

In batches in the order of the accounts; how far it came is committed with the messages of each batch. So a telling that
was stopped goes on where it was, and nobody is told twice: not by a second run, not by a second publication.
"""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils.translation import override

from gesond.content.models import LANGUAGES, Announcement, Content, Event, Poll
from gesond.content.models.content import visible
from gesond.content.unsubscribing import unsubscribe_address
from gesond.identity.models import Account, AccountState
from gesond.kernel import journal
from gesond.kernel.clock import now
from gesond.notify.bulk import Bulk, queue_bulk

BATCH = 500
TEMPLATES = {"event": "content/event_published", "poll": "content/poll_published"}
BOXES = {"event": "notify_events", "poll": "notify_polls"}


def begin_announcements() -> int:
    """Note what has become visible and was never announced; return how many. By the clock: publishing calls nothing."""
    at = now()
    events = Event.objects.filter(visible(at), announced=True, called_off=False, starts_at__gt=at)
    polls = Poll.objects.filter(visible(at), announced=True, closes_at__gt=at)
    due = [("event", pk) for pk in _never_announced("event", events)]
    due += [("poll", pk) for pk in _never_announced("poll", polls)]
    Announcement.objects.bulk_create([Announcement(kind=kind, item=pk) for kind, pk in due], ignore_conflicts=True)
    return len(due)


def tell_everybody() -> int:
    """Go on with every announcement that is not finished; return how many messages were queued."""
    waiting = Announcement.objects.filter(finished_at__isnull=True).order_by("pk").values_list("pk", flat=True)
    return sum(sum(_batches(pk)) for pk in waiting)


def _batches(announcement_id: int) -> Iterator[int]:
    while True:
        told = tell_batch(announcement_id)
        if told is None:
            return
        yield told


@transaction.atomic
def tell_batch(announcement_id: int, size: int = BATCH) -> int | None:
    """Queue the messages of the next accounts; None when there is nothing to do now.

    Nothing while the item is not visible, or another process is at it; it goes on when it may.
    """
    row = Announcement.objects.select_for_update(skip_locked=True)
    announcement = row.filter(pk=announcement_id, finished_at__isnull=True).first()
    if announcement is None:
        return None
    item = _item(announcement)
    if item is None:
        return None
    accounts = list(_next_accounts(announcement, size))
    told = queue_bulk(
        template=TEMPLATES[announcement.kind], contexts=_contexts(item), messages=_messages(item, accounts)
    )
    _keep(announcement, accounts, told, finished=len(accounts) < size)
    return told


def _never_announced(kind: str, items: "QuerySet[Any]") -> list[int]:
    announced = Announcement.objects.filter(kind=kind, item=OuterRef("pk"))
    return list(items.exclude(Exists(announced)).values_list("pk", flat=True))


def _item(announcement: Announcement) -> Content | None:
    model: type[Event] | type[Poll] = Event if announcement.kind == "event" else Poll
    found: Content | None = model.objects.filter(visible(now()), pk=announcement.item).first()
    return found


def _next_accounts(announcement: Announcement, size: int) -> "QuerySet[Account]":
    """The next ones who can be told: an e-mail costs nothing, an SMS would."""
    reachable = Account.objects.filter(
        pk__gt=announcement.after_account,
        state=AccountState.ACTIVE,
        email__isnull=False,
        **{BOXES[announcement.kind]: True},
    )
    return reachable.only("pk", "language", "email", "email_hash").order_by("pk")[:size]


def _contexts(item: Content) -> dict[str, dict[str, Any]]:
    """What the message says, by language."""
    found = {}
    for language in LANGUAGES:
        with override(language):
            address = settings.ENVIRONMENT.base_url + reverse(f"content:{item.kind}", args=[item.pk])
            found[language] = {"item": item, "title": item.title, "summary": item.summary, "link": address}
    return found


def _messages(item: Content, accounts: list[Account]) -> Iterator[Bulk]:
    for account in accounts:
        yield Bulk(
            recipient=str(account.email),
            language=account.language,
            dedupe_key=f"{item.chain}:account:{account.pk}",
            unsubscribe_url=unsubscribe_address(account.pk, BOXES[item.kind], account.language),
        )


def _keep(announcement: Announcement, accounts: list[Account], told: int, *, finished: bool) -> None:
    announcement.told += told
    if accounts:
        announcement.after_account = accounts[-1].pk
    if finished:
        announcement.finished_at = now()
        journal.record(
            actor=journal.SYSTEM,
            event="content.announced",
            chain=f"{announcement.kind}:{announcement.item}",
            details={"told": announcement.told},
        )
    announcement.save()
