"""What somebody might try with a secretary's link, declaration and mandate: S3-05, S3-08, S3-17."""

from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from gesond.directory.models import Declaration, Mandate
from gesond.directory.rules import mandate_of
from gesond.directory.tests.secretary_steps import (
    CONFIRM,
    DECLARE,
    DIFFERENCES,
    DONE,
    LIST,
    LUXTRUST,
    MANDATES,
    MATRICULE,
    PENDING,
    TERMS,
    a_practice,
    accept_terms,
    at_luxtrust,
    declared,
    doctor_at,
    latest_link,
    opened,
    prove,
    secretary_of,
    statement,
    text_of,
)
from gesond.identity.models import Account, IdentityCheck
from gesond.identity.sessions.standing import Standing
from gesond.identity.tests.factories import PersonFactory
from gesond.identity.tests.luxtrust_steps import come_back, proof_of
from gesond.kernel.clock import now

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("first_facts")]
GONE = 410
State = Declaration.State


def may(mandate: Mandate) -> bool:
    mandate.account.standing = Standing("secretary", "luxtrust")
    return mandate_of(mandate.account, mandate.professional, "agenda") is not None


def test_who_was_sent_the_link_on_knows_no_matricule_and_is_nobody_else_by_luxtrust(practice, person):
    """A forwarded link gives away nothing: not the name, not the matricule, no account."""
    stranger = PersonFactory(family_name="Schmit", given_names="Paul")
    declared(practice, person)
    client = opened()
    for page in (MATRICULE, "/fr/secretary/"):
        shown = text_of(client.get(page))
        assert person.matricule not in shown
        assert person.family_name not in shown
    assert client.post(MATRICULE, {"matricule": stranger.matricule}).status_code == 200
    client.post(MATRICULE, {"matricule": person.matricule})  # even who learnt the number
    assert prove(client, proof_of(stranger))["Location"] == DIFFERENCES
    assert not Account.objects.filter(person__in=[person, stranger]).exists()


def test_of_two_people_who_open_one_link_the_one_who_goes_on_last_leads_and_the_other_is_out(practice, person):
    declared(practice, person)
    link = latest_link()
    first, second = Client(), Client()
    for client in (first, second):
        assert client.get(link)["Location"] == TERMS
    assert accept_terms(first)["Location"] == MATRICULE
    first.post(MATRICULE, {"matricule": person.matricule})
    assert accept_terms(second)["Location"] == MATRICULE
    come_back(first, proof_of(person), purpose="secretary")
    assert first.get(LUXTRUST).status_code == first.get(DONE).status_code == GONE
    assert not Account.objects.filter(person=person).exists()
    assert second.get(LUXTRUST)["Location"] == MATRICULE  # and inherits nothing that the first had proved


@pytest.mark.parametrize("page", [MATRICULE, LUXTRUST, DIFFERENCES, PENDING, DONE])
def test_an_open_tab_of_a_withdrawn_declaration_says_so_on_every_page(practice, person, page):
    declaration = declared(practice, person)
    client = at_luxtrust(person)
    prove(client, proof_of(person, family_name="Wagner"))
    doctor_at(practice).post(f"{LIST}{declaration.pk}/withdraw/")
    answer = client.get(page)
    assert (answer.status_code, "La déclaration a été retirée" in text_of(answer)) == (GONE, True)
    assert client.post(CONFIRM).status_code == GONE
    assert client.post(MATRICULE, {"matricule": person.matricule}).status_code == GONE
    assert not IdentityCheck.objects.exists()


def test_wrong_matricules_are_counted_over_links_and_browsers_alike(practice, person):
    """S3-08: five in all, wherever they are typed."""
    declaration, wrong = declared(practice, person), PersonFactory().matricule
    for _browser in range(2):
        opened().post(MATRICULE, {"matricule": wrong})
    doctor_at(practice).post(f"{LIST}{declaration.pk}/link/")
    for _browser in range(3):
        opened(latest_link()).post(MATRICULE, {"matricule": wrong})
    declaration.refresh_from_db()
    assert (declaration.state, declaration.failures) == (State.EXHAUSTED, 5)


def test_her_page_of_a_mandate_that_ended_meanwhile_changes_nothing_and_tells_so(practice, mandate):
    secretary, page = secretary_of(mandate), f"{MANDATES}{mandate.pk}/give-up/"
    assert secretary.get(page).status_code == 200
    doctor_at(practice).post(f"{LIST}mandates/{mandate.pk}/end/")
    assert "entre-temps" in text_of(secretary.post(page, follow=True))
    mandate.refresh_from_db()
    assert mandate.end_reason == "by_professional"


def test_a_confirmation_sent_again_adds_nothing_to_the_quarter(practice, mandate):
    """Once or ten times, it reaches a quarter from today and never past the last day."""
    doctor, page = doctor_at(practice), f"{LIST}mandates/{mandate.pk}/confirm/"
    for _time in range(10):
        doctor.post(page)
    before = mandate.confirmed_until
    mandate.refresh_from_db()
    assert mandate.confirmed_until == before
    with time_machine.travel(now() + timedelta(days=295)):
        doctor_at(practice).post(page)
        mandate.refresh_from_db()
        assert mandate.confirmed_until == mandate.valid_to


def test_a_confirmation_does_not_revive_what_has_ended(practice, mandate):
    doctor = doctor_at(practice)
    doctor.post(f"{LIST}mandates/{mandate.pk}/end/")
    for change in ("confirm", "resume"):
        assert "entre-temps" in text_of(doctor.post(f"{LIST}mandates/{mandate.pk}/{change}/", follow=True))
    assert not may(mandate)


@pytest.mark.parametrize("act", ["end", "suspend", "confirm", "resume"])
def test_one_professional_does_nothing_to_the_mandate_of_another_by_its_number(mandate, act):
    before = Mandate.objects.values().get(pk=mandate.pk)
    other = doctor_at(a_practice())
    other.post(f"{LIST}mandates/{mandate.pk}/{act}/")
    assert other.get(f"{LIST}mandates/{mandate.pk}/end/").status_code == 403
    assert Mandate.objects.values().get(pk=mandate.pk) == before


def test_a_secretary_declares_nobody_and_keeps_nobodys_secretaries(practice, mandate):
    """S3-02: a mandate lends no right to give others one."""
    secretary = secretary_of(mandate)
    assert secretary.post(DECLARE, statement(practice, PersonFactory())).status_code == 403
    assert secretary.get(LIST).status_code == 403
    for act in ("confirm", "resume"):
        assert secretary.post(f"{LIST}mandates/{mandate.pk}/{act}/").status_code == 403
    assert Declaration.objects.count() == 1


def test_a_change_that_is_none_is_not_found(practice, mandate):
    assert doctor_at(practice).post(f"{LIST}mandates/{mandate.pk}/extend/").status_code == 404
