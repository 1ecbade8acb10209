"""News, events and polls for the demo, through the same actions as the desk. All of it is invented."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from gesond.content.actions.editing import create_content, release_content
from gesond.content.models import Event, NewsItem, Participation, Poll, PollAnswer
from gesond.demo.contents_texts import EVENTS, NEWS, POLLS
from gesond.kernel.clock import now
from gesond.kernel.journal import SYSTEM

Texts = Mapping[str, Mapping[str, str]]


@transaction.atomic
def load_contents() -> bool:
    """Load them once; whether there was anything to do."""
    if NewsItem.objects.exists():
        return False
    for days_ago, texts in NEWS:
        _publish(create_content(actor=SYSTEM, model=NewsItem, values={"texts": texts}), days_ago)
    for in_days, hour, hours, texts in EVENTS:
        _event(in_days, hour, hours, texts)
    for poll in POLLS:
        _poll(**poll)
    return True


def _publish(item: Any, days_ago: float) -> None:
    release_content(actor=SYSTEM, item=item, publish_at=now() - timedelta(days=days_ago))


def _event(in_days: int, hour: int, hours: float, texts: Texts) -> None:
    """Nobody is told by e-mail: the demo's outbox belongs to who tries the demo."""
    starts = _at(in_days, hour)
    values = {"starts_at": starts, "ends_at": starts + timedelta(hours=hours), "announced": False, "texts": texts}
    _publish(create_content(actor=SYSTEM, model=Event, values=values), max(2, 20 - in_days))


def _poll(
    *,
    asks: str,
    closes_in: float,
    texts: Texts,
    options: Sequence[Mapping[str, str]] = (),
    answers: Sequence[int] = (),
    people: int = 0,
) -> None:
    """`answers`: how often each option was chosen by `people`, in a poll that is closed."""
    values = {"asks": asks, "closes_at": now() + timedelta(days=closes_in), "announced": False, "texts": texts}
    poll = create_content(actor=SYSTEM, model=Poll, values=values, options=options)
    _publish(poll, 20 - min(closes_in, 0))
    Participation.objects.bulk_create(Participation(poll=poll) for _ in range(people))
    for option, number in zip(poll.options.all(), answers, strict=False):
        PollAnswer.objects.bulk_create(PollAnswer(poll=poll, option=option) for _ in range(number))


def _at(in_days: int, hour: int) -> datetime:
    day = (now() + timedelta(days=in_days)).date()
    return datetime.combine(day, time(hour), tzinfo=ZoneInfo(settings.TIME_ZONE))
