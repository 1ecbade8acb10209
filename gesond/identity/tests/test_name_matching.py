"""Names as people have them, and names that only look alike (S3-11, S3-12)."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gesond.identity.registry.name_matching import Attribute, Identity, differences, same_name

SAME = [
    ("Müller", "Mueller"),
    ("Müller", "Muller"),
    ("Mueller", "Muller"),
    ("MÜLLER", "müller"),
    ("Müller", "Mu\u0308ller"),  # the dots as a mark of their own
    ("Sørensen", "Soerensen"),
    ("Jean-Paul", "Jean Paul"),
    ("Jean-Paul", "Jeanpaul"),
    ("Jean Paul", "Jeanpaul"),
    ("Paul Jean", "Jean-Paul"),
    ("Marie Claire Sophie", "Sophie Marie Claire"),
    ("Marie", "Marie Claire"),
    ("Claire", "Marie Claire"),
    ("Jeanpaul", "Marie Jean-Paul"),
    ("Weber épouse Schmit", "Weber"),
    ("Weber épouse Schmit", "Schmit"),
    ("Weber épouse Schmit", "Schmit-Weber"),
    ("Weber ép. Schmit", "Schmit née Weber"),
    ("Weber geb. Schmit", "Weber"),
    ("Weber-Schmit", "Weber"),
    ("Da Silva", "da silva"),
    ("Da Silva", "Dasilva"),
    ("Da Silva", "Silva"),
    ("Da Silva Ferreira", "Ferreira"),
    ("van der Berg", "Vanderberg"),
    ("van der Berg", "Berg"),
    ("De La Cruz", "Delacruz"),
    ("D'Angelo", "Dangelo"),
    ("D’Angelo", "D'Angelo"),
    ("O'Connor", "OConnor"),
    ("OʼConnor", "O'Connor"),
    ("Lœtitia", "Loetitia"),
    ("Groß", "Gross"),
    ("GROSS", "groß"),
    ("Łukasz", "Lukasz"),
    ("Noé", "Noe"),
    ("Zoë", "Zoe"),
    ("Nguyễn", "Nguyen"),
    ("İpek", "Ipek"),
    ("Le", "LE"),
    ("  Weber ", "Weber"),
    ("Ｗeber", "Weber"),  # a full-width letter is the same letter
]
DIFFERENT = [
    ("Marie", "Anne"),
    ("Marie-Claire", "Marie-Anne"),
    ("Anne", "Anna"),
    ("Jean", "Jeanne"),
    ("Weber", "Wagner"),
    ("Weber-Muller", "Weber-Schmit"),
    ("Da Silva", "Da Costa"),
    ("Da Silva", "De Silva"),
    ("van der Berg", "van den Berg"),
    ("van Berg", "von Berg"),
    ("Le", "Le Pen"),
    ("Da", "Da Silva"),
    ("épouse", "Weber épouse Schmit"),
    ("M.", "Marie"),
    ("M", "M. Weber"),
    ("Mae", "Ma"),
    ("Иванов", "Ivanov"),
    ("Иванов", "Иванов"),
    ("Mаrie", "Marie"),  # with a Cyrillic а
    ("Παύλος", "Pavlos"),
    ("", ""),
    ("", "Weber"),
    ("-", "-"),
    ("123", "123"),
]


@pytest.mark.parametrize(("first", "second"), SAME)
def test_one_name_in_two_spellings_is_the_same(first, second):
    assert same_name(first, second)
    assert same_name(second, first)


@pytest.mark.parametrize(("first", "second"), DIFFERENT)
def test_two_names_are_different(first, second):
    assert not same_name(first, second)
    assert not same_name(second, first)


LATIN = "abcdefghijklmnopqrstuvwxyzäöüßéèçñœæøłśİıÅ'’- "
names = st.text(alphabet=LATIN, max_size=24)
anything = st.text(max_size=40)
words = st.lists(st.text(alphabet="abcdefghijklmnopqrstuvwxyz", min_size=3, max_size=9), min_size=1, max_size=4)


@given(names, names)
def test_it_does_not_matter_which_name_is_said_first(first, second):
    assert same_name(first, second) == same_name(second, first)


@given(anything, anything)
def test_any_text_has_an_answer(first, second):
    assert same_name(first, second) == same_name(second, first)


@given(words, st.randoms(use_true_random=False))
def test_capitals_order_and_hyphens_tell_nobody_apart(parts, chance):
    mixed = list(parts)
    chance.shuffle(mixed)
    assert same_name(" ".join(parts), "-".join(mixed).upper())


@given(words, st.text(alphabet="wxyz", min_size=4, max_size=8))
def test_a_name_that_both_have_besides_different_ones_is_not_enough(parts, other):
    first, second = f"{parts[0]} {other}q", f"{parts[0]} {other}kk"
    assert not same_name(first, second)


@given(st.text(alphabet="АБВГДабвгдеПΩλשא田あ", min_size=1, max_size=8), names)
def test_another_script_is_never_the_same(foreign, name):
    assert not same_name(foreign + name, foreign + name)


def test_a_very_long_name_is_compared_as_a_whole():
    long = " ".join(f"{'abcdefghij'[at]}bcd" for at in range(10))
    assert same_name(long, long.upper())
    assert not same_name(long, long.rpartition(" ")[0])


def test_nothing_differs_for_one_person_in_two_spellings():
    declared = Identity(family_name="Weber épouse Schmit", given_names="Marie", birth_date=date(1985, 3, 15))
    proved = Identity(family_name="SCHMIT", given_names="Marie-Thérèse", birth_date=date(1985, 3, 15))
    assert differences(declared, proved) == []


def test_the_difference_is_named_by_its_attribute():
    declared = Identity(family_name="Weber", given_names="Marie", birth_date=date(1985, 3, 15))
    proved = Identity(family_name="Wéber", given_names="Anne", birth_date=date(1985, 3, 16))
    found = differences(declared, proved)
    assert [one.attribute for one in found] == [Attribute.GIVEN_NAMES, Attribute.BIRTH_DATE]
    assert [(one.declared, one.proved) for one in found] == [("Marie", "Anne"), ("1985-03-15", "1985-03-16")]


def test_two_sisters_of_one_family_name_are_two_persons():
    found = differences(
        Identity(family_name="Muster", given_names="Léa"), Identity(family_name="Muster", given_names="Lia")
    )
    assert [(one.attribute, one.spelling) for one in found] == [(Attribute.GIVEN_NAMES, False)]


def test_family_and_given_name_exchanged_are_two_differences():
    """It may be a form filled in wrongly, and it may be somebody else: people look."""
    found = differences(
        Identity(family_name="Martin", given_names="Thomas"), Identity(family_name="Thomas", given_names="Martin")
    )
    assert [one.attribute for one in found] == [Attribute.FAMILY_NAME, Attribute.GIVEN_NAMES]


@pytest.mark.parametrize(
    ("declared", "proved", "slip"),
    [
        ("Schmit", "Schmitt", True),
        ("Schmit", "Schimt", True),
        ("Hoffmann", "Hofmann", True),
        ("Weber", "Weger", True),
        ("Anne", "Anna", False),  # too short: another name
        ("Schmit", "Schneider", False),
        ("Ivanov", "Иванов", False),
        ("Weber", "", False),
    ],
)
def test_a_slip_of_the_pen_is_told_from_another_name(declared, proved, slip):
    (found,) = differences(
        Identity(family_name=declared, given_names="Marie"), Identity(family_name=proved, given_names="Marie")
    )
    assert found.spelling is slip


@given(names, names)
def test_what_differs_is_said_only_when_names_differ(first, second):
    found = differences(
        Identity(family_name=first, given_names="Marie"), Identity(family_name=second, given_names="Marie")
    )
    assert bool(found) is not same_name(first, second)
