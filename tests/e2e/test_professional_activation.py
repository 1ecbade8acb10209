"""The guide « Quick guide professionnel de santé: activation compte eSanté », page by page: S1-01 to S1-15, S1-29."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import NewVisitor
from tests.e2e.outbox import Outbox
from tests.e2e.professionals import Professional, next_professional
from tests.e2e.stack import Stack
from tests.e2e.visitor import Visitor

pytestmark = pytest.mark.usefixtures("luxtrust")

STEPS = [
    "Associer un produit LuxTrust",
    "Code d'activation",
    "Informations personnelles",
    "Sécurisation du compte",
    "Confirmation",
]
ACCEPT = "En cochant cette case, j'accepte les Conditions Générales d'Utilisation."
RECEIVED = "Code reçu par SMS ou par E-mail *"
HELPDESK = "(+352) 27 12 50 18 33"


@pytest.fixture
def professional(stack: Stack) -> Professional:
    return next_professional(stack)


def sees_step(visitor: Visitor, number: int) -> None:
    """S1-04: the five steps by name and in order, the current one marked."""
    page = visitor.page
    current = page.locator("[aria-current=step]")
    expect(current).to_have_count(1)
    expect(current).to_contain_text(STEPS[number - 1])
    names = page.locator(".ges-steps__name").all_text_contents()
    assert [name.removeprefix("Terminé :").strip() for name in names] == STEPS or all(
        step in name for step, name in zip(STEPS, names, strict=True)
    )


@pytest.mark.parametrize("phone", [False, True], ids=["computer", "phone"])
def test_the_guide_from_the_home_page_to_the_end(
    new_visitor: NewVisitor, professional: Professional, outbox: Outbox, phone: bool
):
    """S1-01 to S1-14, in the guide's order."""
    visitor = new_visitor(phone=phone)
    preliminary_steps(visitor, phone=phone)
    terms_of_use(visitor)
    step_1_luxtrust(visitor, professional)
    step_2_activation_code(visitor, professional)
    step_3_personal_information(visitor, professional)
    step_4_securing_the_account(visitor, professional, outbox)
    step_5_confirmation(visitor)


def preliminary_steps(visitor: Visitor, *, phone: bool) -> None:
    """« CONNEXION », « PROFESSIONNEL », « J'active mon compte »: S1-01, S1-02."""
    visitor.visit("/fr/")
    if phone:
        visitor.page.locator("summary").filter(has_text=re.compile("^Menu$")).filter(visible=True).first.click()
    visitor.page.get_by_role("link", name=re.compile("^connexion$", re.I)).filter(visible=True).first.click()
    visitor.look()
    visitor.page.get_by_role("link", name=re.compile("PROFESSIONNEL", re.I)).or_(
        visitor.page.get_by_role("button", name=re.compile("PROFESSIONNEL", re.I))
    ).filter(visible=True).last.click()
    visitor.look()
    visitor.is_at(re.compile("/fr/sign-in/professional/"))
    visitor.press("J'active mon compte")


def terms_of_use(visitor: Visitor) -> None:
    """To the bottom of the page, accept, « Activer mon compte »: S1-03."""
    visitor.sees_heading("CONDITIONS GENERALES D'UTILISATION")
    visitor.press("Activer mon compte")  # without the box: no activation without acceptance
    visitor.sees_heading("Il y a un problème")
    visitor.choose(ACCEPT)
    visitor.press("Activer mon compte")


def step_1_luxtrust(visitor: Visitor, professional: Professional) -> None:
    """« Connexion », and the procedure of LuxTrust: S1-05, S1-06."""
    sees_step(visitor, 1)
    through_luxtrust(visitor, professional.name)
    visitor.is_at(re.compile("/fr/professional/activation/code/$"))
    visitor.look()


def through_luxtrust(visitor: Visitor, name: str) -> None:
    page = visitor.page
    page.get_by_role("button", name="Connexion", exact=True).filter(visible=True).last.click()
    page.wait_for_url(re.compile("/authorize"))
    page.get_by_label("Mobile", exact=True).check()
    page.get_by_label(re.compile(re.escape(name))).check()
    page.get_by_role("button", name="Confirmer", exact=True).click()
    page.wait_for_url(re.compile("/professional/activation/"))
    page.wait_for_load_state("load")


def step_2_activation_code(visitor: Visitor, professional: Professional) -> None:
    """« Oui », « Numéro de matricule », « Code d'activation », « Étape suivante »: S1-07, S1-08."""
    sees_step(visitor, 2)
    visitor.choose("Oui")
    visitor.fill("Numéro de matricule *", professional.person.matricule)
    visitor.fill("Code d'activation *", professional.activation_code)
    visitor.press("Étape suivante")


