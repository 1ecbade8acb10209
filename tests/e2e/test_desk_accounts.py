"""What the desk does to an account and to a message, and where it is read afterwards: the journal."""

import re

import pytest
from playwright.sync_api import expect

from tests.e2e.accounts import open_account_for_somebody
from tests.e2e.conftest import NewVisitor
from tests.e2e.desk import Case, look_up
from tests.e2e.journeys import sign_in
from tests.e2e.outbox import Outbox
from tests.e2e.stack import Stack
from tests.e2e.staff import employ, enter_desk
from tests.e2e.visitor import Visitor

EVERY_SCREEN = pytest.mark.parametrize("phone", [False, True], ids=["computer", "phone"])


@EVERY_SCREEN
def test_an_account_is_suspended_and_opened_again(new_visitor: NewVisitor, stack: Stack, outbox: Outbox, phone: bool):
    """Who was signed in is out at once; afterwards all is as it was, and the journal has both."""
    holder = open_account_for_somebody(stack)
    person, member = new_visitor(phone=True), new_visitor(phone=phone)
    sign_in(person, holder, outbox)
    enter_desk(member, outbox, employ(stack, "helpdesk", "security"))
    look_up(member, holder.matricule, holder.family_name)

    suspends(member)
    person.visit("/fr/services/")
    person.sees_heading("Connexion")
    assert "suspendu" in outbox.text_for(holder.phone)
    opens_again(member)
    assert "rouvert" in outbox.text_for(holder.phone)
    sign_in(person, holder, outbox)
    the_journal_has_both(member)


def suspends(visitor: Visitor) -> None:
    visitor.page.get_by_role("button", name="Suspendre").or_(
        visitor.page.get_by_role("link", name="Suspendre")
    ).first.click()
    visitor.look()
    visitor.sees_heading("Suspendre le compte")
    visitor.press("Suspendre")
    visitor.sees_heading("Il y a un problème")
    visitor.choose("Le compte a peut-être été usurpé")
    visitor.press("Suspendre")
    visitor.sees("Le compte est suspendu.")
    expect(visitor.page.get_by_role("heading", level=1)).to_contain_text("Suspendu")


def opens_again(visitor: Visitor) -> None:
    visitor.page.get_by_role("link", name="Rouvrir").click()
    visitor.look()
    visitor.sees_heading("Rouvrir le compte")
    visitor.press("Rouvrir")
    visitor.sees("Le compte est ouvert.")
    expect(visitor.page.get_by_role("heading", level=1)).to_contain_text("Ouvert")


def the_journal_has_both(visitor: Visitor) -> None:
    """Found by what happened; from an entry to its whole chain, verified on the way."""
    visitor.visit("/fr/desk/journal/")
    visitor.fill("Opération", "Compte suspendu")
    visitor.press("Rechercher")
    visitor.sees_heading("Il y a un problème")
    visitor.fill("Opération", "account.reopened")
    visitor.press("Rechercher")
    newest = visitor.page.get_by_role("row").filter(has_text="account.reopened").first
    newest.get_by_role("link").click()
    visitor.look()
    visitor.sees("Cette chaîne vient d'être vérifiée : elle est intacte.")
    for event in ("account.suspended", "account.reopened"):
        expect(visitor.page.get_by_role("row").filter(has_text=event)).to_have_count(1)
    visitor.follow("Retirer les filtres")


def test_a_message_that_never_arrived_is_sent_again(visitor: Visitor, stack: Stack, outbox: Outbox, case: Case):
    enter_desk(visitor, outbox, employ(stack, "security"))
    visitor.visit("/fr/desk/outbox/")
    dead = visitor.page.get_by_role("row").filter(has_text=case.error)
    dead.get_by_role("button", name=re.compile("^Renvoyer")).click()
    visitor.look()
    visitor.sees("Le message est renvoyé.")
    assert case.lost in outbox.text_for(case.lost)
    visitor.visit("/fr/desk/outbox/?channel=email")
    expect(dead).to_have_count(0)


def test_the_helpdesk_sees_dead_letters_and_leaves_them_to_security(
    phone_visitor: Visitor, stack: Stack, outbox: Outbox, case: Case
):
    enter_desk(phone_visitor, outbox, employ(stack, "helpdesk"))
    phone_visitor.visit("/fr/desk/outbox/")
    dead = phone_visitor.page.get_by_role("row").filter(has_text=case.error)
    expect(dead).to_have_count(1)
    expect(dead.get_by_role("button")).to_have_count(0)
    phone_visitor.visit("/fr/desk/journal/", status=403)
    phone_visitor.visit("/fr/desk/staff/", status=403)
