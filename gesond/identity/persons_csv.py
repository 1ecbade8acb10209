"""The registry's file: its columns, its header, its lines. Nothing here touches the database.

The format is described for those who write such files in `docs/reference/persons-csv.md`.
"""

import csv
import unicodedata
from collections.abc import Iterator
from functools import cache
from operator import gt
from pathlib import Path
from typing import Any, NamedTuple

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
LONGEST_OTHER = 40
BLOCK_BYTES = 64 * 1024
LONGEST_BLOCK = 16 * BLOCK_BYTES
LANGUAGES = tuple(Language.values)
YES_OR_NO = {"0": False, "false": False, "no": False, "1": True, "true": True, "yes": True}


class HeaderError(ValueError):
    """The first line does not name the columns an import needs. The message says which."""


class LineError(ValueError):
    """A line cannot be imported: `column` and a readable reason."""

    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column = column
        self.reason = reason


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


class RawLine(NamedTuple):
    """A record as read: `number` is its first line in the file; `broken` says why it could not be split."""

    number: int
    values: list[str]
    broken: str = ""


# A stretch of the file that begins and ends between records: the number of its first line, and its bytes.
Block = tuple[int, bytes]


class PersonsFile:
    """A registry file opened for reading: its `columns`, then its `blocks()`. Memory stays flat."""

    def __init__(self, path: Path) -> None:
        with path.open("rb") as file:
            first = file.readline()
        text = first.decode("utf-8", "surrogateescape").removeprefix("\ufeff")
        self.delimiter = ";" if text.count(";") > text.count(",") else ","
        self.columns = _header(text, self.delimiter)
        self.bytes_read = len(first)
        self._file = path.open("rb")
        self._file.seek(self.bytes_read)

    def __enter__(self) -> "PersonsFile":
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def blocks(self) -> Iterator[Block]:
        """The file after its header, in pieces of some hundred records."""
        number = 2
        pending: list[bytes] = []
        while lines := self._file.readlines(BLOCK_BYTES):
            pending += lines
            block = b"".join(pending)
            self.bytes_read += sum(map(len, lines))
            # An odd number of quotation marks: a quoted text goes on in the next line. A stray one must not make a
            # block of the whole file.
            if block.count(b'"') % 2 == 0 or len(block) > LONGEST_BLOCK:
                yield number, block
                number += len(pending)
                pending = []
        if pending:
            yield number, b"".join(pending)

    def __iter__(self) -> Iterator[RawLine]:
        for block in self.blocks():
            yield from records(block, self.delimiter)


def records(block: Block, delimiter: str) -> Iterator[RawLine]:
    """The records of a block. What cannot be split is told as such, and stops nothing."""
    before, data = block[0] - 1, block[1]
    # What is not UTF-8 becomes surrogates, which the check of each field refuses.
    text = data.decode("utf-8", "surrogateescape")
    reader = csv.reader(text.splitlines(keepends=True), delimiter=delimiter, strict=True)
    while True:
        number = before + reader.line_num + 1
        try:
            values = next(reader)
        except StopIteration:
            return
        except csv.Error:
            last = before + reader.line_num
            yield RawLine(number, [], f"a quotation mark is misplaced or never closed (lines {number} to {last})")
            continue
        if values:
            yield RawLine(number, values)


class LineChecker:
    """Checks the records of one file. Raises LineError for a record that cannot be imported."""

    def __init__(self, columns: list[str]) -> None:
        self.columns = columns
        self.longest = [LONGEST.get(name, LONGEST_OTHER) for name in columns]
        self.derive = settings.ENVIRONMENT.derive_matricule_11

    def check(self, line: RawLine) -> PersonLine:
        if line.broken:
            raise LineError("", line.broken)
        if len(line.values) != len(self.columns):
            raise LineError("", f"{len(self.columns)} columns expected, {len(line.values)} found")
        row = dict(zip(self.columns, self._texts(line.values), strict=True))
        matricule = _matricule(row["matricule"])
        return PersonLine(
            matricule=matricule.value,
            matricule_11=_matricule_11(row.get("matricule_11"), matricule, derive=self.derive),
            family_name=_required(row, "family_name"),
            given_names=_required(row, "given_names"),
            birth_year=matricule.birth_year,
            birth_month=matricule.birth_month,
            birth_day=matricule.birth_day,
            language=_language(row.get("language")),
            address=_address(row),
            deceased=_yes_or_no(row.get("deceased")),
        )

    def _texts(self, values: list[str]) -> list[str]:
        """The values stripped and in Unicode's composed form. Looks at the record as a whole first, for speed."""
        whole = "".join(values)
        if not whole.isascii():
            values = [unicodedata.normalize("NFC", value.replace("\u00a0", " ")) for value in values]
            whole = "".join(values)
        # Python's "printable" leaves out exactly Unicode's controls, invisible marks and unassigned characters.
        if not whole.isprintable():
            self._refuse_invisible(values)
        values = [value.strip() for value in values]
        if any(map(gt, map(len, values), self.longest)):
            self._refuse_length(values)
        return values

    def _refuse_invisible(self, values: list[str]) -> None:
        column, value = next(pair for pair in zip(self.columns, values, strict=True) if not pair[1].isprintable())
        character = next(character for character in value if not character.isprintable())
        if unicodedata.category(character) == "Cs":
            raise LineError(column, "not UTF-8: save the file as UTF-8")
        raise LineError(column, f"holds the invisible character U+{ord(character):04X}: remove it")

    def _refuse_length(self, values: list[str]) -> None:
        for column, value, longest in zip(self.columns, values, self.longest, strict=True):
            if len(value) > longest:
                raise LineError(column, f"longer than {longest} characters")


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


def _required(row: dict[str, str], column: str) -> str:
    text = row[column]
    if not text:
        raise LineError(column, "empty")
    return text


def _language(text: str | None) -> str:
    language = (text or Language.FR.value).lower()
    if language not in LANGUAGES:
        raise LineError("language", f"must be one of {', '.join(LANGUAGES)}")
    return language


def _yes_or_no(text: str | None) -> bool:
    if not text:
        return False
    try:
        return YES_OR_NO[text.lower()]
    except KeyError:
        raise LineError("deceased", "must be 1, true or yes, or else 0, false, no or empty") from None


def _address(row: dict[str, str]) -> dict[str, Any] | None:
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


def _matricule(text: str) -> Matricule:
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
