"""A guided activation, for tests: the clerk, the link and the person's part by actions."""

import re
from typing import Any

from gesond.identity.actions.activation import BrowserKey
from gesond.identity.actions.assisted_activation import SCREEN, Delivery, Document, Offered, offer
from gesond.identity.actions.assisted_proof import Opened, begin_assisted, hash_of_link
from gesond.identity.models import Account, Person, Role, StaffMember
from gesond.identity.tests.factories import AccountFactory, PersonFactory
from gesond.identity.tests.walking import VISITOR, terms
from gesond.kernel.identifiers import parse_matricule
from gesond.kernel.journal import Actor
from gesond.kernel.models import JournalEntry

ON_SCREEN = Delivery(way=SCREEN, language="fr")
BY_SMS = Delivery(way="sms", language="fr", destination="+352621777888")
TOKEN = re.compile(r"/activation/assisted/([\w-]+)/")


def a_clerk(*roles: Role) -> Account:
    """Somebody of the helpdesk."""
    account = AccountFactory(doors=["patient", "staff"])
    StaffMember.objects.create(account=account, roles=list(roles or (Role.HELPDESK,)))
    return account


def actor_of(clerk: Account) -> Actor:
    return Actor(f"staff:{clerk.pk}")


def offered(clerk: Account | None = None, person: Person | None = None, delivery: Delivery = ON_SCREEN) -> Offered:
    """A link for `person`; terms are in force."""
    terms()
    by = clerk or a_clerk()
    return offer(
        actor=actor_of(by),
        clerk=by,
        person_id=(person or PersonFactory()).pk,
        document=Document.PASSPORT,
        delivery=delivery,
    )


def token_of(given: Offered) -> str:
    found = TOKEN.search(given.link)
    assert found is not None
    return found[1]


def opened(given: Offered, *, matricule: str = "") -> Opened:
    """The person opens the link and gives a matricule, their own unless another is named."""
    return opened_by(token_of(given), matricule or str(given.assisted.person.matricule))


def opened_by(token: str, matricule: str) -> Opened:
    return begin_assisted(
        actor=VISITOR,
        link=hash_of_link(token),
        matricule=parse_matricule(matricule, accept_short=True),
        terms=terms(),
        language="fr",
    )


def key_of(given: Offered) -> BrowserKey:
    key = opened(given).key
    assert key is not None
    return key


def events_of(person: Person) -> list[Any]:
    """What the person's journal tells, the first first."""
    rows = JournalEntry.objects.filter(chain=f"person:{person.pk}").order_by("pk")
    return list(rows.values_list("event", flat=True))
