import pytest
from django.db import transaction

from gesond.kernel import journal
from gesond.kernel.models import JournalEntry


@pytest.mark.django_db
def test_entries_of_a_chain_are_numbered_and_chained():
    first = journal.record(actor=journal.SYSTEM, event="test.one", chain="person:1")
    second = journal.record(actor=journal.SYSTEM, event="test.two", chain="person:1", details={"a": 1})

    assert [first.sequence, second.sequence] == [1, 2]
    assert second.previous_hash == first.hash
    assert journal.entry_hash(JournalEntry.objects.get(pk=second.pk)) == bytes(second.hash)


@pytest.mark.django_db(transaction=True)
def test_the_journal_needs_the_transaction_of_what_it_tells():
    with pytest.raises(transaction.TransactionManagementError):
        journal.record(actor=journal.SYSTEM, event="test.one", chain="person:1")
