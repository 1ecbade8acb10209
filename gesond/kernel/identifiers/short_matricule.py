"""The 11-digit matricule of the RGD of 21 December 1987, still on old cards and letters (S2-09, X3)."""

from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

from gesond.kernel.identifiers import birth_date
from gesond.kernel.identifiers.errors import IdentifierError
from gesond.kernel.identifiers.typed import digits

LENGTH = 11
WEIGHTS = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
# The check digit is (base - weighted sum) modulo 11. A second and a third base were opened as numbers ran out.
MODE_BASES = (11, 12, 13)
NOT_ASSIGNED = 10


@dataclass(frozen=True)
class ShortMatricule:
    """Eleven digits: date, order number, check digit. The check is weak (three modes): always resolve in the registry.

    The parity of the order number tells the sex: it is not read, on purpose.
    """

    value: str = field(repr=False)

    @classmethod
    def parse(cls, text: str) -> "ShortMatricule":
        """Read what was typed. Raises IdentifierError."""
        number = digits(text)
        if len(number) != LENGTH:
            raise IdentifierError(
                "length", _("A short matricule has 11 digits; you typed %(typed)s."), typed=len(number)
            )
        if mode_of(number) is None:
            raise IdentifierError("check_digits", _("This matricule is not right: check each digit."))
        if not birth_date.possible(number):
            raise IdentifierError(
                "date", _("The date of birth in this matricule does not exist: check its first 8 digits.")
            )
        return cls(number)

    @property
    def formatted(self) -> str:
        """`1985 03 15 127`."""
        return f"{self.value[:4]} {self.value[4:6]} {self.value[6:8]} {self.value[8:]}"

    @property
    def mode(self) -> int:
        """1, 2 or 3: the first way of computing the check digit that gives this one."""
        mode = mode_of(self.value)
        assert mode is not None  # noqa: S101 - parse() let it in
        return mode

    def __str__(self) -> str:
        return self.value


def mode_of(number: str) -> int | None:
    """Which mode gives this check digit, or None when none does."""
    total = sum(int(digit) * weight for digit, weight in zip(number, WEIGHTS, strict=False))
    for mode, base in enumerate(MODE_BASES, start=1):
        check = (base - total) % 11
        if check != NOT_ASSIGNED and check == int(number[-1]):
            return mode
    return None
