"""Synthetic members of staff for the tests, and their way in at the desk."""

import secrets
from dataclasses import dataclass

from tests.e2e.outbox import Outbox
from tests.e2e.stack import Stack
from tests.e2e.visitor import Visitor

PASSWORD = "Sonnenblume7"
MAKE_STAFF = """
from gesond.identity.actions.staff import name_staff
from gesond.identity.tests.factories import AccountFactory, PersonFactory, matricule_for
from gesond.kernel.journal import SYSTEM
person = PersonFactory(matricule=matricule_for({number}, year=1971), family_name="{family_name}", given_names="Nora")
account = AccountFactory(person=person, phone="{phone}")
name_staff(actor=SYSTEM, account_id=account.pk, roles={roles})
print(person.matricule)
"""


@dataclass(frozen=True)
class Member:
    """Somebody who works at the desk; their second factor is a telephone."""

    matricule: str
    family_name: str
    phone: str


def employ(stack: Stack, *roles: str) -> Member:
    number = secrets.randbelow(99_000)
    family_name = "Bureau" + letters_of(number)
    phone = f"+3526916{number:05}"
    facts = {"number": number, "family_name": family_name, "phone": phone, "roles": list(roles)}
    printed = stack.manage("shell", "-v", "0", "-c", MAKE_STAFF.format(**facts))
    return Member(printed.split()[-1], family_name, phone)


def letters_of(number: int) -> str:
    """Digits as letters: for names that nobody else has."""
    return "".join("abcdefghij"[int(digit)] for digit in f"{number:05}")


def enter_desk(visitor: Visitor, outbox: Outbox, member: Member) -> None:
    """The desk's own sign-in: matricule, password, and the code by SMS."""
    visitor.visit("/fr/desk/sign-in/")
    visitor.sees_heading("Connexion au bureau de l'Agence")
    visitor.page.get_by_role("link", name="Matricule, mot de passe et code").click()
    visitor.look()
    visitor.fill("Matricule *", member.matricule)
    visitor.fill("Mot de passe *", PASSWORD)
    visitor.press("Connexion")
    visitor.fill("Code reçu par SMS ou par E-mail *", outbox.code_for(member.phone))
    visitor.press("Valider")
    visitor.is_at("/fr/desk/")
    visitor.sees_heading("Bienvenue au bureau")
