"""SMS text: which alphabet it needs, how many parts it takes, and where it may be cut.

GSM 03.38: 7-bit septets, 160 in one SMS and 153 in each part of a longer one; a character of the extension table takes
two. A text with any other character goes as UCS-2 throughout: 70 in one, 67 in each part.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION = {
    "\f": 0x0A,
    "^": 0x14,
    "{": 0x28,
    "}": 0x29,
    "\\": 0x2F,
    "[": 0x3C,
    "~": 0x3D,
    "]": 0x3E,
    "|": 0x40,
    "€": 0x65,
}
ESCAPE = 0x1B
BASIC_CODES = {character: code for code, character in enumerate(BASIC) if code != ESCAPE}

# Typographic signs that have an exact plain twin: one of them would cost more than half of the SMS.
PLAIN = str.maketrans(
    {
        "’": "'",
        "‘": "'",
        "“": '"',
        "”": '"',
        "–": "-",
        "—": "-",
        "…": "...",
        "\u00a0": " ",
        "\u202f": " ",
        "\u2009": " ",
    }
)


QUOTED = re.compile(r"«\s*(.*?)\s*»")


class Alphabet(StrEnum):
    GSM7 = "gsm7"
    UCS2 = "ucs2"


LIMITS = {Alphabet.GSM7: (160, 153), Alphabet.UCS2: (140, 134)}  # units: septets, bytes


@dataclass(frozen=True)
class SplitText:
    """A text as it travels: one bytes a part, GSM-7 unpacked (a septet a byte) or UTF-16 big-endian."""

    alphabet: Alphabet
    parts: tuple[bytes, ...]


def plain_typography(text: str) -> str:
    """The same words with plain quotes, dashes and spaces: « l’été » keeps its letters."""
    return QUOTED.sub(r'"\1"', text.translate(PLAIN))


def split(text: str) -> SplitText:
    """Encode and cut. Never inside an escape pair or a surrogate pair."""
    alphabet = Alphabet.GSM7 if all(c in BASIC_CODES or c in EXTENSION for c in text) else Alphabet.UCS2
    encode = _septets if alphabet is Alphabet.GSM7 else _utf16
    characters = [encode(character) for character in text]
    whole, part = LIMITS[alphabet]
    if sum(map(len, characters)) <= whole:
        return SplitText(alphabet, (b"".join(characters),))
    return SplitText(alphabet, tuple(_cut(characters, part)))


def _cut(characters: list[bytes], limit: int) -> list[bytes]:
    parts = [b""]
    for character in characters:
        if len(parts[-1]) + len(character) > limit:
            parts.append(b"")
        parts[-1] += character
    return parts


def _septets(character: str) -> bytes:
    if character in BASIC_CODES:
        return bytes((BASIC_CODES[character],))
    return bytes((ESCAPE, EXTENSION[character]))


def _utf16(character: str) -> bytes:
    return character.encode("utf-16-be")
