"""An appeal that is won after the same person was declared again: S3-16, S3-17."""

from datetime import timedelta

import pytest
import time_machine

from gesond.directory.models import Declaration, Mandate
from gesond.directory.tests.secretary_steps import (
    CONFIRM,
    DIFFERENCES,
    DONE,
    LIST,
    PENDING,
    a_mandate,
    at_luxtrust,
    declared,
    doctor_at,
    latest_link,
    prove,
    text_of,
)
from gesond.identity.actions.identity_decisions import appeal
from gesond.identity.models import Account, IdentityCheck, Person
from gesond.identity.tests.check_steps import said, staff
from gesond.identity.tests.factories import AccountFactory
from gesond.identity.tests.luxtrust_steps import proof_of, signed_in_by
from gesond.kernel.clock import now
from gesond.kernel.hashing import keyed_hash
from gesond.kernel.journal import VISITOR
from gesond.notify.models import OutboxMessage

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("first_facts")]
State = Declaration.State
OTHER_NAME = "Wagner"


@pytest.fixture
def refused(practice, person) -> IdentityCheck:
    """Two of the desk refuse; the professional may declare again, the applicant may appeal."""
    declared(practice, person)
    client = at_luxtrust(person)
    prove(client, proof_of(person, family_name=OTHER_NAME))
    assert client.post(CONFIRM)["Location"] == PENDING
    check = IdentityCheck.objects.get()
    for clerk in (staff(), staff()):
        said(check, clerk, accepted=False)
    assert Declaration.objects.get().state == State.REFUSED
    return check


def win(check: IdentityCheck) -> Declaration:
    """Appeal, if that is not done yet, and have it accepted; the first declaration afterwards."""
    check.refresh_from_db()
    if check.state == IdentityCheck.State.REFUSED:
        appeal(actor=VISITOR, check_id=check.pk, reasons="It is my married name.")
    said(check, staff(), accepted=True)
    return Declaration.objects.get(pk=check.reference)


def again(practice, person: Person, **otherwise) -> Declaration:
    """The same person declared once more, at an address of its own so that no mailbox is full."""
    return declared(practice, person, email="again@example.lu", **otherwise)


def latest_to(address: str) -> OutboxMessage:
    found = OutboxMessage.objects.filter(recipient_hash=keyed_hash(address, purpose="outbox.recipient"))
    return found.latest("created_at")


def test_an_appeal_won_while_a_later_declaration_waits_clears_the_way_of_that_one(practice, person, refused):
    later = again(practice, person)
    link = latest_link()
    first = win(refused)
    assert (first.state, first.proof, first.token_hash) == (State.REPLACED, None, None)
    assert not Account.objects.filter(person=person).exists()
    told = latest_to("secretary@example.lu")
    assert told.template == "directory/secretary_identity_confirmed"
    assert "c'est cette nouvelle déclaration qui compte" in told.content["text"]
    assert latest_link() == link  # it stays good
    client = at_luxtrust(person)
    assert prove(client, proof_of(person, family_name=OTHER_NAME))["Location"] == DONE
    later.refresh_from_db()
    assert (later.state, Mandate.objects.get().declaration) == (State.ACCEPTED, later)


def test_it_clears_the_accepted_luxtrust_identity_alone(practice, person, refused):
    again(practice, person)
    win(refused)
    client = at_luxtrust(person)
    stranger = proof_of(person, family_name="Schmit", subject="LT-somebody-else")
    assert prove(client, stranger)["Location"] == DIFFERENCES


def test_the_account_that_was_opened_elsewhere_breaks_no_rule_of_the_table(practice, person, refused):
    """Two declarations of one pair under way at once is what the table forbids (`declaration_one_underway`)."""
    AccountFactory(person=person)
    later = again(practice, person)
    first = win(refused)
    later.refresh_from_db()
    assert (first.state, later.state) == (State.REPLACED, State.SENT)
    assert not Mandate.objects.exists()


def test_an_appeal_won_after_the_later_one_opened_the_account_changes_nothing(practice, person, refused):
    appeal(actor=VISITOR, check_id=refused.pk, reasons="It is my married name.")
    later = a_mandate(practice, person, email="again@example.lu", functions=["documents"])
    first = win(refused)
    later.refresh_from_db()
    assert (first.state, later.ended_at, later.functions) == (State.REPLACED, None, ["documents"])
    assert Mandate.objects.count() == 1
    assert "votre compte a été ouvert" in latest_to("secretary@example.lu").content["text"]


def test_a_mandate_that_the_professional_has_ended_since_does_not_come_back(practice, person, refused):
    mandate = a_mandate(practice, person, email="again@example.lu")
    doctor_at(practice).post(f"{LIST}mandates/{mandate.pk}/end/")
    win(refused)
    assert not Mandate.objects.filter(ended_at__isnull=True).exists()


def test_while_the_later_one_is_checked_too_that_check_decides(practice, person, refused):
    later = again(practice, person)
    client = at_luxtrust(person)
    prove(client, proof_of(person, family_name=OTHER_NAME))
    client.post(CONFIRM)
    win(refused)
    assert "notre équipe d'identitovigilance l'examine" in latest_to("secretary@example.lu").content["text"]
    check = IdentityCheck.objects.get(reference=str(later.pk))
    for clerk in (staff(), staff()):
        said(check, clerk, accepted=True)
    assert Mandate.objects.get().declaration == later


def test_a_later_one_whose_link_has_expired_stands_in_nobodys_way(practice, person, refused):
    """Whether or not the job has ended it yet."""
    again(practice, person)
    with time_machine.travel(now() + timedelta(days=15)):
        first = win(refused)
    assert first.state == State.ACCEPTED
    assert Mandate.objects.get().declaration == first


def test_where_an_account_was_opened_meanwhile_the_new_link_makes_room_for_itself(practice, person, refused):
    """The appealed declaration goes back to its beginning beside one that is past its day."""
    account = AccountFactory(person=person)
    expired = again(practice, person)
    with time_machine.travel(now() + timedelta(days=15)):
        first = win(refused)
        expired.refresh_from_db()
        assert (first.state, expired.state) == (State.SENT, State.EXPIRED)
        client = signed_in_by(at_luxtrust(person), account, door="patient", method="code")
        assert prove(client, proof_of(person, family_name=OTHER_NAME), account)["Location"] == DONE


def test_withdrawing_the_later_one_takes_the_refused_one_and_its_appeal_along(practice, person, refused):
    """The professional no longer wants her: an appeal gives nothing back."""
    appeal(actor=VISITOR, check_id=refused.pk, reasons="It is my married name.")
    later = again(practice, person)
    doctor_at(practice, method="totp").post(f"{LIST}{later.pk}/withdraw/")
    refused.refresh_from_db()
    assert refused.state == IdentityCheck.State.WITHDRAWN
    assert set(Declaration.objects.values_list("state", flat=True)) == {State.WITHDRAWN}
    assert latest_to("again@example.lu").template == "directory/secretary_withdrawn"


def test_an_appeal_won_when_the_declaration_is_no_longer_good_says_so(practice, person, refused):
    """S3-16: nobody who was told « accepted » waits for an account that does not come."""
    practice.professional.records.update(valid_to=now().date())
    assert win(refused).state == State.EXPIRED
    assert "une nouvelle déclaration" in latest_to("secretary@example.lu").content["text"]


def test_the_professional_sees_that_the_later_one_counts(practice, person, refused):
    again(practice, person)
    win(refused)
    assert "Remplacée par une nouvelle déclaration" in text_of(doctor_at(practice).get(LIST))
    assert "La déclaration précédente est terminée" in latest_to("doctor@example.lu").content["text"]
