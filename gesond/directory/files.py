"""The directory's three files: their columns and their lines. Nothing here touches the database.

The formats are described for those who write such files in `docs/reference/professionals-csv.md`.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from babel import Locale

from gesond.directory import search_words
from gesond.directory.models import Kind, NationalCode
from gesond.identity.registry.persons_csv import ADDRESS_LINES, address_of, matricule_of
from gesond.kernel.csv_files import Layout, LineError, required, yes_or_no
from gesond.kernel.identifiers import EmailAddress, Finess, IdentifierError, Phone

GUIDE = "professionals-csv.md"
PERIOD = ("valid_from", "valid_to")
LIST_MARK = "|"
CODE = re.compile(r"[0-9A-Za-z][0-9A-Za-z./_-]{0,19}", re.ASCII)

PROFESSIONALS = Layout(
    required=("matricule", "provider_code", "profession"),
    optional=("title", "specialities", "languages", "listed", *PERIOD),
    longest={"title": 30, "specialities": 200, "languages": 80},
    guide=GUIDE,
)
ESTABLISHMENTS = Layout(
    required=("code", "kind", "name", "address_line_1", "postal_code", "city", "country"),
    optional=(*ADDRESS_LINES[1:], "phone", "email", "national_code", "national_code_kind", *PERIOD),
    longest={"name": 160, "city": 60, "postal_code": 12, "email": 254, **dict.fromkeys(ADDRESS_LINES, 80)},
    guide=GUIDE,
)
PRACTICES = Layout(
    required=("provider_code", "establishment_code"),
    optional=("phone", "main", *PERIOD),
    guide=GUIDE,
)

Row = Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Line:
    """A checked line: from when to when `facts` (columns of the table) hold. `values`: as they stood in the file."""

    number: int
    values: list[str]
    valid_from: date
    valid_to: date | None
    facts: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class ProfessionalLine(Line):
    matricule: str
    provider_code: str


@dataclass(frozen=True, kw_only=True)
class EstablishmentLine(Line):
    code: str


@dataclass(frozen=True, kw_only=True)
class PracticeLine(Line):
    provider_code: str
    establishment_code: str


def professional_columns(row: Row) -> dict[str, Any]:
    """What a line of the professionals' file says. Raises LineError."""
    facts = {
        "title": row.get("title", ""),
        "profession_id": required(row, "profession").lower(),
        "specialities": [code.lower() for code in _list(row, "specialities")],
        "languages": _languages(row),
        "listed": yes_or_no(row, "listed", otherwise=True),
    }
    return {
        "matricule": matricule_of(row["matricule"]).value,
        "provider_code": _code(row, "provider_code"),
        "facts": facts,
    }


def establishment_columns(row: Row) -> dict[str, Any]:
    """What a line of the establishments' file says. Raises LineError."""
    name, address = required(row, "name"), address_of(row)
    if address is None:
        raise LineError("address_line_1", "empty")
    national_code_kind, national_code = _national_code(row)
    facts = {
        "kind": _one_of(row, "kind", Kind.values),
        "name": name,
        "address": address,
        "phone": _read(row, "phone", lambda text: Phone.parse(text).value),
        "email": _read(row, "email", lambda text: EmailAddress.parse(text).value),
        "national_code": national_code,
        "national_code_kind": national_code_kind,
        "name_words": search_words.indexed(name),
        "place_words": search_words.place_words(address),
    }
    return {"code": _code(row, "code"), "facts": facts}


def practice_columns(row: Row) -> dict[str, Any]:
    """What a line of the practices' file says. Raises LineError."""
    facts = {"phone": _read(row, "phone", lambda text: Phone.parse(text).value), "is_main": yes_or_no(row, "main")}
    codes = {column: _code(row, column) for column in ("provider_code", "establishment_code")}
    return {**codes, "facts": facts}


def period_of(row: Row, otherwise: date) -> tuple[date, date | None]:
    """From when to when a line holds; `otherwise`: from when, if it does not say. Raises LineError."""
    begins, ends = _day(row, "valid_from") or otherwise, _day(row, "valid_to")
    if ends is not None and ends <= begins:
        raise LineError("valid_to", f"must come after the first day, {begins.isoformat()}")
    return begins, ends


def _day(row: Row, column: str) -> date | None:
    text = row.get(column)
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise LineError(column, "must be a day that exists, written 2026-01-31") from None


def _code(row: Row, column: str) -> str:
    text = required(row, column)
    if not CODE.fullmatch(text):
        raise LineError(column, "must have 1 to 20 letters, digits, full stops, slashes or hyphens")
    return text.upper()


def _one_of(row: Row, column: str, known: list[str]) -> str:
    text = required(row, column).lower()
    if text not in known:
        raise LineError(column, f"must be one of {', '.join(known)}")
    return text


def _list(row: Row, column: str) -> list[str]:
    parts = (part.strip() for part in row.get(column, "").split(LIST_MARK))
    return list(dict.fromkeys(part for part in parts if part))


def _languages(row: Row) -> list[str]:
    codes = [code.lower() for code in _list(row, "languages")]
    for code in codes:
        if code not in _known_languages():
            raise LineError("languages", f"{code} is no code of ISO 639: write fr, de, lb…, separated by {LIST_MARK}")
    return codes


@cache
def _known_languages() -> frozenset[str]:
    return frozenset(
        str(code) for code in Locale("en").languages if str(code).isalpha() and len(str(code)) <= len("lux")
    )


def _national_code(row: Row) -> tuple[str, str]:
    code = row.get("national_code", "")
    if not code:
        return "", ""
    kind = _one_of(row, "national_code_kind", NationalCode.values)
    if kind == NationalCode.FINESS:
        return kind, _read(row, "national_code", lambda text: Finess.parse(text).value)
    return kind, _code(row, "national_code")


def _read(row: Row, column: str, read: Callable[[str], str]) -> str:
    text = row.get(column, "")
    try:
        return read(text) if text else ""
    except IdentifierError as error:
        raise LineError(column, str(error.message)) from error
