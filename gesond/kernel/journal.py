"""The journal: who did what to what, when. Append-only, chained by hash, written in the transaction it tells of.

`record()` is called inside the caller's transaction. Entries of one chain (a person, an account, the platform) are
numbered without gap; each hash covers the entry and the hash before it, under the journal's key, so that one who can
write to the database but has no key cannot forge, remove or reorder an entry unseen (`manage.py verify_journal`).
"""

import hmac
import json
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection, transaction

from gesond.kernel.clock import now
from gesond.kernel.models import JournalChain, JournalEntry

GENESIS = b"\0" * 32


@dataclass(frozen=True)
class Actor:
    """Who acts: `account:12`, `staff:3`, `system`, `visitor`; and for whom, when for another (X9)."""

    name: str
    on_behalf_of: str = ""
    address: str = ""


SYSTEM = Actor("system")
VISITOR = Actor("visitor")


def record(*, actor: Actor, event: str, chain: str, details: dict[str, Any] | None = None) -> JournalEntry:
    """Append one entry to `chain` (`person:7`, `account:12`, `platform`).

    `event` is a dotted name (`account.opened`); `details` are technical facts, JSON, never contents or secrets.
    Raises TransactionManagementError outside a transaction: what is told and the telling are committed together.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("journal.record() needs the transaction of what it tells")
    JournalChain.objects.bulk_create([JournalChain(name=chain, last_hash=GENESIS)], ignore_conflicts=True)
    head = JournalChain.objects.select_for_update().get(name=chain)
    entry = JournalEntry(
        chain=chain,
        sequence=head.last_sequence + 1,
        at=now(),
        actor=actor.name,
        on_behalf_of=actor.on_behalf_of,
        address=actor.address,
        event=event,
        details=details or {},
        previous_hash=head.last_hash,
    )
    entry.hash = entry_hash(entry)
    entry.save(force_insert=True)
    JournalChain.objects.filter(pk=head.pk).update(last_sequence=entry.sequence, last_hash=entry.hash)
    return entry


def entry_hash(entry: JournalEntry) -> bytes:
    """The keyed hash that seals an entry: HMAC-SHA-256 over its canonical JSON and the hash before it."""
    content = {
        "chain": entry.chain,
        "sequence": entry.sequence,
        "at": entry.at.isoformat(),
        "actor": entry.actor,
        "on_behalf_of": entry.on_behalf_of,
        "address": entry.address,
        "event": entry.event,
        "details": entry.details,
    }
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
    return hmac.digest(settings.ENVIRONMENT.journal_key.encode(), bytes(entry.previous_hash) + canonical, "sha256")
