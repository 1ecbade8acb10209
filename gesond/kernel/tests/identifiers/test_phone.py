import pytest

from gesond.kernel.identifiers import IdentifierError, Phone


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("621 123 456", "+352621123456"),
        ("00352 621 123 456", "+352621123456"),
        ("+352 (621) 123-456", "+352621123456"),
        ("６２１１２３４５６", "+352621123456"),
        ("0033 6 12 34 56 78", "+33612345678"),
        ("+49 1512 3456789", "+4915123456789"),
    ],
)
def test_a_number_is_read_as_from_luxembourg(text, value):
    assert Phone.parse(text).value == value


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "missing"),
        ("621 12", "format"),
        ("+352 62", "length"),
        ("+352 621 123 456 789 012 3", "length"),
        ("112", "length"),
        ("621 123 456 ext 3", "characters"),
        ("621 123 456;ext=3", "characters"),
        ("tel: 621 123 456", "characters"),
        ("+999 621 123 456", "format"),
        ("621 123 456 #3", "format"),
        ("6" * 41, "characters"),
    ],
)
def test_what_is_no_number_is_refused(text, code):
    with pytest.raises(IdentifierError) as caught:
        Phone.parse(text)
    assert caught.value.code == code


def test_it_is_shown_with_its_country_and_masked_but_for_two_digits():
    phone = Phone.parse("621123456")
    assert (phone.formatted, phone.masked) == ("+352 621 123 456", "*****56")
    assert Phone.parse(phone.formatted) == phone


def test_only_a_mobile_can_receive_a_code():
    assert Phone.parse("621 123 456").require_mobile().is_mobile
    with pytest.raises(IdentifierError) as caught:
        Phone.parse("27 12 50 18 33").require_mobile()
    assert caught.value.code == "not_mobile"


def test_its_text_form_in_a_trace_does_not_give_it_away():
    assert "621" not in repr(Phone.parse("621 123 456"))
