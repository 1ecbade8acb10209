"""The demo's people, through the actions of production."""

import csv
import json
from dataclasses import replace
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client

from gesond.demo.cast import people
from gesond.demo.crowd import write_crowd
from gesond.demo.loading import load_people
from gesond.demo.models import DemoPerson
from gesond.demo.people import CAST, Letter
from gesond.identity.credentials.activation_codes import ActivationCodeText
from gesond.identity.models import Account, ActivationCode, Person
from gesond.identity.tests.factories import PersonFactory, TermsVersionFactory
from gesond.kernel.hashing import keyed_hash
from gesond.kernel.identifiers import check_matricule_digits
from gesond.notify.models import Channel, OutboxMessage


@pytest.fixture
def loaded(tmp_path, settings, db, django_capture_on_commit_callbacks):
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, letter_spool=tmp_path)
    TermsVersionFactory()
    with django_capture_on_commit_callbacks(execute=True):
        assert load_people()


def by_key() -> dict[str, dict[str, str]]:
    return {row["key"]: row for row in people()}


def test_every_code_of_the_table_is_its_persons_and_stands_as_told(loaded):
    rows = by_key()
    assert len(rows) == len(CAST)
    states = {key: row["code_state"] for key, row in rows.items() if row["code_state"] != "works"}
    assert states == {
        "active": "",
        "mother": "",
        "deceased": "",
        "expired": "expired",
        "exhausted": "exhausted",
        "staff": "",
        "staff-helpdesk": "",
    }
    for row in DemoPerson.objects.exclude(code=""):
        code = ActivationCode.objects.get(code_hash=ActivationCodeText.parse(row.code).keyed_hash)
        assert code.person_id == row.person_id


def test_the_first_of_two_letters_is_cancelled_by_the_second(loaded):
    row = by_key()["reissued"]
    former = ActivationCode.objects.get(code_hash=ActivationCodeText.parse(row["former_code"]).keyed_hash)
    assert former.state == ActivationCode.State.CANCELLED


def test_the_open_accounts_have_the_password_and_the_channels_of_the_table(loaded):
    row = by_key()["active"]
    account = Account.objects.get(email_hash=keyed_hash(row["email"], purpose="account.email"))
    assert account.check_password(row["password"])
    assert account.code_destination() == ("sms", row["phone"])
    assert account.terms_acceptances.count() == 1


def test_the_old_card_is_known_by_its_eleven_digits(loaded):
    """S2-09."""
    row = by_key()["short-matricule"]
    assert len(row["matricule_11"]) == 11
    found = Person.objects.get(matricule_11_hash=keyed_hash(row["matricule_11"], purpose="person.matricule_11"))
    assert found.full_name == row["name"]


def test_every_letter_is_in_the_outbox_and_opens_there(loaded):
    letters = OutboxMessage.objects.filter(channel=Channel.LETTER)
    printed = sum(persona.letter is not Letter.NONE for persona in CAST)
    again = sum(persona.letter is Letter.REISSUED for persona in CAST)
    assert letters.count() == printed + again
    answer = Client().get(f"/demo/outbox/{letters[0].pk}/letter.pdf")
    assert answer["Content-Type"] == "application/pdf"
    assert b"".join(answer.streaming_content).startswith(b"%PDF-")


def test_loading_again_changes_nothing_and_a_stopped_load_is_done_again(loaded):
    codes = list(DemoPerson.objects.values_list("code", flat=True))
    assert not load_people()
    assert list(DemoPerson.objects.values_list("code", flat=True)) == codes
    DemoPerson.objects.all().delete()
    assert load_people()
    assert Person.objects.count() == len(CAST)
    assert {row["code_state"] for row in people()} == {"works", "", "expired", "exhausted"}


def test_luxtrust_subjects_are_serial_numbers_and_never_matricules(loaded):
    """C-1: the two are never compared."""
    rows = by_key()
    subjects = [row["luxtrust_subject"] for row in rows.values() if row["luxtrust_subject"]]
    assert len(set(subjects)) == len(subjects) > 3
    assert all(len(subject) == 20 and subject.isdigit() for subject in subjects)
    assert not any(row["matricule"][:11] in subject for subject in subjects for row in rows.values())


def test_the_command_prints_the_table_or_json(loaded):
    table, data = StringIO(), StringIO()
    call_command("people", stdout=table)
    call_command("people", as_json=True, stdout=data)
    rows = json.loads(data.getvalue())
    assert [row["name"] for row in rows] == [row["name"] for row in people()]
    assert all(row["name"] in table.getvalue() and row["code"] in table.getvalue() for row in rows)


@pytest.mark.django_db
def test_a_crowd_is_imported_without_a_refusal(tmp_path, settings):
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, letter_spool=tmp_path)
    DemoPerson.objects.create(key="here", person=PersonFactory(), role="", hint="")  # the cast is not what is tested
    call_command("load_demo", crowd=500, stdout=(said := StringIO()))
    assert "500 added, 0 changed, 0 unchanged, 0 refused" in said.getvalue()


def test_the_crowd_is_the_same_each_time_and_has_valid_matricules(tmp_path):
    first, second = tmp_path / "1.csv", tmp_path / "2.csv"
    write_crowd(first, 40_000)
    write_crowd(second, 40_000)
    assert first.read_bytes() == second.read_bytes()
    with first.open(encoding="utf-8") as file:
        matricules = [row["matricule"] for row in csv.DictReader(file)]
    assert len(set(matricules)) == 40_000
    assert all(map(check_matricule_digits, matricules))
