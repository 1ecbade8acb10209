"""The authenticator app and its recovery codes (X5)."""

from datetime import UTC, datetime, timedelta

import pyotp
import pytest
import time_machine

from gesond.identity.actions import totp
from gesond.identity.actions.one_time_codes import Outcome, check_code
from gesond.identity.actions.totp import TotpStateError
from gesond.identity.models import Account, RecoveryCode, TotpDevice
from gesond.identity.tests.account_steps import (
    ACTOR,
    EMAIL,
    TAB,
    events,
    grow_old,
    messages_to,
    page_of,
    reachable_account,
    signed_in,
)
from gesond.identity.tests.factories import AccountFactory
from gesond.identity.tests.sign_in_steps import SERVICES, give_password
from gesond.identity.tests.walking import at_once, wrong
from gesond.kernel.clock import now

pytestmark = pytest.mark.django_db
NOON = datetime(2030, 3, 25, 12, 0, 0, tzinfo=UTC)
STEP = timedelta(seconds=30)


@pytest.fixture
def account() -> Account:
    return reachable_account()


def code_at(account: Account, moment: datetime | None = None) -> str:
    return pyotp.TOTP(TotpDevice.objects.get(account=account).secret).at(moment or now())


def add_app(account: Account) -> list[str]:
    totp.begin_totp(actor=ACTOR, account=account)
    confirmation = totp.confirm_totp(actor=ACTOR, account=account, typed=code_at(account))
    assert confirmation.check.right
    return confirmation.recovery_codes


def check(account: Account, typed: str) -> Outcome:
    return totp.check_totp(actor=ACTOR, account=account, typed=typed).outcome


def recover(account: Account, typed: str) -> Outcome:
    return totp.use_recovery_code(actor=ACTOR, account=account, typed=typed).outcome


def test_an_app_is_on_once_a_code_confirms_it(account):
    codes = add_app(account)
    assert len(set(codes)) == 10
    assert TotpDevice.objects.get(account=account).confirmed_at
    assert {"totp.added", "recovery.made"} <= set(events(account))
    assert messages_to(EMAIL, "account_notice")


def test_the_secret_is_not_in_the_database_in_clear(account):
    from django.db import connection

    secret = totp.begin_totp(actor=ACTOR, account=account).secret
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM identity_totpdevice")
        assert secret.encode() not in bytes(cursor.fetchone()[0])


def test_a_wrong_first_code_leaves_the_app_off(account):
    totp.begin_totp(actor=ACTOR, account=account)
    confirmation = totp.confirm_totp(actor=ACTOR, account=account, typed=wrong(code_at(account))[-6:])
    assert confirmation.check.outcome is Outcome.WRONG
    assert not confirmation.recovery_codes
    assert not TotpDevice.objects.get(account=account).confirmed_at


def test_beginning_again_makes_another_secret_until_one_is_confirmed(account):
    first = totp.begin_totp(actor=ACTOR, account=account).secret
    second = totp.begin_totp(actor=ACTOR, account=account).secret
    assert first != second
    totp.confirm_totp(actor=ACTOR, account=account, typed=code_at(account))
    with pytest.raises(TotpStateError):
        totp.begin_totp(actor=ACTOR, account=account)


@pytest.mark.parametrize("steps", [-1, 0, 1])
def test_a_code_one_step_early_or_late_is_good(account, steps):
    with time_machine.travel(NOON, tick=False) as clock:
        add_app(account)
        clock.shift(timedelta(minutes=5))
        assert check(account, code_at(account, now() + steps * STEP)) is Outcome.RIGHT


@pytest.mark.parametrize("steps", [-2, 2])
def test_a_code_two_steps_away_is_wrong(account, steps):
    with time_machine.travel(NOON, tick=False) as clock:
        add_app(account)
        clock.shift(timedelta(minutes=5))
        assert check(account, code_at(account, now() + steps * STEP)) is Outcome.WRONG


def test_a_code_is_good_once(account):
    with time_machine.travel(NOON, tick=False) as clock:
        add_app(account)
        clock.shift(timedelta(minutes=5))
        code = code_at(account)
        assert check(account, code) is Outcome.RIGHT
        assert check(account, code) is Outcome.WRONG


def test_the_code_that_confirmed_the_app_is_used_up(account):
    with time_machine.travel(NOON, tick=False):
        totp.begin_totp(actor=ACTOR, account=account)
        code = code_at(account)
        totp.confirm_totp(actor=ACTOR, account=account, typed=code)
        assert check(account, code) is Outcome.WRONG


def test_an_earlier_step_is_not_good_after_a_later_one(account):
    with time_machine.travel(NOON, tick=False) as clock:
        add_app(account)
        clock.shift(timedelta(minutes=5))
        earlier = code_at(account, now() - STEP)
        assert check(account, code_at(account)) is Outcome.RIGHT
        assert check(account, earlier) is Outcome.WRONG


def test_wrong_codes_of_every_kind_are_counted_together(account):
    """Four here and one there: then nothing is looked at for a quarter of an hour."""
    codes = add_app(account)
    account.refresh_from_db()
    for _ in range(2):
        check(account, "000000"), recover(account, "aaaaa-aaaaa")
    account.refresh_from_db()
    assert account.code_failures == 4
    check_code(actor=ACTOR, owner=account, purpose="sign_in", request="x", typed="1234567")
    assert recover(account, codes[0]) is Outcome.PAUSED
    assert RecoveryCode.objects.filter(account=account, used_at__isnull=True).count() == 10


