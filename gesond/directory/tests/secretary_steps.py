"""A professional who may declare, and a secretary's browser at each step of her way."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

from django.test import Client

from gesond.directory.models import Declaration, Mandate, Practice, today
from gesond.directory.tests.factories import PracticeFactory, ProfessionalFactory
from gesond.identity.luxtrust.proofs import LuxTrustProof
from gesond.identity.models import Account, Person
from gesond.identity.queries.terms import current_terms
from gesond.identity.tests.factories import AccountFactory
from gesond.identity.tests.luxtrust_steps import come_back, proof_of, signed_in_by
from gesond.notify.models import OutboxMessage

LIST = "/fr/my-secretaries/"
DECLARE = "/fr/my-secretaries/declare/"
TERMS = "/fr/secretary/terms/"
MATRICULE = "/fr/secretary/matricule/"
LUXTRUST = "/fr/secretary/luxtrust/"
DIFFERENCES = "/fr/secretary/differences/"
CONFIRM = "/fr/secretary/differences/confirm/"
AGAIN = "/fr/secretary/differences/again/"
PENDING = "/fr/secretary/pending/"
DONE = "/fr/secretary/done/"
MANDATES = "/fr/my-mandates/"


def a_practice(**facts: Any) -> Practice:
    """A professional with an account, at one practice."""
    practice = PracticeFactory(professional=ProfessionalFactory(**facts))
    AccountFactory(person=practice.professional.person, email="doctor@example.lu", doors=["professional"])
    return practice


def doctor_at(practice: Practice, *, method: str = "luxtrust") -> Client:
    """The professional's browser, entered by their own door."""
    return signed_in_by(Client(), practice.professional.person.account, door="professional", method=method)


def statement(practice: Practice, person: Person, **otherwise: Any) -> dict[str, Any]:
    """What the professional types of `person`."""
    first, last = today(), today() + timedelta(days=300)
    return {
        "family_name": person.family_name,
        "given_names": person.given_names,
        "matricule": person.matricule,
        "email": "secretary@example.lu",
        "language": "fr",
        "establishments": [practice.establishment_id],
        "functions": ["agenda", "messages"],
        "valid_from_day": first.day,
        "valid_from_month": first.month,
        "valid_from_year": first.year,
        "valid_to_day": last.day,
        "valid_to_month": last.month,
        "valid_to_year": last.year,
        **otherwise,
    }


def declared(practice: Practice, person: Person, **otherwise: Any) -> Declaration:
    """`person`, declared by the practice's professional."""
    answer = doctor_at(practice).post(DECLARE, statement(practice, person, **otherwise))
    assert answer.status_code == 302
    return Declaration.objects.latest("created_at")


def latest_link() -> str:
    """The path of the last link sent."""
    sent = OutboxMessage.objects.filter(template="directory/secretary_link").latest("created_at")
    return re.search(r"http://localhost:\d+(/\S+)", sent.content["text"])[1]


def accept_terms(client: Client) -> Any:
    return client.post(TERMS, {"accepted": "1", "version": current_terms().number})


def opened(link: str | None = None) -> Client:
    """A browser that used the link and accepted the terms."""
    client = Client()
    assert client.get(link or latest_link())["Location"] == TERMS
    assert accept_terms(client)["Location"] == MATRICULE
    return client


def at_luxtrust(person: Person) -> Client:
    """A browser that has typed the right matricule."""
    client = opened()
    assert client.post(MATRICULE, {"matricule": person.matricule})["Location"] == LUXTRUST
    return client


def prove(client: Client, proof: LuxTrustProof, account: Account | None = None) -> Any:
    """Come back from LuxTrust."""
    come_back(client, proof, purpose="secretary", account=account)
    return client.get(LUXTRUST)


def a_mandate(practice: Practice, person: Person, **otherwise: Any) -> Mandate:
    """The whole way, with data that match."""
    declared(practice, person, **otherwise)
    assert prove(at_luxtrust(person), proof_of(person))["Location"] == DONE
    return Mandate.objects.latest("created_at")


def secretary_of(mandate: Mandate, *, method: str = "luxtrust") -> Client:
    """Her browser, entered by the secretaries' door."""
    return signed_in_by(Client(), mandate.account, door="secretary", method=method)


def text_of(answer: Any) -> str:
    return unescape(answer.content.decode())


def title_of(answer: Any) -> str:
    """What the page says first."""
    return re.search(r"<h1[^>]*>(.*?)</h1>", text_of(answer), re.DOTALL)[1].strip()


def differing(client: Client) -> list[str]:
    """What the page says differs, in its words."""
    return re.findall(r"<strong>(.*?)</strong></td>", text_of(client.get(DIFFERENCES)))
