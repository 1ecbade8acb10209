"""From a checked line to what PostgreSQL's COPY reads: encrypted, hashed, one text line a person."""

import json
from dataclasses import dataclass

from gesond.identity.models.person import Person, fingerprint_text
from gesond.identity.persons_csv import Block, LineChecker, LineError, PersonLine, records
from gesond.kernel.encryption import encrypt
from gesond.kernel.fields import EncryptedTextField
from gesond.kernel.hashing import keyed_hash, keyed_hashes

# Columns of the staging table, in the order `PersonSealer.copy_line` writes them.
STAGING_COLUMNS = {
    "line": "bigint NOT NULL",
    "matricule": "bytea NOT NULL",
    "matricule_hash": "bytea NOT NULL",
    "former_hashes": "bytea[] NOT NULL",
    "matricule_11": "bytea",
    "matricule_11_hash": "bytea",
    "family_name": "text NOT NULL",
    "given_names": "text NOT NULL",
    "birth_year": "smallint NOT NULL",
    "birth_month": "smallint",
    "birth_day": "smallint",
    "language": "text NOT NULL",
    "address": "bytea",
    "deceased": "boolean NOT NULL",
    "fingerprint": "bytea NOT NULL",
}
NULL = "\\N"
# What `EncryptedJSONField` writes; one encoder for a million lines, where `json.dumps` would build one for each.
_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a line is not imported."""

    line: int
    column: str
    reason: str
    values: list[str]


@dataclass(frozen=True, slots=True)
class SealedLines:
    """A stretch of the file, ready for COPY, and the lines of it that were refused."""

    copy: bytes
    accepted: int
    refusals: list[Refusal]


class LineSealer:
    """Checks and seals records of one file. Touches no database: it may run in a process of its own."""

    def __init__(self, columns: list[str], delimiter: str) -> None:
        self.delimiter = delimiter
        self.checker = LineChecker(columns)
        self.contexts = {name: _field(name).context for name in ("matricule", "matricule_11", "address")}

    def seal(self, block: Block) -> SealedLines:
        copied: list[str] = []
        refusals: list[Refusal] = []
        for line in records(block, self.delimiter):
            try:
                person = self.checker.check(line)
            except LineError as error:
                refusals.append(Refusal(line.number, error.column, error.reason, line.values))
            else:
                copied.append(self._copy_line(line.number, person))
        return SealedLines("".join(copied).encode(), len(copied), refusals)

    def _copy_line(self, number: int, person: PersonLine) -> str:
        current, *former = keyed_hashes(person.matricule, purpose="person.matricule")
        address = None if person.address is None else _json(person.address).encode()
        short = person.matricule_11
        own_short = short if short and not person.matricule.startswith(short) else None
        return "\t".join(
            (
                str(number),
                self._encrypted("matricule", person.matricule.encode()),
                _bytes(current),
                "{" + ",".join(f'"\\\\\\\\x{digest.hex()}"' for digest in former) + "}",
                NULL if own_short is None else self._encrypted("matricule_11", own_short.encode()),
                NULL if short is None else _bytes(keyed_hash(short, purpose="person.matricule_11")),
                _text(person.family_name),
                _text(person.given_names),
                str(person.birth_year),
                NULL if person.birth_month is None else str(person.birth_month),
                NULL if person.birth_day is None else str(person.birth_day),
                person.language,
                NULL if address is None else self._encrypted("address", address),
                "t" if person.deceased else "f",
                _bytes(_fingerprint(person)) + "\n",
            )
        )

    def _encrypted(self, column: str, plain: bytes) -> str:
        return _bytes(encrypt(plain, context=self.contexts[column]))


def _field(name: str) -> EncryptedTextField:
    field = Person._meta.get_field(name)
    assert isinstance(field, EncryptedTextField)  # noqa: S101 - for the type checker
    return field


def _bytes(value: bytes) -> str:
    return "\\\\x" + value.hex()


def _text(text: str) -> str:
    # A checked text holds no control character: the backslash alone means something to COPY.
    return text.replace("\\", "\\\\")


def _fingerprint(person: PersonLine) -> bytes:
    text = fingerprint_text(
        matricule=person.matricule,
        matricule_11=person.matricule_11,
        family_name=person.family_name,
        given_names=person.given_names,
        language=person.language,
        address=person.address,
        deceased=person.deceased,
    )
    return keyed_hash(text, purpose="person.fingerprint")
