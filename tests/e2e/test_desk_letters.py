"""The desk's letters: in batches, at somebody's request, and again for one person. S2-15."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import NewVisitor
from tests.e2e.desk import Case, look_up
from tests.e2e.outbox import Outbox
from tests.e2e.people import Person, codes_by_name
from tests.e2e.stack import Stack
from tests.e2e.staff import employ, enter_desk
from tests.e2e.visitor import Visitor

# Three people of one year of birth that nobody else of the demo or of the tests has.
WITHOUT_LETTER = """
from gesond.identity.tests.factories import PersonFactory, matricule_for
for at, name in enumerate({names}):
    PersonFactory(matricule=matricule_for({number} + at, year={year}), family_name=name, given_names="Marie")
"""
NAMES = ("Lettreun", "Lettredeux", "Lettretrois")
PRINTED_WITHIN_MS = 30_000


@pytest.mark.parametrize(("phone", "year"), [(False, 1911), (True, 1913)], ids=["computer", "phone"])
def test_letters_are_counted_printed_and_lie_in_the_spool(
    new_visitor: NewVisitor, stack: Stack, outbox: Outbox, phone: bool, year: int
):
    stack.run(WITHOUT_LETTER.format(number=stack.number(), year=year, names=NAMES))
    visitor = new_visitor(phone=phone)
    enter_desk(visitor, outbox, employ(stack, "letters"))
    visitor.visit("/fr/desk/letters/")
    visitor.page.get_by_role("button", name="Émettre des courriers").click()
    visitor.look()

    letters_are_counted(visitor, year)
    visitor.press("Imprimer les courriers")
    number = a_batch_is_printed(visitor, count=3)
    they_lie_in_the_spool(visitor, stack)

    visitor.page.locator(".nhsuk-back-link").click()
    visitor.look()
    row = visitor.page.get_by_role("row").filter(has=visitor.page.get_by_role("link", name=number, exact=True))
    expect(row).to_contain_text("3 sur 3")
    expect(row).to_contain_text("Terminé")


def letters_are_counted(visitor: Visitor, year: int) -> None:
    """First for nobody at all, then for the three: nothing is printed before the number is seen."""
    visitor.press("Compter les courriers")
    visitor.sees_heading("Il y a un problème")
    visitor.choose("Toutes les personnes sans compte et sans code valable")
    visitor.fill("Né après l'année (facultatif)", str(year))
    visitor.fill("Né avant l'année (facultatif)", str(year))
    visitor.press("Compter les courriers")
    visitor.sees("Personne n'est sélectionné : aucun courrier ne serait imprimé. Choisissez autrement.")
    visitor.fill("Né après l'année (facultatif)", str(year - 1))
    visitor.fill("Né avant l'année (facultatif)", str(year + 1))
    visitor.press("Compter les courriers")
    visitor.sees("3 courriers seront imprimés.")


def a_batch_is_printed(visitor: Visitor, *, count: int) -> str:
    """« Lot N » moves on by itself while the worker prints. Returns N."""
    heading = visitor.page.get_by_role("heading", name=re.compile(r"^Lot \d+$"), level=1)
    number = heading.inner_text().removeprefix("Lot ").strip()
    done = re.compile(f"^{count} courriers? sur {count}$|{count} courriers sur {count}")
    expect(visitor.page.locator("#batch")).to_contain_text(done, timeout=PRINTED_WITHIN_MS)
    expect(visitor.page.locator("#batch")).to_contain_text("Écrit : prêt pour l'imprimeur", timeout=PRINTED_WITHIN_MS)
    visitor.look()
    return number


def they_lie_in_the_spool(visitor: Visitor, stack: Stack) -> None:
    """In the folder that the page names, each with a code of its own."""
    fact = visitor.page.locator("dl div").filter(has_text="Dossier d'impression").locator("dd")
    (folder,) = Path(stack.home).rglob(fact.inner_text().strip())
    codes = codes_by_name(folder, set(NAMES))
    assert set(codes) == set(NAMES)
    assert len(set(codes.values())) == len(NAMES)


def test_a_request_is_granted_and_leaves_the_queue(visitor: Visitor, stack: Stack, outbox: Outbox, case: Case):
    enter_desk(visitor, outbox, employ(stack, "letters"))
    visitor.visit("/fr/desk/letter-requests/")
    row = visitor.page.get_by_role("row").filter(has_text=case.asker)
    row.get_by_role("link", name=re.compile("^Refuser")).click()
    visitor.look()
    visitor.sees_heading("Refuser la demande")
    visitor.press("Refuser")
    visitor.sees_heading("Il y a un problème")
    visitor.follow("Annuler")
    row.get_by_role("button", name=re.compile("^Émettre un courrier")).click()
    visitor.look()
    visitor.sees("Le courrier est en cours d'impression.")
    issued = visitor.page.get_by_role("row").filter(has_text=case.asker)
    visitor.visit_until("/fr/desk/letter-requests/?state=letter_issued", issued)


def test_a_lost_letter_is_replaced_and_its_code_stops_working(
    visitor: Visitor, stack: Stack, outbox: Outbox, person: Person
):
    enter_desk(visitor, outbox, employ(stack, "letters", "helpdesk"))
    look_up(visitor, person.matricule, person.family_name)
    sheet = visitor.page.url
    letters = visitor.page.get_by_role("table", name="Courriers avec un code d'activation")
    expect(letters.get_by_role("row").filter(has_text="Valable")).to_have_count(1 + 1)  # and the heads of the columns

    visitor.press("Émettre un courrier")
    visitor.sees("Le courrier est en cours d'impression ; le code précédent ne fonctionnera plus.")
    a_batch_is_printed(visitor, count=1)

    visitor.visit(sheet)
    expect(letters.get_by_role("row").filter(has_text="Remplacé ou retiré")).to_have_count(1)
    expect(letters.get_by_role("cell", name="Valable", exact=True)).to_have_count(1)
