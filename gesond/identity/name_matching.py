"""Whether two statements of who somebody is can be the same person, and which attribute differs (S3-11, S3-12).

Tolerant of what spells one name in two ways: accents and other marks, case, order of given names, hyphens and spaces,
compound and married names of which one statement has a part. Whatever is tolerated is the same; whatever is not is said
by attribute. Pure functions: no database.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

# What NFKD does not take apart, and the ways one writes an umlaut without it.
LETTERS = str.maketrans({"ß": "ss", "ø": "o", "œ": "oe", "æ": "ae", "đ": "d", "ð": "d", "ł": "l", "þ": "th", "ı": "i"})
UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue"})
PARTS = re.compile(r"[^\W\d_]+")
# Of a family name, these alone do not make two the same.
PARTICLES = {"de", "du", "des", "da", "di", "dos", "van", "von", "der", "den", "la", "le", "el", "al", "zu", "d", "l"}
CLOSE = 1  # letters by which a misspelling differs


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
    """Whether two family names, or two sets of given names, can be the same."""
    return any(_one_holds_other(a, b) for a in _readings(first) for b in _readings(second))


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


def _readings(name: str) -> list[frozenset[str]]:
    """The parts of a name, written without marks: both ways an umlaut may be."""
    lower = unicodedata.normalize("NFC", name).casefold().translate(LETTERS)
    return [_parts(lower), _parts(lower.translate(UMLAUTS))]


def _parts(lower: str) -> frozenset[str]:
    plain = "".join(mark for mark in unicodedata.normalize("NFKD", lower) if not unicodedata.combining(mark))
    return frozenset(PARTS.findall(plain.replace("'", " ").replace("’", " ")))


def _one_holds_other(first: frozenset[str], second: frozenset[str]) -> bool:
    """« Muller » and « Muller-Weber », « Marie » and « Marie Claire »; « Jeanpaul » and « Jean-Paul »."""
    if not first or not second:
        return False
    if "".join(sorted("".join(first))) == "".join(sorted("".join(second))) and _joined(first, second):
        return True
    common = first & second
    return bool(common - PARTICLES) and common in (first - PARTICLES, second - PARTICLES, first, second)


def _joined(first: frozenset[str], second: frozenset[str]) -> bool:
    """Whether one is the other written together: its parts, in some order, make the other's one part."""
    one, many = (first, second) if len(first) < len(second) else (second, first)
    whole = next(iter(one))
    return len(one) == 1 and all(part in whole for part in many)


def _is_slip(first: str, second: str) -> bool:
    left, right = ("".join(sorted(_readings(name)[0])) for name in (first, second))
    return _distance(left, right) <= CLOSE


def _distance(left: str, right: str) -> int:
    """Letters to add, drop or change to come from one to the other (Levenshtein)."""
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        previous, row[0] = row[0], i
        for j, b in enumerate(right, 1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (a != b))
    return row[-1]
