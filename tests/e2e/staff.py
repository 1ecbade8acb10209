"""Synthetic members of staff for the tests, and their way in at the desk."""

from tests.e2e.accounts import Holder, open_account_for_somebody
from tests.e2e.outbox import Outbox
from tests.e2e.stack import Stack
from tests.e2e.visitor import Visitor


def employ(stack: Stack, *roles: str) -> Holder:
    """Somebody who works at the desk; their second factor is a telephone."""
    return open_account_for_somebody(stack, roles=roles)


def enter_desk(visitor: Visitor, outbox: Outbox, member: Holder) -> None:
    """The desk's own sign-in: matricule, password, and the code by SMS."""
    visitor.visit("/fr/desk/sign-in/")
    visitor.sees_heading("Connexion au bureau de l'Agence")
    visitor.page.get_by_role("link", name="Matricule, mot de passe et code").click()
    visitor.look()
    visitor.fill("Matricule *", member.matricule)
    visitor.fill("Mot de passe *", member.password)
    visitor.press("Connexion")
    visitor.fill("Code reçu par SMS ou par E-mail *", outbox.code_for(member.phone))
    visitor.press("Valider")
    visitor.is_at("/fr/desk/")
    visitor.sees_heading("Bienvenue au bureau")
