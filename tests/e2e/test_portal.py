"""The portal's home page and its menus: S2-01 to S2-06."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import NewVisitor
from tests.e2e.visitor import Visitor

LANGUAGES = {
    "fr": {
        "name": "Français",
        "title": "PORTAIL E-SANTÉ",
        "sign in": "Connexion",
        "menus": ["PATIENTS", "PROFESSIONNELS DE SANTÉ", "EDITEURS", "INFOS E-SANTÉ"],
        "all menus": "Menu",
        "news": "ACTUALITÉS",
    },
    "de": {
        "name": "Deutsch",
        "title": "E-HEALTH-PORTAL",
        "sign in": "Anmelden",
        "menus": ["PATIENTEN", "GESUNDHEITSFACHKRÄFTE", "SOFTWAREHERSTELLER", "E-HEALTH-INFOS"],
        "all menus": "Menü",
        "news": "AKTUELLES",
    },
    "en": {
        "name": "English",
        "title": "E-HEALTH PORTAL",
        "sign in": "Sign in",
        "menus": ["PATIENTS", "HEALTH PROFESSIONALS", "PUBLISHERS", "E-HEALTH INFO"],
        "all menus": "Menu",
        "news": "NEWS",
    },
}
PATIENT_ENTRIES = [  # S2-03
    "ACTIVATION COMPTE ESANTE",
    "ACCÈS SERVICES ESANTE (DSP,...)",
    "ACCÈS TÉLÉCONSULTATION",
]
EVERY_SCREEN = pytest.mark.parametrize("phone", [False, True], ids=["computer", "phone"])
EVERY_LANGUAGE = pytest.mark.parametrize("language", LANGUAGES)
WITH_AND_WITHOUT_SCRIPTS = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])


@EVERY_SCREEN
@EVERY_LANGUAGE
@WITH_AND_WITHOUT_SCRIPTS
def test_the_home_page_opens_in_each_language_on_each_screen(new_visitor: NewVisitor, phone, language, scripts):
    """S2-01, S2-02, S2-04, S2-05: the header, the menus' titles, the banner, the news."""
    visitor = new_visitor(phone=phone, language=language, scripts=scripts)

    visitor.visit(f"/{language}/")

    words = LANGUAGES[language]
    expect(visitor.page.locator("html")).to_have_attribute("lang", language)
    visitor.sees_heading(words["title"], level=1)
    visitor.sees_heading(words["news"], level=2)
    expect(visitor.page.get_by_role("link", name=words["sign in"], exact=True)).to_be_visible()
    expect(visitor.page.get_by_role("link", name=re.compile(r"\(\+352\) 27 12 50 18 33")).first).to_be_visible()
    if phone:
        visitor.page.locator("summary").filter(has_text=words["all menus"]).last.click()
    for title in words["menus"]:
        visitor.sees(re.compile(f"^{title}$"))


def test_the_home_page_says_what_the_account_is_for(visitor: Visitor):
    """S2-04, S2-06, word for word."""
    visitor.visit("/fr/")

    visitor.sees("Votre porte d'accès aux services et infos e-santé")
    visitor.sees_heading("Activez votre compte eSanté et accédez à plusieurs services de santé en ligne!")
    visitor.sees(re.compile("DSP"))
    visitor.sees(re.compile("remboursement accéléré des mémoires d'honoraires"))
    visitor.sees(re.compile("carnet de vaccination électronique"))
    visitor.sees(re.compile("prescription digitale"))


@WITH_AND_WITHOUT_SCRIPTS
def test_the_patients_menu_has_three_ways_and_each_leads_to_a_page(new_visitor: NewVisitor, scripts):
    """S2-03."""
    for label in PATIENT_ENTRIES:
        visitor = new_visitor(scripts=scripts)
        visitor.visit("/fr/")
        visitor.page.locator("summary").filter(has_text="PATIENTS").first.click()
        visitor.look()

        visitor.follow(label, within=visitor.page.locator("nav li details[open]"))

        visitor.is_at(re.compile(r"/fr/.+"))
        expect(visitor.page.get_by_role("heading", level=1)).to_be_visible()


def test_the_menu_of_a_phone_holds_all_there_is(phone_visitor: Visitor):
    """S2-02, S2-03."""
    phone_visitor.visit("/fr/")

    phone_visitor.page.locator("summary").filter(has_text=re.compile("^Menu$")).click()
    phone_visitor.look()

    for label in PATIENT_ENTRIES:
        expect(phone_visitor.page.get_by_role("link", name=label, exact=True).filter(visible=True)).to_be_visible()


@pytest.mark.parametrize("language", ["de", "en"])
@WITH_AND_WITHOUT_SCRIPTS
def test_the_language_is_changed_where_one_is_and_remembered(new_visitor: NewVisitor, language, scripts):
    """S2-01."""
    visitor = new_visitor(scripts=scripts)
    visitor.visit("/fr/help/")

    visitor.page.locator("summary").filter(has_text=re.compile("FR")).click()
    visitor.follow(LANGUAGES[language]["name"])

    visitor.is_at(f"/{language}/help/")
    visitor.visit("/")
    visitor.is_at(f"/{language}/")


@EVERY_LANGUAGE
def test_the_first_visit_speaks_the_browsers_language(new_visitor: NewVisitor, language):
    visitor = new_visitor(language=language)

    visitor.visit("/")

    visitor.is_at(f"/{language}/")


def test_the_menus_open_and_close_by_keyboard(visitor: Visitor):
    """S2-02."""
    visitor.visit("/fr/")
    menu = visitor.page.locator("nav li details").first
    menu.locator("summary").focus()

    visitor.page.keyboard.press("Enter")
    expect(menu).to_have_attribute("open", "")
    visitor.page.keyboard.press("Tab")
    expect(menu.get_by_role("link").first).to_be_focused()
    visitor.page.keyboard.press("Escape")

    expect(menu).not_to_have_attribute("open", "")
    expect(menu.locator("summary")).to_be_focused()


def test_the_first_tab_offers_to_skip_to_the_content(visitor: Visitor):
    visitor.visit("/fr/")

    visitor.page.keyboard.press("Tab")
    expect(visitor.page.locator(":focus")).to_have_attribute("href", "#maincontent")
    visitor.page.keyboard.press("Enter")

    expect(visitor.page.locator("#maincontent")).to_be_focused()


@EVERY_SCREEN
def test_sign_in_is_one_step_away(new_visitor: NewVisitor, phone):
    """S2-01, S2-28."""
    visitor = new_visitor(phone=phone)
    visitor.visit("/fr/")

    visitor.follow("Connexion")

    expect(visitor.page.get_by_role("heading", level=1)).to_be_visible()


@EVERY_LANGUAGE
def test_an_address_that_is_not_there_has_a_page_of_ours(new_visitor: NewVisitor, language):
    visitor = new_visitor(language=language)

    visitor.visit(f"/{language}/nothing-here/", status=404)

    expect(visitor.page.locator("html")).to_have_attribute("lang", language)
    expect(visitor.page.get_by_role("heading", level=1)).to_be_visible()
