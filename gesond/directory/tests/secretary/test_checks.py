"""Differences: confirmed, checked by people, accepted or refused (S3-12, S3-13)."""

import pytest
from django.test import Client

from gesond.directory.actions import secretary_steps
from gesond.directory.models import Declaration, Mandate
from gesond.directory.queries.declarations import key_in
from gesond.directory.tests.secretary.steps import DIFFERENT, State, conclude, in_check, sent_to, struck_off, suspended
from gesond.directory.tests.secretary_steps import (
    AGAIN,
    CONFIRM,
    DIFFERENCES,
    DONE,
    LIST,
    LUXTRUST,
    accept_terms,
    at_luxtrust,
    declared,
    differing,
    doctor_at,
    latest_link,
    prove,
    text_of,
)
from gesond.identity.actions.identity_checks import NotEntitledError, take
from gesond.identity.models import Account, IdentityCheck, Role, StaffMember
from gesond.identity.tests.luxtrust_steps import come_back, proof_of
from gesond.kernel.journal import SYSTEM, VISITOR

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("first_facts")]


def test_differences_are_named_and_one_is_asked_about_the_device(practice, person):
    """S3-12"""
    declaration = declared(practice, person)
    client = at_luxtrust(person)
    assert prove(client, proof_of(person, family_name=DIFFERENT))["Location"] == DIFFERENCES
    assert differing(client) == ["Nom"]
    assert "Je confirme avoir utilisé mon dispositif personnel" in text_of(client.get(DIFFERENCES))
    assert not Account.objects.filter(person=person).exists()
    declaration.refresh_from_db()
    assert declaration.state == State.MATRICULE_PROVED


def test_another_device_starts_again_and_then_matches(practice, person):
    declared(practice, person)
    client = at_luxtrust(person)
    prove(client, proof_of(person, family_name=DIFFERENT))
    assert client.post(AGAIN)["Location"] == LUXTRUST
    assert client.get(DIFFERENCES)["Location"] == LUXTRUST
    assert prove(client, proof_of(person))["Location"] == DONE


def test_confirmed_differences_are_checked_by_people_and_accepted(practice, person):
    """S3-13 to S3-15"""
    check = in_check(practice, person)
    assert (check.kind, check.person, check.state) == ("secretary", person, IdentityCheck.State.OPEN)
    assert not Account.objects.filter(person=person).exists()
    conclude(check, IdentityCheck.State.ACCEPTED)
    account = Account.objects.get(person=person)
    assert account.doors == ["secretary"]
    assert account.luxtrust_products.count() == 1
    assert sent_to("secretary@example.lu")[-1] == "directory/secretary_account_open"
    assert sent_to("doctor@example.lu") == ["directory/declaration_outcome"] * 2


def test_who_declared_her_does_not_decide_on_her_check_as_staff(practice, person):
    declared(practice, person)
    client = at_luxtrust(person)
    prove(client, proof_of(person, family_name=DIFFERENT))
    client.post(CONFIRM)
    doctor = practice.professional.person.account
    StaffMember.objects.create(account=doctor, roles=[Role.IDENTITY_CHECKS, Role.SECURITY])
    with pytest.raises(NotEntitledError):
        take(actor=VISITOR, check_id=IdentityCheck.objects.get().pk, by=doctor)


def test_a_refused_check_opens_nothing_and_an_appeal_may(practice, person):
    """S3-16"""
    check = in_check(practice, person)
    conclude(check, IdentityCheck.State.REFUSED, "no")
    assert not Account.objects.filter(person=person).exists()
    assert Declaration.objects.get().state == State.REFUSED
    conclude(check, IdentityCheck.State.ACCEPTED)
    assert Account.objects.filter(person=person).exists()


def test_a_declaration_withdrawn_during_its_check_takes_the_check_out_of_the_queue(practice, person):
    """S3-13: nobody decides for nothing, and the applicant's evidence goes."""
    check = in_check(practice, person)
    doctor_at(practice, method="totp").post(f"{LIST}{check.reference}/withdraw/")
    check.refresh_from_db()
    assert (check.state, Declaration.objects.get().state) == (IdentityCheck.State.WITHDRAWN, State.WITHDRAWN)
    assert check.evidence_until is not None
    assert sent_to("secretary@example.lu")[-1] == "directory/secretary_withdrawn"
    assert sent_to("doctor@example.lu") == ["directory/declaration_outcome"]  # of the check's beginning alone


def test_a_refused_declaration_is_not_withdrawn_and_its_appeal_stays(practice, person):
    check = in_check(practice, person)
    conclude(check, IdentityCheck.State.REFUSED, "no")
    doctor_at(practice).post(f"{LIST}{check.reference}/withdraw/")
    check.refresh_from_db()
    assert check.state == IdentityCheck.State.OPEN
    assert Declaration.objects.get().state == State.REFUSED


def test_a_check_accepted_after_the_declaration_was_withdrawn_opens_nothing(practice, person):
    check = in_check(practice, person)
    doctor_at(practice).post(f"{LIST}{check.reference}/withdraw/")
    conclude(check, IdentityCheck.State.ACCEPTED)
    assert not Account.objects.filter(person=person).exists()
    assert Declaration.objects.get().state == State.WITHDRAWN


@pytest.mark.parametrize("taken_away", [suspended, struck_off])
def test_what_is_no_longer_upheld_goes_no_further(practice, person, taken_away):
    """A stolen session of a doctor declares an accomplice: suspending the account ends that too."""
    declared(practice, person)
    client = at_luxtrust(person)
    taken_away(practice)
    come_back(client, proof_of(person), purpose="secretary")
    assert client.get(LUXTRUST).status_code == 410
    with pytest.raises(secretary_steps.StepError):
        secretary_steps.give_proof(actor=SYSTEM, key=key_in(client.session), proof=proof_of(person), account=None)
    assert not Account.objects.filter(person=person).exists()
    assert not Mandate.objects.exists()


@pytest.mark.parametrize("taken_away", [suspended, struck_off])
def test_a_link_that_is_no_longer_upheld_is_not_used(practice, person, taken_away):
    declared(practice, person)
    client = Client()
    client.get(latest_link())
    taken_away(practice)
    assert accept_terms(client).status_code == 410


def test_a_check_accepted_after_the_doctor_was_suspended_opens_nothing(practice, person):
    check = in_check(practice, person)
    suspended(practice)
    conclude(check, IdentityCheck.State.ACCEPTED)
    assert Declaration.objects.get().state == State.EXPIRED
    assert not Account.objects.filter(person=person).exists()
