"""Synthetic professionals for the tests: imported into the directory, written to, and given a LuxTrust product."""

import csv
import re
from dataclasses import dataclass
from pathlib import Path

from pypdf import PdfReader

from tests.e2e.people import BATCH, CODE, Person
from tests.e2e.stack import Stack

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


def enrol_professional(stack: Stack, person: Person) -> Professional:
    """Make a professional of somebody whom no other test has met."""
    number = person.phone[-6:]
    code, practice = f"{number}-77", f"Cabinet {person.family_name}"
    place = {"address_line_1": "3, rue du Modèle", "postal_code": "L-2511", "city": "Luxembourg", "country": "LU"}
    rows = {
        "professionals": {
            "matricule": person.matricule,
            "provider_code": code,
            "profession": "general-practitioner",
            "title": "Dr",
            "languages": "fr|de",
        },
        "establishments": {"code": f"E{number}", "kind": "practice", "name": practice, **place},
        "practices": {"provider_code": code, "establishment_code": f"E{number}", "main": "yes"},
    }
    commands = [(f"import_{kind}", str(_file(stack, f"{kind}-{number}.csv", row))) for kind, row in rows.items()]
    commands.append(("issue_letters", "--professionals", "--matricule", person.matricule))
    held = HOLD_PRODUCT.format(matricule=person.matricule, number=number, subject=f"10020304050{number}000")
    # In one process: starting Django five times took longer than the whole walk through the pages.
    calls = "".join(f"call_command{command!r}\n" for command in commands)
    script = f"from django.core.management import call_command\n{calls}{held}"
    told = stack.run(script)
    return Professional(person, code, practice, _letter(told))


def _file(stack: Stack, name: str, row: dict[str, str]) -> Path:
    path = Path(stack.home) / name
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, row.keys())
        writer.writeheader()
        writer.writerow(row)
    return path


def _letter(told: str) -> str:
    """The code, read where the person reads it. `told`: what issuing it said."""
    folder = BATCH.search(told)
    assert folder, "issue_letters named no folder"
    (path,) = Path(folder.group(1)).glob("letter-*.pdf")
    return code_on(path, leads_to="/professional/activation/")


def code_on(letter: Path, *, leads_to: str = "/activation/") -> str:
    """The activation code that is printed on it, below the address where it is typed."""
    text = "".join(page.extract_text() for page in PdfReader(letter).pages)
    assert leads_to in text
    found = re.search(CODE, text)
    assert found, f"no activation code in {letter}"
    return found.group()
