"""The one password policy (X2): 8 to 128 characters with a letter and a digit, neither common nor personal."""

import unicodedata
from dataclasses import dataclass

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gesond.identity.models import Person

SHORTEST = 8
LONGEST = 128
SHORTEST_PERSONAL_PART = 3
SITE_NAMES = ("gesond", "esante", "e-sante")


@dataclass(frozen=True)
class PasswordProblem:
    """Why a password is refused, in words that say how to put it right."""

    code: str
    message: str | Promise


def password_problems(password: str, person: Person) -> list[PasswordProblem]:
    """Every reason to refuse `password` for `person`; empty when it is good. S2-19, X2."""
    checks = [
        (len(password) < SHORTEST, "short", _("Use at least 8 characters.")),
        (len(password) > LONGEST, "long", _("Use at most 128 characters.")),
        (not any(c.isalpha() for c in password), "letter", _("Add at least one letter.")),
        (not any(c.isdigit() for c in password), "digit", _("Add at least one digit.")),
        # A short one changes anyway: one reason at a time.
        (
            len(password) >= SHORTEST and _is_common(password),
            "common",
            _("This password is too common: choose one that others would not think of."),
        ),
        (
            _is_personal(password, person),
            "personal",
            _("Do not use your name, your matricule, your date of birth or the name of this site."),
        ),
    ]
    return [PasswordProblem(code, message) for bad, code, message in checks if bad]


def _is_common(password: str) -> bool:
    try:
        _common_passwords().validate(password)
    except ValidationError:
        return True
    return False


_loaded: CommonPasswordValidator | None = None


def _common_passwords() -> CommonPasswordValidator:
    """The list of 20,000 is read from disk once."""
    global _loaded  # noqa: PLW0603 - a cache of one
    _loaded = _loaded or CommonPasswordValidator()
    return _loaded


def _is_personal(password: str, person: Person) -> bool:
    """Whether what is personal or the site's name makes up the password: a word inside a longer phrase is allowed.

    The rest, without it, must still be a password of its own: eight characters.
    """
    folded = _fold(password)
    for part in sorted(_personal_parts(person), key=len, reverse=True):
        folded = folded.replace(part, "")
    return len(folded) < SHORTEST and folded != _fold(password)


def _personal_parts(person: Person) -> set[str]:
    names = [*person.family_name.replace("-", " ").split(), *person.given_names.replace("-", " ").split()]
    year, month, day = str(person.birth_year), f"{person.birth_month or 0:02}", f"{person.birth_day or 0:02}"
    dates = [year + month + day, day + month + year, day + month + year[2:], year[2:] + month + day, year]
    parts = {_fold(part) for part in (*names, *dates, person.matricule, *SITE_NAMES)}
    return {part for part in parts if len(part) >= SHORTEST_PERSONAL_PART}


def _fold(text: str) -> str:
    """Lower case without accents: « Zoé » is found in « zoe2024 »."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))
