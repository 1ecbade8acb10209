import threading
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from gesond.kernel import journal
from gesond.kernel.clock import now
from gesond.kernel.journal import SYSTEM, Actor
from gesond.kernel.models import JournalChain, JournalEntry


@pytest.mark.django_db
def test_entries_of_a_chain_are_numbered_and_chained():
    first = journal.record(actor=SYSTEM, event="test.one", chain="person:1")
    second = journal.record(actor=SYSTEM, event="test.two", chain="person:1", details={"a": 1})

    assert [first.sequence, second.sequence] == [1, 2]
    assert second.previous_hash == first.hash
    assert journal.entry_hash(JournalEntry.objects.get(pk=second.pk)) == bytes(second.hash)


@pytest.mark.django_db
def test_the_head_says_where_the_chain_stands():
    journal.record(actor=SYSTEM, event="test.one", chain="person:1")
    last = journal.record(actor=SYSTEM, event="test.two", chain="person:1")

    head = JournalChain.objects.get(name="person:1")
    assert (head.last_sequence, bytes(head.last_hash)) == (2, last.hash)


@pytest.mark.django_db
def test_what_is_returned_is_what_is_stored():
    actor = Actor("account:12", on_behalf_of="person:7", address="2001:db8::1")
    entry = journal.record(actor=actor, event="record.read", chain="person:7", details={"n": [1, None, {"é": True}]})

    stored = JournalEntry.objects.get(pk=entry.pk)
    for column in ("chain", "sequence", "at", "actor", "on_behalf_of", "address", "event", "details", "hash"):
        assert getattr(stored, column) == getattr(entry, column), column


@pytest.mark.django_db
def test_an_entry_costs_two_statements_and_the_first_of_a_chain_three():
    with CaptureQueriesContext(
        connection,
    ) as first:
        journal.record(actor=SYSTEM, event="test.one", chain="person:1")
    with CaptureQueriesContext(connection) as second:
        journal.record(actor=SYSTEM, event="test.two", chain="person:1")
    assert (len(first), len(second)) == (3, 2)


@pytest.mark.django_db(transaction=True)
def test_the_journal_needs_the_transaction_of_what_it_tells():
    with pytest.raises(transaction.TransactionManagementError):
        journal.record(actor=SYSTEM, event="test.one", chain="person:1")


@pytest.mark.django_db(transaction=True)
def test_what_is_rolled_back_is_not_told_and_leaves_no_gap():
    with transaction.atomic():
        journal.record(actor=SYSTEM, event="test.lost", chain="person:1")
        transaction.set_rollback(True)
    with transaction.atomic():
        assert journal.record(actor=SYSTEM, event="test.kept", chain="person:1").sequence == 1
    assert [entry.event for entry in JournalEntry.objects.all()] == ["test.kept"]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE kernel_journalentry SET event = 'test.other'",
        "DELETE FROM kernel_journalentry",
        "TRUNCATE kernel_journalentry",
        "UPDATE kernel_journalchain SET last_sequence = 0",
        "UPDATE kernel_journalchain SET last_sequence = 7",
        "UPDATE kernel_journalchain SET name = 'person:2'",
        "UPDATE kernel_journalchain SET last_hash = decode('00', 'hex')",
        "DELETE FROM kernel_journalchain",
        "TRUNCATE kernel_journalchain",
        "UPDATE kernel_journalsealedhead SET sequence = 9",
        "DELETE FROM kernel_journalsealedhead",
        "TRUNCATE kernel_journalsealedhead",
    ],
)
def test_the_database_refuses_to_change_the_journal(statement):
    from gesond.kernel import seals

    journal.record(actor=SYSTEM, event="test.one", chain="person:1")
    journal.record(actor=SYSTEM, event="test.two", chain="person:1")
    seals.seal()

    with pytest.raises(DatabaseError, match=r"append-only|only move on"), transaction.atomic():
        connection.cursor().execute(statement)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "details",
    [
        {"at": now()},
        {"x": 1.5},
        {"x": float("nan")},
        {"x": b"bytes"},
        {"x": {1, 2}},
        {"x": (1, 2)},
        {1: "x"},
        {"x": "nul\0"},
        {"x": "é" * 2100},
        {"a": {"b": {"c": {"d": {"e": {"f": 1}}}}}},
    ],
)
def test_details_that_would_not_come_back_the_same_or_are_too_large_are_refused(details):
    with pytest.raises(ValueError, match="detail"):
        journal.record(actor=SYSTEM, event="test.one", chain="person:1", details=details)
    assert not JournalEntry.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("event", ["", "opened", "Account.opened", "account.", ".opened", "account opened.x", "a.b\n"])
def test_an_event_is_a_dotted_lower_case_name(event):
    with pytest.raises(ValueError, match="an event"):
        journal.record(actor=SYSTEM, event=event, chain="person:1")


@pytest.mark.django_db
@pytest.mark.parametrize("chain", ["", "Person:1", "person:", "person:1:2", "person 1", "p" * 81])
def test_a_chain_has_a_plain_name(chain):
    with pytest.raises(ValueError, match="a chain"):
        journal.record(actor=SYSTEM, event="test.one", chain=chain)


@pytest.mark.parametrize(
    "fields",
    [
        {"name": ""},
        {"name": "Rita Doe"},
        {"name": "account:1", "on_behalf_of": "Rita"},
        {"name": "a", "address": "home"},
    ],
)
def test_an_actor_is_a_plain_name_and_an_ip_address(fields):
    with pytest.raises(ValueError):  # noqa: PT011 - two libraries' words
        Actor(**fields)


@pytest.mark.django_db
def test_entries_are_found_by_chain_actor_event_and_time_newest_first():
    one = journal.record(actor=Actor("account:1"), event="account.opened", chain="person:1")
    two = journal.record(actor=Actor("account:1"), event="account.closed", chain="person:1")
    three = journal.record(actor=SYSTEM, event="record.read", chain="person:2")

    assert list(journal.entries()) == [three, two, one]
    assert list(journal.entries(chain="person:1")) == [two, one]
    assert list(journal.entries(actor="system")) == [three]
    assert list(journal.entries(event="account.opened")) == [one]
    assert list(journal.entries(event="account.", actor="account:1")) == [two, one]
    assert list(journal.entries(since=three.at)) == [three]
    assert not journal.entries(since=now() + timedelta(hours=1)).exists()


THREADS = 20
EACH = 15


@pytest.mark.django_db(transaction=True)
def test_twenty_writers_leave_no_gap_and_no_duplicate():
    """Half of them on one chain, which does not exist yet, half on chains of their own."""
    errors = []
    barrier = threading.Barrier(THREADS)

    def write(number: int) -> None:
        chain = "person:0" if number % 2 else f"person:{number + 1}"
        try:
            barrier.wait()
            for _ in range(EACH):
                with transaction.atomic():
                    journal.record(actor=SYSTEM, event="test.race", chain=chain, details={"writer": number})
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=(number,)) for number in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert errors == []
    for chain in JournalChain.objects.all():
        entries = list(JournalEntry.objects.filter(chain=chain.name).order_by("sequence"))
        assert [entry.sequence for entry in entries] == list(range(1, chain.last_sequence + 1))
        assert [entry.previous_hash for entry in entries] == [journal.GENESIS, *(e.hash for e in entries[:-1])]
    assert JournalEntry.objects.filter(chain="person:0").count() == THREADS // 2 * EACH
    assert JournalEntry.objects.count() == THREADS * EACH
