"""Identifiers people type: each is parsed from what was typed, checked, normalised, and refused with help.

Every type has `parse(text)`, which raises `IdentifierError`, and `.value`, the one spelling that is stored and hashed.
"""

from gesond.kernel.identifiers.bulk import check_matricule_digits
from gesond.kernel.identifiers.email_address import EmailAddress
from gesond.kernel.identifiers.errors import IdentifierError
from gesond.kernel.identifiers.finess import Finess
from gesond.kernel.identifiers.iban import Iban
from gesond.kernel.identifiers.matricule import Matricule, parse_matricule
from gesond.kernel.identifiers.nir import Nir
from gesond.kernel.identifiers.phone import Phone
from gesond.kernel.identifiers.short_matricule import ShortMatricule

__all__ = [
    "EmailAddress",
    "Finess",
    "Iban",
    "IdentifierError",
    "Matricule",
    "Nir",
    "Phone",
    "ShortMatricule",
    "check_matricule_digits",
    "parse_matricule",
]
