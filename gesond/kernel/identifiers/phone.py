"""Telephone numbers, stored as E.164."""

from dataclasses import dataclass, field
from functools import lru_cache

import phonenumbers
from django.utils.translation import gettext_lazy as _
from phonenumbers import PhoneNumberFormat, PhoneNumberType, ValidationResult

from gesond.kernel.identifiers.errors import IdentifierError

DEFAULT_REGION = "LU"
LONGEST = 40
# Some countries, as the United States, do not tell mobiles from fixed lines by the number.
MOBILE = {PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE}
VISIBLE_DIGITS = 2


@dataclass(frozen=True)
class Phone:
    value: str = field(repr=False)

    @classmethod
    def parse(cls, text: str) -> "Phone":
        """Read what was typed: `621 123 456`, `00352 621…`, `+33 6…`. Raises IdentifierError."""
        text = text.strip()
        if not text:
            raise IdentifierError("missing", _("Enter a telephone number."))
        if len(text) > LONGEST or any(character.isalpha() for character in text):
            raise IdentifierError("characters", _("Enter the number with digits only, such as 621 123 456."))
        return cls(phonenumbers.format_number(_parsed(text), PhoneNumberFormat.E164))

    @property
    def is_mobile(self) -> bool:
        """Whether it can receive an SMS, as far as its number tells."""
        return phonenumbers.number_type(self._number) in MOBILE

    def require_mobile(self) -> "Phone":
        """Itself. Raises IdentifierError (`not_mobile`) when it is a fixed line."""
        if not self.is_mobile:
            raise IdentifierError("not_mobile", _("This is not a mobile number: a code cannot be sent to it by SMS."))
        return self

    @property
    def formatted(self) -> str:
        """`+352 621 123 456`."""
        return _formatted(self.value)

    @property
    def masked(self) -> str:
        """`*****56`: five stars whatever its length, as for an e-mail address (S2-22)."""
        return "*****" + self.value[-VISIBLE_DIGITS:]

    @property
    def _number(self) -> phonenumbers.PhoneNumber:
        return phonenumbers.parse(self.value)

    def __str__(self) -> str:
        return self.value


@lru_cache(maxsize=4096)
def _formatted(value: str) -> str:
    """A page of the directory shows forty, each of which costs a search among every country's patterns."""
    return phonenumbers.format_number(phonenumbers.parse(value), PhoneNumberFormat.INTERNATIONAL)


def _parsed(text: str) -> phonenumbers.PhoneNumber:
    try:
        number = phonenumbers.parse(text, DEFAULT_REGION)
    except phonenumbers.NumberParseException as error:
        raise _refusal(error.error_type) from error
    if number.extension or not phonenumbers.is_valid_number(number):
        raise _refusal(None if number.extension else phonenumbers.is_possible_number_with_reason(number))
    return number


def _refusal(reason: int | None) -> IdentifierError:
    if reason in {ValidationResult.TOO_SHORT, ValidationResult.IS_POSSIBLE_LOCAL_ONLY}:
        return IdentifierError("length", _("This telephone number is too short: a digit may be missing."))
    if reason == ValidationResult.TOO_LONG:
        return IdentifierError("length", _("This telephone number is too long: check each digit."))
    return IdentifierError(
        "format", _("This is not a telephone number. Outside Luxembourg, start with + and the country's code.")
    )
