"""An address that somebody else stated serves for notices, never for proofs: S3-17, X5, X7, ADR 0023."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client

from gesond.identity.actions.channels import ChannelRefusedError, begin_change
from gesond.identity.actions.one_time_codes import send_code
from gesond.identity.actions.password_reset import ask_reset, resolve_reset
from gesond.identity.actions.patient_access import ChannelFirstError, open_patient_access
from gesond.identity.actions.step_up import NoChannelError, send_step_up_code
from gesond.identity.credentials.sign_in_identifier import SignInIdentifier
from gesond.identity.doors import PATIENT
from gesond.identity.models import Account, ChannelChange, PasswordReset
from gesond.identity.queries.second_factors import code_channels_of, has_second_factor
from gesond.identity.queries.sign_in import account_by_identifier
from gesond.identity.tests.account_steps import (
    ACTOR,
    NEW_EMAIL,
    NEW_PHONE,
    TAB,
    begin,
    code_sent_to,
    confirm,
    events,
    grow_old,
    messages_to,
    page_of,
)
from gesond.identity.tests.factories import PASSWORD, AccountFactory
from gesond.identity.tests.luxtrust_steps import signed_in_by
from gesond.identity.tests.walking import post_letter
from gesond.kernel.clock import now

pytestmark = pytest.mark.django_db

# The mailbox of the doctor who declared her.
DECLARED = "doctor@example.lu"
PATIENT_ACCESS = "/fr/account/patient-access/"
EMAIL_PAGE = "/fr/account/channel/email/"


@pytest.fixture
def secretary() -> Account:
    """As her account is opened: LuxTrust signs her in, and the only address is the declared one."""
    return AccountFactory(
        doors=["secretary"], password="", phone=None, email=DECLARED, code_channel="email", email_is_declared=True
    )


def browser_of(account: Account) -> Client:
    return signed_in_by(Client(), account, door="secretary")


def her_own(account: Account, channel: str, destination: str) -> ChannelChange:
    """She proves a channel with the one code that goes there."""
    change = begin_own(account, channel, destination)
    assert confirm(account, change, code_sent_to(destination)).right
    account.refresh_from_db()
    change.refresh_from_db()
    return change


def begin_own(account: Account, channel: str, destination: str) -> ChannelChange:
    return begin_change(actor=ACTOR, account=account, channel=channel, destination=destination, proof_channel="")


def asked_for_reset(identifier: str) -> PasswordReset:
    ask_reset(actor=ACTOR, identifier=SignInIdentifier.parse(identifier), language="fr")
    reset = PasswordReset.objects.latest("asked_at")
    resolve_reset(actor=ACTOR, reset_id=reset.pk)
    reset.refresh_from_db()
    return reset


def test_no_password_is_reset_by_it_whoever_knows_the_matricule(secretary):
    secretary.set_password(PASSWORD)
    secretary.save()
    for identifier in (secretary.person.matricule, DECLARED):
        assert asked_for_reset(identifier).state == PasswordReset.State.ENDED
    assert not messages_to(DECLARED, "password_reset")


def test_with_a_mobile_of_her_own_the_link_goes_there_alone(secretary):
    secretary.set_password(PASSWORD)
    secretary.save()
    her_own(secretary, "sms", NEW_PHONE)
    assert asked_for_reset(secretary.person.matricule).channel == "sms"
    assert messages_to(NEW_PHONE, "password_reset")
    assert not messages_to(DECLARED, "password_reset")


def test_it_signs_nobody_in_and_receives_no_code(secretary):
    assert account_by_identifier(SignInIdentifier.parse(DECLARED)) is None
    assert code_channels_of(secretary) == []
    assert not has_second_factor(PATIENT, secretary)
    with pytest.raises(NoChannelError):
        send_step_up_code(actor=ACTOR, account=secretary, session="x")
    with pytest.raises(ValueError, match="nobody has proved"):
        send_code(
            actor=ACTOR,
            owner=secretary,
            purpose="sign_in",
            request="x",
            channel="email",
            destination=DECLARED,
            language="fr",
        )
    assert not messages_to(DECLARED, "one_time_code")


def test_the_declarants_own_account_keeps_its_address_as_a_name_to_sign_in_with(secretary):
    doctor = AccountFactory(email=DECLARED, doors=["patient", "professional"])
    assert account_by_identifier(SignInIdentifier.parse(DECLARED)) == doctor


def test_confirming_again_who_is_there_offers_no_code_by_it(secretary):
    browser = browser_of(secretary)
    grow_old(browser)
    page = page_of(browser.get("/fr/account/confirm/"))
    assert "Envoyer un code" not in page
    assert "doctor@" not in page
    assert browser.post("/fr/account/confirm/", {"means": "send"}).status_code == 200
    assert not messages_to(DECLARED, "one_time_code")


def test_the_patients_door_waits_for_a_channel_of_her_own(secretary):
    letter = post_letter(1, person=secretary.person)
    browser = browser_of(secretary)
    answer = browser.post(PATIENT_ACCESS, {"code": letter.code.formatted}, follow=True)
    assert answer.redirect_chain[-1][0] == TAB
    assert "Confirmez d'abord" in page_of(answer)
    with pytest.raises(ChannelFirstError):
        open_patient_access(actor=ACTOR, account=secretary, code=letter.code)
    secretary.refresh_from_db()
    assert secretary.doors == ["secretary"]
    her_own(secretary, "email", NEW_EMAIL)
    browser.post(PATIENT_ACCESS, {"code": letter.code.formatted})
    secretary.refresh_from_db()
    assert secretary.doors == ["secretary", "patient"]


@pytest.mark.parametrize("doors", [["secretary", "patient"], ["secretary", "professional"]])
def test_the_table_itself_keeps_the_other_doors_shut(secretary, doors):
    secretary.doors = doors
    with pytest.raises(IntegrityError, match="opens_no_door"), transaction.atomic():
        secretary.save()


def test_she_gives_her_own_address_and_nobody_at_the_declared_one_is_asked_or_can_undo_it(secretary):
    change = her_own(secretary, "email", NEW_EMAIL)
    assert (secretary.email, secretary.email_is_declared, secretary.code_channel) == (NEW_EMAIL, False, "email")
    assert not messages_to(DECLARED)
    assert change.objection_until <= change.ended_at
    assert messages_to(NEW_EMAIL, "account_notice")
    assert events(secretary)[-1] == "channel.changed"


def test_the_declared_address_is_confirmed_by_the_code_that_goes_there(secretary):
    her_own(secretary, "email", DECLARED)
    assert (secretary.email, secretary.email_is_declared) == (DECLARED, False)


def test_a_mobile_of_her_own_receives_the_codes_from_then_on(secretary):
    her_own(secretary, "sms", NEW_PHONE)
    assert (secretary.code_channel, secretary.email_is_declared) == ("sms", True)
    assert secretary.confirmed_channels() == {"sms": NEW_PHONE}


def test_afterwards_a_change_is_proved_by_what_is_hers(secretary):
    her_own(secretary, "sms", NEW_PHONE)
    change = begin(secretary, "email", NEW_EMAIL, proof="sms")
    assert change.state == ChannelChange.State.PROVING_OLD
    assert confirm(secretary, change, code_sent_to(NEW_PHONE)).right
    assert confirm(secretary, change, code_sent_to(NEW_EMAIL)).right
    secretary.refresh_from_db()
    assert (secretary.email, secretary.email_is_declared) == (NEW_EMAIL, False)
    assert not messages_to(DECLARED, "channel_announcement")


def test_a_second_change_that_began_without_proof_ends_with_the_first(secretary):
    """What a stolen session may have begun goes no further once she has a channel to prove it with."""
    other = begin_own(secretary, "sms", NEW_PHONE)
    with time_machine.travel(now() + timedelta(seconds=61)):  # between two codes
        her_own(secretary, "email", NEW_EMAIL)
    other.refresh_from_db()
    assert other.state == ChannelChange.State.ABANDONED


def test_an_account_with_a_channel_of_its_own_never_skips_the_first_code():
    account = AccountFactory(phone="+352621000001")
    with pytest.raises(ChannelRefusedError):
        begin_own(account, "email", NEW_EMAIL)


def test_the_pages_say_what_the_address_is_good_for_and_how_to_go_on(secretary):
    browser = browser_of(secretary)
    page = page_of(browser.get(TAB))
    assert "Indiquée par le professionnel qui vous a déclaré" in page
    assert "À confirmer" in page
    form = page_of(browser.get(EMAIL_PAGE))
    assert "Nous y envoyons un code" in form
    assert DECLARED in form
    answer = browser.post(EMAIL_PAGE, {"destination": NEW_EMAIL})
    code = page_of(browser.get(answer["Location"]))
    assert "Étape" not in code.split("<main")[1]
    done = browser.post(answer["Location"], {"code": code_sent_to(NEW_EMAIL), "step": "proving_new"}, follow=True)
    assert NEW_EMAIL in page_of(done)
    assert "À confirmer" not in page_of(done)
