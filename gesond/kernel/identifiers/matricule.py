"""The matricule: Luxembourg's national identification number, 13 digits (RGD 28 Nov 2013; standards C-1)."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

from gesond.kernel.identifiers.bulk import check_matricule_digits
from gesond.kernel.identifiers.check_digits import luhn_digit, verhoeff_digit
from gesond.kernel.identifiers.errors import IdentifierError
from gesond.kernel.identifiers.short_matricule import LENGTH as SHORT_LENGTH
from gesond.kernel.identifiers.short_matricule import ShortMatricule
from gesond.kernel.identifiers.typed import digits

LENGTH = 13
BODY = 11


@dataclass(frozen=True)
class Matricule:
    """Thirteen digits: date of birth, sequence, Luhn digit, Verhoeff digit, both over the first eleven."""

    value: str = field(repr=False)

    @classmethod
    def parse(cls, text: str) -> "Matricule":
        """Read what was typed, with spaces, dots, dashes or digits of another script. Raises IdentifierError."""
        number = digits(text)
        if len(number) != LENGTH:
            raise IdentifierError("length", _("A matricule has 13 digits; you typed %(typed)s."), typed=len(number))
        return cls._checked(number)

    @classmethod
    def build(cls, year: int, month: int = 0, day: int = 0, sequence: int = 1) -> "Matricule":
        """The number of these parts with its check digits, for synthetic people. Raises IdentifierError (`date`)."""
        body = f"{year:04}{month:02}{day:02}{sequence:03}"
        return cls._checked(f"{body}{luhn_digit(body)}{verhoeff_digit(body)}")

    @classmethod
    def _checked(cls, number: str) -> "Matricule":
        if not check_matricule_digits(number):
            raise _diagnosis(number)
        return cls(number)

    @property
    def formatted(self) -> str:
        """`1985 03 15 123 71`."""
        value = self.value
        return f"{value[:4]} {value[4:6]} {value[6:8]} {value[8:BODY]} {value[BODY:]}"

    @property
    def birth_year(self) -> int:
        """The year of birth, or of entry in the register where that of birth is unknown."""
        return int(self.value[:4])

    @property
    def birth_month(self) -> int | None:
        return int(self.value[4:6]) or None

    @property
    def birth_day(self) -> int | None:
        """None when unknown; a day whose month is unknown says nothing, so it is None too."""
        return (int(self.value[6:8]) or None) if self.birth_month else None

    @property
    def short(self) -> ShortMatricule | None:
        """The old 11-digit number this one continues: its first eleven digits, when they pass the old check."""
        try:
            return ShortMatricule.parse(self.value[:BODY])
        except IdentifierError:
            return None

    def __str__(self) -> str:
        return self.value


def parse_matricule(text: str, *, accept_short: bool) -> Matricule | ShortMatricule:
    """Read 13 digits, or 11 where the guides accept them: portal activation and sign-in (S2-09, X3).

    A `ShortMatricule` must be resolved to a person in the registry. Raises IdentifierError.
    """
    if not accept_short:
        return Matricule.parse(text)
    number = digits(text)
    if len(number) == SHORT_LENGTH:
        return ShortMatricule.parse(number)
    if len(number) != LENGTH:
        raise IdentifierError("length", _("A matricule has 13 or 11 digits; you typed %(typed)s."), typed=len(number))
    return Matricule.parse(number)


def _diagnosis(number: str) -> IdentifierError:
    """What is most likely wrong with 13 digits that are no matricule. Never says which digit: it would give it away."""
    body = number[:BODY]
    if number[BODY:] == f"{luhn_digit(body)}{verhoeff_digit(body)}":
        return IdentifierError(
            "date", _("The date of birth in this matricule does not exist: check its first 8 digits.")
        )
    if any(map(check_matricule_digits, _swapped(number))):
        return IdentifierError("swapped", _("Two digits next to each other seem swapped: compare with your card."))
    if any(map(check_matricule_digits, _one_digit_changed(number))):
        return IdentifierError("one_digit", _("One digit seems wrong: check each digit."))
    return IdentifierError("check_digits", _("Several digits seem wrong: type the matricule again from your card."))


def _swapped(number: str) -> Iterator[str]:
    for at in range(LENGTH - 1):
        yield number[:at] + number[at + 1] + number[at] + number[at + 2 :]


def _one_digit_changed(number: str) -> Iterator[str]:
    for at in range(LENGTH):
        for digit in "0123456789":
            yield number[:at] + digit + number[at + 1 :]
