import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn, verhoeff

from gesond.kernel.identifiers import (
    IdentifierError,
    Matricule,
    ShortMatricule,
    check_matricule_digits,
    parse_matricule,
)
from gesond.kernel.tests.identifiers.strategies import matricules

VALID = ["1985031512371", "2008022945189", "1893120105732", "1990000000183", "1918090138700"]
INVALID = ["1893120105733", "1985031512378", "1985031512317", "2008022945185", "1893120105739"]


def refusal(text: str) -> IdentifierError:
    with pytest.raises(IdentifierError) as caught:
        Matricule.parse(text)
    return caught.value


@pytest.mark.parametrize("text", VALID)
def test_a_real_number_is_accepted(text):
    assert Matricule.parse(text).value == text
    assert check_matricule_digits(text)


@pytest.mark.parametrize("text", INVALID)
def test_a_number_with_wrong_check_digits_is_refused(text):
    assert refusal(text).code in {"one_digit", "swapped", "check_digits"}
    assert not check_matricule_digits(text)


@given(matricules)
def test_both_check_digits_are_over_the_first_eleven(matricule):
    body = matricule.value[:11]
    assert matricule.value[11:] == luhn.calc_check_digit(body) + verhoeff.calc_check_digit(body)


@given(matricules)
def test_every_single_digit_error_is_caught(matricule):
    value = matricule.value
    for at in range(13):
        for digit in set("0123456789") - {value[at]}:
            assert not check_matricule_digits(value[:at] + digit + value[at + 1 :])


@given(matricules)
def test_every_swap_of_neighbours_is_caught_and_named(matricule):
    value = matricule.value
    for at in range(12):
        swapped = value[:at] + value[at + 1] + value[at] + value[at + 2 :]
        if swapped != value:
            assert not check_matricule_digits(swapped)
            assert refusal(swapped).code == "swapped"


@given(matricules, st.integers(0, 12), st.integers(1, 9))
def test_one_wrong_digit_is_named_unless_a_swap_explains_it(matricule, at, added):
    value = matricule.value
    wrong = value[:at] + str((int(value[at]) + added) % 10) + value[at + 1 :]
    assert refusal(wrong).code in {"one_digit", "swapped"}


@given(matricules)
def test_what_is_shown_can_be_typed_back(matricule):
    assert Matricule.parse(matricule.formatted) == matricule


@given(st.text(max_size=20))
def test_whatever_is_typed_is_read_or_refused_with_a_message(text):
    try:
        outcome = Matricule.parse(text).value
    except IdentifierError as error:
        outcome = str(error.message)
    assert outcome


@given(st.text(alphabet="0123456789", min_size=12, max_size=14))
def test_the_fast_check_and_the_reader_agree(text):
    try:
        accepted = Matricule.parse(text).value == text
    except IdentifierError:
        accepted = False
    assert check_matricule_digits(text) is accepted


@pytest.mark.parametrize(
    "text",
    [
        "1985 0315 1237 1",
        " 1985.03.15-123.71 ",
        "1985\u00a003\u00a015\u202f123\u00a071",
        "1985–03–15—123 71",
        "１９８５０３１５１２３７１",
        "1985/03/15 123 71\u200b",
        "١٩٨٥٠٣١٥١٢٣٧١",
    ],
)
def test_separators_and_digits_of_other_scripts_are_understood(text):
    assert Matricule.parse(text).value == "1985031512371"


def test_it_is_shown_in_groups():
    assert Matricule.parse("1985031512371").formatted == "1985 03 15 123 71"


def test_the_date_of_birth_is_read():
    matricule = Matricule.parse("1985031512371")
    assert (matricule.birth_year, matricule.birth_month, matricule.birth_day) == (1985, 3, 15)


def test_an_unknown_month_and_day_are_legal():
    matricule = Matricule.parse("1990000000183")
    assert (matricule.birth_year, matricule.birth_month, matricule.birth_day) == (1990, None, None)


def test_a_day_whose_month_is_unknown_says_nothing():
    assert Matricule.build(1990, 0, 12).birth_day is None


@pytest.mark.parametrize(
    ("year", "month", "day"), [(1985, 2, 31), (1985, 2, 29), (1900, 2, 29), (1985, 13, 1), (1799, 1, 1)]
)
def test_a_date_that_does_not_exist_is_refused_though_the_check_digits_are_right(year, month, day):
    with pytest.raises(IdentifierError) as caught:
        Matricule.build(year, month, day)
    assert caught.value.code == "date"


@pytest.mark.parametrize(("year", "month", "day"), [(2000, 2, 29), (1984, 2, 29), (1984, 2, 0), (1984, 0, 31)])
def test_a_date_that_exists_or_is_partly_unknown_is_accepted(year, month, day):
    assert Matricule.build(year, month, day).birth_year == year


@pytest.mark.parametrize(
    ("text", "code", "message"),
    [
        ("", "missing", "Enter a number."),
        (" - ", "missing", "Enter a number."),
        ("198503151237", "length", "A matricule has 13 digits; you typed 12."),
        ("19850315127", "length", "A matricule has 13 digits; you typed 11."),
        ("19850315123711", "length", "A matricule has 13 digits; you typed 14."),
        ("1985O31512371", "characters", "“O” is not a digit: enter digits only."),
        ("1985031521371", "swapped", "Two digits next to each other seem swapped: compare with your card."),
        ("1985031512378", "one_digit", "One digit seems wrong: check each digit."),
        ("1111111111111", "check_digits", "Several digits seem wrong: type the matricule again from your card."),
    ],
)
def test_a_refusal_says_how_to_put_it_right(text, code, message):
    error = refusal(text)
    with translation.override("en"):
        assert (error.code, str(error.message)) == (code, message)


def test_a_message_is_translated_when_it_is_read():
    error = refusal("198503151237")
    with translation.override("fr"):
        assert str(error.message) == "Un matricule a 13 chiffres ; vous en avez saisi 12."
    with translation.override("de"):
        assert str(error.message) == "Eine Matrikelnummer hat 13 Ziffern; Sie haben 12 eingegeben."


def test_neither_its_text_form_in_a_trace_nor_a_refusal_gives_the_number_away():
    assert "1985" not in repr(Matricule.parse("1985031512371"))
    assert "1985" not in repr(refusal("1985031512378")) + str(refusal("1985031512378"))


def test_eleven_digits_are_read_only_where_accepted():
    """S2-09, X3."""
    assert parse_matricule("1893 12 01 057", accept_short=True) == ShortMatricule("18931201057")
    assert parse_matricule("1985031512371", accept_short=True) == Matricule("1985031512371")
    with pytest.raises(IdentifierError) as caught:
        parse_matricule("18931201057", accept_short=False)
    assert caught.value.code == "length"


def test_any_other_length_is_refused_where_both_are_accepted():
    with pytest.raises(IdentifierError) as caught, translation.override("en"):
        parse_matricule("198503151237", accept_short=True)
    with translation.override("en"):
        assert str(caught.value.message) == "A matricule has 13 or 11 digits; you typed 12."


def test_the_old_number_begins_the_new_one():
    assert Matricule.parse("1893120105732").short == ShortMatricule("18931201057")


def test_a_number_given_since_2014_may_have_no_old_form():
    assert Matricule.parse("1985031512371").short is None


@pytest.mark.parametrize(
    "text", ["", "1985", "1985031512371 ", "１９８５０３１５１２３７１", "198503151237é", "-985031512371"]
)
def test_the_fast_check_takes_thirteen_ascii_digits_and_nothing_else(text):
    assert not check_matricule_digits(text)
