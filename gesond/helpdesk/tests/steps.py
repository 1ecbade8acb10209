"""Requests for help and their staff, for tests."""

import re
from typing import Any

from gesond.helpdesk.actions.requests import Draft, ask
from gesond.helpdesk.models import HelpRequest
from gesond.identity.models import Account
from gesond.kernel.journal import VISITOR, Actor
from gesond.notify.models import OutboxMessage

EMAIL = "claire@example.lu"
LINK = re.compile(r"http://localhost:\d+(/\S+)")


def a_draft(**facts: Any) -> Draft:
    given = {
        "category": "letter",
        "message": "Je n'ai pas reçu ma lettre.",
        "language": "fr",
        "name": "Claire Exemple",
        "email": EMAIL,
    }
    return Draft(**{**given, **facts})


def a_request(account: Account | None = None, **facts: Any) -> HelpRequest:
    """A visitor's request, or an account's."""
    actor = Actor(f"account:{account.pk}") if account else VISITOR
    asked = ask(actor=actor, draft=a_draft(**facts), account=account)
    assert asked.request is not None
    return asked.request


def link_in(message: OutboxMessage) -> str:
    """The path of the link in an e-mail."""
    found = LINK.search(message.content["text"])
    assert found
    return found[1]
