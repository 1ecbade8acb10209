"""Secretaries declared by a professional, and their way to LuxTrust's own page: S3-05 to S3-10."""

import re
from dataclasses import dataclass

from tests.e2e.outbox import Outbox
from tests.e2e.people import FAMILY_NAMES, letters_of
from tests.e2e.stack import Stack
from tests.e2e.visitor import Visitor

MATRICULE = "Veuillez entrer votre matricule CNS (13 chiffres) *"
MAKE = """
from datetime import timedelta
from gesond.demo.models import DemoPerson
from gesond.directory.actions.declarations import Statement, declare
from gesond.directory.models import today
from gesond.directory.tests.factories import PracticeFactory
from gesond.identity.sessions.standing import Standing
from gesond.identity.tests.factories import AccountFactory, PersonFactory, matricule_for
from gesond.kernel.identifiers import Matricule
from gesond.kernel.journal import SYSTEM
practice = PracticeFactory(professional__provider_code="{code}", establishment__code="{code}",
    professional__person__matricule=matricule_for({number}, year=1961))
account = AccountFactory(person=practice.professional.person, phone="{doctor}", doors=["professional"])
account.standing = Standing("professional", "luxtrust")
person = PersonFactory(matricule=matricule_for({number}, year=1989), family_name="{family_name}", given_names="Rita")
DemoPerson.objects.create(key="{family_name}".lower(), person=person, role="", hint="", luxtrust_subject="{subject}")
declare(actor=SYSTEM, account=account, statement=Statement(
    family_name="{declared_as}", given_names="Rita", matricule=Matricule.parse(person.matricule), email="{email}",
    language="fr", establishments=(practice.establishment_id,), functions=("agenda",),
    valid_from=today(), valid_to=today() + timedelta(days=300)))
print(person.matricule)
"""


@dataclass(frozen=True)
class Declared:
    """A declared secretary who has not opened her link."""

    name: str
    matricule: str
    email: str


def declare_secretary(stack: Stack, *, declared_as: str = "") -> Declared:
    """Make a professional declare somebody, under her own name or another."""
    number = stack.number()
    family_name = FAMILY_NAMES["secretary"] + letters_of(number)
    facts = {
        "number": number,
        "code": f"S{number:05}",
        "doctor": f"+3526917{number:05}",
        "family_name": family_name,
        "declared_as": declared_as or family_name,
        "subject": f"1002030405061{number:05}00",
        "email": f"rita.{number}@example.lu",
    }
    printed = stack.run(MAKE.format(**facts))
    return Declared(f"Rita {family_name}", printed.split()[-1], str(facts["email"]))


def up_to_luxtrust(visitor: Visitor, outbox: Outbox, declared: Declared) -> None:
    """The link, the terms, the matricule, and LuxTrust's own page."""
    visitor.visit(outbox.link_for(declared.email))
    visitor.sees_heading("Conditions Générales d'Utilisation (CGU)")
    visitor.page.locator("main input[type=checkbox]").check()
    visitor.press("Etape suivante")
    visitor.sees_heading("Vérification de votre matricule")
    types_matricule(visitor, declared.matricule)
    visitor.sees("Choisissez votre type de dispositif LuxTrust et suivez les étapes habituelles.")
    goes_to_luxtrust(visitor)


def types_matricule(visitor: Visitor, matricule: str) -> None:
    """S3-07."""
    visitor.fill(MATRICULE, matricule)
    visitor.press("Etape suivante")


def goes_to_luxtrust(visitor: Visitor) -> None:
    visitor.page.get_by_role("button", name="Continuer avec LuxTrust").click()
    visitor.page.wait_for_url("**/authorize?**")
    visitor.look()


def confirm_at_luxtrust(visitor: Visitor, declared: Declared, path: str) -> None:
    visitor.choose("Token")
    visitor.page.get_by_label(re.compile(f"^{declared.name}")).check()
    visitor.page.get_by_role("button", name="Confirmer", exact=True).click()
    visitor.page.wait_for_url(f"**{path}")
    visitor.look()
