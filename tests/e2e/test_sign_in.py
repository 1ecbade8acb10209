"""Signing in, out, and again after what goes wrong: S2-28 to S2-31, X1, X3, X7."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.accounts import Holder, open_account_for_somebody
from tests.e2e.conftest import NewVisitor
from tests.e2e.journeys import FRENCH, sign_in, solve_captcha
from tests.e2e.outbox import Outbox
from tests.e2e.stack import Stack
from tests.e2e.visitor import Visitor

NEW_PASSWORD = "Vëlodrom-am-Reen-9"


@pytest.fixture
def person(stack: Stack) -> Holder:
    return open_account_for_somebody(stack)


@pytest.fixture
def reader_of_mail(stack: Stack) -> Holder:
    """Somebody whose codes come by e-mail."""
    return open_account_for_somebody(stack, codes_by="email")


def begin_sign_in(visitor: Visitor, person: Holder, password: str = "") -> None:
    visitor.visit("/fr/sign-in/patient/password/")
    visitor.fill(FRENCH.identifier, person.matricule)
    visitor.fill(FRENCH.sign_in_password, password or person.password)
    visitor.press("Connexion")


def sign_out(visitor: Visitor) -> None:
    visitor.page.locator("summary").filter(has_text="Mon Compte").click()
    visitor.look()
    visitor.press("Se déconnecter")


def test_e_mail_and_matricule_are_both_accepted(new_visitor: NewVisitor, reader_of_mail: Holder, outbox: Outbox):
    """X1; S2-30: a code at every sign-in."""
    person = reader_of_mail
    for identifier in (person.email.upper(), f"{person.matricule[:4]} {person.matricule[4:]}"):
        visitor = new_visitor()
        sign_in(visitor, person, outbox, by="email", identifier=identifier)
        sign_out(visitor)

        visitor.visit("/fr/services/")
        visitor.sees_heading("Connexion")


def test_who_comes_for_a_page_is_led_back_to_it(new_visitor: NewVisitor, person: Holder, outbox: Outbox):
    visitor = new_visitor()

    visitor.visit("/fr/account/personal/")
    visitor.page.get_by_role("main").get_by_role("link", name="PATIENT").click()
    visitor.look()
    visitor.follow(FRENCH.by_password)
    visitor.fill(FRENCH.identifier, person.matricule)
    visitor.fill(FRENCH.sign_in_password, person.password)
    visitor.press("Connexion")
    visitor.fill(FRENCH.received_code, outbox.code_for(person.phone))
    visitor.press("Valider")

    visitor.is_at("/fr/account/personal/")


def test_the_same_words_for_a_wrong_password_and_for_nobody(new_visitor: NewVisitor, person: Holder, outbox: Outbox):
    known, unknown = new_visitor(), new_visitor()

    begin_sign_in(known, person, "Falsch-12345")
    unknown.visit("/fr/sign-in/patient/password/")
    unknown.fill(FRENCH.identifier, "1990000000183")
    unknown.fill(FRENCH.sign_in_password, "Falsch-12345")
    unknown.press("Connexion")

    summaries = [one.page.locator(".nhsuk-error-summary").inner_text() for one in (known, unknown)]
    assert summaries[0] == summaries[1]
    expect(known.page.get_by_label(FRENCH.identifier, exact=True)).to_have_value(person.matricule)
    expect(known.page.get_by_label(FRENCH.sign_in_password, exact=True)).to_have_value("")


def test_a_code_confirmed_in_one_tab_leaves_the_other_calm(new_visitor: NewVisitor, person: Holder, outbox: Outbox):
    visitor = new_visitor()
    begin_sign_in(visitor, person)
    other_tab = visitor.page.context.new_page()
    other_tab.goto(visitor.page.url)
    code = outbox.code_for(person.phone)

    visitor.fill(FRENCH.received_code, code)
    visitor.press("Valider")
    other_tab.get_by_label(FRENCH.received_code, exact=True).fill(code)
    other_tab.get_by_role("button", name="Valider", exact=True).click()

    visitor.sees_heading(FRENCH.services)
    other_tab.get_by_role("main").get_by_role("button", name="Ouvrir de nouveau la page").click()
    expect(other_tab.get_by_role("heading", name=FRENCH.services)).to_be_visible()


def test_a_forgotten_password_is_replaced_by_a_link_that_is_good_once(
    new_visitor: NewVisitor, reader_of_mail: Holder, outbox: Outbox
):
    """X7: a link, the full matricule, a new password; all devices are signed out."""
    person, signed_in = reader_of_mail, new_visitor()
    sign_in(signed_in, person, outbox, by="email")
    visitor = new_visitor(phone=True)

    visitor.visit("/fr/sign-in/patient/password/")
    visitor.follow("Mot de passe oublié ?")
    visitor.fill(FRENCH.identifier, person.email)
    solve_captcha(visitor)
    visitor.press("Envoyer le lien")
    link = next_link(outbox, person.email)
    visitor.visit(link)
    visitor.fill(re.compile("^(Votre m|M)atricule"), person.matricule)
    visitor.press("Etape suivante")
    for label in visitor.page.locator("input[type=password]").all():
        label.fill(NEW_PASSWORD)
    visitor.press("Valider")
    visitor.sees_heading(re.compile("mot de passe", re.IGNORECASE))

    signed_in.visit("/fr/services/")
    signed_in.sees_heading("Connexion")
    again = new_visitor()
    again.visit(link, status=410)
    again.sees(re.compile("n'est plus valable"))
    begin_sign_in(again, person, NEW_PASSWORD)
    again.fill(FRENCH.received_code, outbox.code_for(person.email))
    again.press("Valider")
    again.sees_heading(FRENCH.services)


def next_link(outbox: Outbox, recipient: str) -> str:
    """The next message's link that leads to a new password."""
    while True:
        link = outbox.link_for(recipient)
        if "forgotten-password" in link:
            return link
