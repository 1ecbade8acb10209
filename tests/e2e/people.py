"""Synthetic people for the tests, each with a posted letter: imported and written to once, then handed out one a test.

The activation code is read where the person reads it: on the letter.
"""

import csv
import json
import re
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from fasteners import InterProcessLock
from pypdf import PdfReader

from tests.e2e.stack import Stack

POOL_SIZE = 60
PASSWORD = "Sonnenblume7"
FAMILY_NAMES = {
    "patient": "Muster",
    "holder": "Doe",
    "staff": "Bureau",
    "secretary": "Beispill",
    "desk": "Guichet",
    "asker": "Courrier",
}
SYNTHETIC_NAME = re.compile(rf"\b(?:{'|'.join(FAMILY_NAMES.values())})[a-z]+", re.IGNORECASE)
# A year of birth that no demo person has: the letters are for these people only.
BIRTH_YEAR = 1931
CODE = re.compile(r"[2-9A-HJ-NP-Z]{5}-[2-9A-HJ-NP-Z]{5}-[2-9A-HJ-NP-Z]{5}")
BATCH = re.compile(r"letters in (.+)")
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True)
class Person:
    """A person who has received a letter and has no account yet. `phone` and `email` are nobody else's."""

    matricule: str
    family_name: str
    given_names: str
    activation_code: str
    phone: str
    email: str
    password: str = PASSWORD

    @property
    def name(self) -> str:
        return f"{self.given_names} {self.family_name}"

    @property
    def matricule_11(self) -> str:
        return self.matricule[:11]


def letters_of(number: int) -> str:
    """Digits as letters: for names that nobody else has."""
    return "".join("abcdefghij"[int(digit)] for digit in f"{number:05}")


def next_person(stack: Stack) -> Person:
    """One whom no other test has met, whichever process runs it."""
    return Person(**take(stack, "people", lambda: [asdict(person) for person in _enrol(stack)]))


def take(stack: Stack, kind: str, make: Callable[[], list[dict[str, Any]]]) -> dict[str, Any]:
    """One of those made together by the first test that needs one; each is taken once."""
    pool = Path(stack.home) / f"e2e-{kind}.json"
    with InterProcessLock(pool.with_suffix(".lock")):
        rest = json.loads(pool.read_text()) if pool.exists() else make()
        assert rest, f"all {kind} are taken: make more of them"
        taken: dict[str, Any] = rest.pop()
        pool.write_text(json.dumps(rest))
    return taken


def _enrol(stack: Stack) -> list[Person]:
    registry = Path(stack.home) / "e2e-people.csv"
    _write_registry(registry)
    stack.manage("import_persons", str(registry))
    years = ["--born-after", str(BIRTH_YEAR - 1), "--born-before", str(BIRTH_YEAR + 1)]
    told = BATCH.search(stack.manage("issue_letters", "--missing", *years))
    assert told, "issue_letters named no folder"
    codes = codes_by_name(Path(told.group(1)), {_family_name(number) for number in range(POOL_SIZE)})
    return [_person(number, codes[_family_name(number)]) for number in range(POOL_SIZE)]


def _write_registry(path: Path) -> None:
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(
            ["matricule", "family_name", "given_names", "language", "address_line_1", "postal_code", "city", "country"]
        )
        for number in range(POOL_SIZE):
            address = [f"{number + 1}, rue de l'Exemple", "L-2511", "Luxembourg", "LU"]
            writer.writerow([_matricule(number), _family_name(number), "Erika", "fr", *address])


def codes_by_name(folder: Path, names: set[str], *, leads_to: str = "/activation/") -> dict[str, str]:
    """The code on each letter, below the address where it is typed, by the family name: no two people share one."""
    codes = {}
    for path in folder.glob("letter-*.pdf"):
        text = "".join(page.extract_text() for page in PdfReader(path).pages)
        code, name = CODE.search(text), next((name for name in names if name in text), None)
        assert leads_to in text
        assert code, f"no activation code in {path}"
        assert name, f"no name of ours in {path}"
        codes[name] = code.group()
    return codes


def _person(number: int, code: str) -> Person:
    return Person(
        matricule=_matricule(number),
        family_name=_family_name(number),
        given_names="Erika",
        activation_code=code,
        phone=f"+352621{700_000 + number}",
        email=f"erika.{_family_name(number).lower()}@example.lu",
    )


def _family_name(number: int) -> str:
    first, second = divmod(number, len(LETTERS))
    return f"{FAMILY_NAMES['patient']}{LETTERS[first].lower()}{LETTERS[second].lower()}feld"


def _matricule(number: int) -> str:
    from gesond.identity.tests.factories import matricule_for  # once Django is set up

    return matricule_for(number, year=BIRTH_YEAR)