def step_3_personal_information(visitor: Visitor, professional: Professional) -> None:
    """« Vérifiez les données indiquées »: S1-10, S1-11, S1-29."""
    sees_step(visitor, 3)
    visitor.sees(re.compile("Vérifiez les données indiquées"))
    for words in (professional.person.family_name, professional.provider_code, "Médecin généraliste"):
        visitor.sees(re.compile(re.escape(words)))
    visitor.sees(re.compile(re.escape(professional.practice)))
    expect(visitor.page.locator("main").get_by_role("textbox")).to_have_count(0)
    visitor.sees_heading(re.compile("En cas d'erreur contactez le Helpdesk"))
    visitor.sees(HELPDESK)
    expect(visitor.page.get_by_role("button", name="Besoin d'aide")).to_be_visible()
    visitor.press("Etape suivante")


def step_4_securing_the_account(visitor: Visitor, professional: Professional, outbox: Outbox) -> None:
    """The channel, « Valider », the code received, « Valider »: S1-12, S1-13, S1-15."""
    sees_step(visitor, 4)
    visitor.does_not_see("Votre mot de passe")
    visitor.sees("Code à usage unique à recevoir par")
    expect(visitor.page.get_by_label("E-mail", exact=True)).to_be_visible()
    visitor.choose("Mobile")
    visitor.fill("Mobile *", professional.person.phone)
    visitor.press("Valider")
    visitor.press("Fermer", within=visitor.page.get_by_role("dialog"))
    visitor.fill(RECEIVED, outbox.code_for(professional.person.phone))
    visitor.press("Valider")


def step_5_confirmation(visitor: Visitor) -> None:
    """S1-14, S1-18, S1-29."""
    visitor.sees_heading("Votre activation est terminée!")
    visitor.sees("Vous pouvez vous connecter à votre compte eSanté.")
    visitor.sees(re.compile("Il est recommandé de définir un mot de passe"))
    visitor.sees_heading("Des questions?")
    visitor.sees(HELPDESK)
    rubric = visitor.page.locator("main").get_by_role("link", name="Besoin d'aide", exact=True)
    expect(rubric).to_have_attribute("href", re.compile("^/fr/helpdesk/"))


def begin(visitor: Visitor) -> None:
    visitor.visit("/fr/professional/activation/")
    visitor.choose(ACCEPT)
    visitor.press("Activer mon compte")


def test_closing_the_browser_in_the_middle_and_coming_back_resumes(
    new_visitor: NewVisitor, professional: Professional, outbox: Outbox
):
    """Proving LuxTrust again is enough: the letter is not asked for a second time."""
    first = new_visitor()
    begin(first)
    through_luxtrust(first, professional.name)
    first.look()
    step_2_activation_code(first, professional)
    step_3_personal_information(first, professional)
    sees_step(first, 4)

    second = new_visitor(phone=True)
    begin(second)
    through_luxtrust(second, professional.name)
    second.look()
    sees_step(second, 4)
    first.visit("/fr/professional/activation/security/")
    first.sees(re.compile("Votre activation s'est poursuivie dans un autre navigateur"))
    step_4_securing_the_account(second, professional, outbox)
    step_5_confirmation(second)


def test_somebody_else_s_luxtrust_stops_calmly_with_the_way_to_the_helpdesk(
    visitor: Visitor, stack: Stack, professional: Professional
):
    """A letter in other hands opens nothing, and says no more than what differs."""
    begin(visitor)
    through_luxtrust(visitor, "Claire Exemple")
    visitor.look()
    step_2_activation_code(visitor, professional)
    visitor.sees("LuxTrust et le registre national ne concordent pas")
    visitor.sees(re.compile("le nom de famille, les prénoms"))
    visitor.does_not_see(re.compile(professional.person.family_name))
    visitor.sees(HELPDESK)


def test_without_luxtrust_one_is_led_back_to_its_step_and_nowhere_else(visitor: Visitor, professional: Professional):
    """S1-05: LuxTrust is mandatory, and first; whoever was refused may try again."""
    begin(visitor)
    visitor.page.locator("main").get_by_role("button", name="Connexion", exact=True).click()
    visitor.page.wait_for_url("**/authorize?**")
    visitor.look()
    visitor.page.get_by_role("button", name="Refuser", exact=True).click()
    visitor.page.get_by_role("heading", name="LuxTrust n'a pas abouti").wait_for()
    visitor.look()
    visitor.sees(re.compile("LuxTrust n'a pas confirmé votre identité"))
    visitor.does_not_see("Continuer sans LuxTrust")
    visitor.follow("Revenir à la page précédente")
    sees_step(visitor, 1)
    visitor.visit("/fr/professional/activation/code/")
    sees_step(visitor, 1)
    through_luxtrust(visitor, professional.name)
    visitor.look()
    sees_step(visitor, 2)


def test_it_works_without_scripts(new_visitor: NewVisitor, professional: Professional, outbox: Outbox):
    visitor = new_visitor(scripts=False)
    begin(visitor)
    through_luxtrust(visitor, professional.name)
    visitor.look()
    step_2_activation_code(visitor, professional)
    visitor.press("Etape suivante")
    visitor.fill("Mobile *", professional.person.phone)
    visitor.press("Valider")
    visitor.fill(RECEIVED, outbox.code_for(professional.person.phone))
    visitor.press("Valider")
    step_5_confirmation(visitor)
