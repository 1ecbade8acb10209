import pytest
from django.utils import translation

from gesond.kernel.identifiers import Iban, IdentifierError

LU = "LU280019400644750000"
FR = "FR1420041010050500013M02606"


@pytest.mark.parametrize("text", [LU, FR, "lu28 0019 4006 4475 0000", "FR14 2004 1010 0505 0001 3M02 606"])
def test_an_iban_is_accepted(text):
    assert Iban.parse(text).value == text.replace(" ", "").upper()


def test_it_is_shown_in_fours_and_masked():
    iban = Iban.parse(LU)
    assert (iban.country, iban.formatted, iban.masked) == ("LU", "LU28 0019 4006 4475 0000", "LU** **** 0000")
    assert Iban.parse(iban.formatted) == iban


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "missing"),
        ("LU28001940064475000", "length"),
        ("LU280019400644750001", "check_digits"),
        ("LU28001940064475000$", "characters"),
        ("XX080019400644750000", "country"),
        ("LU03A019400644750000", "format"),
    ],
)
def test_a_wrong_iban_is_refused(text, code):
    with pytest.raises(IdentifierError) as caught:
        Iban.parse(text)
    assert caught.value.code == code


@pytest.mark.parametrize("at", range(4, 20))
def test_every_single_digit_error_is_caught(at):
    for digit in set("0123456789") - {LU[at]}:
        with pytest.raises(IdentifierError):
            Iban.parse(LU[:at] + digit + LU[at + 1 :])


def test_a_wrong_length_is_told_with_the_country():
    with pytest.raises(IdentifierError) as caught:
        Iban.parse("LU28 0019 4006")
    with translation.override("en"):
        assert str(caught.value.message) == "An IBAN in LU has 20 characters; you typed 12."
