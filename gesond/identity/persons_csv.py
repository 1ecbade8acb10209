"""The registry's file: its columns, its header, its lines. Nothing here touches the database.

The format is described for those who write such files in `docs/reference/persons-csv.md`.
"""

import csv
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from babel import Locale
from django.conf import settings

from gesond.identity.models.person import Language
from gesond.kernel.identifiers import IdentifierError, Matricule, ShortMatricule, check_matricule_digits
from gesond.kernel.identifiers.short_matricule import LENGTH as SHORT_LENGTH
from gesond.kernel.identifiers.short_matricule import mode_of

REQUIRED = ("matricule", "family_name", "given_names")
ADDRESS_LINES = ("address_line_1", "address_line_2", "address_line_3")
OPTIONAL = ("matricule_11", "language", *ADDRESS_LINES, "postal_code", "city", "country", "deceased")
# Written before the columns of a report of refused lines, so that a corrected report can be imported as it is.
REPORT_COLUMNS = ("line", "column", "reason")
LONGEST = {
    "family_name": 120,
    "given_names": 120,
    "postal_code": 12,
    "city": 60,
    **dict.fromkeys(ADDRESS_LINES, 80),
}
LANGUAGES = tuple(Language.values)
YES_OR_NO = {"": False, "0": False, "false": False, "no": False, "1": True, "true": True, "yes": True}


class HeaderError(ValueError):
    """The first line does not name the columns an import needs. The message says which."""


class LineError(ValueError):
    """A line cannot be imported: `column` and a readable reason."""

    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column = column
        self.reason = reason


@dataclass(frozen=True, slots=True)
class PersonLine:
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


@dataclass(frozen=True, slots=True)
class RawLine:
    """A record as read: `number` is its first line in the file; `broken` says why it could not be split."""

    number: int
    values: list[str]
    broken: str = ""


