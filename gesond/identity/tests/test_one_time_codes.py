"""One-time codes: S2-21 to S2-25, S2-30, X4."""

from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from django.conf import settings

from gesond.identity.actions.one_time_codes import (
    DIGITS,
    PAUSE_AFTER_TRIES,
    SENDS_PER_HOUR,
    TRIES,
    CodeNotSentError,
    Outcome,
    check_code,
    seconds_of_pause,
    seconds_until_resend,
    send_code,
)
from gesond.identity.models import OneTimeCode
from gesond.identity.tests.factories import AccountFactory
from gesond.identity.tests.walking import EMAIL, MOBILE, VISITOR, at_once, digits_sent, wrong
from gesond.kernel.clock import now
from gesond.kernel.models import JournalEntry
from gesond.notify.models import OutboxMessage
from gesond.notify.models import State as MessageState

MINUTE = timedelta(minutes=1)


def send(account, *, purpose="sign_in", request="r1", channel="sms", destination=MOBILE, language="fr"):
    return send_code(
        actor=VISITOR,
        owner=account,
        purpose=purpose,
        request=request,
        channel=channel,
        destination=destination,
        language=language,
    )


def check(account, typed, *, purpose="sign_in", request="r1"):
    return check_code(actor=VISITOR, owner=account, purpose=purpose, request=request, typed=typed)


def later(delta):
    return time_machine.travel(now() + delta, tick=False)


@pytest.mark.django_db
class TestSending:
    def test_a_code_has_seven_digits_and_is_stored_only_as_a_hash(self):
        code = send(AccountFactory())
        digits = digits_sent()

        assert len(digits) == DIGITS == 7
        assert digits.encode() not in bytes(code.code_hash)
        assert len(bytes(code.code_hash)) == 16

    def test_a_code_lives_as_long_as_the_setting_says_s2_23_x4(self, monkeypatch):
        shorter = replace(settings.ENVIRONMENT, one_time_code_minutes=10)
        monkeypatch.setattr(settings, "ENVIRONMENT", shorter)
        code = send(AccountFactory())

        assert code.expires_at - now() == pytest.approx(timedelta(minutes=10), abs=MINUTE)
        assert "10 min" in OutboxMessage.objects.get().content["text"]

    def test_the_message_expires_with_its_code(self):
        code = send(AccountFactory())
        assert OutboxMessage.objects.get(pk=code.message_id).expires_at == code.expires_at

    def test_the_next_code_waits_a_minute(self):
        account = AccountFactory()
        send(account)
        assert 0 < seconds_until_resend(account) <= 60
        with pytest.raises(CodeNotSentError) as refused:
            send(account)
        assert refused.value.retry_after == seconds_until_resend(account)
        with later(MINUTE):
            assert seconds_until_resend(account) == 0
            send(account)

    def test_a_refused_code_leaves_the_former_good(self):
        account = AccountFactory()
        send(account)
        digits = digits_sent()
        with pytest.raises(CodeNotSentError):
            send(account)
        assert check(account, digits).right

    def test_more_than_eight_an_hour_are_too_many(self):
        account = AccountFactory()
        start = now()
        for number in range(SENDS_PER_HOUR):
            with time_machine.travel(start + number * MINUTE, tick=False):
                send(account, request=f"r{number}")
        with later(10 * MINUTE), pytest.raises(CodeNotSentError) as refused:
            send(account)
        assert refused.value.retry_after > 40 * 60
        with time_machine.travel(start + timedelta(minutes=61), tick=False):
            send(account)

    def test_another_account_is_not_made_to_wait(self):
        send(AccountFactory())
        send(AccountFactory())
        assert OneTimeCode.objects.count() == 2

    def test_a_replaced_code_that_has_not_left_is_taken_back(self):
        account = AccountFactory()
        former = send(account)
        with later(MINUTE):
            send(account)
        assert OutboxMessage.objects.get(pk=former.message_id).state == MessageState.WITHDRAWN

    @pytest.mark.parametrize(
        ("language", "channel", "words"),
        [
            ("fr", "sms", "votre code à usage unique est"),
            ("de", "sms", "Ihr Einmalcode ist"),
            ("en", "sms", "your one-time code is"),
            ("fr", "email", "Bonjour"),
            ("de", "email", "Guten Tag"),
            ("en", "email", "Hello"),
        ],
    )
    def test_the_message_speaks_the_person_s_language(self, language, channel, words):
        send(AccountFactory(), channel=channel, destination=EMAIL if channel == "email" else MOBILE, language=language)
        assert words in OutboxMessage.objects.get().content["text"]

    @pytest.mark.parametrize("language", ["fr", "de", "en"])
    def test_an_sms_is_one_sms(self, language):
        send(AccountFactory(), language=language)
        content = OutboxMessage.objects.get().content
        assert (content["alphabet"], content["parts"]) == ("gsm7", "1")

    @pytest.mark.parametrize("purpose", ["activation", "sign_in", "password_reset", "change_email", "change_phone"])
    def test_an_e_mail_says_what_the_code_is_for(self, purpose):
        send(AccountFactory(), purpose=purpose, channel="email", destination=EMAIL)
        content = OutboxMessage.objects.get().content
        digits = digits_sent()
        assert content["subject"] == "Votre code à usage unique"
        assert digits not in content["subject"]
        assert digits in content["html"]
        assert digits in content["text"]


