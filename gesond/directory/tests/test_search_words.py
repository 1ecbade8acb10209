"""Names and places as one searches them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gesond.directory import search_words
from gesond.directory.models import EstablishmentRecord
from gesond.directory.tests.factories import EstablishmentFactory


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Müller-Weber", "muller weber mueller"),
        ("D'Élise", "d elise"),
        ("L-4011", "l 4011"),
        ("Straße", "strasse"),
        ("Ørsted ŁÓDŹ", "orsted lodz"),
        ("  ", ""),
    ],
)
def test_words_lose_what_people_leave_out(text: str, words: str) -> None:
    assert search_words.indexed(text) == words


def test_an_umlaut_is_found_in_both_ways() -> None:
    assert search_words.query("Mül") == "('mul':* | 'muel':*)"
    assert search_words.query("l4") == "'l':* & '4':*"
    assert search_words.query("!? ") == ""


@given(st.text(max_size=200))
def test_any_text_is_words_that_cannot_end_a_quotation(text: str) -> None:
    query = search_words.query(text)
    assert "\\" not in query
    assert query.count("'") == 2 * query.count(":*")
    assert all(word and "'" not in word for word in search_words.indexed(text).split(" ") if search_words.indexed(text))


@pytest.mark.django_db
@given(st.text(min_size=1, max_size=60))
def test_every_text_finds_itself(text: str) -> None:
    words = search_words.indexed(text)
    if not words:
        return
    record = EstablishmentFactory(record__name_words=words).records.get()
    query = search_words.query(text)
    assert EstablishmentRecord.objects.filter(pk=record.pk, name_lexemes__begins=query).exists()