class PersonsFile:
    """A registry file opened for reading: `columns`, then iteration over its records. Memory stays flat."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb")
        self.size = path.stat().st_size
        self.bytes_read = 0
        first = next(self._texts(), "")
        self.delimiter = ";" if first.count(";") > first.count(",") else ","
        self.columns = _header(first, self.delimiter)
        self.header_lines = 1

    def __enter__(self) -> "PersonsFile":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def __iter__(self) -> Iterator[RawLine]:
        reader = csv.reader(self._texts(), delimiter=self.delimiter, strict=True)
        while True:
            number = reader.line_num + self.header_lines + 1
            try:
                values = next(reader)
            except StopIteration:
                return
            except csv.Error:
                last = reader.line_num + self.header_lines
                yield RawLine(number, [], f"a quotation mark is misplaced or never closed (lines {number} to {last})")
                continue
            if values:
                yield RawLine(number, values)

    def _texts(self) -> Iterator[str]:
        # What is not UTF-8 becomes surrogates, which the check of each field refuses: one bad line stops nothing.
        for raw in self._file:
            text = raw.decode("utf-8", "surrogateescape")
            if not self.bytes_read:
                text = text.removeprefix("\ufeff")
            self.bytes_read += len(raw)
            yield text


class LineChecker:
    """Checks the records of one file. Raises LineError for a record that cannot be imported."""

    def __init__(self, columns: list[str]) -> None:
        self.columns = columns
        self.derive = settings.ENVIRONMENT.derive_matricule_11

    def check(self, line: RawLine) -> PersonLine:
        if line.broken:
            raise LineError("", line.broken)
        if len(line.values) != len(self.columns):
            raise LineError("", f"{len(self.columns)} columns expected, {len(line.values)} found")
        row = dict(zip(self.columns, line.values, strict=True))
        matricule = _matricule(row["matricule"])
        return PersonLine(
            matricule=matricule.value,
            matricule_11=_matricule_11(row.get("matricule_11", ""), matricule, derive=self.derive),
            family_name=_required(row, "family_name"),
            given_names=_required(row, "given_names"),
            birth_year=matricule.birth_year,
            birth_month=matricule.birth_month,
            birth_day=matricule.birth_day,
            language=_language(row.get("language", "")),
            address=_address(row),
            deceased=_yes_or_no(row.get("deceased", "")),
        )


def _header(first: str, delimiter: str) -> list[str]:
    columns = [name.strip().lower() for name in next(csv.reader([first], delimiter=delimiter), [])]
    missing = [name for name in REQUIRED if name not in columns]
    if missing:
        raise HeaderError(f"the first line must name the columns: {', '.join(missing)} missing (see persons-csv.md)")
    unknown = [name for name in columns if name not in (*REQUIRED, *OPTIONAL, *REPORT_COLUMNS)]
    if unknown:
        raise HeaderError(f"no such column: {', '.join(unknown)}. Columns are: {', '.join((*REQUIRED, *OPTIONAL))}")
    twice = sorted({name for name in columns if columns.count(name) > 1})
    if twice:
        raise HeaderError(f"column named twice: {', '.join(twice)}")
    return columns


def _text(row: dict[str, str], column: str) -> str:
    text = row.get(column, "").strip()
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    if len(text) > LONGEST[column]:
        raise LineError(column, f"longer than {LONGEST[column]} characters")
    # Python's "printable" leaves out exactly Unicode's controls, invisible marks and unassigned characters.
    if not text.isprintable():
        _refuse_invisible(text, column)
    return text


def _refuse_invisible(text: str, column: str) -> None:
    character = next(character for character in text if not character.isprintable())
    if unicodedata.category(character) == "Cs":
        raise LineError(column, "not UTF-8: save the file as UTF-8")
    raise LineError(column, f"holds the invisible character U+{ord(character):04X}: remove it")


def _required(row: dict[str, str], column: str) -> str:
    text = _text(row, column)
    if not text:
        raise LineError(column, "empty")
    return text


def _language(text: str) -> str:
    language = text.strip().lower() or Language.FR.value
    if language not in LANGUAGES:
        raise LineError("language", f"must be one of {', '.join(LANGUAGES)}")
    return language


def _yes_or_no(text: str) -> bool:
    try:
        return YES_OR_NO[text.strip().lower()]
    except KeyError:
        raise LineError("deceased", "must be 1, true or yes, or else 0, false, no or empty") from None


def _address(row: dict[str, str]) -> dict[str, Any] | None:
    lines = [line for line in (_text(row, column) for column in ADDRESS_LINES) if line]
    postal_code, city, country = _text(row, "postal_code"), _text(row, "city"), _country(row)
    if not (lines or postal_code or city or country):
        return None
    for column, value in (("address_line_1", lines), ("city", city), ("country", country)):
        if not value:
            raise LineError(column, "empty, although other parts of the address are given")
    return {"lines": lines, "postal_code": postal_code, "city": city, "country": country}


def _country(row: dict[str, str]) -> str:
    country = row.get("country", "").strip().upper()
    if country and country not in _countries():
        raise LineError("country", "must be a two-letter code of ISO 3166-1, as LU")
    return country


@cache
def _countries() -> frozenset[str]:
    # UN, EU and EZ are organisations, ZZ is nowhere: the locale data names them beside the countries.
    territories = Locale("en").territories
    return frozenset(code for code in territories if len(code) == len("LU")) - {
        "UN",
        "EU",
        "EZ",
        "ZZ",
        "QO",
        "XA",
        "XB",
    }


def _matricule(text: str) -> Matricule:
    # The fast check first: nearly all lines of a registry hold thirteen right digits and nothing else.
    if check_matricule_digits(text):
        return Matricule(text)
    try:
        return Matricule.parse(text)
    except IdentifierError as error:
        raise LineError("matricule", str(error.message)) from error


def _matricule_11(text: str, matricule: Matricule, *, derive: bool) -> str | None:
    if text.strip():
        try:
            return ShortMatricule.parse(text).value
        except IdentifierError as error:
            raise LineError("matricule_11", str(error.message)) from error
    body = matricule.value[:SHORT_LENGTH]
    return body if derive and mode_of(body) is not None else None
