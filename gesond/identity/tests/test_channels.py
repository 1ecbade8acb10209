"""S1-21, S1-22: the telephone number and the e-mail address."""

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction

from gesond.identity.actions import channels
from gesond.identity.actions.channels import ChangeOverError, ChannelRefusedError
from gesond.identity.actions.one_time_codes import CodeNotSentError, Outcome
from gesond.identity.models import Account, ChannelChange
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
    reachable_account,
)
from gesond.identity.tests.factories import AccountFactory
from gesond.identity.tests.walking import at_once, wrong
from gesond.kernel.clock import now
from gesond.kernel.hashing import keyed_hash

pytestmark = pytest.mark.django_db
State = ChannelChange.State


@pytest.fixture
def account() -> Account:
    return reachable_account()


def test_a_number_changes_after_a_code_on_the_old_and_one_on_the_new(account):
    """S1-21."""
    change = begin(account)
    assert confirm(account, change, code_sent_to(PHONE)).right
    account.refresh_from_db()
    assert account.phone == PHONE
    assert confirm(account, change, code_sent_to(NEW_PHONE)).right
    account.refresh_from_db()
    assert (account.phone, account.phone_hash) == (NEW_PHONE, keyed_hash(NEW_PHONE, purpose="account.phone"))
    assert events(account)[-1] == "channel.changed"


def test_an_address_changes_the_same_way(account):
    """S1-22."""
    change = begin(account, "email", NEW_EMAIL)
    confirm(account, change, code_sent_to(EMAIL))
    confirm(account, change, code_sent_to(NEW_EMAIL))
    account.refresh_from_db()
    assert (account.email, account.email_hash) == (NEW_EMAIL, keyed_hash(NEW_EMAIL, purpose="account.email"))


def test_both_numbers_are_told(account):
    change_phone(account)
    assert objection_token(PHONE)
    assert len(messages_to(PHONE, "channel_announcement")) == 1
    assert "numéro" in messages_to(NEW_PHONE, "account_notice")[-1].content["text"]


def test_a_first_address_is_proved_by_the_number_and_announced_to_it():
    account = AccountFactory(phone=PHONE)
    change = begin(account, "email", NEW_EMAIL, proof="sms")
    confirm(account, change, code_sent_to(PHONE))
    confirm(account, change, code_sent_to(NEW_EMAIL))
    account.refresh_from_db()
    assert account.confirmed_channels() == {"sms": PHONE, "email": NEW_EMAIL}
    assert objection_token(PHONE)


def test_who_lost_the_number_proves_by_the_address_and_the_number_is_told_at_once(account):
    begin(account, proof="email")
    assert code_sent_to(EMAIL)
    assert not messages_to(PHONE, "one_time_code")
    assert objection_token(PHONE)


def test_a_stolen_session_alone_moves_nothing(account):
    """Without the old channel no code ever reaches the new one."""
    change = begin(account)
    for guess in range(5):
        confirm(account, change, f"{guess:07}")
    account.refresh_from_db()
    assert account.phone == PHONE
    assert not messages_to(NEW_PHONE)


def test_both_channels_cannot_be_moved_with_the_codes_of_the_new_ones(account):
    """Each change asks for a code on a channel the account has, whatever the other change does."""
    phone = begin(account)
    confirm(account, phone, code_sent_to(PHONE))
    with time_machine.travel(now() + timedelta(minutes=2)):
        email = begin(account, "email", NEW_EMAIL)
    assert not confirm(account, email, code_sent_to(NEW_PHONE)).right
    account.refresh_from_db()
    assert account.confirmed_channels() == {"sms": PHONE, "email": EMAIL}


def test_a_code_for_one_change_does_nothing_for_another(account):
    change = begin(account)
    old_code = code_sent_to(PHONE)
    other = reachable_account(phone="+352621000009", email="other@example.lu")
    others = begin(other, "sms", NEW_PHONE)
    assert confirm(other, others, old_code).outcome is Outcome.WRONG
    assert confirm(account, change, old_code).right


def test_the_code_of_the_first_step_is_not_that_of_the_second(account):
    change = begin(account)
    code = code_sent_to(PHONE)
    confirm(account, change, code)
    if code_sent_to(NEW_PHONE) != code:
        assert confirm(account, change, code).outcome is Outcome.WRONG


def test_a_wrong_code_says_how_many_tries_remain(account):
    change = begin(account)
    check = confirm(account, change, wrong(code_sent_to(PHONE)))
    assert (check.outcome, check.tries_left) == (Outcome.WRONG, 4)


def test_a_step_confirmed_in_another_tab_costs_no_try(account):
    change = begin(account)
    code = code_sent_to(PHONE)
    confirm(account, change, code)
    with pytest.raises(ChangeOverError):
        channels.confirm_change(actor=ACTOR, account=account, change_id=change.pk, step=State.PROVING_OLD, typed=code)
    account.refresh_from_db()
    assert account.code_failures == 0


