"""The guide « Quick guide professionnel de santé » from « Connexion aux services eSanté » on: S1-16 to S1-28."""

import re
import secrets

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import NewVisitor
from tests.e2e.outbox import LINK, Outbox
from tests.e2e.professionals import Professional, next_professional
from tests.e2e.stack import Stack
from tests.e2e.test_professional_activation import begin, step_2_activation_code, through_luxtrust
from tests.e2e.visitor import Visitor

pytestmark = pytest.mark.usefixtures("luxtrust")

PASSWORD, NEXT_PASSWORD = "Tournesol88bis", "Nenuphar77ter"
TAB, PERSONAL = "/fr/account/authentication/", "/fr/account/personal/"
EVENTS = "lors de la publication d'un événement sur le calendrier du portail"
POLLS = "lors de la publication d'un sondage sur le portail"
PUBLISH = """
from datetime import timedelta
from gesond.content.actions.announcing import begin_announcements, tell_everybody
from gesond.content.actions.editing import create_content, release_content
from gesond.content.models import Event, Poll
from gesond.kernel.clock import now
from gesond.kernel.journal import SYSTEM
texts = dict(fr=dict(title="{title}", summary="", body=""))
event = dict(starts_at=now() + timedelta(days=9), ends_at=now() + timedelta(days=9, hours=1))
poll = dict(asks="single", closes_at=now() + timedelta(days=9))
labels = [dict(fr="Oui"), dict(fr="Non")]
for model, values, options in ((Event, event, ()), (Poll, poll, labels)):
    item = create_content(actor=SYSTEM, model=model, values=dict(values, announced=True, texts=texts), options=options)
    release_content(actor=SYSTEM, item=item, publish_at=now() - timedelta(minutes=1))
begin_announcements()
tell_everybody()
"""


@pytest.fixture
def professional(stack: Stack) -> Professional:
    return next_professional(stack)


def test_the_guide_from_signing_in_to_the_account_s_settings(
    new_visitor: NewVisitor, stack: Stack, professional: Professional, outbox: Outbox
):
    """S1-16 to S1-24, in the guide's order."""
    visitor = new_visitor()
    activates(visitor, professional, outbox)
    signs_in_by_luxtrust(visitor, professional)
    services_for_professionals(visitor)
    defines_a_password(visitor)
    phone = changes_the_telephone(visitor, professional, outbox)
    changes_the_e_mail_address(visitor, professional, outbox, phone)
    associates_and_deletes_a_product(visitor, professional)
    changes_the_password(visitor)
    without_luxtrust(new_visitor(phone=True), professional, outbox, phone)
    notifications(visitor, stack, professional, outbox)


def activates(visitor: Visitor, professional: Professional, outbox: Outbox) -> None:
    """S1-03 to S1-14; their own test looks at them more closely."""
    begin(visitor)
    through_luxtrust(visitor, professional.name)
    visitor.look()
    step_2_activation_code(visitor, professional)
    visitor.press("Etape suivante")
    visitor.choose("Mobile")
    visitor.fill("Mobile *", professional.person.phone)
    visitor.press("Valider")
    visitor.press("Fermer", within=visitor.page.get_by_role("dialog"))
    visitor.fill("Code reçu par SMS ou par E-mail *", outbox.code_for(professional.person.phone))
    visitor.press("Valider")
    visitor.sees_heading("Votre activation est terminée!")


def signs_in_by_luxtrust(visitor: Visitor, professional: Professional) -> None:
    """S1-16: « Connexion », « Professionnel », « Connexion »."""
    visitor.page.context.clear_cookies()
    visitor.visit("/fr/")
    visitor.page.get_by_role("link", name=re.compile("^connexion$", re.I)).filter(visible=True).first.click()
    visitor.look()
    visitor.page.get_by_role("main").get_by_role("link", name=re.compile("^PROFESSIONNEL", re.I)).click()
    visitor.look()
    visitor.page.get_by_role("button", name="Connexion", exact=True).filter(visible=True).last.click()
    answers_luxtrust(visitor, professional, "/fr/services/")


def answers_luxtrust(visitor: Visitor, professional: Professional, path: str, *, device: str = "Mobile") -> None:
    visitor.page.wait_for_url("**/authorize?**")
    visitor.choose(device)
    visitor.page.get_by_label(re.compile(re.escape(professional.name))).check()
    visitor.page.get_by_role("button", name="Confirmer", exact=True).click()
    visitor.page.wait_for_url(f"**{path}")
    visitor.look()


def services_for_professionals(visitor: Visitor) -> None:
    """S1-17, S1-18."""
    visitor.sees_heading("Mes services eSanté", level=1)
    visitor.sees(re.compile(r"Dossier de Soins Partagé|\bDSP\b"))
    visitor.sees("Définissez un mot de passe pour les jours sans LuxTrust")
    for path in ("/fr/account/directory/", "/fr/my-secretaries/", "/fr/my-secretaries/declare/"):
        visitor.visit(path)


def manages_the_account(visitor: Visitor) -> None:
    """« Mon Compte », « Gérer mon compte », « Moyens d'authentification »: S1-19."""
    visitor.page.locator("summary", has_text="Mon Compte").click()
    visitor.follow("Gérer mon compte", within=visitor.page.locator("header"))
    visitor.follow("Moyens d'authentification", within=visitor.page.locator("main"))
    visitor.is_at(TAB)


