"""Searching persons and opening their data, never without a reason."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse

from gesond.desk.tests.staff import at_the_desk, looking_at
from gesond.directory.tests.factories import PracticeFactory, ProfessionalFactory
from gesond.identity.models import LookReason, Role, StaffLook
from gesond.identity.tests.factories import AccountFactory, ActivationCodeFactory, PersonFactory
from gesond.identity.tests.luxtrust_steps import product_of, proof_of, signed_in_by
from gesond.kernel.clock import now
from gesond.kernel.identifiers import Matricule
from gesond.kernel.models import JournalEntry

pytestmark = pytest.mark.django_db


def search(client, typed):
    return client.post(reverse("desk:persons"), {"query": typed}, follow=True)


def text(answer):
    return answer.content.decode()


@pytest.fixture
def desk():
    return at_the_desk(Role.HELPDESK)


@pytest.mark.parametrize("typed", ["Müller", "muller", "MULLER  je", "Mueller", "jean-paul müller", "Muller-We"])
def test_a_person_is_found_by_the_beginning_of_the_name_however_it_is_written(desk, typed):
    PersonFactory(family_name="Müller-Weber", given_names="Jean-Paul")
    if "je" in typed.lower():
        PersonFactory(family_name="Müller", given_names="Jean Paul")
    assert "Weber" in text(search(desk, typed)) or "Müller, Jean Paul" in text(search(desk, typed))


def test_a_person_is_found_by_the_exact_matricule_in_both_forms(desk):
    person = PersonFactory(family_name="Trouvée", matricule=Matricule.build(1950, 1, 1, 19).value)
    for typed in (str(person.matricule), f"{person.matricule[:4]} {person.matricule[4:]}", str(person.matricule)[:11]):
        assert "Trouvée" in text(search(desk, typed))


def test_a_wrong_matricule_is_told_beside_the_field_and_nothing_is_searched(desk):
    person = PersonFactory(family_name="Jamais")
    wrong = f"{person.matricule[:-1]}{(int(person.matricule[-1]) + 1) % 10}"
    answer = search(desk, wrong)
    assert "nhsuk-error-message" in text(answer)
    assert not JournalEntry.objects.filter(event="person.searched").exists()


def test_a_professional_is_found_by_the_provider_code(desk):
    professional = ProfessionalFactory(person__family_name="Praticienne")
    assert "Praticienne" in text(search(desk, professional.provider_code))


def test_one_letter_is_too_little(desk):
    assert "nhsuk-error-message" in text(search(desk, "m"))


def test_a_search_is_in_the_journal_of_who_searched_without_what_was_typed(desk):
    PersonFactory(family_name="Muster")
    search(desk, "muster")
    entry = JournalEntry.objects.get(event="person.searched")
    assert (entry.chain, entry.actor) == (f"staff:{desk.account.pk}",) * 2
    assert entry.details["kind"] == "name"
    assert "muster" not in str(entry.details).lower()


def test_neither_the_address_nor_the_session_holds_what_was_typed(desk):
    PersonFactory(family_name="Geheim")
    answer = search(desk, "geheim")
    assert "geheim" not in answer.request["PATH_INFO"] + answer.request["QUERY_STRING"]
    assert "geheim" not in str(dict(desk.session)).lower()


def test_a_hundred_are_shown_in_pages_and_the_rest_asks_for_more_letters(desk, django_assert_num_queries):
    for number in range(103):
        PersonFactory(family_name="Vill", given_names=f"Nummer{number:03}")
    answer = search(desk, "vill")
    assert text(answer).count("Nummer") == 25
    assert "page=4" in text(answer)
    assert "Nummer099" in text(desk.get(reverse("desk:persons_found") + "?page=4"))
    with django_assert_num_queries(3):  # session, staff, persons
        desk.get(reverse("desk:persons_found") + "?page=2")


def test_staff_reading_without_a_reason_sees_nothing(desk):
    person = PersonFactory(family_name="Verborgen")
    AccountFactory(person=person, email="verborgen@example.org")
    for name in ("person", "account_suspend", "account_sign_out"):
        answer = desk.get(reverse(f"desk:{name}", args=[person.pk]))
        assert answer.status_code == 302
        assert answer["Location"] == reverse("desk:person_reason", args=[person.pk])
    assert "Verborgen" not in text(desk.get(reverse("desk:person_reason", args=[person.pk])))
    answer = desk.post(reverse("desk:person_reason", args=[person.pk]), {"reason": "", "reference": "A-1"})
    assert "nhsuk-error-message" in text(answer)
    assert desk.get(reverse("desk:person", args=[person.pk])).status_code == 302


def test_the_reason_page_does_not_tell_whether_somebody_exists(desk):
    person = PersonFactory()
    there = text(desk.get(reverse("desk:person_reason", args=[person.pk])))
    nobody = text(desk.get(reverse("desk:person_reason", args=[987_654])))
    assert without_key_and_token(there) == without_key_and_token(nobody)


def without_key_and_token(page):
    return re.sub(r'/persons/\d+/|csrfmiddlewaretoken" value="\w+"', "", page)


def test_a_reason_opens_this_person_for_half_an_hour_to_this_member_alone(desk):
    person, other = PersonFactory(), PersonFactory()
    given = {"reason": "letter", "reference": "HD-2041"}
    answer = desk.post(reverse("desk:person_reason", args=[person.pk]), given)
    assert answer["Location"] == reverse("desk:person", args=[person.pk])
    assert desk.get(answer["Location"]).status_code == 200
    assert desk.get(reverse("desk:person", args=[other.pk])).status_code == 302
    assert at_the_desk(Role.HELPDESK).get(answer["Location"]).status_code == 302
    with time_machine.travel(now() + timedelta(minutes=31)):
        assert signed_in_by(desk, desk.account, door="staff", method="code").get(answer["Location"]).status_code == 302


def test_the_person_sees_in_their_activity_that_they_were_read_and_why(desk, client):
    account = AccountFactory()
    given = {"reason": "identity_check", "reference": "HD-2041"}
    desk.post(reverse("desk:person_reason", args=[account.person_id]), given)
    entry = JournalEntry.objects.get(chain=f"person:{account.person_id}", event="person.looked_at")
    assert entry.actor == f"staff:{desk.account.pk}"
    assert entry.details["reference"] == "HD-2041"
    signed_in_by(client, account, door="patient", method="code")
    page = text(client.get(reverse("identity:account_authentication")))
    assert "Vos données ont été consultées par l'Agence : motif" in page.replace("&#39;", "'")


@pytest.mark.parametrize("reference", ["Madame Muster", "<b>", "-", "x" * 41])
def test_a_reference_is_the_number_of_a_file_and_no_story(desk, reference):
    person = PersonFactory()
    desk.post(reverse("desk:person_reason", args=[person.pk]), {"reason": "letter", "reference": reference})
    assert not StaffLook.objects.exists()


def test_the_page_shows_no_code_no_whole_number_and_no_address_to_the_helpdesk(desk):
    person = PersonFactory(
        address={"lines": ["17, rue Cachée"], "postal_code": "L-1234", "city": "Wiltz", "country": "LU"}
    )
    account = AccountFactory(person=person, email="secrete@example.org", phone="+352621987654")
    product_of(account, proof_of(person), "Ma carte")
    ActivationCodeFactory(person=person)
    page = text(looking_at(desk, person).get(reverse("desk:person", args=[person.pk])))
    assert "*****@example.org" in page
    assert "*****54" in page
    assert "Ma carte" in page
    assert "L-1234 Wiltz" in page
    for hidden in ("secrete", "621987654", "rue Cachée", proof_of(person).subject):
        assert hidden not in page


def test_the_registry_may_show_the_whole_address():
    desk = at_the_desk(Role.REGISTRY)
    person = PersonFactory(
        address={"lines": ["17, rue Cachée"], "postal_code": "L-1234", "city": "Wiltz", "country": "LU"}
    )
    assert "rue Cachée" in text(looking_at(desk, person).get(reverse("desk:person", args=[person.pk])))


def test_who_issues_a_letter_is_told_before_that_a_code_works_already():
    desk, person = at_the_desk(Role.LETTERS), PersonFactory()
    looking_at(desk, person)
    page = reverse("desk:person", args=[person.pk])
    assert "Un courrier est déjà valable" not in text(desk.get(page))
    code = ActivationCodeFactory(person=person)
    assert "Un courrier est déjà valable" in text(desk.get(page))
    with time_machine.travel(code.expires_at + timedelta(days=1)):
        looking_at(signed_in_by(desk, desk.account, door="staff", method="code"), person)
        assert "Un courrier est déjà valable" not in text(desk.get(page))


def test_a_professional_s_practices_are_shown(desk):
    professional = ProfessionalFactory()
    practice = PracticeFactory(professional=professional)
    page = text(looking_at(desk, professional.person).get(reverse("desk:person", args=[professional.person_id])))
    assert professional.provider_code in page
    assert practice.establishment.records.get().name in page.replace("&#39;", "'")


def test_the_page_of_a_person_takes_as_many_queries_whatever_they_have(desk, django_assert_num_queries):
    account = AccountFactory(email="a@example.org")
    for _number in range(4):
        ActivationCodeFactory(person=account.person, state="cancelled")
    looking_at(desk, account.person)
    with django_assert_num_queries(11):
        desk.get(reverse("desk:person", args=[account.person_id]))


def test_reasons_are_those_of_the_table():
    assert {reason.value for reason in LookReason} >= {"person_asked", "letter", "identity_check"}
