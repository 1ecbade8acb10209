"""The agency's desk, walked through as its staff do: letters, roles, and every list on a telephone."""

import re
from dataclasses import dataclass

import pytest
from playwright.sync_api import Locator, expect

from tests.e2e.accounts import Holder
from tests.e2e.conftest import NewVisitor
from tests.e2e.outbox import Outbox
from tests.e2e.people import FAMILY_NAMES, letters_of
from tests.e2e.stack import Stack
from tests.e2e.staff import employ, enter_desk
from tests.e2e.visitor import Visitor

EVERY_ROLE = ("registry", "letters", "helpdesk", "identity_checks", "content", "security")
MAKE_CASE = """
from gesond.identity.models import LetterRequest
from gesond.identity.tests.factories import AccountFactory, PersonFactory, matricule_for
from gesond.kernel.clock import now
from gesond.kernel.hashing import keyed_hash
from gesond.notify.models import Channel, OutboxMessage, State, comparable
holder = PersonFactory(matricule=matricule_for({number}, year=1964), family_name="{holder}", given_names="Rita")
AccountFactory(person=holder, phone="{phone}", email="{email}")
asker = PersonFactory(matricule=matricule_for({number}, year=1963), family_name="{asker}", given_names="Jean")
LetterRequest.objects.create(matricule=asker.matricule, language="fr", person=asker,
    matricule_hash=keyed_hash(asker.matricule, purpose="person.matricule"))
OutboxMessage.objects.create(channel=Channel.EMAIL, template="identity/account_notice", language="fr",
    recipient="{lost}", recipient_hash=keyed_hash(comparable("{lost}"), purpose="outbox.recipient"),
    content=dict(subject="Gesond", text="Enfin : {lost}", html=""), state=State.FAILED, attempts=8,
    last_error="421 mailbox {number} not available", next_attempt_at=now())
print(holder.matricule)
"""


@dataclass(frozen=True)
class Case:
    """Who waits at the desk: a holder of an account, one who asks for a letter, and a message that never arrived."""

    matricule: str
    holder: str
    asker: str
    lost: str
    error: str


@pytest.fixture
def case(stack: Stack) -> Case:
    number = stack.number()
    facts = {
        "number": number,
        "holder": FAMILY_NAMES["desk"] + letters_of(number),
        "asker": FAMILY_NAMES["asker"] + letters_of(number),
        "phone": f"+3526915{number:05}",
        "email": f"rita.guichet.{number}@example.lu",
        "lost": f"perdu.{number}@example.lu",
    }
    printed = stack.run(MAKE_CASE.format(**facts))
    found = printed.split()[-1]
    return Case(
        found, str(facts["holder"]), str(facts["asker"]), str(facts["lost"]), f"421 mailbox {number} not available"
    )


def look_up(visitor: Visitor, typed: str, name: str) -> None:
    """Search, state the reason, read: nothing of a person is shown before the reason."""
    visitor.visit("/fr/desk/persons/")
    visitor.page.get_by_label(re.compile("^Matricule, code prestataire ou nom")).fill(typed)
    visitor.press("Rechercher")
    visitor.follow(re.compile(name))
    visitor.sees_heading("Avant de consulter ces données")
    visitor.press("Afficher les données")
    visitor.sees_heading("Il y a un problème")
    visitor.choose("La personne nous a contactés")
    visitor.press("Afficher les données")
    visitor.sees_heading(re.compile(name), level=1)


def test_letters_are_granted_and_issued(visitor: Visitor, stack: Stack, outbox: Outbox, case: Case):
    enter_desk(visitor, outbox, employ(stack, *EVERY_ROLE))
    a_letter_is_asked_for_and_granted(visitor, case)
    a_letter_for_one_person(visitor, case)


def a_letter_is_asked_for_and_granted(visitor: Visitor, case: Case) -> None:
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
    is_decided(visitor, case)


def is_decided(visitor: Visitor, case: Case) -> None:
    """Once the worker has printed the letter."""
    issued = visitor.page.get_by_role("row").filter(has_text=case.asker)
    for _ in range(20):
        visitor.visit("/fr/desk/letter-requests/?state=letter_issued")
        if issued.count():
            return
        visitor.page.wait_for_timeout(500)
    expect(issued).to_have_count(1)


def a_letter_for_one_person(visitor: Visitor, case: Case) -> None:
    look_up(visitor, case.asker[:-1], case.asker)
    visitor.press("Émettre un courrier")
    visitor.sees(re.compile("en cours d'impression"))


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
