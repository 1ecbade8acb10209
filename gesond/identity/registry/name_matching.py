"""Whether two statements of who somebody is can be the same person, and which attribute differs (S3-11, S3-12).

Tolerant of what spells one name in several ways: accents and other marks, case, order of given names, hyphens, spaces
and apostrophes, particles, compound and married names of which one statement has a part. Whatever is tolerated is the
same; whatever is not is said by attribute. Pure functions: no database. Why it is so: docs/adr/0017-secretaries.md.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import lru_cache

# What NFKD does not take apart.
LETTERS = str.maketrans(
    {"ß": "ss", "ø": "o", "œ": "oe", "æ": "ae", "đ": "d", "ð": "d", "ł": "l", "þ": "th", "ı": "i", "ʼ": " ", "ʻ": " "}
)
# The ways one writes an umlaut without it.
UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
# An umlaut written without its dots, as in a passport's lines: « Mueller ». Not at the end: « Noe » is « Noé ».
WRITTEN_UMLAUT = re.compile(r"([aou])e(?=[a-z])")
PARTS = re.compile(r"[^\W\d_]+")
# Small words of a name: one statement may leave them out, but not have others in their place.
PARTICLES = frozenset(
    word
    for words in (
        ("de", "du", "des", "d", "la", "le", "les", "l"),
        ("da", "do", "di", "dos", "das", "del", "della", "y", "el", "al"),
        ("van", "von", "vom", "der", "den", "het", "ter", "ten", "zu", "zum", "zur", "af", "av"),
    )
    for word in words
)
# What stands between a married and a birth name; never a part of either.
BETWEEN = frozenset(
    ("epouse", "epoux", "ep", "nee", "ne", "geb", "geborene", "geborener", "verh", "veuve", "vve", "dit", "dite")
)
NAME_LETTERS = 2  # fewer are an initial, which tells nobody apart
LONGEST = 8  # parts; a longer name is compared as a whole
SLIP_LETTERS = 5  # in a shorter name one letter more or less makes another name: « Anne » and « Anna »

Parts = tuple[str, ...]


class Attribute(StrEnum):
    FAMILY_NAME = "family_name"
    GIVEN_NAMES = "given_names"
    BIRTH_DATE = "birth_date"
    NOT_IN_REGISTRY = "not_in_registry"


@dataclass(frozen=True, kw_only=True)
class Identity:
    """One statement of who somebody is; `birth_date` None when it does not say."""

    family_name: str
    given_names: str
    birth_date: date | None = None


@dataclass(frozen=True, kw_only=True)
class Difference:
    """One attribute that differs. `spelling`: by little enough to be a slip of the pen."""

    attribute: Attribute
    declared: str
    proved: str
    spelling: bool


def differences(declared: Identity, proved: Identity) -> list[Difference]:
    """What tells the two apart, by attribute; nothing when they can be the same person."""
    found = [
        _name_difference(Attribute.FAMILY_NAME, declared.family_name, proved.family_name),
        _name_difference(Attribute.GIVEN_NAMES, declared.given_names, proved.given_names),
        _birth_difference(declared.birth_date, proved.birth_date),
    ]
    return [difference for difference in found if difference is not None]


def same_name(first: str, second: str) -> bool:
    """Whether two family names, or two sets of given names, can be the same. Symmetric.

    Letters of another script than the Latin one are never the same: a registry and LuxTrust write Latin, and what looks
    alike in another alphabet is how one name is passed off as another.
    """
    left, right = _parts(first), _parts(second)
    if not (_is_readable(left) and _is_readable(right)):
        return False
    return _holds(left, right) or _holds(right, left)


def _name_difference(attribute: Attribute, declared: str, proved: str) -> Difference | None:
    if same_name(declared, proved):
        return None
    return Difference(attribute=attribute, declared=declared, proved=proved, spelling=_is_slip(declared, proved))


def _birth_difference(declared: date | None, proved: date | None) -> Difference | None:
    if declared is None or proved is None or declared == proved:
        return None
    return Difference(
        attribute=Attribute.BIRTH_DATE, declared=declared.isoformat(), proved=proved.isoformat(), spelling=False
    )


def _parts(name: str) -> Parts:
    """The words of a name in small letters without marks, but for those that only stand between two names."""
    lower = unicodedata.normalize("NFKC", name).casefold().translate(LETTERS)
    plain = "".join(mark for mark in unicodedata.normalize("NFKD", lower) if not unicodedata.combining(mark))
    found = tuple(PARTS.findall(plain))
    return tuple(part for part in found if part not in BETWEEN) or found


def _is_readable(parts: Parts) -> bool:
    return bool(parts) and all(unicodedata.name(letter, "").startswith("LATIN") for part in parts for letter in part)


def _holds(whole: Parts, part: Parts) -> bool:
    """Whether every word of `part` is in `whole`, each once, in any order, written apart or together."""
    names = _names(part)
    if not any(len(name) >= NAME_LETTERS for name in names):
        return False
    if max(len(whole), len(part)) > LONGEST:
        return _spelling("".join(whole)) == _spelling("".join(part))
    # A particle may be a part of the other's word (« Dasilva »), but is not a name of its own (« Le » of « Le Pen »).
    pieces = [_names(whole)] if PARTICLES.issuperset(part) else [_names(whole), whole]
    return _is_covered(part, whole) and any(_is_covered(names, choice) for choice in pieces)


def _names(parts: Parts) -> Parts:
    """Without particles; a name made of nothing else keeps them."""
    return tuple(part for part in parts if part not in PARTICLES) or parts


@lru_cache(maxsize=1024)
def _is_covered(words: Parts, pieces: Parts) -> bool:
    """Whether `words`, some of them joined, are some of `pieces`, some of them joined; each used once."""
    if not words:
        return True
    for end in range(1, len(words) + 1):
        wanted = _spelling("".join(words[:end]))
        if any(_is_covered(words[end:], rest) for rest in _without(wanted, pieces)):
            return True
    return False


def _without(wanted: str, pieces: Parts) -> set[Parts]:
    """What may be left of `pieces` once one of them, or several in a row, has been taken as `wanted`."""
    spans = ((start, end) for start in range(len(pieces)) for end in range(start + 1, len(pieces) + 1))
    return {pieces[:start] + pieces[end:] for start, end in spans if _spelling("".join(pieces[start:end])) == wanted}


def _spelling(word: str) -> str:
    """One for all ways an umlaut may be written."""
    return WRITTEN_UMLAUT.sub(r"\1", word)


def _is_slip(first: str, second: str) -> bool:
    left, right = _parts(first), _parts(second)
    if not (_is_readable(left) and _is_readable(right)):
        return False
    one, other = ("".join(sorted(map(_spelling, parts))) for parts in (left, right))
    return min(len(one), len(other)) >= SLIP_LETTERS and _is_one_change(one, other)


def _is_one_change(left: str, right: str) -> bool:
    """Whether one letter added, dropped or changed, or two neighbours exchanged, make one of the other."""
    if len(left) > len(right):
        left, right = right, left
    start = next((at for at, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), len(left))
    one, other = left[start:], right[start:]
    if len(left) < len(right):
        return one == other[1:]
    return one[1:] == other[1:] or (one[1::-1] == other[:2] and one[2:] == other[2:])
