"""The registry's file: its columns, its header, its lines. Nothing here touches the database.

The format is described for those who write such files in `docs/reference/persons-csv.md`.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

from babel import Locale
from django.conf import settings

from gesond.identity.models.person import Language
from gesond.kernel.csv_files import Layout, LineError, RawLine, TextChecker, required, yes_or_no
from gesond.kernel.identifiers import IdentifierError, Matricule, ShortMatricule, check_matricule_digits
from gesond.kernel.identifiers.short_matricule import LENGTH as SHORT_LENGTH
from gesond.kernel.identifiers.short_matricule import mode_of

REQUIRED = ("matricule", "family_name", "given_names")
ADDRESS_LINES = ("address_line_1", "address_line_2", "address_line_3")
OPTIONAL = ("matricule_11", "language", *ADDRESS_LINES, "postal_code", "city", "country", "deceased")
LONGEST = {
    "family_name": 120,
    "given_names": 120,
    "postal_code": 12,
    "city": 60,
    **dict.fromkeys(ADDRESS_LINES, 80),
}
LANGUAGES = tuple(Language.values)
LAYOUT = Layout(required=REQUIRED, optional=OPTIONAL, longest=LONGEST, guide="persons-csv.md")


class PersonLine(NamedTuple):
    """One checked line. `address` as in `Person.address`; birth parts are null when unknown.

    `matricule_11` is the short form whether given or derived; None when there is none.
    """

    matricule: str
    matricule_11: str | None
    family_name: str
    given_names: str
    birth_year: int
    birth_month: int | None
    birth_day: int | None
    language: str
    address: dict[str, Any] | None
    deceased: bool


class LineChecker:
    """Checks the records of one file. Raises LineError for a record that cannot be imported."""

    def __init__(self, columns: list[str]) -> None:
        self.texts = TextChecker(columns, LAYOUT)
        self.derive = settings.ENVIRONMENT.derive_matricule_11

    def check(self, line: RawLine) -> PersonLine:
        row = self.texts.row(line)
        matricule = matricule_of(row["matricule"])
        return PersonLine(
            matricule=matricule.value,
            matricule_11=_matricule_11(row.get("matricule_11"), matricule, derive=self.derive),
            family_name=required(row, "family_name"),
            given_names=required(row, "given_names"),
            birth_year=matricule.birth_year,
            birth_month=matricule.birth_month,
            birth_day=matricule.birth_day,
            language=_language(row.get("language")),
            address=address_of(row),
            deceased=yes_or_no(row, "deceased"),
        )


def _language(text: str | None) -> str:
    language = (text or Language.FR.value).lower()
    if language not in LANGUAGES:
        raise LineError("language", f"must be one of {', '.join(LANGUAGES)}")
    return language


def address_of(row: Mapping[str, str]) -> dict[str, Any] | None:
    """The address as `Person.address` has it; None when no part is given. Raises LineError."""
    lines = [row[column] for column in ADDRESS_LINES if row.get(column)]
    postal_code, city, country = row.get("postal_code", ""), row.get("city", ""), row.get("country", "").upper()
    if not (lines or postal_code or city or country):
        return None
    for column, value in (("address_line_1", lines), ("city", city), ("country", country)):
        if not value:
            raise LineError(column, "empty, although other parts of the address are given")
    if country not in _countries():
        raise LineError("country", "must be a two-letter code of ISO 3166-1, as LU")
    return {"lines": lines, "postal_code": postal_code, "city": city, "country": country}


@cache
def _countries() -> frozenset[str]:
    # UN, EU and EZ are organisations, ZZ is nowhere: the locale data names them beside the countries.
    territories = [str(code) for code in Locale("en").territories]
    return frozenset(code for code in territories if len(code) == len("LU")) - {
        "UN",
        "EU",
        "EZ",
        "ZZ",
        "QO",
        "XA",
        "XB",
    }


def matricule_of(text: str) -> Matricule:
    """The matricule of thirteen digits in the column of that name. Raises LineError."""
    # The fast check first: nearly all lines of a registry hold thirteen right digits and nothing else.
    if check_matricule_digits(text):
        return Matricule(text)
    try:
        return Matricule.parse(text)
    except IdentifierError as error:
        raise LineError("matricule", str(error.message)) from error


def _matricule_11(text: str | None, matricule: Matricule, *, derive: bool) -> str | None:
    if text:
        try:
            return ShortMatricule.parse(text).value
        except IdentifierError as error:
            raise LineError("matricule_11", str(error.message)) from error
    body = matricule.value[:SHORT_LENGTH]
    return body if derive and mode_of(body) is not None else None
