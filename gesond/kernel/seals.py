"""Seals: now and then, where every chain stands is written down, and that is chained in its turn.

A chain's own hashes cannot tell that its last entries were cut and its head put back, or that it was removed whole. A
seal can: it names the heads that moved since the last one (`JournalSealedHead`), and an entry of the chain `seals`
holds their number and digest. What happened since the last seal is not covered; nor is a journal whose last seals were
removed, unless one knows that there were more: the job logs each seal, so that the logs' own machine knows.
"""

import hashlib
from collections.abc import Iterator
from typing import Any

from django.db import connection, transaction

from gesond.kernel import journal
from gesond.kernel.models import JournalEntry, JournalSealedHead

CHAIN = "seals"
EVENT = "journal.sealed"
# One at a time: the second finds nothing left to seal.
LOCK = "SELECT pg_advisory_xact_lock(hashtext('gesond.journal.seal'))"
NEXT_SEAL = "SELECT coalesce(max(seal), 0) + 1 FROM kernel_journalsealedhead"
SEAL_MOVED_HEADS = """
    INSERT INTO kernel_journalsealedhead (seal, chain, sequence, hash)
    SELECT %s, head.name, head.last_sequence, head.last_hash FROM kernel_journalchain head
    WHERE head.name <> 'seals' AND head.last_sequence > 0 AND NOT EXISTS (
        SELECT FROM kernel_journalsealedhead sealed
        WHERE sealed.chain = head.name AND sealed.sequence = head.last_sequence)"""


def seal() -> JournalEntry | None:
    """Write down where every chain that moved stands, and return the entry that seals it; None when none moved."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(LOCK)
        cursor.execute(NEXT_SEAL)
        (number,) = cursor.fetchone()
        cursor.execute(SEAL_MOVED_HEADS, [number])
        if cursor.rowcount == 0:
            return None
        return journal.record(actor=journal.SYSTEM, event=EVENT, chain=CHAIN, details=details_of(number))


def details_of(number: int) -> dict[str, Any]:
    """What the entry of a seal says of its heads: how many they are, and their digest."""
    digest, count = hashlib.sha256(), 0
    for count, (chain, sequence, head) in enumerate(_heads(number), start=1):  # noqa: B007 - the last one is the count
        digest.update(f"{chain}#{sequence} {bytes(head).hex()}\n".encode())
    return {"seal": number, "heads": count, "digest": digest.hexdigest()}


def _heads(number: int) -> Iterator[tuple[str, int, bytes | memoryview]]:
    sealed = JournalSealedHead.objects.filter(seal=number).order_by("chain")
    return sealed.values_list("chain", "sequence", "hash").iterator(chunk_size=2000)


def heads_after(number: int) -> bool:
    """Whether heads are written down under a seal later than `number`."""
    return JournalSealedHead.objects.filter(seal__gt=number).exists()
