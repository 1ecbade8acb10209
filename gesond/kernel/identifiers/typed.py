"""What people type between the characters that count."""

import unicodedata

from django.utils.translation import gettext_lazy as _

from gesond.kernel.identifiers.errors import IdentifierError

# Dots, slashes and everything Unicode calls a dash, a space, a control or an invisible mark (pasted from PDF or Word).
SEPARATORS = frozenset("./'’\u2212")
SEPARATOR_CATEGORIES = frozenset({"Pd", "Zs", "Zl", "Zp", "Cc", "Cf"})


def without_separators(text: str) -> str:
    """`text` in upper case without what only groups it; digits of any script become 0-9."""
    return "".join(_plain(character) for character in text if not _separates(character)).upper()


def digits(text: str) -> str:
    """The digits of `text`. Raises IdentifierError (`missing`, `characters`) when there is none, or anything else."""
    compact = without_separators(text)
    if not compact:
        raise IdentifierError("missing", _("Enter a number."))
    for character in compact:
        if character not in "0123456789":
            raise IdentifierError(
                "characters", _("“%(character)s” is not a digit: enter digits only."), character=character
            )
    return compact


def _separates(character: str) -> bool:
    return character in SEPARATORS or unicodedata.category(character) in SEPARATOR_CATEGORIES


def _plain(character: str) -> str:
    value = unicodedata.decimal(character, None)
    return character if value is None else str(value)