@pytest.mark.django_db
class TestChecking:
    def test_a_code_is_good_once(self):
        account = AccountFactory()
        send(account)
        digits = digits_sent()
        assert check(account, digits).outcome == Outcome.RIGHT
        assert check(account, digits).outcome == Outcome.USED

    def test_spaces_and_hyphens_do_not_matter(self):
        account = AccountFactory()
        send(account)
        digits = digits_sent()
        assert check(account, f"{digits[:3]}-{digits[3:5]} {digits[5:]}").right

    def test_a_code_expires_s2_23(self):
        account = AccountFactory()
        send(account)
        digits = digits_sent()
        with later(15 * MINUTE):
            assert check(account, digits).outcome == Outcome.EXPIRED

    def test_a_code_is_good_until_its_last_minute(self):
        account = AccountFactory()
        send(account)
        digits = digits_sent()
        with later(14 * MINUTE):
            assert check(account, digits).right

    def test_a_later_code_replaces_the_former(self):
        account = AccountFactory()
        send(account)
        former = digits_sent()
        with later(MINUTE):
            send(account)
            assert check(account, former).outcome == Outcome.SUPERSEDED
            assert check(account, digits_sent()).right

    def test_a_code_is_bound_to_its_request(self):
        account = AccountFactory()
        send(account, request="r1")
        assert check(account, digits_sent(), request="r2").outcome == Outcome.WRONG

    def test_a_code_is_bound_to_its_purpose(self):
        account = AccountFactory()
        send(account, purpose="sign_in")
        assert check(account, digits_sent(), purpose="password_reset").outcome == Outcome.WRONG

    def test_a_code_is_bound_to_its_account(self):
        account, other = AccountFactory(), AccountFactory()
        send(account)
        assert check(other, digits_sent()).outcome == Outcome.WRONG

    def test_five_wrong_tries_pause(self):
        account = AccountFactory()
        send(account)
        digits = digits_sent()
        checks = [check(account, wrong(digits)) for _ in range(TRIES)]

        assert [one.tries_left for one in checks[:4]] == [4, 3, 2, 1]
        assert checks[4].outcome == Outcome.PAUSED
        assert check(account, digits).outcome == Outcome.PAUSED
        assert 0 < seconds_of_pause(account) <= PAUSE_AFTER_TRIES.total_seconds()

    def test_no_code_is_sent_that_would_not_be_accepted(self):
        account = AccountFactory()
        send(account)
        for _ in range(TRIES):
            check(account, wrong(digits_sent()))
        with later(2 * MINUTE), pytest.raises(CodeNotSentError) as refused:
            send(account)
        assert refused.value.retry_after == pytest.approx(13 * 60, abs=60)

    def test_a_new_code_gives_no_new_tries(self):
        account = AccountFactory()
        send(account)
        for _ in range(TRIES - 1):
            check(account, wrong(digits_sent()))
        with later(MINUTE):
            send(account)
            assert check(account, wrong(digits_sent())).outcome == Outcome.PAUSED

    def test_after_the_pause_there_are_five_tries_again(self):
        account = AccountFactory()
        send(account)
        for _ in range(TRIES):
            check(account, wrong(digits_sent()))
        with later(PAUSE_AFTER_TRIES):
            send(account)
            assert check(account, wrong(digits_sent())).tries_left == TRIES - 1
            assert check(account, digits_sent()).right

    def test_a_right_code_clears_the_count(self):
        account = AccountFactory()
        send(account)
        check(account, wrong(digits_sent()))
        check(account, digits_sent())
        account.refresh_from_db()
        assert (account.code_failures, account.code_failed_at) == (0, None)

    def test_the_journal_tells_without_digits(self):
        account = AccountFactory()
        send(account)
        digits = digits_sent()
        check(account, wrong(digits))
        check(account, digits)
        entries = JournalEntry.objects.filter(chain=f"person:{account.person_id}").order_by("sequence")
        assert [entry.event for entry in entries] == ["code.sent", "code.wrong", "code.confirmed"]
        assert not any(digits in str(entry.details) for entry in entries)


@pytest.mark.django_db(transaction=True)
class TestRaces:
    def test_one_code_tried_in_four_tabs_is_right_in_one(self):
        account = AccountFactory()
        send(account)
        digits = digits_sent()
        outcomes = [result.outcome for result in at_once(*[lambda: check(fresh(account), digits)] * 4)]
        assert sorted(outcomes) == [Outcome.RIGHT] + [Outcome.USED] * 3

    def test_wrong_tries_at_once_are_all_counted(self):
        account = AccountFactory()
        send(account)
        bad = wrong(digits_sent())
        results = at_once(*[lambda: check(fresh(account), bad)] * TRIES)
        assert sorted(result.tries_left for result in results) == [0, 1, 2, 3, 4]

    def test_two_clicks_send_one_code(self):
        account = AccountFactory()
        results = at_once(*[lambda: send(fresh(account))] * 3)
        assert [type(result).__name__ for result in results].count("OneTimeCode") == 1
        assert OneTimeCode.objects.count() == 1


def fresh(account):
    return type(account).objects.get(pk=account.pk)
