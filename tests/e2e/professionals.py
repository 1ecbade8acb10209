"""Synthetic professionals for the tests: imported into the directory, written to, and given a LuxTrust product."""

import csv
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.e2e.people import BATCH, BIRTH_YEAR, Person, codes_by_name, next_person, take
from tests.e2e.stack import Stack

POOL_SIZE = 10

# Known to the simulator, which lists whoever of the demo has a product.
HOLD_PRODUCT = """
from gesond.demo.models import DemoPerson
from gesond.identity.models import Person
from gesond.kernel.hashing import keyed_hashes
found = Person.objects.get(matricule_hash__in=keyed_hashes("{matricule}", purpose="person.matricule"))
DemoPerson.objects.create(key="e2e-{number}", person=found, role="", hint="", luxtrust_subject="{subject}")
"""


@dataclass(frozen=True)
class Professional:
    """A general practitioner in force who has received the letter for professionals, and has no account yet."""

    person: Person
    provider_code: str
    practice: str
    activation_code: str

    @property
    def name(self) -> str:
        return f"{self.person.given_names} {self.person.family_name}"


def next_professional(stack: Stack) -> Professional:
    """One whom no other test has met, whichever process runs it."""
    taken = take(stack, "professionals", lambda: [asdict(one) for one in _enrol(stack)])
    return Professional(**{**taken, "person": Person(**taken["person"])})


def _enrol(stack: Stack) -> list[Professional]:
    """Make professionals of people whom no other test has met."""
    people = [next_person(stack) for _ in range(POOL_SIZE)]
    for kind, row in (("professionals", _professional), ("establishments", _establishment), ("practices", _practice)):
        stack.manage(f"import_{kind}", str(_file(stack, kind, [row(person) for person in people])))
    years = ["--born-after", str(BIRTH_YEAR - 1), "--born-before", str(BIRTH_YEAR + 1)]
    told = BATCH.search(stack.manage("issue_letters", "--professionals", "--missing", *years))
    assert told, "issue_letters named no folder"
    names = {person.family_name for person in people}
    codes = codes_by_name(Path(told.group(1)), names, leads_to="/professional/activation/")
    for person in people:
        number = _number(person)
        facts = {"matricule": person.matricule, "number": number, "subject": f"10020304050{number}000"}
        stack.run(HOLD_PRODUCT.format(**facts))
    return [Professional(person, _code(person), _cabinet(person), codes[person.family_name]) for person in people]


def _professional(person: Person) -> dict[str, str]:
    trade = {"profession": "general-practitioner", "title": "Dr", "languages": "fr|de"}
    return {"matricule": person.matricule, "provider_code": _code(person), **trade}


def _establishment(person: Person) -> dict[str, str]:
    place = {"address_line_1": "3, rue du Modèle", "postal_code": "L-2511", "city": "Luxembourg", "country": "LU"}
    return {"code": f"E{_number(person)}", "kind": "practice", "name": _cabinet(person), **place}


def _practice(person: Person) -> dict[str, str]:
    return {"provider_code": _code(person), "establishment_code": f"E{_number(person)}", "main": "yes"}


def _number(person: Person) -> str:
    return person.phone[-6:]


def _code(person: Person) -> str:
    return f"{_number(person)}-77"


def _cabinet(person: Person) -> str:
    return f"Cabinet {person.family_name}"


def _file(stack: Stack, kind: str, rows: list[dict[str, str]]) -> Path:
    path = Path(stack.home) / f"e2e-{kind}.csv"
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys())
        writer.writeheader()
        writer.writerows(rows)
    return path
