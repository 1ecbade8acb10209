"""Reading the journal by what is known of an entry, newest first and page by page, fast on millions of rows.

Each way in follows an index to the page asked for: a chain by its numbers, an event by its name and time, an actor by
time, else time alone. What is asked besides is looked at on the way.
"""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from django.db import OperationalError, connection, transaction
from django.db.models import Q, QuerySet

from gesond.kernel.models import JournalChain, JournalEntry
from gesond.kernel.seals import CHAIN as SEALS

PER_PAGE = 25
# A search that has to look at too much is given up, and says so.
LONGEST_MS = 5000
# The names of events that begin so: some hundred probes of the index, however many entries there are.
EVENTS_BEGINNING = """
    WITH RECURSIVE name AS (
        (SELECT event FROM kernel_journalentry ORDER BY event LIMIT 1)
        UNION ALL
        SELECT (SELECT entry.event FROM kernel_journalentry entry
                 WHERE entry.event > name.event ORDER BY entry.event LIMIT 1)
          FROM name WHERE name.event IS NOT NULL
    ) SELECT event FROM name WHERE starts_with(event, %(first)s)"""
# The newest of each name, from which the newest of all are taken.
OF_EVENTS = """
    SELECT found.id FROM unnest(%(events)s::text[]) name CROSS JOIN LATERAL (
        SELECT entry.id, entry.at FROM kernel_journalentry entry
         WHERE entry.event = name AND (entry.at, entry.id) < (%(before_at)s, %(before_id)s)
           AND (%(since)s::timestamptz IS NULL OR entry.at >= %(since)s)
           AND (%(until)s::timestamptz IS NULL OR entry.at < %(until)s)
           AND %(actor)s IN ('', entry.actor)
         ORDER BY entry.at DESC, entry.id DESC LIMIT %(limit)s) found
    ORDER BY found.at DESC, found.id DESC LIMIT %(limit)s"""
END_OF_TIME = "infinity"
LAST_ID = 2**63 - 1


class TooWideError(Exception):
    """The search would look at too many entries: name a chain, an event or a shorter period."""


@dataclass(frozen=True, kw_only=True)
class JournalSearch:
    """What is known of the entries looked for. `event`: a name, or the beginning of one (`account.`)."""

    chain: str = ""
    actor: str = ""
    event: str = ""
    since: datetime | None = None
    until: datetime | None = None

    def told(self) -> dict[str, str]:
        """For the journal: a search is an entry too."""
        return {name: str(value) for name, value in asdict(self).items() if value}


@dataclass(frozen=True)
class Found:
    """One page; `older`: what to give as `before` for the next, "" at the end."""

    rows: list[JournalEntry]
    older: str


@dataclass(frozen=True)
class Sealed:
    """The last seal: when it was made, its number, how many heads it wrote down."""

    at: datetime
    seal: int
    heads: int


def search_journal(search: JournalSearch, *, before: str = "", per_page: int = PER_PAGE) -> Found:
    """A page of what was looked for. Raises TooWideError, and ValueError for a `before` that is none of ours."""
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL statement_timeout = {LONGEST_MS}")
            rows = _rows(search, before, per_page + 1)
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL statement_timeout = DEFAULT")
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", "") == "57014":
            raise TooWideError from error
        raise
    older = _key(rows[per_page - 1]) if len(rows) > per_page else ""
    return Found(rows[:per_page], older)


def last_seal() -> Sealed | None:
    """One row of the chain of seals."""
    entry = JournalEntry.objects.filter(chain=SEALS).order_by("-sequence").first()
    return Sealed(entry.at, entry.details["seal"], entry.details["heads"]) if entry else None


def length_of(chain: str) -> int:
    """How many entries a chain has."""
    return JournalChain.objects.filter(name=chain).values_list("last_sequence", flat=True).first() or 0


def _rows(search: JournalSearch, before: str, limit: int) -> list[JournalEntry]:
    if search.chain:
        return _of_chain(search, before, limit)
    if search.event:
        return _of_event(search, before, limit)
    entries = _within(JournalEntry.objects.order_by("-at", "-id"), search)
    if search.actor:
        entries = entries.filter(actor=search.actor)
    if before:
        at, key = _read(before)
        # `at <=` alone follows the index; the rest decides within one moment.
        entries = entries.filter(Q(at__lt=at) | Q(at=at, pk__lt=key), at__lte=at)
    return list(entries[:limit])


def _of_chain(search: JournalSearch, before: str, limit: int) -> list[JournalEntry]:
    entries = _within(JournalEntry.objects.filter(chain=search.chain).order_by("-sequence"), search)
    if search.actor:
        entries = entries.filter(actor=search.actor)
    if search.event:
        entries = entries.filter(event__startswith=search.event)
    if before:
        _at, key = _read(before)
        last = JournalEntry.objects.filter(pk=key, chain=search.chain).values_list("sequence", flat=True).first()
        entries = entries.filter(sequence__lt=last or 0)
    return list(entries[:limit])


def _of_event(search: JournalSearch, before: str, limit: int) -> list[JournalEntry]:
    at, key = _read(before) if before else (END_OF_TIME, LAST_ID)
    with connection.cursor() as cursor:
        cursor.execute(EVENTS_BEGINNING, {"first": search.event})
        asked = {
            "events": [name for (name,) in cursor.fetchall()],
            "before_at": at,
            "before_id": key,
            "since": search.since,
            "until": search.until,
            "actor": search.actor,
            "limit": limit,
        }
        cursor.execute(OF_EVENTS, asked)
        ids = [row[0] for row in cursor.fetchall()]
    return list(JournalEntry.objects.filter(pk__in=ids).order_by("-at", "-id"))


def _within(entries: "QuerySet[JournalEntry]", search: JournalSearch) -> "QuerySet[JournalEntry]":
    if search.since:
        entries = entries.filter(at__gte=search.since)
    return entries.filter(at__lt=search.until) if search.until else entries


def _key(entry: JournalEntry) -> str:
    return f"{entry.at.isoformat()}_{entry.pk}"


def _read(before: str) -> tuple[Any, int]:
    at, _, key = before.partition("_")
    return datetime.fromisoformat(at), int(key)
