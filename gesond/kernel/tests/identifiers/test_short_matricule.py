import pytest
from hypothesis import given
from hypothesis import strategies as st

from gesond.kernel.identifiers import IdentifierError, ShortMatricule
from gesond.kernel.tests.identifiers.strategies import dates


def numbers_of(body: str) -> list[str]:
    """The eleven-digit numbers that begin with ten digits, one a mode at most."""
    accepted = []
    for digit in "0123456789":
        try:
            accepted.append(ShortMatricule.parse(body + digit).value)
        except IdentifierError:
            continue
    return accepted


@pytest.mark.parametrize(
    ("text", "mode"), [("18931201057", 1), ("19850315127", 1), ("19500101019", 1), ("19641130080", 2)]
)
def test_a_real_number_is_accepted_under_its_mode(text, mode):
    number = ShortMatricule.parse(text)
    assert (number.value, number.mode) == (text, mode)


@pytest.mark.parametrize("text", ["18931201050", "1964 11 30 085"])
def test_a_number_of_no_mode_is_refused(text):
    with pytest.raises(IdentifierError) as caught:
        ShortMatricule.parse(text)
    assert caught.value.code == "check_digits"


@given(dates, st.integers(0, 99))
def test_two_or_three_check_digits_are_possible(date, order):
    year, month, day = date
    assert len(numbers_of(f"{year}{month:02}{day:02}{order:02}")) in {2, 3}


def test_what_is_shown_can_be_typed_back():
    number = ShortMatricule.parse("18931201057")
    assert number.formatted == "1893 12 01 057"
    assert ShortMatricule.parse(number.formatted) == number


def test_a_date_that_does_not_exist_is_refused():
    with pytest.raises(IdentifierError) as caught:
        ShortMatricule.parse("19850230008")
    assert caught.value.code == "date"


def test_thirteen_digits_are_not_a_short_matricule():
    with pytest.raises(IdentifierError) as caught:
        ShortMatricule.parse("1893120105732")
    assert caught.value.code == "length"
