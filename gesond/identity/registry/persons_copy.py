"""From a checked line to what PostgreSQL's COPY reads: encrypted, hashed, one text line a person."""

import json
from collections.abc import Callable
from dataclasses import dataclass

from gesond.identity.models.person import Person, fingerprint_text
from gesond.identity.registry.persons_csv import LineChecker, PersonLine
from gesond.kernel.csv_files import Block, LineError, records
from gesond.kernel.encryption import encryptor
from gesond.kernel.fields import EncryptedJSONField, EncryptedTextField
from gesond.kernel.hashing import hasher, keyed_hashes
from gesond.kernel.keys import hash_ring
from gesond.kernel.refusal_report import Refusal

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
# How COPY's text form begins a bytea in hexadecimal: `\\x`, its backslash doubled.
BYTES = "\\\\x"
NO_HASHES = "{}"
# What `EncryptedJSONField` writes; one encoder for a million lines, where `json.dumps` would build one for each.
_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


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
        self.encrypt_matricule = _encryptor("matricule")
        self.encrypt_matricule_11 = _encryptor("matricule_11")
        self.encrypt_address = _encryptor("address")
        self.hash_matricule_11 = hasher(purpose="person.matricule_11")
        self.hash_fingerprint = hasher(purpose="person.fingerprint")
        self.hash_matricule = hasher(purpose="person.matricule")
        self.changing_keys = len(hash_ring().keys) > 1

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
        columns = (
            str(number),
            BYTES + self.encrypt_matricule(person.matricule.encode()).hex(),
            BYTES + self.hash_matricule(person.matricule).hex(),
            self._former_hashes(person.matricule) if self.changing_keys else NO_HASHES,
            self._own_matricule_11(person),
            NULL if person.matricule_11 is None else BYTES + self.hash_matricule_11(person.matricule_11).hex(),
            _text(person.family_name),
            _text(person.given_names),
            str(person.birth_year),
            NULL if person.birth_month is None else str(person.birth_month),
            NULL if person.birth_day is None else str(person.birth_day),
            person.language,
            NULL if person.address is None else BYTES + self.encrypt_address(_json(person.address).encode()).hex(),
            "t" if person.deceased else "f",
            BYTES + self.hash_fingerprint(_fingerprint_text(person)).hex(),
        )
        return "\t".join(columns) + "\n"

    def _former_hashes(self, matricule: str) -> str:
        former = keyed_hashes(matricule, purpose="person.matricule")[1:]
        return "{" + ",".join(f'"\\\\{BYTES}{digest.hex()}"' for digest in former) + "}"

    def _own_matricule_11(self, person: PersonLine) -> str:
        """The short form, where it is not the beginning of the long one and so has to be kept itself."""
        short = person.matricule_11
        if short is None or person.matricule.startswith(short):
            return NULL
        return BYTES + self.encrypt_matricule_11(short.encode()).hex()


def _encryptor(name: str) -> Callable[[bytes], bytes]:
    field = Person._meta.get_field(name)
    assert isinstance(field, EncryptedTextField | EncryptedJSONField)  # noqa: S101 - for the type checker
    return encryptor(context=field.context)


def _text(text: str) -> str:
    # A checked text holds no control character: the backslash alone means something to COPY.
    return text.replace("\\", "\\\\") if "\\" in text else text


def _fingerprint_text(person: PersonLine) -> str:
    return fingerprint_text(
        matricule=person.matricule,
        matricule_11=person.matricule_11,
        family_name=person.family_name,
        given_names=person.given_names,
        language=person.language,
        address=person.address,
        deceased=person.deceased,
    )
