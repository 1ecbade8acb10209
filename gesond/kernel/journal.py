"""The journal: who did what to what, when. Append-only, chained by hash, written in the transaction it tells of.

`record()` is called inside the caller's transaction. Entries of one chain (a person, an account, the platform) are
numbered without gap; each hash covers the entry and the hash before it, under the journal's key, so that one who can
write to the database but has no key cannot forge, remove or reorder an entry unseen (`manage.py verify_journal`).
Why it is made so: docs/adr/0005-journal.md.
"""

import hmac
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import ip_address
from typing import Any

from django.db import connection, transaction
from django.db.models import QuerySet

from gesond.kernel.clock import now
from gesond.kernel.keys import journal_key
from gesond.kernel.models import JournalEntry

GENESIS = b"\0" * 32
LONGEST_NAME = 80
DETAILS_BYTES = 4096
DETAILS_DEPTH = 5
# `account:12`, `platform`, `sign-in:1f0c…`
NAME = re.compile(r"[a-z][a-z0-9_-]*(:[A-Za-z0-9][A-Za-z0-9._-]*)?", re.ASCII)
# `account.opened`
EVENT = re.compile(r"[a-z][a-z0-9_-]*(\.[a-z][a-z0-9_-]*)+", re.ASCII)

LOCK_HEAD = "SELECT last_sequence, last_hash FROM kernel_journalchain WHERE name = %s FOR UPDATE"
# Two who begin a chain at once: the second waits for the first, and continues it.
BEGIN_CHAIN = """
    INSERT INTO kernel_journalchain (name, last_sequence, last_hash) VALUES (%s, 0, %s)
    ON CONFLICT (name) DO UPDATE SET name = excluded.name RETURNING last_sequence, last_hash"""
APPEND = """
    WITH head AS (UPDATE kernel_journalchain SET last_sequence = %(sequence)s, last_hash = %(hash)s
                  WHERE name = %(chain)s)
    INSERT INTO kernel_journalentry
        (chain, sequence, at, actor, on_behalf_of, address, event, details, previous_hash, hash)
    VALUES (%(chain)s, %(sequence)s, %(at)s, %(actor)s, %(on_behalf_of)s, %(address)s, %(event)s, %(details)s::jsonb,
            %(previous_hash)s, %(hash)s)
    RETURNING id"""


def _require(pattern: re.Pattern[str], name: str, what: str) -> None:
    if len(name) > LONGEST_NAME or not pattern.fullmatch(name):
        raise ValueError(f"{name!r} is not {what}: see gesond.kernel.journal")


@dataclass(frozen=True)
class Actor:
    """Who acts: `account:12`, `staff:3`, `system`, `visitor`; for whom, when for another (X9); from which IP address.

    Raises ValueError when one is malformed: a name is lower-case, with at most one colon and what follows it.
    """

    name: str
    on_behalf_of: str = ""
    address: str = ""

    def __post_init__(self) -> None:
        _require(NAME, self.name, "an actor")
        if self.on_behalf_of:
            _require(NAME, self.on_behalf_of, "whom the actor acts for")
        if self.address:
            ip_address(self.address)


SYSTEM = Actor("system")
VISITOR = Actor("visitor")


def record(*, actor: Actor, event: str, chain: str, details: dict[str, Any] | None = None) -> JournalEntry:
    """Append one entry to `chain` (`person:7`, `account:12`, `platform`). Two SQL statements, three for a new chain.

    `event` is a dotted lower-case name (`account.opened`). `details` are technical facts, never contents or secrets:
    text, whole numbers, booleans, None, lists and dicts of these, 4 kB in all. The chain stays locked until the
    transaction ends: one that writes to several chains does so in one order everywhere (person before account).

    Raises TransactionManagementError outside a transaction (what is told and the telling are committed together) and
    ValueError when a name or the details are malformed.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("journal.record() needs the transaction of what it tells")
    _require(NAME, chain, "a chain")
    _require(EVENT, event, "an event")
    content = _canonical(_checked(details or {}))
    if len(content) > DETAILS_BYTES:
        raise ValueError(f"the details of {event} are longer than {DETAILS_BYTES} bytes")
    return _append(actor, event, chain, details or {})


def entries(
    *, chain: str = "", actor: str = "", event: str = "", since: datetime | None = None
) -> QuerySet[JournalEntry]:
    """Entries, newest first, of a chain, by an actor, of an event (`account.` with its dot: of all that begin so)."""
    found = JournalEntry.objects.order_by("-at", "-id")
    if chain:
        found = found.filter(chain=chain)
    if actor:
        found = found.filter(actor=actor)
    if event:
        found = found.filter(event__startswith=event) if event.endswith(".") else found.filter(event=event)
    return found.filter(at__gte=since) if since else found


def entry_hash(entry: JournalEntry) -> bytes:
    """The keyed hash that seals an entry: HMAC-SHA-256 over the hash before it and its canonical JSON."""
    content = {
        "chain": entry.chain,
        "sequence": entry.sequence,
        "at": entry.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": entry.actor,
        "on_behalf_of": entry.on_behalf_of,
        "address": entry.address,
        "event": entry.event,
        "details": entry.details,
    }
    return hmac.digest(journal_key(), bytes(entry.previous_hash) + _canonical(content), "sha256")


def _append(actor: Actor, event: str, chain: str, details: dict[str, Any]) -> JournalEntry:
    with connection.cursor() as cursor:
        sequence, previous_hash = _locked_head(cursor, chain)
        entry = JournalEntry(
            chain=chain,
            sequence=sequence + 1,
            at=now(),
            actor=actor.name,
            on_behalf_of=actor.on_behalf_of,
            address=actor.address,
            event=event,
            details=details,
            previous_hash=bytes(previous_hash),
        )
        entry.hash = entry_hash(entry)
        cursor.execute(APPEND, _row(entry))
        (entry.pk,) = cursor.fetchone()
    entry._state.adding, entry._state.db = False, connection.alias
    return entry


def _locked_head(cursor: Any, chain: str) -> tuple[int, bytes]:
    cursor.execute(LOCK_HEAD, [chain])
    head: tuple[int, bytes] | None = cursor.fetchone()
    if head is None:
        cursor.execute(BEGIN_CHAIN, [chain, GENESIS])
        head = cursor.fetchone()
    assert head is not None  # noqa: S101 - the statement returns the row it wrote
    return head


def _row(entry: JournalEntry) -> dict[str, Any]:
    columns = ("chain", "sequence", "at", "actor", "on_behalf_of", "address", "event", "previous_hash", "hash")
    return {name: getattr(entry, name) for name in columns} | {"details": _canonical(entry.details).decode()}


def _canonical(content: Any) -> bytes:
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def _checked(value: Any, depth: int = 0) -> Any:
    """`value`, if it comes back from the database as it went: no float (JSONB rewrites it), no NUL, text for keys."""
    if depth > DETAILS_DEPTH:
        raise ValueError(f"details are nested deeper than {DETAILS_DEPTH}")
    if isinstance(value, dict):
        return {_checked_text(key): _checked(item, depth + 1) for key, item in value.items()}
    if isinstance(value, list):
        return [_checked(item, depth + 1) for item in value]
    if value is None or type(value) in (bool, int):
        return value
    return _checked_text(value)


def _checked_text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError(f"details hold text, whole numbers, booleans, lists and dicts, not {type(value).__name__}")  # noqa: TRY004 - one error for all that is wrong with details
    if "\0" in value:
        raise ValueError("details hold no NUL character")
    return value
