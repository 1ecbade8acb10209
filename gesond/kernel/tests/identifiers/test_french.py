"""FINESS and NIR (standards C-2)."""

import pytest

from gesond.kernel.identifiers import Finess, IdentifierError, Nir


@pytest.mark.parametrize(
    "text", ["750712184", "750100125", "690781810", "130786049", "2A0000014", "2B0000020", "75 071 218-4", "2a0000014"]
)
def test_a_finess_number_is_accepted(text):
    number = Finess.parse(text)
    assert number.value == text.replace(" ", "").replace("-", "").upper()
    assert Finess.parse(number.formatted) == number


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "missing"),
        ("75071218", "length"),
        ("750712185", "check_digits"),
        ("3A0000014", "characters"),
        ("75O712184", "characters"),
    ],
)
def test_a_wrong_finess_number_is_refused(text, code):
    with pytest.raises(IdentifierError) as caught:
        Finess.parse(text)
    assert caught.value.code == code


@pytest.mark.parametrize(("text", "department"), [("750712184", "75"), ("2A0000014", "2A"), ("970100004", "970")])
def test_a_finess_number_tells_its_department(text, department):
    assert Finess.parse(text).department == department


@pytest.mark.parametrize("text", ["295109912611193", "186022A21532523", "190062B03304532", "2 95 10 99 126 111 93"])
def test_a_nir_is_accepted(text):
    number = Nir.parse(text)
    assert number.value == text.replace(" ", "")
    assert Nir.parse(number.formatted) == number


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "missing"),
        ("2951099126111", "length"),
        ("295109912611199", "check_digits"),
        ("186022C21532523", "characters"),
    ],
)
def test_a_wrong_nir_is_refused(text, code):
    with pytest.raises(IdentifierError) as caught:
        Nir.parse(text)
    assert caught.value.code == code
