"""Activation at the counter: the helpdesk gives a link, the person opens the account on a device of their own."""

import re

import pytest

from tests.e2e.accounts import Holder
from tests.e2e.conftest import NewVisitor
from tests.e2e.journeys import FRENCH, choose_channel, choose_password
from tests.e2e.outbox import Outbox
from tests.e2e.people import Person
from tests.e2e.stack import Stack
from tests.e2e.staff import employ
from tests.e2e.visitor import Visitor


@pytest.fixture
def clerk(stack: Stack) -> Holder:
    """Somebody of the helpdesk."""
    return employ(stack, "helpdesk")


def at_the_desk(visitor: Visitor, clerk: Holder, outbox: Outbox) -> None:
    visitor.visit("/fr/desk/sign-in/")
    visitor.follow(FRENCH.by_password)
    visitor.fill(FRENCH.identifier, clerk.matricule)
    visitor.fill(FRENCH.sign_in_password, clerk.password)
    visitor.press(FRENCH.sign_in)
    visitor.fill(FRENCH.received_code, outbox.code_for(clerk.phone))
    visitor.press(FRENCH.validate)


def find(visitor: Visitor, person: Person) -> None:
    visitor.visit("/fr/desk/counter/")
    visitor.fill(FRENCH.matricule, person.matricule)
    visitor.press("Rechercher la personne")
    visitor.sees(person.family_name)
    visitor.choose("Passeport")


def begin(visitor: Visitor, person: Person) -> None:
    """Step 1 with the link: the terms and the matricule."""
    visitor.is_at(re.compile("/fr/activation/assisted/$"))
    visitor.fill(FRENCH.matricule, person.matricule)
    visitor.choose(FRENCH.accept)
    visitor.press(FRENCH.activate)


def secure(visitor: Visitor, person: Person, outbox: Outbox) -> None:
    """From the code to the end."""
    visitor.press(FRENCH.close, within=visitor.page.get_by_role("dialog"))
    visitor.fill(FRENCH.received_code, outbox.code_for(person.phone))
    visitor.press(FRENCH.validate)
    visitor.press(FRENCH.next_step)
    visitor.sees_heading(FRENCH.finished)


def test_with_a_link_by_sms_a_person_opens_the_account_and_the_desk_follows(
    new_visitor: NewVisitor, person: Person, clerk: Holder, outbox: Outbox
):
    """S2-12 to S2-27 without the letter; the desk's page moves on by itself."""
    desk, phone = new_visitor(), new_visitor(phone=True)
    at_the_desk(desk, clerk, outbox)
    find(desk, person)
    desk.choose("SMS")
    desk.fill("Mobile", person.phone)
    desk.press("Donner le lien")
    desk.sees_heading("Ouverture du lien")

    phone.visit(outbox.link_for(person.phone))
    begin(phone, person)
    desk.sees_heading("Mot de passe")
    choose_password(phone, person)
    desk.sees_heading("Mobile ou e-mail")
    choose_channel(phone, person, by="sms")
    desk.sees_heading("Code à usage unique")
    secure(phone, person, outbox)
    desk.sees_heading("Le compte est ouvert")
    desk.look()


def test_a_qr_code_on_the_screen_without_scripts(
    new_visitor: NewVisitor, person: Person, clerk: Holder, outbox: Outbox
):
    """The desk reloads to see the step; nothing but the picture holds the link."""
    desk = new_visitor(scripts=False)
    at_the_desk(desk, clerk, outbox)
    find(desk, person)
    desk.choose("Code QR sur cet écran")
    desk.press("Donner le lien")
    desk.sees_heading("Le lien, sous forme de code QR")
    assert desk.page.get_by_alt_text(re.compile("Code QR")).is_visible()
    assert "/activation/assisted/" not in desk.page.content()

    desk.follow("Actualiser l'étape")
    desk.sees_heading("Ouverture du lien")
    desk.press("Terminer sans compte")
    desk.sees_heading("Terminée sans compte")
