import pytest
from hypothesis import given
from hypothesis import strategies as st

from gesond.notify.sms_text import BASIC, EXTENSION, Alphabet, plain_typography, split


@pytest.mark.parametrize(
    ("text", "alphabet", "parts"),
    [
        ("a" * 160, Alphabet.GSM7, 1),
        ("a" * 161, Alphabet.GSM7, 2),
        ("a" * 306, Alphabet.GSM7, 2),
        ("a" * 307, Alphabet.GSM7, 3),
        ("€" * 80, Alphabet.GSM7, 1),
        ("€" * 81, Alphabet.GSM7, 2),
        ("ê" * 70, Alphabet.UCS2, 1),
        ("ê" * 71, Alphabet.UCS2, 2),
        ("😀" * 35, Alphabet.UCS2, 1),
        ("😀" * 36, Alphabet.UCS2, 2),
    ],
)
def test_a_text_takes_as_many_parts_as_the_standard_says(text, alphabet, parts):
    made = split(text)
    assert (made.alphabet, len(made.parts)) == (alphabet, parts)


def test_french_letters_of_the_gsm_alphabet_stay_in_it():
    assert split("Votre code eSanté : 123456, à bientôt".replace("ô", "o")).alphabet is Alphabet.GSM7
    assert split("à bientôt").alphabet is Alphabet.UCS2


def test_an_escape_pair_is_never_cut():
    parts = split("a" * 152 + "€" + "b" * 20).parts
    assert parts[0] == b"a" * 152
    assert parts[1].startswith(b"\x1b\x65")


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cs"]), min_size=1, max_size=400))
def test_nothing_is_lost_or_split_inside_a_character_in_ucs2(text):
    made = split(text + "ê")
    assert "".join(part.decode("utf-16-be") for part in made.parts) == text + "ê"
    assert len(made.parts) == 1 or max(map(len, made.parts)) <= 134


@given(st.text(alphabet=[c for c in BASIC if c != "\x1b"] + list(EXTENSION), min_size=1, max_size=400))
def test_no_gsm_part_ends_with_an_escape(text):
    made = split(text)
    assert made.alphabet is Alphabet.GSM7
    assert not any(part.endswith(b"\x1b") for part in made.parts)


def test_typographic_signs_do_not_cost_half_of_the_sms():
    assert plain_typography("« L’été » – c’est\u00a0vu…") == "\"L'été\" - c'est vu..."
