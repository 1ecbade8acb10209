"""Reading the journal at the desk."""

from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from gesond.desk.tests.staff import at_the_desk
from gesond.identity.models import Role
from gesond.kernel import journal, seals
from gesond.kernel.clock import now
from gesond.kernel.journal import SYSTEM, Actor
from gesond.kernel.journal_search import JournalSearch, search_journal
from gesond.kernel.models import JournalEntry

pytestmark = pytest.mark.django_db


def told(event, chain="platform", actor=SYSTEM, **details):
    return journal.record(actor=actor, event=event, chain=chain, details=details)


def all_pages(search, per_page=4):
    found, before = [], ""
    while True:
        page = search_journal(search, before=before, per_page=per_page)
        found += [entry.pk for entry in page.rows]
        before = page.older
        if not before:
            return found


@pytest.fixture
def entries():
    """Thirty, some at one moment."""
    made = []
    for number in range(30):
        with time_machine.travel(now() - timedelta(hours=30 - number // 3), tick=False):
            actor = Actor(f"staff:{number % 2 + 1}")
            made.append(
                told(("account.opened", "account.closed", "letter.issued")[number % 3], f"person:{number % 4}", actor)
            )
    return made


@pytest.mark.parametrize(
    ("search", "wanted"),
    [
        (JournalSearch(), lambda e: True),
        (JournalSearch(chain="person:1"), lambda e: e.chain == "person:1"),
        (JournalSearch(actor="staff:2"), lambda e: e.actor == "staff:2"),
        (JournalSearch(event="account."), lambda e: e.event.startswith("account.")),
        (JournalSearch(event="account.closed"), lambda e: e.event == "account.closed"),
        (
            JournalSearch(event="account.", actor="staff:1"),
            lambda e: e.event.startswith("account.") and e.actor == "staff:1",
        ),
        (
            JournalSearch(chain="person:1", event="letter."),
            lambda e: e.chain == "person:1" and e.event == "letter.issued",
        ),
    ],
)
def test_every_way_in_gives_every_entry_once_newest_first(entries, search, wanted):
    expected = sorted((e for e in entries if wanted(e)), key=lambda e: (e.at, e.pk), reverse=True)
    assert all_pages(search) == [entry.pk for entry in expected]


def test_a_period_is_kept_to(entries):
    since, until = now() - timedelta(hours=27), now() - timedelta(hours=25)
    for event in ("", "account."):
        found = all_pages(JournalSearch(event=event, since=since, until=until))
        assert found
        assert all(since <= entry.at < until for entry in JournalEntry.objects.filter(pk__in=found))


def test_a_search_is_itself_in_the_journal():
    desk = at_the_desk(Role.SECURITY)
    desk.get(reverse("desk:journal"), {"chain": "person:7", "event": "account."})
    entry = JournalEntry.objects.get(event="journal.searched")
    assert entry.chain == f"staff:{desk.account.pk}"
    assert entry.details["asked"] == {"chain": "person:7", "event": "account."}


def test_the_chain_is_verified_and_a_forged_one_is_told():
    from django.db import connection

    told("account.opened", "person:1", account=1)
    entry = told("account.closed", "person:1", account=1)
    desk = at_the_desk(Role.SECURITY)
    whole = desk.get(reverse("desk:journal"), {"chain": "person:1"}).content.decode()
    assert "ges-notification--success" in whole
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE kernel_journalentry SET actor = 'staff:9' WHERE id = %s", [entry.pk])
        cursor.execute("SET LOCAL session_replication_role = origin")
    forged = desk.get(reverse("desk:journal"), {"chain": "person:1"}).content.decode()
    assert "person:1#2: was changed or forged" in forged


def test_the_last_seal_is_shown():
    told("account.opened", "person:1")
    seals.seal()
    page = at_the_desk(Role.SECURITY).get(reverse("desk:journal")).content.decode()
    assert " 1 " in page
    assert seals.EVENT in page


@pytest.mark.parametrize(
    "asked", [{"before": "x"}, {"before": "2026-01-01T00:00:00+00:00_x"}, {"chain": "'; DROP"}, {"since": "soon"}]
)
def test_what_nobody_types_is_no_error_of_ours(asked):
    assert at_the_desk(Role.SECURITY).get(reverse("desk:journal"), asked).status_code == 200


def test_details_are_shown_as_text_never_as_markup():
    told("account.opened", "person:1", note="<script>alert(1)</script>")
    page = at_the_desk(Role.SECURITY).get(reverse("desk:journal"), {"chain": "person:1"}).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page
