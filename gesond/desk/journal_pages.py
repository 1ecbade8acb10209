"""A page of the journal for a member of staff: read, and the reading written down."""

from dataclasses import dataclass

from django.db import transaction

from gesond.identity.models import Account
from gesond.kernel import journal
from gesond.kernel.journal import Actor
from gesond.kernel.journal_search import JournalSearch, length_of, search_journal
from gesond.kernel.verification import Verification
from gesond.web.pagination import KeysetPage

# A longer chain is verified by `manage.py verify_journal`, not while somebody waits.
VERIFIED_AT_ONCE = 500


@dataclass(frozen=True)
class ChainState:
    """`problems` is None when the chain is too long to be verified while one waits."""

    length: int
    problems: list[str] | None


def read_journal(*, actor: Actor, staff: Account, search: JournalSearch, before: str) -> KeysetPage:
    """A page of entries; the search is an entry of the chain of who searched. Raises TooWideError.

    A `before` that is none of ours begins at the first page.
    """
    try:
        found = search_journal(search, before=before)
    except ValueError:
        before, found = "", search_journal(search)
    with transaction.atomic():
        details = {"asked": search.told(), "older": bool(before)}
        journal.record(actor=actor, event="journal.searched", chain=f"staff:{staff.pk}", details=details)
    return KeysetPage(found.rows, found.older, is_first=not before)


def chain_state(chain: str) -> ChainState | None:
    """Whether one chain is whole; None without a chain, or when it has no entry."""
    length = length_of(chain) if chain else 0
    if not length:
        return None
    if length > VERIFIED_AT_ONCE:
        return ChainState(length, None)
    return ChainState(length, [str(finding) for finding in Verification(chain=chain).findings()])
