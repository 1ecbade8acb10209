"""The text of an activation code: fourteen random symbols and one that checks them, as `K7QM4-9XWBT-2HRDA`.

The 32 symbols leave out 0 and O, 1 and I, which are mistaken for each other on paper; fourteen of them are 70 bits.
The check symbol tells any one wrong symbol and any two that changed places, so that a slip costs no try.
"""

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from gesond.kernel.hashing import keyed_hash

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
LEFT_OUT = "0O1I"
RANDOM_SYMBOLS = 14
LENGTH = RANDOM_SYMBOLS + 1
GROUP = 5
HASH_PURPOSE = "activation.code"
SEPARATORS = str.maketrans("", "", " \t\u00a0\u202f-‐‑–—.")
# GF(32) by x⁵ + x² + 1, in which 2 generates every element but zero.
FIELD_SIZE = 32
FIELD_POLYNOMIAL = 0b100101


class ActivationCodeError(ValueError):
    """What was typed cannot be a code. `message` is for the person, lazily translated."""

    def __init__(self, message: "StrOrPromise") -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True)
class ActivationCodeText:
    """A well-formed code. `str()` and `repr()` hide it: only `formatted` and `symbols` show it."""

    symbols: str

    @classmethod
    def random(cls) -> "ActivationCodeText":
        """A new code from the system's randomness."""
        return cls.from_payload("".join(secrets.choice(ALPHABET) for _ in range(RANDOM_SYMBOLS)))

    @classmethod
    def from_payload(cls, payload: str) -> "ActivationCodeText":
        """The code made of these fourteen symbols and their check symbol."""
        return cls(payload + check_symbol(payload))

    @classmethod
    def parse(cls, text: str) -> "ActivationCodeText":
        """Read what a person typed: case, spaces and hyphens do not count. Raises ActivationCodeError, saying why."""
        symbols = text.translate(SEPARATORS).strip().upper()
        _refuse_strangers(symbols)
        _refuse_length(symbols)
        if check_symbol(symbols[:RANDOM_SYMBOLS]) != symbols[RANDOM_SYMBOLS]:
            raise ActivationCodeError(_("This code has a typing error. Compare it with the letter, group by group."))
        return cls(symbols)

    @property
    def formatted(self) -> str:
        """As printed: three groups of five."""
        return "-".join(self.groups)

    @property
    def groups(self) -> list[str]:
        return [self.symbols[start : start + GROUP] for start in range(0, LENGTH, GROUP)]

    @property
    def keyed_hash(self) -> bytes:
        """What is stored of it."""
        return keyed_hash(self.symbols, purpose=HASH_PURPOSE)

    def __repr__(self) -> str:
        return "ActivationCodeText(…)"

    __str__ = __repr__


def check_symbol(payload: str) -> str:
    """The symbol that closes `payload`: its value as a polynomial over GF(32) at the generator."""
    value = 0
    for symbol in payload:
        value = _double(value) ^ ALPHABET.index(symbol)
    return ALPHABET[_double(value)]


def _double(value: int) -> int:
    doubled = value << 1
    return doubled ^ FIELD_POLYNOMIAL if doubled >= FIELD_SIZE else doubled


def _refuse_strangers(symbols: str) -> None:
    if any(symbol in LEFT_OUT for symbol in symbols):
        raise ActivationCodeError(
            _("Codes never contain 0, O, 1 or I. Look at the letter again: it may be another letter or digit.")
        )
    if any(symbol not in ALPHABET for symbol in symbols):
        raise ActivationCodeError(_("A code has only letters and digits, as in ABCDE-FGHJK-LMNPQ."))


def _refuse_length(symbols: str) -> None:
    if not symbols:
        raise ActivationCodeError(_("Enter the activation code of your letter."))
    if len(symbols) != LENGTH:
        raise ActivationCodeError(
            _("A code has %(length)d letters and digits: you typed %(typed)d.")
            % {"length": LENGTH, "typed": len(symbols)}
        )
