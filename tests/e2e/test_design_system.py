"""The components of `/demo/components/` at work: forms, captcha (S2-17, X12), dialog (S2-21), errors, every width."""

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import NewVisitor
from tests.e2e.visitor import Visitor

COMPONENTS = "/demo/components/"


@pytest.mark.parametrize("path", ["/fr/", "/de/help/", "/en/coming/teleconsultation/", COMPONENTS + "?state=errors"])
@pytest.mark.parametrize("width", [320, 390, 768, 1280])
def test_every_page_fits_from_320_pixels_on(visitor: Visitor, path: str, width: int):
    visitor.page.set_viewport_size({"width": width, "height": 800})
    visitor.visit(path)


@pytest.mark.parametrize("kind", ["400", "403", "404", "429", "500", "503", "csrf", "session"])
def test_error_pages_are_pages_like_the_others(phone_visitor: Visitor, kind: str):
    status = {"csrf": 403, "session": 403}.get(kind) or int(kind)
    phone_visitor.visit(f"{COMPONENTS}errors/{kind}/", status=status)
    expect(phone_visitor.page.get_by_role("heading", level=1)).to_be_visible()


def test_the_summary_of_errors_has_the_focus_and_leads_to_the_field(visitor: Visitor):
    visitor.visit(COMPONENTS + "?state=errors")
    expect(visitor.page.locator(".nhsuk-error-summary")).to_be_focused()
    visitor.follow("Saisissez votre matricule : 11 ou 13 chiffres, sur votre carte de sécurité sociale.")
    expect(visitor.page.get_by_label("Matricule *", exact=True)).to_be_focused()
    visitor.sees_error("Matricule *", "Saisissez votre matricule")
    expect(visitor.page).to_have_title("Erreur : Composants – Gesond")


def test_x12_one_click_confirms_and_is_not_asked_again(visitor: Visitor):
    visitor.visit(COMPONENTS)
    visitor.press("Confirmer en un clic, sans rien lire")
    visitor.sees("C'est confirmé : vous pouvez continuer.")
    visitor.press("Etape suivante")
    visitor.sees_heading("Il y a un problème")
    visitor.sees("Captcha : déjà confirmé")


def test_s2_17_another_image_with_script(visitor: Visitor):
    visitor.visit(COMPONENTS)
    image = visitor.page.locator("[data-captcha-image]")
    before = str(image.get_attribute("src"))
    visitor.press("Changer le texte")
    expect(image).not_to_have_attribute("src", before)
    expect(visitor.page.get_by_label("Captcha *", exact=True)).to_be_focused()


def test_s2_17_another_image_without_script_keeps_what_was_typed(new_visitor: NewVisitor):
    visitor = new_visitor(scripts=False)
    visitor.visit(COMPONENTS)
    before = str(visitor.page.locator("[data-captcha-image]").get_attribute("src"))
    visitor.fill("Matricule *", "1918090138700")
    visitor.press("Changer le texte")
    expect(visitor.page.get_by_label("Matricule *", exact=True)).to_have_value("1918090138700")
    expect(visitor.page.locator("[data-captcha-image]")).not_to_have_attribute("src", before)
    visitor.does_not_see("Il y a un problème")


def test_an_answer_reveals_its_field(visitor: Visitor):
    visitor.visit(COMPONENTS)
    number = visitor.page.get_by_role("textbox", name="Mobile", exact=True)
    expect(number).to_be_visible()
    visitor.page.get_by_role("radio", name="E-mail", exact=True).check()
    expect(number).to_be_hidden()


def test_a_password_can_be_looked_at(visitor: Visitor):
    visitor.visit(COMPONENTS)
    password = visitor.page.get_by_label("Votre mot de passe *", exact=True)
    visitor.page.get_by_role("button", name="Afficher le mot de passe").first.click()
    expect(password).to_have_attribute("type", "text")
    visitor.look()


def test_s2_21_the_dialog_closes_by_its_cross_and_by_escape(visitor: Visitor):
    visitor.visit(COMPONENTS + "?dialog=open")
    dialog = visitor.page.get_by_role("dialog", name="Confirmation")
    expect(dialog).to_contain_text("*****@agence-esante.lu, il est valable pendant 15min.")
    visitor.press("Fermer", within=dialog)
    expect(dialog).to_be_hidden()
    opener = visitor.page.get_by_role("link", name="Ouvrir la fenêtre")
    opener.click()
    expect(dialog).to_be_visible()
    visitor.page.keyboard.press("Escape")
    expect(opener).to_be_focused()


def test_s2_21_without_script_the_dialog_is_a_panel_that_closes(new_visitor: NewVisitor):
    visitor = new_visitor(scripts=False)
    visitor.visit(COMPONENTS + "?dialog=open")
    dialog = visitor.page.get_by_role("dialog", name="Confirmation")
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Fermer").click()
    expect(dialog).to_be_hidden()
