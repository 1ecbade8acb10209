"""NIR: the French social security number, 13 characters and a key of 2 (standards C-2)."""

from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _
from stdnum.exceptions import InvalidFormat as InvalidShape
from stdnum.exceptions import InvalidLength, ValidationError
from stdnum.fr import nir

from gesond.kernel.identifiers.errors import IdentifierError
from gesond.kernel.identifiers.typed import without_separators


@dataclass(frozen=True)
class Nir:
    """Fifteen characters. The month is not checked: files hold numbers whose month is outside 1 to 12."""

    value: str = field(repr=False)

    @classmethod
    def parse(cls, text: str) -> "Nir":
        """Read what was typed. Raises IdentifierError."""
        number = without_separators(text)
        if not number:
            raise IdentifierError("missing", _("Enter a social security number."))
        try:
            return cls(nir.validate(number))
        except InvalidLength as error:
            raise IdentifierError(
                "length",
                _("A social security number has 15 characters with its key; you typed %(typed)s."),
                typed=len(number),
            ) from error
        except InvalidShape as error:
            raise IdentifierError(
                "characters", _("A social security number has digits only, but for 2A and 2B in Corsica.")
            ) from error
        except ValidationError as error:
            raise IdentifierError(
                "check_digits", _("The number and its key disagree: check each character.")
            ) from error

    @property
    def formatted(self) -> str:
        """`2 95 10 99 126 111 93`."""
        return str(nir.format(self.value))

    def __str__(self) -> str:
        return self.value
