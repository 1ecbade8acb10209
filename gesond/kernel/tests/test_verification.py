"""Tampering as a superuser would: triggers off, rows changed, triggers on."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from gesond.kernel import journal, seals
from gesond.kernel.jobs import seal_journal
from gesond.kernel.journal import SYSTEM
from gesond.kernel.models import JournalEntry
from gesond.kernel.verification import Verification

TABLES = ("kernel_journalentry", "kernel_journalchain", "kernel_journalsealedhead")


def tamper(*statements: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        for statement in statements:
            cursor.execute(statement)
        for table in TABLES:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def write(chain: str, entries: int = 4) -> None:
    with transaction.atomic():
        for number in range(entries):
            journal.record(actor=SYSTEM, event="test.written", chain=chain, details={"n": number})


def findings(chain: str = "") -> list[str]:
    return [str(finding) for finding in Verification(chain=chain).findings()]


@pytest.fixture
def two_chains(db) -> None:
    write("person:1")
    write("person:2")


@pytest.mark.usefixtures("two_chains")
def test_a_whole_journal_has_no_finding():
    seals.seal()
    verification = Verification()
    assert list(verification.findings()) == []
    assert (verification.chains, verification.entries) == (3, 9)


@pytest.mark.usefixtures("two_chains")
@pytest.mark.parametrize(
    "change",
    [
        "event = 'test.other'",
        "actor = 'account:9'",
        "on_behalf_of = 'person:9'",
        "address = '192.0.2.9'",
        "details = '{\"n\": 9}'",
        "at = at + interval '1 microsecond'",
    ],
)
def test_a_changed_entry_is_named(change):
    tamper(f"UPDATE kernel_journalentry SET {change} WHERE chain = 'person:1' AND sequence = 2")
    assert findings() == ["person:1#2: was changed or forged"]


@pytest.mark.usefixtures("two_chains")
def test_a_missing_entry_is_named():
    tamper("DELETE FROM kernel_journalentry WHERE chain = 'person:1' AND sequence = 2")
    assert findings() == ["person:1#3: entry 2 is missing before this one"]


@pytest.mark.usefixtures("two_chains")
def test_a_missing_beginning_is_named():
    tamper("DELETE FROM kernel_journalentry WHERE chain = 'person:1' AND sequence < 3")
    assert findings() == ["person:1#3: entries 1 on are missing before this one"]


@pytest.mark.usefixtures("two_chains")
def test_reordered_entries_are_named():
    tamper(
        "UPDATE kernel_journalentry SET sequence = 99 WHERE chain = 'person:1' AND sequence = 2",
        "UPDATE kernel_journalentry SET sequence = 2 WHERE chain = 'person:1' AND sequence = 3",
        "UPDATE kernel_journalentry SET sequence = 3 WHERE chain = 'person:1' AND sequence = 99",
    )
    found = findings()
    assert "person:1#2: was changed or forged" in found
    assert "person:1#3: was changed or forged" in found


@pytest.mark.usefixtures("two_chains")
def test_an_entry_moved_to_another_chain_is_named():
    tamper("UPDATE kernel_journalentry SET chain = 'person:2', sequence = 5 WHERE chain = 'person:1' AND sequence = 4")
    assert "person:2#5: was changed or forged" in findings()


@pytest.mark.usefixtures("two_chains")
def test_a_cut_at_the_end_is_named():
    tamper("DELETE FROM kernel_journalentry WHERE chain = 'person:1' AND sequence = 4")
    assert findings() == ["person:1#4: the chain's last entry was removed or replaced"]


PUT_HEAD_BACK = """
    UPDATE kernel_journalchain SET last_sequence = 3,
        last_hash = (SELECT hash FROM kernel_journalentry WHERE chain = 'person:1' AND sequence = 3)
    WHERE name = 'person:1'"""


@pytest.mark.usefixtures("two_chains")
def test_a_head_put_back_is_named():
    tamper(PUT_HEAD_BACK)
    assert findings() == ["person:1#4: the chain's head was removed or put back before this entry"]


@pytest.mark.usefixtures("two_chains")
def test_a_cut_with_its_head_put_back_is_named_once_it_was_sealed():
    seals.seal()
    tamper("DELETE FROM kernel_journalentry WHERE chain = 'person:1' AND sequence = 4", PUT_HEAD_BACK)
    assert findings() == ["person:1#4: removed or replaced since seal 1 was made"]


REMOVE_CHAIN = (
    "DELETE FROM kernel_journalentry WHERE chain = 'person:1'",
    "DELETE FROM kernel_journalchain WHERE name = 'person:1'",
)


@pytest.mark.usefixtures("two_chains")
def test_a_whole_chain_removed_is_named_by_its_seal():
    seals.seal()
    tamper(*REMOVE_CHAIN)
    assert findings() == ["person:1#4: removed or replaced since seal 1 was made"]
    assert findings("person:1") == findings()
    assert findings("person:2") == []


@pytest.mark.usefixtures("two_chains")
def test_a_chain_removed_with_its_sealed_head_breaks_the_seal():
    seals.seal()
    tamper(*REMOVE_CHAIN, "DELETE FROM kernel_journalsealedhead WHERE chain = 'person:1'")
    assert findings() == ["seals#1: the heads written down under this seal were changed"]


@pytest.mark.usefixtures("two_chains")
def test_a_removed_seal_is_named():
    seals.seal()
    tamper(
        "DELETE FROM kernel_journalentry WHERE chain = 'seals'",
        "DELETE FROM kernel_journalchain WHERE name = 'seals'",
    )
    assert findings() == ["seals#1: heads are written down under a seal that is missing"]


@pytest.mark.usefixtures("two_chains")
def test_an_entry_forged_without_the_key_is_named():
    last = JournalEntry.objects.get(chain="person:1", sequence=4)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO kernel_journalentry (chain, sequence, at, actor, on_behalf_of, address, event, details, "
            "previous_hash, hash) VALUES ('person:1', 5, now(), 'system', '', '', 'test.forged', '{}', %s, %s)",
            [last.hash, b"f" * 32],
        )
        cursor.execute(
            "UPDATE kernel_journalchain SET last_sequence = 5, last_hash = %s WHERE name = 'person:1'", [b"f" * 32]
        )
    assert findings() == ["person:1#5: was changed or forged"]


@pytest.mark.usefixtures("two_chains")
def test_a_seal_names_only_what_moved_since_the_last_one():
    assert seals.seal().details["heads"] == 2
    assert seals.seal() is None
    write("person:2", 1)
    assert seals.seal().details == {**seals.details_of(2), "heads": 1, "seal": 2}
    assert findings() == []


@pytest.mark.usefixtures("two_chains")
def test_the_job_seals_the_journal():
    seal_journal(timestamp=0)
    seal_journal(timestamp=3600)
    assert [entry.details["seal"] for entry in journal.entries(event="journal.sealed")] == [1]


def verify(**options: str) -> str:
    out = StringIO()
    call_command("verify_journal", stdout=out, stderr=out, **options)
    return out.getvalue()


@pytest.mark.django_db(transaction=True)
def test_the_command_says_that_the_journal_is_whole():
    write("person:1")
    assert "The journal is whole: 4 entries in 1 chains. It has no seal yet" in verify()
    seals.seal()
    assert "Last seal: 1" in verify()
    assert "4 entries in 1 chains" in verify(chain="person:1")


@pytest.mark.django_db(transaction=True)
def test_the_command_names_the_entry_and_fails_when_it_is_broken():
    write("person:1")
    tamper("UPDATE kernel_journalentry SET actor = 'account:9' WHERE sequence = 2")
    out = StringIO()
    with pytest.raises(CommandError, match="The journal is broken: 1 findings in 4 entries") as caught:
        call_command("verify_journal", stdout=out, stderr=out)
    assert caught.value.returncode == 1
    assert "person:1#2: was changed or forged" in out.getvalue()


@pytest.mark.django_db(transaction=True)
def test_a_seal_kept_elsewhere_tells_that_the_last_seals_were_cut():
    write("person:1")
    with transaction.atomic():
        seal = bytes(seals.seal().hash).hex()
    assert "whole" in verify(seal=seal)
    tamper(*(f"DELETE FROM {table}" for table in TABLES))
    with pytest.raises(CommandError, match="its last entries were cut"):
        verify(seal=seal)
    with pytest.raises(CommandError, match="hexadecimal"):
        verify(seal="x")


@pytest.mark.django_db(transaction=True)
def test_a_chain_that_is_not_there_is_said_so():
    with pytest.raises(CommandError, match="There is no chain named 'person:5'"):
        verify(chain="person:5")
