"""Finding persons by name, as the database keeps the names."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gesond.identity.models import Person
from gesond.identity.registry.person_search import MOST, persons_by_name, plain_name
from gesond.identity.tests.factories import PersonFactory

pytestmark = pytest.mark.django_db
NAMES = [
    "Müller-Weber",
    "D'Été",
    "Œuvre",
    "Straße",
    "Ørsted",
    "Łukasz",
    "Đorđe",
    "ÉLISE",
    "van der  Meer",
    "Ĳssel",
    "O’Neil",
]


@pytest.mark.parametrize("name", NAMES)
def test_the_database_and_python_write_a_name_alike(name):
    person = PersonFactory(family_name=name, given_names="X")
    person.refresh_from_db()
    assert person.search_name == f"{plain_name(name)} x"
    assert person.search_given_first == f"x {plain_name(name)}"


@settings(max_examples=60)
@given(
    st.text(
        alphabet=st.characters(min_codepoint=0x20, max_codepoint=0x24F, exclude_categories=["Cc", "Cf"]),
        min_size=1,
        max_size=20,
    )
)
def test_they_agree_on_any_latin_text(name):
    person = PersonFactory(family_name=name, given_names="")
    person.refresh_from_db()
    assert person.search_name == plain_name(name)
    person.delete()


def test_the_order_is_that_of_the_names():
    for name in ("Mustermann", "Muster", "Musil", "Xavier"):
        PersonFactory(family_name=name, given_names="Anna")
    found = persons_by_name("mus")
    names = dict(Person.objects.values_list("pk", "family_name"))
    assert [names[key] for key in found.person_ids] == ["Musil", "Muster", "Mustermann"]
    assert not found.more


def test_too_many_are_cut_and_said():
    for number in range(MOST + 1):
        PersonFactory(family_name="Vill", given_names=f"N{number:03}")
    found = persons_by_name("vill")
    assert (len(found.person_ids), found.more) == (MOST, True)


def test_a_search_reads_the_index(django_assert_num_queries):
    from django.db import connection

    with django_assert_num_queries(2):
        persons_by_name("vill")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(
            "EXPLAIN SELECT id FROM identity_person WHERE search_name >= 'vill' AND search_name < 'villz' "
            "ORDER BY search_name, id LIMIT 101"
        )
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "person_search_name" in plan
    assert "Sort" not in plan
