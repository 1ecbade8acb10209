"""« Besoin d'aide » (S1-29, S2-10, S2-45): a visitor asks, the helpdesk answers, the visitor reads and answers back."""

import re

from gesond.demo.people import CAST
from tests.e2e.conftest import NewVisitor
from tests.e2e.journeys import solve_captcha
from tests.e2e.outbox import Outbox
from tests.e2e.visitor import Visitor

STAFF = next(persona for persona in CAST if persona.key == "staff-helpdesk")
NUMBER = re.compile(r"\d{4} \d{4}")


def enter_desk(visitor: Visitor, outbox: Outbox) -> None:
    visitor.visit("/fr/desk/sign-in/password/")
    visitor.fill("Matricule *", STAFF.matricule.value)
    visitor.fill("Mot de passe *", STAFF.password)
    visitor.page.locator("main button[type=submit]").last.click()
    visitor.look()
    visitor.page.locator("main input[inputmode=numeric]").first.fill(outbox.code_for(STAFF.phone))
    visitor.page.locator("main button[type=submit]").first.click()
    visitor.look()


def ask(visitor: Visitor, email: str) -> str:
    """Fill in the form; the number that is shown."""
    visitor.visit("/fr/helpdesk/")
    visitor.page.get_by_label("De quoi s'agit-il ?").select_option("letter")
    visitor.fill("Prénom et nom *", "Claire Exemple")
    visitor.fill("E-mail *", email)
    visitor.fill("Votre message *", "Bonjour,\nje n'ai pas reçu ma lettre.")
    solve_captcha(visitor)
    visitor.press("Envoyer ma demande")
    visitor.sees_heading("Votre demande est envoyée")
    found = NUMBER.search(visitor.page.locator("main").inner_text())
    assert found
    return found.group()


def test_a_visitor_asks_and_is_answered(new_visitor: NewVisitor, outbox: Outbox):
    visitor, staff, email = new_visitor(phone=True), new_visitor(), "helpdesk-thread@example.lu"
    number = ask(visitor, email)
    receipt = outbox.text_for(email)
    assert number in receipt
    assert "pas reçu ma lettre" not in receipt

    enter_desk(staff, outbox)
    staff.visit("/fr/desk/requests/")
    staff.fill("Numéro, e-mail ou matricule *", number)
    staff.press("Rechercher")
    staff.press("Prendre en charge")
    staff.fill("Note interne *", "À vérifier au registre")
    staff.press("Enregistrer la note")
    staff.fill("Réponse *", "Une nouvelle lettre part aujourd'hui.")
    staff.press("Envoyer la réponse")
    staff.sees("Votre réponse est envoyée.")

    visitor.visit(outbox.link_for(email))
    visitor.sees("Une nouvelle lettre part aujourd'hui.")
    visitor.does_not_see("À vérifier au registre")
    visitor.fill("Votre réponse *", "Merci beaucoup.")
    visitor.press("Envoyer")
    visitor.sees("Merci beaucoup.")
    visitor.press("Ma demande est réglée : clôturer")
    visitor.sees("Votre demande est clôturée. Vous pouvez la rouvrir dans les 30 jours.")
    visitor.press("Rouvrir ma demande")
    visitor.sees("Votre demande est rouverte.")


def test_a_forgotten_field_loses_nothing(visitor: Visitor):
    visitor.visit("/fr/helpdesk/")
    visitor.fill("Votre message *", "Une question.")
    solve_captcha(visitor)
    visitor.press("Envoyer ma demande")
    visitor.sees("Choisissez le sujet de votre question.")
    assert visitor.page.get_by_label("Votre message *").input_value() == "Une question."
