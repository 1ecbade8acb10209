"""Declaring secretaries and what their mandates allow: S3-02, S3-17."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from gesond.directory.actions.mandates import acting_for, remind_and_end
from gesond.directory.models import Declaration, Mandate, today
from gesond.directory.rules import mandate_of, serves
from gesond.directory.tests.factories import PracticeFactory
from gesond.directory.tests.secretary_steps import (
    DECLARE,
    DONE,
    LIST,
    MANDATES,
    a_mandate,
    a_practice,
    at_luxtrust,
    declared,
    doctor_at,
    latest_link,
    prove,
    secretary_of,
    statement,
    text_of,
)
from gesond.identity.sessions.standing import Standing
from gesond.identity.tests.factories import AccountFactory, PersonFactory
from gesond.identity.tests.luxtrust_steps import proof_of, signed_in_by
from gesond.kernel.clock import now
from gesond.kernel.journal import SYSTEM, Actor
from gesond.notify.models import OutboxMessage

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("first_facts")]


def entered(mandate: Mandate, door: str = "secretary", method: str = "luxtrust"):
    mandate.account.standing = Standing(door, method)
    return mandate.account


def may(mandate: Mandate, function: str = "agenda") -> bool:
    return mandate_of(entered(mandate), mandate.professional, function) is not None


def notices(event_words: str) -> int:
    sent = OutboxMessage.objects.filter(template="directory/mandate_notice")
    return sum(event_words in message.content["text"] for message in sent)


def test_the_fallback_may_not_declare_and_is_told_so(practice, person):
    """S1-20, X5"""
    client = doctor_at(practice, method="totp")
    answer = client.post(DECLARE, statement(practice, person))
    assert answer.status_code == 403
    assert "Seul un professionnel connecté avec LuxTrust peut déclarer une secrétaire." in text_of(answer)
    assert not Declaration.objects.exists()


def test_a_doctor_entered_by_the_patients_door_has_no_such_page(practice):
    account = practice.professional.person.account
    account.doors = ["patient", "professional"]
    account.save()
    assert signed_in_by(Client(), account, door="patient").get(LIST).status_code == 403


def test_nobody_declares_themselves(practice):
    answer = doctor_at(practice).post(DECLARE, statement(practice, practice.professional.person))
    assert "nul n'est son propre secrétaire" in text_of(answer)


def test_a_practice_that_is_not_the_professionals_is_refused(practice, person):
    foreign = PracticeFactory()
    answer = doctor_at(practice).post(DECLARE, statement(practice, person, establishments=[foreign.establishment_id]))
    assert answer.status_code == 200
    assert not Declaration.objects.exists()


@pytest.mark.parametrize(
    "address", ["a@example.lu\nBcc: b@example.lu", "a@example.lu\r\nSubject: x", "a@example.lu, b@example.lu", "a b"]
)
def test_no_second_recipient_or_header_gets_into_an_address(practice, person, address):
    assert doctor_at(practice).post(DECLARE, statement(practice, person, email=address)).status_code == 200
    assert not OutboxMessage.objects.exists()


@pytest.mark.parametrize("name", ["<b>x</b>", "http://evil.example", "Weber\x00", "Weber 2"])
def test_a_name_holds_no_address_or_markup(practice, person, name):
    assert doctor_at(practice).post(DECLARE, statement(practice, person, family_name=name)).status_code == 200
    assert not Declaration.objects.exists()


def test_a_mandate_ends_within_a_year_and_begins_today_or_later(practice, person):
    late, early = today() + timedelta(days=400), today() - timedelta(days=1)
    for part, day in (("valid_to", late), ("valid_from", early)):
        typed = {f"{part}_day": day.day, f"{part}_month": day.month, f"{part}_year": day.year}
        assert doctor_at(practice).post(DECLARE, statement(practice, person, **typed)).status_code == 200
    assert not Declaration.objects.exists()


def test_one_declaration_of_a_secretary_is_under_way_at_a_time(practice, person):
    declared(practice, person)
    assert "Vous avez déjà déclaré cette personne" in text_of(
        doctor_at(practice).post(DECLARE, statement(practice, person))
    )


def test_a_mailbox_receives_three_links_a_day(practice, person):
    declaration = declared(practice, person)
    client = doctor_at(practice)
    former = latest_link()
    for _ in range(5):
        client.post(f"{LIST}{declaration.pk}/link/")
    assert OutboxMessage.objects.filter(template="directory/secretary_link").count() == 3
    assert Client().get(former).status_code == 410  # a later link ends the former


def test_another_professional_neither_withdraws_nor_resends(practice, person):
    declaration = declared(practice, person)
    other = doctor_at(a_practice())
    other.post(f"{LIST}{declaration.pk}/withdraw/")
    other.post(f"{LIST}{declaration.pk}/link/")
    declaration.refresh_from_db()
    assert declaration.state == "sent"
    assert OutboxMessage.objects.filter(template="directory/secretary_link").count() == 1


def test_a_mandate_allows_its_functions_for_its_professional_and_no_others(mandate):
    assert may(mandate, "agenda")
    assert not may(mandate, "documents")
    assert mandate_of(entered(mandate), a_practice().professional, "agenda") is None
    assert serves("messages")(entered(mandate), mandate.professional)
    assert not serves("documents")(entered(mandate), mandate.professional)


def test_only_a_session_by_luxtrust_of_the_secretaries_or_professionals_door_has_it(mandate):
    """S3-17"""
    for door, method in (("patient", "luxtrust"), ("secretary", "code"), ("professional", "totp"), ("staff", "code")):
        assert mandate_of(entered(mandate, door, method), mandate.professional, "agenda") is None
    assert mandate_of(entered(mandate, "professional"), mandate.professional, "agenda") is not None


def test_a_professional_who_holds_no_secretarys_door_has_none(mandate):
    mandate.account.doors = ["professional"]
    assert mandate_of(entered(mandate, "professional"), mandate.professional, "agenda") is None


def test_a_professional_who_serves_another_finds_the_mandates_at_the_professionals_door(practice):
    """S3-17: one account, two doors, one page of « Connexion »."""
    nurse = a_practice().professional.person
    declared(practice, nurse)
    client = signed_in_by(at_luxtrust(nurse), nurse.account, door="professional")
    assert prove(client, proof_of(nurse), account=nurse.account)["Location"] == DONE
    mandate = Mandate.objects.get()
    colleague = doctor_at(nurse.professional.practices.get())
    assert "Mes mandats" in text_of(colleague.get("/fr/services/"))
    assert "Mes mandats" not in text_of(doctor_at(practice).get("/fr/services/"))
    assert colleague.get(MANDATES).status_code == 200
    assert doctor_at(practice).get(MANDATES).status_code == 403
    colleague.post(f"{MANDATES}{mandate.pk}/give-up/")
    mandate.refresh_from_db()
    assert mandate.end_reason == "given_up"


def test_what_is_done_by_it_is_done_for_the_professional(mandate):
    actor = acting_for(Actor("account:5", address="192.0.2.1"), mandate)
    assert (actor.name, actor.on_behalf_of) == ("account:5", f"professional:{mandate.professional_id}")


@pytest.mark.parametrize("ending", ["end", "suspend", "give_up"])
def test_an_ended_mandate_is_refused_at_once_in_an_open_session(practice, mandate, ending):
    secretary = secretary_of(mandate)
    own_page = "/fr/account/directory/"
    assert may(mandate)
    if ending == "give_up":
        secretary.post(f"{MANDATES}{mandate.pk}/give-up/")
    else:
        doctor_at(practice, method="totp").post(f"{LIST}mandates/{mandate.pk}/{ending}/")
    assert not may(mandate)
    assert secretary.get(own_page)["Location"] == MANDATES  # the door admits her there alone
    assert secretary.get(MANDATES).status_code == 200
    assert secretary.get("/fr/account/authentication/", follow=True).status_code == 200


def test_a_professional_who_left_the_directory_gives_nothing_more_in_an_open_session(practice, person):
    """S3-02: asked at each page, not remembered from the sign-in."""
    client = doctor_at(practice)
    assert client.get(LIST).status_code == 200
    practice.professional.records.update(valid_to=today())
    assert client.get(LIST).status_code == 403
    assert client.post(DECLARE, statement(practice, person)).status_code == 403
    assert not Declaration.objects.exists()


def test_its_last_day_is_included_and_no_job_is_needed(mandate):
    Mandate.objects.update(confirmed_until=mandate.valid_to)
    at_noon = now() + timedelta(days=300)
    with time_machine.travel(at_noon):
        assert may(mandate)
    with time_machine.travel(at_noon + timedelta(days=1)):
        assert not may(mandate)
        assert remind_and_end(actor=SYSTEM) == 1
        assert remind_and_end(actor=SYSTEM) == 0
    mandate.refresh_from_db()
    assert mandate.end_reason == "its_day"


def test_it_is_confirmed_every_quarter_or_suspends_itself(practice, mandate):
    """Reminders 14 and 3 days before, each once; the day after it is of no use; confirming brings it back."""
    begun = now()
    for days, reminders in ((76, 0), (77, 1), (80, 1), (88, 2), (91, 2)):
        with time_machine.travel(begun + timedelta(days=days)):
            remind_and_end(actor=SYSTEM)
            remind_and_end(actor=SYSTEM)
            assert notices("est-il toujours valable") == reminders
            assert may(mandate)
    with time_machine.travel(begun + timedelta(days=92)):
        assert not may(mandate)
        remind_and_end(actor=SYSTEM)
        remind_and_end(actor=SYSTEM)
        assert notices("suspendu jusqu'à") == 2  # one to each of the two
        doctor_at(practice).post(f"{LIST}mandates/{mandate.pk}/confirm/")
        assert may(mandate)


def test_the_fallback_takes_away_and_gives_nothing_back(practice, mandate):
    fallback = doctor_at(practice, method="totp")
    fallback.post(f"{LIST}mandates/{mandate.pk}/suspend/")
    assert fallback.post(f"{LIST}mandates/{mandate.pk}/resume/").status_code == 403
    assert not may(mandate)
    doctor_at(practice).post(f"{LIST}mandates/{mandate.pk}/resume/")
    assert may(mandate)


def test_another_professional_neither_sees_nor_ends_it(mandate):
    other = doctor_at(a_practice())
    assert other.get(f"{LIST}mandates/{mandate.pk}/").status_code == 403
    other.post(f"{LIST}mandates/{mandate.pk}/end/")
    other.post(f"{LIST}mandates/{mandate.pk}/suspend/")
    assert may(mandate)


def test_a_secretary_gives_up_her_own_mandates_only(mandate):
    theirs = a_mandate(a_practice(), PersonFactory())
    secretary_of(mandate).post(f"{MANDATES}{theirs.pk}/give-up/")
    assert may(theirs)


def test_functions_and_last_day_are_changed_at_once(practice, mandate):
    last = today() + timedelta(days=10)
    change = {
        "establishments": [practice.establishment_id],
        "functions": ["documents"],
        "valid_to_day": last.day,
        "valid_to_month": last.month,
        "valid_to_year": last.year,
    }
    assert doctor_at(practice).post(f"{LIST}mandates/{mandate.pk}/", change).status_code == 302
    mandate.refresh_from_db()
    assert (mandate.functions, mandate.valid_to) == (["documents"], last)
    assert may(mandate, "documents")
    assert not may(mandate, "agenda")


def test_lists_cost_the_same_however_long_they_are(practice, mandate, django_assert_max_num_queries):
    for number in range(3):
        a_mandate(practice, PersonFactory(), email=f"secretary{number}@example.lu")
    declared(practice, PersonFactory(), email="other@example.lu")
    client, secretary = doctor_at(practice), secretary_of(mandate)
    with django_assert_max_num_queries(11):
        client.get(LIST)
    with django_assert_max_num_queries(8):
        secretary.get(MANDATES)


def test_a_patient_has_neither_page(client):
    patient = signed_in_by(client, AccountFactory(), door="patient", method="code")
    assert patient.get(MANDATES).status_code == patient.get(LIST).status_code == 403
