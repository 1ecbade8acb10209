"""Counting the days."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction

from gesond.desk.models import DailyFigure, Measure
from gesond.kernel import journal
from gesond.kernel.clock import now
from gesond.kernel.journal import Actor

# The journal loses nothing and has an index by event and time: a few days of it are read, never all.
OF_JOURNAL = {
    Measure.LETTERS: "letter.issued",
    Measure.BEGUN: "activation.begun",
    Measure.PASSWORD: "activation.password_chosen",
    Measure.OPENED: "account.opened",
    Measure.FINISHED: "activation.finished",
    Measure.SIGN_INS: "sign_in.succeeded",
    Measure.CODES_SENT: "code.sent",
    Measure.CODES_USED: "code.confirmed",
    Measure.CODES_WRONG: "code.wrong",
}
OF_CHANNEL = {
    "email": Measure.FAILED_EMAIL,
    "sms": Measure.FAILED_SMS,
    "letter": Measure.FAILED_LETTER,
}
COUNT_EVENTS = """
    SELECT (at AT TIME ZONE %(zone)s)::date AS day, event, count(*),
           count(DISTINCT chain) FILTER (WHERE details ->> 'purpose' = 'activation')
      FROM kernel_journalentry WHERE event = ANY(%(events)s) AND at >= %(since)s AND at < %(until)s
     GROUP BY day, event"""
# What was laid aside had failed all the same: its error stays.
COUNT_FAILED = """
    SELECT (created_at AT TIME ZONE %(zone)s)::date AS day, channel, count(*)
      FROM notify_outboxmessage
     WHERE created_at >= %(since)s AND created_at < %(until)s
       AND (state = 'failed' OR (state = 'withdrawn' AND last_error <> ''))
     GROUP BY day, channel"""

DAYS_OF_ROUTINE = 3

Counts = dict[tuple[date, str], int]


@transaction.atomic
def roll_up_figures(*, actor: Actor, first: date, last: date) -> int:
    """Count these days again, both included, in place of what was counted before; how many figures there are.

    Running twice is harmless, two at once too: the second waits.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('gesond.desk.figures'))")
    counts = _counted(first, last)
    DailyFigure.objects.filter(day__range=(first, last)).delete()
    DailyFigure.objects.bulk_create(
        DailyFigure(day=day, measure=measure, value=value) for (day, measure), value in counts.items()
    )
    if (last - first).days > DAYS_OF_ROUTINE:  # the hourly count of the last days is no news
        details = {"first": first.isoformat(), "last": last.isoformat(), "figures": len(counts)}
        journal.record(actor=actor, event="figures.counted", chain="platform", details=details)
    return len(counts)


def today() -> date:
    """The day it is in Luxembourg."""
    return now().astimezone(_zone()).date()


def _counted(first: date, last: date) -> Counts:
    asked: dict[str, Any] = {
        "zone": settings.TIME_ZONE,
        "events": list(OF_JOURNAL.values()),
        "since": _midnight(first),
        "until": _midnight(last + timedelta(days=1)),
    }
    measures = {event: measure for measure, event in OF_JOURNAL.items()}
    counts: Counts = {}
    with connection.cursor() as cursor:
        cursor.execute(COUNT_EVENTS, asked)
        for day, event, number, activations in cursor.fetchall():
            counts[day, measures[event].value] = number
            if event == "code.sent" and activations:
                counts[day, Measure.CODE_SENT.value] = activations
        cursor.execute(COUNT_FAILED, asked)
        for day, channel, number in cursor.fetchall():
            counts[day, OF_CHANNEL[channel].value] = number
    return counts


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=_zone())


def _zone() -> ZoneInfo:
    return ZoneInfo(settings.TIME_ZONE)
