"""A professional's activation walked through in a browser, for the tests of its pages."""

import html
import re
from typing import Any

from django.test import Client

from gesond.directory.models import Profession, Professional
from gesond.directory.tests.factories import PracticeFactory, ProfessionalFactory
from gesond.directory.views.activation_wizard import PURPOSE
from gesond.identity.models import Account, Person
from gesond.identity.tests.luxtrust_steps import come_back, proof_of
from gesond.identity.tests.walking import MOBILE, Letter, digits_sent, post_letter

ROOT = "/fr/professional/activation/"
LUXTRUST, TAKEN, CODE, LETTER = f"{ROOT}luxtrust/", f"{ROOT}taken/", f"{ROOT}code/", f"{ROOT}letter/"
SIGN_IN_FIRST, HELP, DATA = f"{ROOT}sign-in/", f"{ROOT}help/", f"{ROOT}data/"
SECURITY, SENT, DONE = f"{ROOT}security/", f"{ROOT}security/code/", f"{ROOT}confirmation/"
AGAIN = f"{SENT}again/"
STEPS = [DATA, SECURITY, SENT, DONE]


def professional_with_letter(number: int = 1, **fields: Any) -> tuple[Professional, Letter]:
    """A general practitioner in force, who has the letter for professionals."""
    # Where a test started from empty tables.
    Profession.objects.get_or_create(code="general-practitioner", defaults={"labels": {"fr": "Médecin", "en": "GP"}})
    professional = ProfessionalFactory(**fields)
    PracticeFactory(professional=professional, is_main=True)
    return professional, post_letter(number, person=professional.person, door="professional")


def accept_terms(client: Client) -> Any:
    return client.post(ROOT, {"accepted": "1", "version": "1.0"})


def prove(client: Client, person: Person, account: Account | None = None, **facts: Any) -> Any:
    """Step 1 as LuxTrust leaves it: the answer to the page the browser comes back to."""
    come_back(client, proof_of(person, **facts), purpose=PURPOSE, account=account)
    return client.get(LUXTRUST)


def type_letter(client: Client, letter: Letter, **typed: str) -> Any:
    given = {"received": "yes", "matricule": letter.matricule, "code": letter.code.formatted, **typed}
    return client.post(CODE, given)


def at_code(client: Client, person: Person, **facts: Any) -> None:
    accept_terms(client)
    assert prove(client, person, **facts)["Location"] == CODE


def at_data(client: Client, letter: Letter) -> None:
    at_code(client, letter.row.person)
    assert type_letter(client, letter)["Location"] == DATA


def at_security(client: Client, letter: Letter) -> None:
    at_data(client, letter)
    assert client.post(DATA)["Location"] == SECURITY


def at_sent(client: Client, letter: Letter) -> None:
    at_security(client, letter)
    assert client.post(SECURITY, {"channel": "sms", "phone": MOBILE})["Location"] == SENT


def at_done(client: Client, letter: Letter) -> Account:
    at_sent(client, letter)
    assert client.post(SENT, {"code": digits_sent()})["Location"] == DONE
    return Account.objects.get(person=letter.row.person)


def text_of(response: Any) -> str:
    """What a person reads, on one line."""
    content = re.sub(r"<(script|style).*?</\1>", " ", response.content.decode(), flags=re.S)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", content)).split())
