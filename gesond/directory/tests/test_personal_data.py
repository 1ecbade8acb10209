"""« Télécharger mes données » holds what the directory knows of a person: GDPR article 15."""

import io
import json
import zipfile

import pytest

from gesond.directory.models import Declaration
from gesond.directory.tests.secretary_steps import CONFIRM, a_mandate, a_practice, at_luxtrust, declared, prove
from gesond.identity.personal_data_archive import NAMES, archive
from gesond.identity.queries.personal_data import personal_data, registered_sections
from gesond.identity.tests.factories import AccountFactory, PersonFactory
from gesond.identity.tests.luxtrust_steps import proof_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("first_facts")]


def test_a_professionals_copy_has_the_directorys_records_the_declarations_and_the_mandates():
    practice, secretary = a_practice(), PersonFactory(family_name="Weber", given_names="Marie")
    a_mandate(practice, secretary)
    data = personal_data(practice.professional.person.account)
    assert data["directory_records"][0]["provider_code"] == practice.professional.provider_code
    assert data["declarations_made"][0]["family_name"] == "Weber"
    assert data["mandates_given"][0]["who"] == secretary.full_name
    assert data["mandates_held"] == data["declarations_of_you"] == []
    assert secretary.matricule not in str(data)
    assert Declaration.objects.get().email not in str(data)


def test_a_secretarys_copy_has_her_mandate_her_product_and_what_was_declared_of_her():
    practice, secretary = a_practice(person__family_name="Muster"), PersonFactory()
    account = a_mandate(practice, secretary).account
    data = personal_data(account)
    assert "Muster" in data["mandates_held"][0]["who"]
    assert "Muster" in data["declarations_of_you"][0]["professional"]
    assert data["declarations_of_you"][0]["email"] == Declaration.objects.get().email
    assert data["luxtrust_products"][0]["serial_number"]
    assert "hash" not in str(data)
    assert "proof" not in str(data)


def test_an_identity_check_is_in_the_copy_with_what_was_compared():
    person = PersonFactory(family_name="Weber", given_names="Marie")
    declared(a_practice(), person)
    client = at_luxtrust(person)
    prove(client, proof_of(person, family_name="Beispill"))
    client.post(CONFIRM)
    check = personal_data(AccountFactory(person=person))["identity_checks"][0]
    assert (check["declared"]["family_name"], check["proved"]["family_name"]) == ("Weber", "Beispill")


@pytest.mark.parametrize("language", ["fr", "de", "en"])
def test_every_column_has_a_name_and_the_page_is_written(language):
    practice, person = a_practice(), PersonFactory()
    account = a_mandate(practice, person).account
    known = set(NAMES).union(*(section.names for section in registered_sections().values()))
    for whose in (account, practice.professional.person.account):
        data = personal_data(whose)
        assert {name for rows in data.values() for row in rows for name in row} <= known
        with zipfile.ZipFile(io.BytesIO(archive(data, language=language))) as packed:
            assert json.loads(packed.read("data.json"))["mandates_held"] is not None
            assert whose.person.family_name in packed.read("data.html").decode()
