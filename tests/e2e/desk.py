"""Who waits at the agency's desk, and what its staff do on every walk: search, state a reason, read."""

import re
from dataclasses import dataclass

from tests.e2e.people import FAMILY_NAMES, letters_of
from tests.e2e.stack import Stack
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


def open_case(stack: Stack) -> Case:
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
