"""Proof that the journal is whole: every entry read in order, every hash computed again. Memory stays flat."""

import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from gesond.kernel import seals
from gesond.kernel.journal import GENESIS, entry_hash
from gesond.kernel.models import JournalEntry

CHUNK = 2000

# Each asks of one chain, or of all when its name is empty.
HEADS_THAT_DISAGREE = """
    SELECT head.name, head.last_sequence FROM kernel_journalchain head
    LEFT JOIN kernel_journalentry entry ON entry.chain = head.name AND entry.sequence = head.last_sequence
    WHERE head.last_sequence > 0 AND entry.hash IS DISTINCT FROM head.last_hash
    AND %(chain)s IN ('', head.name)"""
ENTRIES_PAST_THEIR_HEAD = """
    SELECT entry.chain, min(entry.sequence) FROM kernel_journalentry entry
    LEFT JOIN kernel_journalchain head ON head.name = entry.chain
    WHERE (head.name IS NULL OR entry.sequence > head.last_sequence) AND %(chain)s IN ('', entry.chain)
    GROUP BY entry.chain"""
SEALED_HEADS_THAT_DISAGREE = """
    SELECT sealed.chain, sealed.sequence, sealed.seal FROM kernel_journalsealedhead sealed
    LEFT JOIN kernel_journalentry entry ON entry.chain = sealed.chain AND entry.sequence = sealed.sequence
    WHERE entry.hash IS DISTINCT FROM sealed.hash AND %(chain)s IN ('', sealed.chain)"""


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong, and where: the first entry concerned."""

    chain: str
    sequence: int
    problem: str

    def __str__(self) -> str:
        return f"{self.chain}#{self.sequence}: {self.problem}"


class Verification:
    """A walk through one chain, or all. `findings()` yields what is wrong; `entries` counts what was read."""

    def __init__(self, *, chain: str = "") -> None:
        self.chain = chain
        self.entries = 0
        self.chains = 0

    def findings(self) -> Iterator[Finding]:
        """All that is wrong, in the order it is met. Call inside `one_instant()` while the service runs."""
        yield from self._broken_links()
        yield from self._broken_heads()
        yield from self._broken_seals()

    def _broken_links(self) -> Iterator[Finding]:
        """An entry that was changed, forged, moved, or that misses the one before it."""
        before: JournalEntry | None = None
        for entry in self._in_order():
            if before is None or before.chain != entry.chain:
                self.chains += 1
                before = None
            self.entries += 1
            yield from _broken_link(entry, before)
            before = entry

    def _in_order(self) -> Iterator[JournalEntry]:
        found = JournalEntry.objects.order_by("chain", "sequence")
        if self.chain:
            found = found.filter(chain=self.chain)
        return found.iterator(chunk_size=CHUNK)

    def _broken_heads(self) -> Iterator[Finding]:
        """A chain cut at its end, or removed while its head stayed; entries whose head was removed or put back."""
        for chain, sequence in self._rows(HEADS_THAT_DISAGREE):
            yield Finding(chain, sequence, "the chain's last entry was removed or replaced")
        for chain, sequence in self._rows(ENTRIES_PAST_THEIR_HEAD):
            yield Finding(chain, sequence, "the chain's head was removed or put back before this entry")

    def _broken_seals(self) -> Iterator[Finding]:
        """A chain that was cut or removed with its head, told by a seal; a seal that was changed."""
        for chain, sequence, seal in self._rows(SEALED_HEADS_THAT_DISAGREE):
            yield Finding(chain, sequence, f"removed or replaced since seal {seal} was made")
        if self.chain in {"", seals.CHAIN}:
            yield from _broken_seal_digests()

    def _rows(self, statement: str) -> Iterator[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(statement, {"chain": self.chain})
            while rows := cursor.fetchmany(CHUNK):
                yield from rows


@contextmanager
def one_instant() -> Iterator[None]:
    """A transaction that sees the database as it is now, however long it takes, and writes nothing."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def _broken_link(entry: JournalEntry, before: JournalEntry | None) -> Iterator[Finding]:
    expected = before.sequence + 1 if before else 1
    if entry.sequence != expected:
        missing = f"entry {expected} is" if entry.sequence == expected + 1 else f"entries {expected} on are"
        yield Finding(entry.chain, entry.sequence, f"{missing} missing before this one")
    elif bytes(entry.previous_hash) != (bytes(before.hash) if before else GENESIS):
        yield Finding(entry.chain, entry.sequence, "does not continue the entry before it")
    if not hmac.compare_digest(entry_hash(entry), bytes(entry.hash)):
        yield Finding(entry.chain, entry.sequence, "was changed or forged")


def _broken_seal_digests() -> Iterator[Finding]:
    number = 0
    for entry in JournalEntry.objects.filter(chain=seals.CHAIN).order_by("sequence").iterator(chunk_size=CHUNK):
        number = entry.details.get("seal", 0)
        if seals.details_of(number) != entry.details:
            yield Finding(entry.chain, entry.sequence, "the heads written down under this seal were changed")
    if seals.heads_after(number):
        yield Finding(seals.CHAIN, number + 1, "heads are written down under a seal that is missing")
