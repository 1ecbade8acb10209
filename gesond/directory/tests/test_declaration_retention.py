"""What is kept of declarations that opened no account: S3-16, S3-17."""

from datetime import timedelta

import pytest
import time_machine

from gesond.directory.actions.declaration_retention import forget_declarations
from gesond.directory.models import Declaration
from gesond.directory.tests.secretary_steps import CONFIRM, a_mandate, a_practice, at_luxtrust, declared, prove
from gesond.identity.models import IdentityCheck
from gesond.identity.tests.factories import AccountFactory, PersonFactory
from gesond.identity.tests.luxtrust_steps import proof_of
from gesond.kernel.clock import now
from gesond.kernel.journal import SYSTEM
from gesond.kernel.models import JournalEntry

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("first_facts")]
CheckState, State = IdentityCheck.State, Declaration.State


@pytest.fixture
def refused() -> Declaration:
    from gesond.directory.actions.secretary_accounts import secretary_checked

    person = PersonFactory(family_name="Weber", given_names="Marie")
    declared(a_practice(), person)
    client = at_luxtrust(person)
    prove(client, proof_of(person, family_name="Beispill"))
    client.post(CONFIRM)
    check = IdentityCheck.objects.get()
    check.state, check.reason, check.decided_at, check.last_decider = CheckState.REFUSED, "no", now(), AccountFactory()
    check.first_decider = AccountFactory()
    check.save()
    secretary_checked(SYSTEM, check)
    return Declaration.objects.get()


def forgotten_after(days: int) -> int:
    with time_machine.travel(now() + timedelta(days=days)):
        return forget_declarations(actor=SYSTEM)


def test_what_luxtrust_said_of_who_is_refused_is_kept_as_long_as_an_appeal_can_be_made(refused):
    """S3-16"""
    assert refused.proof is not None
    assert forgotten_after(30) == 0
    assert forgotten_after(32) == 1
    refused.refresh_from_db()
    assert (refused.state, refused.proof) == (State.REFUSED, None)
    assert forgotten_after(33) == 0


def test_an_appeal_that_is_being_decided_keeps_it(refused):
    check = IdentityCheck.objects.get()
    check.state, check.appealed_at, check.appeal_reasons = CheckState.APPEALED, now(), "why"
    check.decided_at = check.last_decider = None
    check.save()
    assert forgotten_after(400) == 0
    refused.refresh_from_db()
    assert refused.proof is not None


def test_a_declaration_that_opened_no_account_is_deleted_after_a_year(refused):
    """S3-17: nobody asked the person before their name and matricule were typed."""
    assert forgotten_after(366) == 2
    assert not Declaration.objects.exists()
    assert JournalEntry.objects.filter(chain=refused.chain, event="declaration.forgotten").exists()


def test_one_that_became_a_mandate_and_one_under_way_stay():
    practice = a_practice()
    a_mandate(practice, PersonFactory())
    declared(practice, PersonFactory(), email="other@example.lu")
    assert forgotten_after(3000) == 0
    assert Declaration.objects.count() == 2
