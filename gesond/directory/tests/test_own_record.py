"""« Mes données dans l'annuaire », and who is a professional."""

from datetime import date

import pytest
from django.test import Client

from gesond.directory.models import today
from gesond.directory.rules import is_professional
from gesond.directory.tests.factories import PracticeFactory, ProfessionalFactory
from gesond.identity.models import Account
from gesond.identity.sessions.standing import Standing
from gesond.identity.tests.factories import AccountFactory, PersonFactory
from gesond.identity.tests.luxtrust_steps import signed_in_by

pytestmark = pytest.mark.django_db
PAGE = "/fr/account/directory/"
BOTH = ["patient", "professional"]


def entered(account: Account, door: str) -> Account:
    account.standing = Standing(door, "luxtrust")  # type: ignore[attr-defined]
    return account


def test_a_professional_entered_by_their_door_and_is_in_force_today() -> None:
    professional = ProfessionalFactory()
    account = AccountFactory(person=professional.person, doors=BOTH)
    assert is_professional(entered(account, "professional"))
    assert not is_professional(entered(account, "patient"))
    assert not is_professional(None)


def test_who_has_no_record_in_force_is_no_professional() -> None:
    ended = ProfessionalFactory(record__valid_to=today())
    for person in (ended.person, PersonFactory()):
        account = AccountFactory(person=person, doors=BOTH)
        assert not is_professional(entered(account, "professional"))


def test_a_professional_sees_what_the_directory_says_of_them(client: Client) -> None:
    professional = ProfessionalFactory(record__valid_from=date(2020, 3, 25))
    PracticeFactory(professional=professional, establishment__record__name="Cabinet Rose")
    signed_in_by(client, AccountFactory(person=professional.person, doors=BOTH), door="professional")
    text = client.get(PAGE).text
    for shown in ("Informations professionnelles", professional.provider_code, "Cabinet Rose", "25 mars 2020"):
        assert shown in text
    assert "le Helpdesk :" in text
    assert "<form" not in text.split("<main")[1]


def test_a_patient_does_not_enter(client: Client) -> None:
    professional = ProfessionalFactory()
    signed_in_by(client, AccountFactory(person=professional.person, doors=BOTH), door="patient")
    assert client.get(PAGE).status_code == 403
    assert client.post(PAGE).status_code == 405


def test_nobody_sees_anothers(client: Client) -> None:
    other = ProfessionalFactory()
    signed_in_by(client, AccountFactory(doors=BOTH), door="professional")
    text = client.get(PAGE).text
    assert "Aucune donnée en vigueur" in text
    assert other.provider_code not in text


def test_a_visitor_is_asked_to_sign_in(client: Client) -> None:
    answer = client.get(PAGE)
    assert answer.status_code == 302
    assert "sign-in" in answer["Location"]
