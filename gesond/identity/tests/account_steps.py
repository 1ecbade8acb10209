"""What the tests of « Gérer mon compte » share."""

import html
import re
from datetime import timedelta
from typing import Any

from django.test import Client

from gesond.identity.actions import channels
from gesond.identity.models import Account, ChannelChange, Session
from gesond.identity.sessions.store import stored_key
from gesond.identity.tests.factories import AccountFactory
from gesond.kernel.clock import now
from gesond.kernel.journal import Actor
from gesond.kernel.models import JournalEntry
from gesond.notify.models import OutboxMessage

PHONE = "+352621000001"
NEW_PHONE = "+352621000002"
EMAIL = "anna@example.lu"
NEW_EMAIL = "anna.new@example.lu"
ACTOR = Actor("account:1")
TAB = "/fr/account/authentication/"
PERSONAL = "/fr/account/personal/"


def reachable_account(**fields: Any) -> Account:
    """An account with a mobile, for its codes, and an e-mail address."""
    account: Account = AccountFactory(**{"phone": PHONE, "email": EMAIL, **fields})
    return account


def signed_in(account: Account) -> Client:
    """A browser that signed in just now."""
    client = Client()
    client.force_login(account)
    return client


def page_of(answer: Any) -> str:
    """What a page says, its entities read as the browser reads them."""
    return html.unescape(answer.content.decode())


def row_of(client: Client) -> Session:
    return Session.objects.get(pk=stored_key(client.session.session_key))


def grow_old(client: Client, minutes: int = 11) -> None:
    """The sign-in happened a while ago: a sensitive change asks again who is there."""
    row = row_of(client)
    Session.objects.filter(pk=row.pk).update(created_at=now() - timedelta(minutes=minutes))


def messages_to(destination: str, template: str = "") -> list[OutboxMessage]:
    rows = OutboxMessage.objects.order_by("created_at")
    return [row for row in rows if row.recipient == destination and template in row.template]


def code_sent_to(destination: str) -> str:
    """The digits of the newest code sent there."""
    text = messages_to(destination, "one_time_code")[-1].content["text"]
    return re.findall(r"\b\d{7}\b", text)[-1]


def objection_token(destination: str) -> str:
    """The secret of the link in the newest announcement sent there."""
    text = messages_to(destination, "channel_announcement")[-1].content["text"]
    return re.findall(r"/account/objection/([\w-]+)/", text)[-1]


def events(account: Account) -> list[str]:
    rows = JournalEntry.objects.filter(chain=f"person:{account.person_id}").order_by("sequence")
    return [row.event for row in rows]


def begin(
    account: Account, channel: str = "sms", destination: str | None = NEW_PHONE, proof: str = ""
) -> ChannelChange:
    return channels.begin_change(
        actor=ACTOR, account=account, channel=channel, destination=destination, proof_channel=proof or channel
    )


def confirm(account: Account, change: ChannelChange, typed: str) -> Any:
    """Type a code on the page as it stands."""
    change.refresh_from_db()
    return channels.confirm_change(actor=ACTOR, account=account, change_id=change.pk, step=change.state, typed=typed)


def change_phone(account: Account, new: str = NEW_PHONE) -> ChannelChange:
    """The whole of a change, proved on the old number and the new."""
    change = begin(account, "sms", new)
    assert confirm(account, change, code_sent_to(str(account.phone))).right
    assert confirm(account, change, code_sent_to(new)).right
    change.refresh_from_db()
    account.refresh_from_db()
    return change