def defines_a_password(visitor: Visitor) -> None:
    """S1-19: at the bottom of the page."""
    manages_the_account(visitor)
    expect(visitor.page.locator("main h2").last).to_have_text("Définir un mot de passe")
    visitor.page.get_by_label(re.compile("^Votre (nouveau )?mot de passe")).fill(PASSWORD)
    visitor.page.get_by_label(re.compile("^Confirmation de votre mot de passe")).fill(PASSWORD)
    visitor.press("Valider")
    visitor.sees("Votre mot de passe est défini.")


def changes_the_telephone(visitor: Visitor, professional: Professional, outbox: Outbox) -> str:
    """S1-21."""
    new = f"+352661{secrets.randbelow(900_000) + 100_000}"
    visitor.follow(re.compile("^Modifier Numéro de mobile"))
    visitor.page.get_by_label(re.compile("^Nouveau numéro")).fill(new)
    visitor.press("Suivant")
    types_code(visitor, outbox.code_for(professional.person.phone))
    types_code(visitor, outbox.code_for(new))
    visitor.sees("Votre numéro de mobile a été modifié.")
    return new


def changes_the_e_mail_address(visitor: Visitor, professional: Professional, outbox: Outbox, phone: str) -> None:
    """S1-22: the account has none yet; the telephone confirms."""
    visitor.follow(re.compile("^(Ajouter|Modifier) Adresse e-mail"))
    visitor.page.locator("main input[type=email]").fill(professional.person.email)
    visitor.press("Suivant")
    types_code(visitor, outbox.code_for(phone))
    types_code(visitor, outbox.code_for(professional.person.email))
    visitor.is_at(TAB)
    visitor.sees(professional.person.email)


def types_code(visitor: Visitor, code: str) -> None:
    visitor.page.get_by_label(re.compile("^Code reçu")).fill(code)
    visitor.press("Valider")


def associates_and_deletes_a_product(visitor: Visitor, professional: Professional) -> None:
    """S1-23."""
    visitor.follow("Associer un produit LuxTrust")
    visitor.page.get_by_role("button", name="Connexion", exact=True).click()
    answers_luxtrust(visitor, professional, TAB, device="Smartcard")
    visitor.follow(re.compile("^Supprimer LuxTrust Smartcard"))
    visitor.press("Supprimer le produit LuxTrust")
    visitor.sees("Le produit LuxTrust a été supprimé de votre compte.")
    expect(visitor.page.get_by_role("link", name=re.compile("^Supprimer LuxTrust"))).to_have_count(1)


def changes_the_password(visitor: Visitor) -> None:
    """S1-24."""
    visitor.page.get_by_label(re.compile("^Votre mot de passe actuel")).fill(PASSWORD)
    visitor.page.get_by_label(re.compile("^Votre nouveau mot de passe")).fill(NEXT_PASSWORD)
    visitor.page.get_by_label(re.compile("^Confirmation de votre mot de passe")).fill(NEXT_PASSWORD)
    visitor.press("Valider")
    visitor.sees("Votre mot de passe est défini.")


def without_luxtrust(visitor: Visitor, professional: Professional, outbox: Outbox, phone: str) -> None:
    """S1-20, X5: password and SMS code, told what one may not do; a secretary is not declared."""
    visitor.visit("/fr/sign-in/professional/")
    visitor.follow("LuxTrust est indisponible : matricule, mot de passe et code")
    visitor.fill("Matricule *", professional.person.matricule)
    visitor.fill("Mot de passe *", NEXT_PASSWORD)
    visitor.press("Connexion")
    types_code(visitor, outbox.code_for(phone))
    visitor.is_at("/fr/services/")
    visitor.sees("Votre connexion s'est faite sans LuxTrust")
    visitor.sees(re.compile("ni de déclarer une secrétaire"))
    visitor.visit("/fr/my-secretaries/")
    visitor.visit("/fr/my-secretaries/declare/", status=403)
    visitor.sees_heading("LuxTrust est nécessaire")


def notifications(visitor: Visitor, stack: Stack, professional: Professional, outbox: Outbox) -> None:
    """S1-25 to S1-28: « Décochez la case »; who left a box ticked is told, and stops it in one click."""
    email, title = professional.person.email, f"Avis {secrets.token_hex(4)}"
    visitor.visit(PERSONAL)
    for label in (EVENTS, POLLS):
        expect(visitor.page.get_by_label(label)).to_be_checked()
    visitor.sees(re.compile("Décochez la case"))
    visitor.page.get_by_label(EVENTS).uncheck()
    visitor.press("Enregistrer")

    stack.run(PUBLISH.format(title=title))
    told = outbox.announcement(email, about=title)
    assert told["template"] == "content/poll_published"
    assert not [one for one in outbox.messages(to=email) if one["template"] == "content/event_published"]

    (unsubscribe,) = (link for link in LINK.findall(told["text"]) if "/unsubscribe/" in link)
    visitor.visit(unsubscribe)
    visitor.press("Ne plus recevoir ces e-mails")
    visitor.sees_heading("Vous ne recevrez plus d'e-mails sur les sondages")
    visitor.visit(PERSONAL)
    for label in (EVENTS, POLLS):
        expect(visitor.page.get_by_label(label)).not_to_be_checked()
