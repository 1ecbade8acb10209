"""The agency's desk, walked through as its staff do: members and roles, figures, and every list on a telephone."""

import re

import pytest
from playwright.sync_api import Locator, expect

from tests.e2e.accounts import Holder
from tests.e2e.conftest import NewVisitor
from tests.e2e.desk import EVERY_ROLE, Case, look_up
from tests.e2e.outbox import Outbox
from tests.e2e.stack import Stack
from tests.e2e.staff import employ, enter_desk
from tests.e2e.visitor import Visitor

EVERY_SCREEN = pytest.mark.parametrize("phone", [False, True], ids=["computer", "phone"])
CHARTS = [
    "Activations par semaine",
    "Jusqu'où vont les activations",
    "Codes par semaine",
    "Connexions par semaine",
    re.compile("^Envois en échec, par (jour|semaine)"),
]


def test_roles_are_given_changed_and_ended(visitor: Visitor, stack: Stack, outbox: Outbox, case: Case):
    """And what is no page of one's role is refused."""
    member = employ(stack, "helpdesk")
    enter_desk(visitor, outbox, employ(stack, "security"))
    name_a_member(visitor, case)
    row = the_row_of(visitor, member)
    row.get_by_role("link", name=re.compile("^Changer les rôles")).click()
    visitor.look()
    visitor.choose("Courriers")
    visitor.press("Enregistrer")
    visitor.sees("Les rôles sont changés et le membre en est averti.")
    row.get_by_role("link", name=re.compile("^Mettre fin")).click()
    visitor.look()
    visitor.press("Mettre fin à l'accès")
    expect(row).to_contain_text("Terminé le")
    visitor.visit("/fr/desk/letters/", status=403)


def name_a_member(visitor: Visitor, case: Case) -> None:
    visitor.visit("/fr/desk/staff/name/")
    visitor.press("Nommer ce membre")
    visitor.sees_heading("Il y a un problème")
    visitor.fill("Matricule *", case.matricule)
    visitor.choose("Contenus")
    visitor.press("Nommer ce membre")
    visitor.sees("Le membre est nommé et en est averti.")


def the_row_of(visitor: Visitor, member: Holder) -> Locator:
    return visitor.page.get_by_role("row").filter(has_text=member.family_name)


def test_the_desk_on_a_telephone(new_visitor: NewVisitor, stack: Stack, outbox: Outbox, case: Case):
    visitor = new_visitor(phone=True)
    enter_desk(visitor, outbox, employ(stack, *EVERY_ROLE))
    look_up(visitor, case.matricule, case.holder)
    for path in ("statistics", "journal", "outbox", "letters", "letters/order", "letter-requests", "staff"):
        visitor.visit(f"/fr/desk/{path}/")


@EVERY_SCREEN
def test_the_figures_are_read_as_pictures_as_tables_and_as_a_file(
    new_visitor: NewVisitor, stack: Stack, outbox: Outbox, phone: bool
):
    visitor = new_visitor(phone=phone)
    enter_desk(visitor, outbox, employ(stack, "content"))
    visitor.visit("/fr/desk/statistics/")
    for title in CHARTS:
        visitor.sees(title)
    expect(visitor.page.locator("figure polyline").first).to_have_css("fill", "none")

    visitor.page.get_by_label("Période").select_option(label="12 mois")
    visitor.press("Afficher le résultat")
    visitor.is_at("/fr/desk/statistics/?period=365")
    with visitor.page.expect_download() as download:
        visitor.page.get_by_role("link", name="Télécharger les chiffres (CSV)").click()
    assert download.value.path().read_text("utf-8-sig").count("\n") > 1
