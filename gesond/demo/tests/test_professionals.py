"""The demo's professionals, through the imports of production."""

from pathlib import Path

import pytest

from gesond.demo.cast import people
from gesond.demo.crowd import write_crowd
from gesond.demo.directory_crowd import load_directory_crowd
from gesond.demo.people import CAST
from gesond.demo.professionals import PLACES, PRACTITIONERS, load_professionals, person_of
from gesond.directory.models import Establishment, Practice, Profession, Professional, Speciality
from gesond.directory.queries.professionals import professional_of
from gesond.identity.actions.registry import import_persons
from gesond.kernel.identifiers import check_matricule_digits
from gesond.kernel.journal import SYSTEM

pytestmark = pytest.mark.django_db


def test_every_practitioner_is_in_the_directory_and_practises() -> None:
    assert load_professionals()
    for one in PRACTITIONERS:
        facts = professional_of(person_of(one))
        assert facts is not None
        assert (facts.provider_code, facts.profession) == (one.provider_code, one.profession)
        assert facts.specialities == one.specialities
        assert tuple(place.establishment_code for place in facts.practices) == one.practises_at
        assert facts.practices[0].is_main
    assert Establishment.objects.count() == len(PLACES)


def test_they_are_loaded_once() -> None:
    assert load_professionals()
    assert not load_professionals()
    assert Professional.objects.count() == len(PRACTITIONERS)


def test_they_are_in_the_table_with_their_luxtrust_subjects() -> None:
    load_professionals()
    subjects = {row["key"]: row["luxtrust_subject"] for row in people()}
    assert subjects == {one.persona.key: one.luxtrust_subject for one in PRACTITIONERS}
    assert all(len(subject) == 20 and subject.isdigit() for subject in subjects.values())
    assert len(set(subjects.values())) == len(PRACTITIONERS)


def test_they_are_nobody_else_of_the_cast() -> None:
    own = [one.persona.matricule.value for one in PRACTITIONERS]
    assert all(map(check_matricule_digits, own))
    assert not set(own) & {persona.matricule.value for persona in CAST}
    assert not {one.persona.key for one in PRACTITIONERS} & {persona.key for persona in CAST}


def test_they_name_words_the_directory_has() -> None:
    assert {one.profession for one in PRACTITIONERS} <= set(Profession.objects.values_list("code", flat=True))
    named = {code for one in PRACTITIONERS for code in one.specialities}
    assert named <= set(Speciality.objects.values_list("code", flat=True))


def test_a_crowd_becomes_professionals(tmp_path: Path) -> None:
    persons = tmp_path / "persons.csv"
    write_crowd(persons, 40)
    import_persons(actor=SYSTEM, path=persons, report=tmp_path / "refused.csv", processes=1)
    results = load_directory_crowd(tmp_path, persons, 30)
    assert [(result.added, result.refused) for result in results] == [(30, 0), (30, 0), (60, 0)]
    assert Practice.objects.count() == 60
