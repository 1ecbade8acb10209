"""Guide « secrétaire »: S3-01 to S3-16, against the LuxTrust simulator over HTTP."""

import re
import secrets
from dataclasses import dataclass

import pytest

from tests.e2e.conftest import NewVisitor
from tests.e2e.outbox import Outbox
from tests.e2e.stack import Stack
from tests.e2e.visitor import Visitor

MAKE = """
from datetime import timedelta
from gesond.demo.models import DemoPerson
from gesond.directory.actions.declarations import Statement, declare
from gesond.directory.models import today
from gesond.directory.tests.factories import PracticeFactory
from gesond.identity.standing import Standing
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


@pytest.fixture
def declare(stack: Stack):
    """Makes a professional declare somebody, under her own name or another."""

    def make(*, declared_as: str = "") -> Declared:
        number = secrets.randbelow(99_000)
        family_name = "Beispill" + "".join("abcdefghij"[int(digit)] for digit in f"{number:05}")
        facts = {
            "number": number,
            "code": f"S{number:05}",
            "doctor": f"+3526917{number:05}",
            "family_name": family_name,
            "declared_as": declared_as or family_name,
            "subject": f"1002030405061{number:05}00",
            "email": f"rita.{number}@example.lu",
        }
        printed = stack.manage("shell", "-v", "0", "-c", MAKE.format(**facts))
        return Declared(f"Rita {family_name}", printed.split()[-1], str(facts["email"]))

    return make


@pytest.fixture(params=[False, True], ids=["computer", "phone"])
def phone(request: pytest.FixtureRequest) -> bool:
    return bool(request.param)


def up_to_luxtrust(visitor: Visitor, outbox: Outbox, declared: Declared) -> None:
    """The link, the terms, the matricule, and LuxTrust's own page."""
    visitor.visit(outbox.link_for(declared.email))
    visitor.sees_heading("Conditions Générales d'Utilisation (CGU)")
    visitor.page.locator("main input[type=checkbox]").check()
    visitor.press("Etape suivante")
    visitor.sees_heading("Vérification de votre matricule")
    matricule = visitor.page.get_by_label(re.compile(r"^Veuillez entrer votre matricule CNS \(13 chiffres\)"))
    matricule.fill("1980010100178")
    visitor.press("Etape suivante")
    visitor.page.get_by_label(re.compile("^Veuillez entrer votre matricule CNS")).fill(declared.matricule)
    visitor.press("Etape suivante")
    visitor.sees("Choisissez votre type de dispositif LuxTrust et suivez les étapes habituelles.")
    visitor.page.get_by_role("button", name="Continuer avec LuxTrust").click()
    visitor.page.wait_for_url("**/authorize?**")
    visitor.look()


def confirm_at_luxtrust(visitor: Visitor, declared: Declared, path: str) -> None:
    visitor.choose("Token")
    visitor.page.get_by_label(re.compile(f"^{declared.name}")).check()
    visitor.page.get_by_role("button", name="Confirmer", exact=True).click()
    visitor.page.wait_for_url(f"**{path}")
    visitor.look()


def test_the_process_is_explained(visitor: Visitor):
    """S3-01 to S3-05"""
    visitor.visit("/fr/secretary/")
    visitor.sees("Ce processus commence obligatoirement par une déclaration faite par un professionnel de santé.")
    visitor.sees("Il est obligatoire de disposer d'un dispositif LuxTrust pour pouvoir créer un compte eSanté.")


def test_matching_data_create_the_account_at_once(new_visitor: NewVisitor, outbox, declare, phone):
    """S3-05 to S3-11, S3-15"""
    visitor, declared = new_visitor(phone=phone), declare()
    up_to_luxtrust(visitor, outbox, declared)
    confirm_at_luxtrust(visitor, declared, "/fr/secretary/done/")
    visitor.sees_heading("Votre compte est créé")
    assert "Votre compte eSanté est créé" in outbox.text_for(declared.email)


def test_differing_data_are_checked_by_hand(new_visitor: NewVisitor, outbox, declare, phone):
    """S3-12, S3-13"""
    visitor, declared = new_visitor(phone=phone), declare(declared_as="Autrement")
    up_to_luxtrust(visitor, outbox, declared)
    confirm_at_luxtrust(visitor, declared, "/fr/secretary/differences/")
    visitor.sees("Autrement")
    visitor.press("Je confirme avoir utilisé mon dispositif personnel")
    visitor.sees_heading("Votre identité est en cours de vérification")
    visitor.sees(re.compile("Ce processus n'est pas immédiat"))
    assert outbox.text_for(declared.email)
