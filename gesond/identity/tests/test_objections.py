"""The link that the old channel receives: it undoes the change and all that followed."""

from datetime import timedelta

import pytest
import time_machine
from django.conf import settings

from gesond.identity.actions import channels
from gesond.identity.actions.objections import Objection, object_to_change, objection_state
from gesond.identity.actions.totp import begin_totp
from gesond.identity.models import Account, ChannelChange, OneTimeCode, Session
from gesond.identity.tests.account_steps import (
    ACTOR,
    EMAIL,
    NEW_EMAIL,
    NEW_PHONE,
    PHONE,
    begin,
    change_phone,
    code_sent_to,
    confirm,
    events,
    messages_to,
    objection_token,
    page_of,
    reachable_account,
    signed_in,
)
from gesond.identity.tests.factories import AccountFactory
from gesond.identity.tests.walking import at_once
from gesond.kernel.clock import now
from gesond.kernel.journal import VISITOR

pytestmark = pytest.mark.django_db


@pytest.fixture
def account() -> Account:
    return reachable_account()


def object_(token: str) -> Objection:
    return object_to_change(actor=VISITOR, token=token)


def test_an_objection_puts_the_old_number_back(account):
    change_phone(account)
    assert object_(objection_token(PHONE)) is Objection.DONE
    account.refresh_from_db()
    assert account.phone == PHONE
    assert events(account)[-1] == "channel.objected"


def test_an_objection_is_good_once(account):
    change_phone(account)
    token = objection_token(PHONE)
    object_(token)
    account.refresh_from_db()
    change_phone(account)
    assert object_(token) is Objection.USED
    account.refresh_from_db()
    assert account.phone == NEW_PHONE


def test_an_objection_is_good_for_seven_days(account):
    change_phone(account)
    token = objection_token(PHONE)
    with time_machine.travel(now() + timedelta(days=7, seconds=1), tick=False):
        assert objection_state(token) is Objection.EXPIRED
        assert object_(token) is Objection.EXPIRED
    account.refresh_from_db()
    assert account.phone == NEW_PHONE


def test_an_objection_signs_every_device_out(account):
    signed_in(account), signed_in(account)
    change_phone(account)
    object_(objection_token(PHONE))
    assert not Session.objects.filter(account=account).exists()


def test_an_objection_ends_a_change_that_is_not_done_yet(account):
    change = begin(account, proof="email")
    object_(objection_token(PHONE))
    change.refresh_from_db()
    assert change.state == ChannelChange.State.OBJECTED
    assert not OneTimeCode.objects.filter(account=account, state="live").exists()
    account.refresh_from_db()
    assert account.phone == PHONE


def test_an_objection_undoes_what_the_thief_did_next(account):
    """Number moved, then the address with the new number's codes, then the codes, then a factor added."""
    change_phone(account)
    email = begin(account, "email", NEW_EMAIL, proof="sms")
    confirm(account, email, code_sent_to(NEW_PHONE))
    confirm(account, email, code_sent_to(NEW_EMAIL))
    channels.choose_code_channel(actor=ACTOR, account=account, channel="email")
    begin_totp(actor=ACTOR, account=account)

    object_(objection_token(PHONE))
    account.refresh_from_db()
    assert account.confirmed_channels() == {"sms": PHONE, "email": EMAIL}
    assert account.code_channel == "sms"
    assert not hasattr(Account.objects.get(pk=account.pk), "totp")


def test_an_objection_to_an_added_address_takes_it_away_and_the_codes_with_it():
    account = AccountFactory(phone=PHONE)
    change = begin(account, "email", NEW_EMAIL, proof="sms")
    confirm(account, change, code_sent_to(PHONE))
    confirm(account, change, code_sent_to(NEW_EMAIL))
    channels.choose_code_channel(actor=ACTOR, account=account, channel="email")
    object_(objection_token(PHONE))
    account.refresh_from_db()
    assert (account.confirmed_channels(), account.code_channel) == ({"sms": PHONE}, "sms")


def test_an_objection_gives_a_removed_address_back(account):
    change = begin(account, "email", None, proof="sms")
    confirm(account, change, code_sent_to(PHONE))
    object_(objection_token(EMAIL))
    account.refresh_from_db()
    assert account.confirmed_channels() == {"sms": PHONE, "email": EMAIL}


def test_a_change_made_before_stays(account):
    change_phone(account)
    email = begin(account, "email", NEW_EMAIL)
    confirm(account, email, code_sent_to(EMAIL))
    confirm(account, email, code_sent_to(NEW_EMAIL))
    object_(objection_token(EMAIL))
    account.refresh_from_db()
    assert account.confirmed_channels() == {"sms": NEW_PHONE, "email": EMAIL}


def test_the_helpdesk_and_both_numbers_are_told(account):
    change_phone(account)
    object_(objection_token(PHONE))
    told = messages_to(settings.ENVIRONMENT.helpdesk_email, "objection_helpdesk")
    assert len(told) == 1
    assert PHONE not in told[0].content["text"]
    assert "account_notice" in messages_to(PHONE)[-1].template
    assert "annulée" in messages_to(NEW_PHONE)[-1].content["text"]


def test_an_unknown_link_changes_nothing(account):
    change_phone(account)
    assert object_("nobody") is Objection.UNKNOWN
    account.refresh_from_db()
    assert account.phone == NEW_PHONE


def test_opening_the_link_only_asks(client, account):
    change_phone(account)
    address = f"/fr/account/objection/{objection_token(PHONE)}/"
    page = client.get(address)
    assert page.status_code == 200
    account.refresh_from_db()
    assert account.phone == NEW_PHONE
    assert client.post(address).status_code == 200
    account.refresh_from_db()
    assert account.phone == PHONE
    assert "déjà été utilisé" in page_of(client.get(address))


def test_an_unknown_link_is_not_found(client):
    assert client.get("/fr/account/objection/nobody/").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_two_clicks_on_the_link_undo_the_change_once():
    account = reachable_account()
    change_phone(account)
    token = objection_token(PHONE)
    results = at_once(lambda: object_(token), lambda: object_(token))
    assert sorted(results) == [Objection.DONE, Objection.USED]
    assert len(messages_to(settings.ENVIRONMENT.helpdesk_email)) == 1
