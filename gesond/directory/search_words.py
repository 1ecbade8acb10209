"""Names and places as one searches them: without accents, case or punctuation, each word found by its beginning."""

import re
import unicodedata
from typing import Any

from gesond.identity.registry.name_matching import LETTERS, UMLAUTS

# Letters and digits apart: « L-2134 », « L2134 » and « 2134 » find the same.
WORD = re.compile(r"[^\W\d_]+|\d+")
MOST_WORDS = 8  # of a query: what follows is left out


def name_words(family_name: str, given_names: str) -> str:
    """What `ProfessionalRecord.name_words` holds: sorts by family name, and is found by any part."""
    return indexed(f"{family_name} {given_names}")


def place_words(address: dict[str, Any]) -> str:
    """What `EstablishmentRecord.place_words` holds: the town and the postal code of an address."""
    return indexed(f"{address['city']} {address['postal_code']}")


def indexed(text: str) -> str:
    """The words of a text, once each; then how else those with an umlaut are written."""
    first, second = _readings(text)
    return " ".join(dict.fromkeys([*first, *second]))


def query(text: str) -> str:
    """What `begins` takes: every word typed begins a word. Empty when nothing was typed that could be one."""
    first, second = (reading[:MOST_WORDS] for reading in _readings(text))
    return " & ".join(_either(*pair) for pair in zip(first, second, strict=True))


def _either(first: str, second: str) -> str:
    # Words hold letters and digits alone: nothing in them ends the quotation.
    return f"'{first}':*" if first == second else f"('{first}':* | '{second}':*)"


def _readings(text: str) -> tuple[list[str], list[str]]:
    """The words, in both ways an umlaut may be written."""
    lower = unicodedata.normalize("NFC", text.casefold()).translate(LETTERS)
    return _words(lower), _words(lower.translate(UMLAUTS))


def _words(lower: str) -> list[str]:
    taken_apart = unicodedata.normalize("NFKD", lower)
    return WORD.findall("".join(mark for mark in taken_apart if not unicodedata.combining(mark)))
