"""FINESS: the number of a French health establishment, nine characters (standards C-2; S5-11)."""

import re
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from stdnum import luhn

from gesond.kernel.identifiers.errors import IdentifierError
from gesond.kernel.identifiers.facts import facts
from gesond.kernel.identifiers.typed import without_separators

LENGTH = 9
SHAPE = re.compile(r"[0-9][0-9AB][0-9]{7}", re.ASCII)
OVERSEAS = ("97", "98")


@dataclass(frozen=True)
class Finess:
    """Public: it may be shown and logged. A legal entity and its sites have different numbers."""

    value: str

    @classmethod
    def parse(cls, text: str) -> "Finess":
        """Read what was typed. Raises IdentifierError."""
        number = without_separators(text)
        if not number:
            raise IdentifierError("missing", _("Enter a FINESS number."))
        if len(number) != LENGTH:
            raise IdentifierError(
                "length", _("A FINESS number has 9 characters; you typed %(typed)s."), typed=len(number)
            )
        if not SHAPE.fullmatch(number) or (number[1] in "AB" and number[0] != "2"):
            raise IdentifierError("characters", _("A FINESS number has digits only, but for 2A and 2B in Corsica."))
        if not _key_is_right(number):
            raise IdentifierError("check_digits", _("One character seems wrong: check each of the 9."))
        return cls(number)

    @property
    def department(self) -> str:
        """`75`, `2A`; three characters overseas: `974`."""
        return self.value[:3] if self.value.startswith(OVERSEAS) else self.value[:2]

    @property
    def formatted(self) -> str:
        """`75 071 218 4`."""
        return f"{self.value[:2]} {self.value[2:5]} {self.value[5:8]} {self.value[8]}"

    def __str__(self) -> str:
        return self.value


def _key_is_right(number: str) -> bool:
    known = facts("finess")
    return not known["check_key"] or luhn.is_valid(number.translate(str.maketrans(known["letters"])))