def test_another_accounts_change_does_not_exist(account):
    change = begin(account)
    stranger = reachable_account(phone="+352621000009", email="other@example.lu")
    with pytest.raises(ChangeOverError):
        confirm(stranger, change, code_sent_to(PHONE))


def test_a_second_change_of_the_same_channel_ends_the_first(account):
    first = begin(account)
    with time_machine.travel(now() + timedelta(minutes=2)):
        second = begin(account)
    first.refresh_from_db()
    assert (first.state, second.is_open) == (State.ABANDONED, True)


def test_changes_of_the_two_channels_do_not_end_each_other(account):
    first = begin(account)
    with time_machine.travel(now() + timedelta(minutes=2)):
        begin(account, "email", NEW_EMAIL)
    first.refresh_from_db()
    assert first.is_open


def test_a_change_that_cannot_send_its_code_leaves_the_former_one_as_it_was(account):
    first = begin(account)
    with pytest.raises(CodeNotSentError):
        begin(account)
    first.refresh_from_db()
    assert first.is_open


def test_what_is_given_up_can_no_longer_be_confirmed(account):
    change = begin(account)
    channels.abandon_change(actor=ACTOR, account=account, change_id=change.pk)
    with pytest.raises(ChangeOverError):
        confirm(account, change, code_sent_to(PHONE))


def test_the_present_number_is_refused(account):
    with pytest.raises(ChannelRefusedError, match="same"):
        begin(account, "sms", PHONE)


def test_a_channel_is_removed_after_a_code(account):
    change = begin(account, "email", None, proof="sms")
    confirm(account, change, code_sent_to(PHONE))
    account.refresh_from_db()
    assert account.confirmed_channels() == {"sms": PHONE}
    assert account.email_hash is None
    assert objection_token(EMAIL)


def test_the_channel_of_the_codes_is_not_removed(account):
    with pytest.raises(ChannelRefusedError, match="code_channel"):
        begin(account, "sms", None)


def test_a_removal_is_refused_when_codes_moved_there_meanwhile(account):
    """Two tabs: one removes the address, the other sends the codes to it."""
    change = begin(account, "email", None, proof="sms")
    channels.choose_code_channel(actor=ACTOR, account=account, channel="email")
    with pytest.raises(ChannelRefusedError, match="code_channel"):
        confirm(account, change, code_sent_to(PHONE))
    account.refresh_from_db()
    assert account.email == EMAIL


def test_codes_go_where_the_person_chooses(account):
    channels.choose_code_channel(actor=ACTOR, account=account, channel="email")
    account.refresh_from_db()
    assert account.code_destination() == ("email", EMAIL)
    assert messages_to(PHONE, "account_notice")
    assert messages_to(EMAIL, "account_notice")


def test_codes_cannot_go_to_a_channel_that_is_not_confirmed():
    account = AccountFactory(phone=PHONE)
    with pytest.raises(ChannelRefusedError, match="absent"):
        channels.choose_code_channel(actor=ACTOR, account=account, channel="email")


def test_the_second_code_need_not_wait_for_a_minute_after_the_first(account):
    change = begin(account)
    confirm(account, change, code_sent_to(PHONE))
    assert code_sent_to(NEW_PHONE)


def test_an_unused_code_is_not_sent_again_at_once(account):
    change = begin(account)
    with pytest.raises(CodeNotSentError):
        channels.resend_change_code(actor=ACTOR, account=account, change_id=change.pk)


def test_the_database_keeps_one_open_change_a_channel(account):
    begin(account)
    with pytest.raises(IntegrityError, match="channel_change_one_open_per_channel"), transaction.atomic():
        ChannelChange.objects.create(account=account, channel="sms", old_code_channel="sms", proof_channel="sms")


def test_no_change_is_done_without_somebody_told(account):
    change = begin(account)
    with pytest.raises(IntegrityError, match="channel_change_done_was_told"), transaction.atomic():
        ChannelChange.objects.filter(pk=change.pk).update(state=State.DONE, ended_at=change.started_at)


@pytest.mark.django_db(transaction=True)
def test_two_tabs_confirm_a_change_once():
    account = reachable_account()
    change = begin(account)
    confirm(account, change, code_sent_to(PHONE))
    code = code_sent_to(NEW_PHONE)

    def type_it():
        return channels.confirm_change(
            actor=ACTOR, account=account, change_id=change.pk, step=State.PROVING_NEW, typed=code
        )

    results = at_once(type_it, type_it)
    assert sorted(type(result).__name__ for result in results) == ["ChangeOverError", "CodeCheck"]
    assert len(messages_to(PHONE, "channel_announcement")) == 1
    assert events(account).count("channel.changed") == 1
