"""What the tables of the directory refuse."""

from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction

from gesond.directory.models import Profession, ProfessionalRecord, Speciality, in_force
from gesond.directory.queries.professionals import practices_of, professional_of
from gesond.directory.tests.factories import (
    EstablishmentFactory,
    EstablishmentRecordFactory,
    PracticeFactory,
    ProfessionalFactory,
    ProfessionalRecordFactory,
)

pytestmark = pytest.mark.django_db


def refused() -> object:
    return pytest.raises(IntegrityError)


def test_a_professional_has_one_record_a_day() -> None:
    professional = ProfessionalFactory(record__valid_to=date(2024, 1, 1))
    ProfessionalRecordFactory(professional=professional, valid_from=date(2024, 1, 1))
    with refused(), transaction.atomic():
        ProfessionalRecordFactory(professional=professional, valid_from=date(2023, 12, 31), valid_to=date(2024, 1, 2))


def test_two_professionals_have_records_of_the_same_days() -> None:
    ProfessionalFactory()
    ProfessionalFactory()
    assert ProfessionalRecord.objects.filter(in_force()).count() == 2


def test_an_establishment_has_one_record_a_day() -> None:
    establishment = EstablishmentFactory()
    with refused(), transaction.atomic():
        EstablishmentRecordFactory(establishment=establishment, valid_from=date(2030, 1, 1))


def test_a_professional_works_at_a_place_once_a_day() -> None:
    practice = PracticeFactory()
    PracticeFactory(professional=practice.professional)
    with refused(), transaction.atomic():
        PracticeFactory(professional=practice.professional, establishment=practice.establishment)


def test_a_professional_has_one_main_practice_a_day() -> None:
    main = PracticeFactory(is_main=True, valid_to=date(2024, 1, 1))
    PracticeFactory(professional=main.professional, is_main=True, valid_from=date(2024, 1, 1))
    with refused(), transaction.atomic():
        PracticeFactory(professional=main.professional, is_main=True, valid_from=date(2023, 1, 1))
        connection.check_constraints()


def test_a_period_ends_after_it_begins() -> None:
    with refused(), transaction.atomic():
        ProfessionalFactory(record__valid_from=date(2024, 1, 1), record__valid_to=date(2024, 1, 1))


def test_a_national_code_says_whose_it_is() -> None:
    with refused(), transaction.atomic():
        EstablishmentFactory(record__national_code="750712184")


def test_two_professionals_have_two_provider_codes() -> None:
    with refused(), transaction.atomic():
        ProfessionalFactory(provider_code=ProfessionalFactory().provider_code)


def test_the_words_of_the_directory_have_names_in_three_languages() -> None:
    terms = [*Profession.objects.all(), *Speciality.objects.all()]
    assert len(terms) > 30
    assert all(set(term.labels) == {"fr", "de", "en"} and all(term.labels.values()) for term in terms)


def test_a_professional_is_as_the_record_of_the_day_says() -> None:
    professional = ProfessionalFactory(
        person__family_name="Muster",
        person__given_names="Anna",
        record__valid_to=date(2024, 1, 1),
    )
    ProfessionalRecordFactory(
        professional=professional,
        valid_from=date(2024, 1, 1),
        profession_id="specialist",
        specialities=["cardiology"],
    )
    person = professional.person
    before, after = professional_of(person, date(2023, 12, 31)), professional_of(person, date(2024, 1, 1))
    assert before is not None
    assert after is not None
    assert professional_of(person, date(2019, 12, 31)) is None
    assert (before.profession, after.profession) == ("general-practitioner", "specialist")
    assert after.speciality_labels == ("Cardiologie",)
    assert after.name == "Dr Anna Muster"


def test_practices_are_those_of_the_day_with_the_main_one_first() -> None:
    first = PracticeFactory(establishment__record__name="Cabinet A")
    professional = first.professional
    PracticeFactory(professional=professional, establishment__record__name="Clinique B", is_main=True, phone="+352271")
    PracticeFactory(professional=professional, valid_to=date(2021, 1, 1))
    closed = PracticeFactory(professional=professional, establishment__record__valid_to=date(2021, 1, 1))
    assert closed.holds_on(date(2024, 1, 1))
    facts = practices_of(professional)
    assert [one.name for one in facts] == ["Clinique B", "Cabinet A"]
    assert facts[0].phone == "+352271"
    assert facts[1].phone.startswith("+35227")
