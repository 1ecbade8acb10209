"""The letters of the demo's professionals."""

import json
from dataclasses import replace
from io import StringIO

import pytest
from django.conf import settings
from django.core.management import call_command

from gesond.demo.models import DemoPerson
from gesond.demo.professional_letters import print_professional_letters
from gesond.directory.tests.factories import ProfessionalFactory
from gesond.identity.models import ActivationCode
from gesond.identity.tests.factories import AccountFactory, PersonFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _spool(monkeypatch, tmp_path):
    monkeypatch.setattr(settings, "ENVIRONMENT", replace(settings.ENVIRONMENT, letter_spool=tmp_path))


def one_of_the_cast(person, key="gp"):
    return DemoPerson.objects.create(key=key, person=person, role="general practitioner", hint="Activate the account.")


def test_a_professional_of_the_cast_has_a_letter_and_its_code_is_shown():
    row = one_of_the_cast(ProfessionalFactory().person)
    assert print_professional_letters()
    row.refresh_from_db()
    assert ActivationCode.objects.get(person=row.person).door == "professional"
    call_command("people", as_json=True, stdout=(said := StringIO()))
    (shown,) = json.loads(said.getvalue())
    assert (shown["professional_code"], shown["professional_code_state"]) == (row.professional_code, "works")


def test_loading_again_prints_nothing_more():
    one_of_the_cast(ProfessionalFactory().person)
    print_professional_letters()
    assert not print_professional_letters()
    assert ActivationCode.objects.count() == 1


def test_who_is_no_professional_or_has_the_account_needs_none():
    one_of_the_cast(PersonFactory(), "patient")
    open_already = ProfessionalFactory().person
    AccountFactory(person=open_already, doors=["patient", "professional"])
    one_of_the_cast(open_already, "open")
    assert not print_professional_letters()
