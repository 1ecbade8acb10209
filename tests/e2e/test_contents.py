"""INFOS E-SANTÉ in a browser: news, events, polls, guides, questions. S2-02, S2-05, S2-11, S2-46, S1-28."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.accounts import open_account_for_somebody
from tests.e2e.conftest import NewVisitor
from tests.e2e.journeys import sign_in
from tests.e2e.outbox import Outbox
from tests.e2e.stack import Stack
from tests.e2e.visitor import Visitor

NEWS = [  # S2-05
    "Le Carnet de Vaccination Electronique (CVE) lancé en phase pilote",
    re.compile("^La déclaration de don d'organes contenue dans le DSP est accessible aux"),
    "Première étape vers le remboursement accéléré des mémoires d'honoraires",
]
QUESTION = "Comment préférez-vous prendre rendez-vous chez le médecin ?"
MENU = ["ACTUALITÉS", "ÉVÉNEMENTS", "SONDAGES", "GUIDES", "QUESTIONS FRÉQUENTES"]
EVERY_SCREEN = pytest.mark.parametrize("phone", [False, True], ids=["computer", "phone"])


@EVERY_SCREEN
def test_the_home_page_has_the_three_news_and_each_opens(new_visitor: NewVisitor, phone):
    """S2-05."""
    for title in NEWS:
        visitor = new_visitor(phone=phone)
        visitor.visit("/fr/")
        visitor.follow(title)
        visitor.sees_heading(title, level=1)


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no-scripts"])
def test_the_menu_leads_to_every_kind(new_visitor: NewVisitor, scripts):
    """S2-02."""
    for label in MENU:
        visitor = new_visitor(scripts=scripts)
        visitor.visit("/fr/")
        visitor.page.locator("summary").filter(has_text="INFOS E-SANTÉ").first.click()
        visitor.look()
        visitor.follow(label, within=visitor.page.locator("nav li details[open]"))
        expect(visitor.page.get_by_role("heading", level=1)).to_be_visible()


def test_the_activation_page_leads_to_the_online_guide(visitor: Visitor):
    """S2-11, S2-46."""
    visitor.visit("/fr/activation/")
    visitor.page.get_by_role("link", name=re.compile("guide en ligne")).first.click()
    visitor.look()
    visitor.follow("Activer votre compte eSanté")
    visitor.sees("Version 4.1 / Juillet 2024")


@EVERY_SCREEN
def test_events_are_read_and_put_into_ones_own_calendar(new_visitor: NewVisitor, phone):
    """S1-28."""
    visitor = new_visitor(phone=phone)
    visitor.visit("/fr/events/")
    visitor.follow("Activer son compte eSanté : on vous aide")
    with visitor.page.expect_download() as download:
        visitor.page.get_by_role("button", name="Ajouter à mon agenda").click()
    assert download.value.suggested_filename.endswith(".ics")
    assert "BEGIN:VEVENT" in download.value.path().read_text()


def test_what_was_not_translated_says_so(visitor: Visitor):
    visitor.visit("/de/events/")
    visitor.follow(re.compile("la prescription digitale"))
    visitor.sees("Diesen Text gibt es nur auf Französisch.")


def test_a_question_opens_in_its_place(visitor: Visitor):
    visitor.visit("/fr/faq/")
    visitor.page.get_by_text("J'ai oublié mon mot de passe.").click()
    visitor.sees(re.compile("Mot de passe oublié \\?"))
    visitor.look()


def test_a_poll_is_answered_once(visitor: Visitor, stack: Stack, outbox: Outbox):
    """S1-26, S1-28."""
    sign_in(visitor, open_account_for_somebody(stack), outbox)
    visitor.visit("/fr/polls/")
    visitor.follow(QUESTION)
    visitor.page.get_by_role("button", name="Répondre au sondage").click()
    visitor.look()

    visitor.press("Envoyer ma réponse")
    visitor.sees("Choisissez une réponse.")
    visitor.choose("Sur le portail")
    visitor.press("Envoyer ma réponse")

    visitor.sees("Merci : votre réponse est comptée.")
    expect(visitor.page.get_by_role("button", name="Répondre au sondage")).to_have_count(0)


def test_a_closed_poll_shows_its_results(visitor: Visitor):
    visitor.visit("/fr/polls/")
    visitor.follow("Que consultez-vous dans votre DSP ?")
    visitor.sees("Résultats")
    visitor.sees(re.compile("71 %"))
