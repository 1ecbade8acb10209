import math
import random

import pytest
from django.utils import translation

from gesond.identity.credentials.activation_codes import (
    ALPHABET,
    RANDOM_SYMBOLS,
    ActivationCodeError,
    ActivationCodeText,
)


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


def test_a_code_holds_at_least_sixty_bits_without_look_alikes():
    assert math.log2(len(ALPHABET) ** RANDOM_SYMBOLS) >= 60
    assert len(set(ALPHABET)) == 32
    assert not set("0O1I") & set(ALPHABET)


def test_a_code_is_printed_in_three_groups_of_five():
    code = ActivationCodeText.random()
    assert [len(group) for group in code.formatted.split("-")] == [5, 5, 5]
    assert set(code.symbols) <= set(ALPHABET)


def test_two_codes_differ():
    assert len({ActivationCodeText.random().symbols for _ in range(1000)}) == 1000


@pytest.mark.parametrize(
    "change", [str.lower, lambda t: t.replace("-", " "), lambda t: t.replace("-", ""), "  {} ".format]
)
def test_case_spaces_and_hyphens_do_not_count(change):
    code = ActivationCodeText.random()
    assert ActivationCodeText.parse(change(code.formatted)) == code


def test_every_single_slip_is_told():
    code = ActivationCodeText.from_payload("K7QM49XWBT2HRD")
    for place, right in enumerate(code.symbols):
        for wrong in set(ALPHABET) - {right}:
            with pytest.raises(ActivationCodeError, match="typing error"):
                ActivationCodeText.parse(code.symbols[:place] + wrong + code.symbols[place + 1 :])


def test_every_swap_of_two_different_symbols_is_told():
    symbols = ActivationCodeText.from_payload("".join(random.Random(7).choices(ALPHABET, k=RANDOM_SYMBOLS))).symbols
    for a in range(15):
        for b in range(a + 1, 15):
            if symbols[a] != symbols[b]:
                swapped = list(symbols)
                swapped[a], swapped[b] = swapped[b], swapped[a]
                with pytest.raises(ActivationCodeError):
                    ActivationCodeText.parse("".join(swapped))


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "Enter the activation code"),
        ("K7QM0-9XWBT-2HRDA", "never contain 0"),
        ("K7QM!-9XWBT-2HRDA", "only letters and digits"),
        ("K7QM", "you typed 4"),
    ],
)
def test_the_message_says_how_to_put_it_right(typed, words):
    with pytest.raises(ActivationCodeError, match=words):
        ActivationCodeText.parse(typed)


def test_a_code_does_not_show_itself_in_logs():
    code = ActivationCodeText.random()
    assert code.symbols not in f"{code} {code!r}"
