"""IBAN: the international number of a bank account (ISO 13616; standards C-2)."""

from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _
from stdnum import iban
from stdnum.exceptions import InvalidChecksum, InvalidComponent, ValidationError

from gesond.kernel.identifiers.errors import IdentifierError
from gesond.kernel.identifiers.typed import without_separators

LENGTHS = {"LU": 20, "FR": 27, "BE": 16, "DE": 22}


@dataclass(frozen=True)
class Iban:
    value: str = field(repr=False)

    @classmethod
    def parse(cls, text: str) -> "Iban":
        """Read what was typed; the letters may be small. Raises IdentifierError."""
        number = without_separators(text)
        if not number:
            raise IdentifierError("missing", _("Enter an IBAN."))
        if not (number.isascii() and number.isalnum()):
            raise IdentifierError("characters", _("An IBAN has letters and digits only."))
        _check_length(number)
        try:
            return cls(iban.validate(number))
        except InvalidChecksum as error:
            raise IdentifierError("check_digits", _("One character seems wrong: check each one.")) from error
        except InvalidComponent as error:
            raise IdentifierError(
                "country", _("An IBAN starts with the two letters of its country, such as LU or FR.")
            ) from error
        except ValidationError as error:
            raise IdentifierError("format", _("This is not how an IBAN of this country is made: check it.")) from error

    @property
    def country(self) -> str:
        """ISO 3166-1 alpha-2."""
        return self.value[:2]

    @property
    def formatted(self) -> str:
        """`LU28 0019 4006 4475 0000`."""
        return str(iban.format(self.value))

    @property
    def masked(self) -> str:
        """`LU** **** 0000`: enough for its owner to know it again."""
        return f"{self.country}** **** {self.value[-4:]}"

    def __str__(self) -> str:
        return self.value


def _check_length(number: str) -> None:
    expected = LENGTHS.get(number[:2])
    if expected and len(number) != expected:
        raise IdentifierError(
            "length",
            _("An IBAN in %(country)s has %(expected)s characters; you typed %(typed)s."),
            country=number[:2],
            expected=expected,
            typed=len(number),
        )