def test_a_recovery_code_is_good_once(account):
    codes = add_app(account)
    assert recover(account, codes[3].upper().replace("-", " ")) is Outcome.RIGHT
    assert recover(account, codes[3]) is Outcome.WRONG
    assert "9" in messages_to(EMAIL)[-1].content["text"]


def test_a_recovery_code_of_another_account_is_wrong(account):
    codes = add_app(AccountFactory())
    add_app(account)
    assert recover(account, codes[0]) is Outcome.WRONG


def test_new_recovery_codes_end_the_former(account):
    old = add_app(account)
    new = totp.renew_recovery_codes(actor=ACTOR, account=account)
    assert not set(old) & set(new)
    assert recover(account, old[0]) is Outcome.WRONG
    assert recover(account, new[0]) is Outcome.RIGHT


def test_removing_the_app_removes_its_recovery_codes(account):
    codes = add_app(account)
    totp.remove_totp(actor=ACTOR, account=account)
    assert recover(account, codes[0]) is Outcome.WRONG
    with pytest.raises(TotpStateError):
        check(account, "123456")


def test_an_app_not_confirmed_proves_nothing(account):
    totp.begin_totp(actor=ACTOR, account=account)
    with pytest.raises(TotpStateError):
        check(account, code_at(account))


@pytest.mark.django_db(transaction=True)
def test_of_two_with_one_recovery_code_exactly_one_wins():
    account = reachable_account()
    code = add_app(account)[0]
    results = at_once(lambda: recover(account, code), lambda: recover(account, code))
    assert sorted(results) == sorted([Outcome.RIGHT, Outcome.WRONG])


@pytest.mark.django_db(transaction=True)
def test_of_two_with_one_code_of_the_app_exactly_one_wins():
    account = reachable_account()
    with time_machine.travel(NOON, tick=False) as clock:
        add_app(account)
        clock.shift(timedelta(minutes=5))
        code = code_at(account)
        results = at_once(lambda: check(account, code), lambda: check(account, code))
    assert sorted(results) == sorted([Outcome.RIGHT, Outcome.WRONG])


# In the browser


def test_a_person_adds_an_app_and_sees_the_recovery_codes_once(account):
    client = signed_in(account)
    assert "code QR" in page_of(client.get("/fr/account/app/"))
    assert client.post("/fr/account/app/")["Location"] == "/fr/account/app/confirm/"
    scan = page_of(client.get("/fr/account/app/confirm/"))
    assert "data:image/svg+xml" in scan
    shown = client.post("/fr/account/app/confirm/", {"code": code_at(account)})
    assert page_of(shown).count("<li><code>") == 10
    assert "no-store" in shown["Cache-Control"]
    assert "download=" in page_of(shown)
    assert "10 codes non utilisés" in page_of(client.get(TAB))
    assert client.get("/fr/account/app/confirm/")["Location"] == TAB


def test_the_pages_of_the_app_ask_for_a_fresh_proof(account):
    totp.begin_totp(actor=ACTOR, account=account)
    client = signed_in(account)
    grow_old(client)
    for page in ("", "confirm/", "remove/", "recovery-codes/"):
        assert client.get(f"/fr/account/app/{page}")["Location"].startswith("/fr/account/confirm/")
        assert client.post(f"/fr/account/app/{page}")["Location"].startswith("/fr/account/confirm/")


def test_a_person_renews_the_codes_and_removes_the_app(account):
    add_app(account)
    client = signed_in(account)
    assert page_of(client.post("/fr/account/app/recovery-codes/")).count("<li><code>") == 10
    assert client.post("/fr/account/app/remove/")["Location"] == TAB
    assert not TotpDevice.objects.filter(account=account).exists()


def test_pages_for_an_app_that_is_not_there_lead_back(account):
    client = signed_in(account)
    assert client.post("/fr/account/app/remove/")["Location"] == TAB
    assert client.post("/fr/account/app/recovery-codes/")["Location"] == TAB


def test_the_app_follows_the_password(client, account):
    with time_machine.travel(NOON, tick=False) as clock:
        add_app(account)
        clock.shift(timedelta(minutes=5))
        give_password(client, account)
        page = page_of(client.get("/fr/sign-in/code/"))
        assert "/fr/sign-in/app/" in page
        assert "/fr/sign-in/recovery-code/" in page
        assert client.post("/fr/sign-in/app/", {"code": "000000"}).status_code == 200
        assert client.post("/fr/sign-in/app/", {"code": code_at(account)})["Location"] == SERVICES


def test_a_recovery_code_follows_the_password(client, account):
    codes = add_app(account)
    give_password(client, account)
    assert client.post("/fr/sign-in/recovery-code/", {"code": codes[0]})["Location"] == SERVICES


def test_neither_works_without_the_password(client, account):
    codes = add_app(account)
    for page, code in (("app", code_at(account)), ("recovery-code", codes[0])):
        assert "password" in client.post(f"/fr/sign-in/{page}/", {"code": code})["Location"]
    assert client.get(TAB).status_code == 302
    assert RecoveryCode.objects.filter(account=account, used_at__isnull=True).count() == 10


def test_an_account_without_an_app_is_not_offered_one(client, account):
    give_password(client, account)
    assert "/fr/sign-in/app/" not in page_of(client.get("/fr/sign-in/code/"))
    assert client.post("/fr/sign-in/app/", {"code": "123456"})["Location"] == "/fr/sign-in/code/"
