"""Signing in at the same moment, with real threads and real transactions."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from gesond.identity.actions.sign_in_failures import journal_failures
from gesond.identity.credentials.throttle import Limit, count_tries
from gesond.identity.models import PasswordReset, PendingSignIn, Session, SignInFailure
from gesond.identity.tests.factories import AccountFactory
from gesond.identity.tests.luxtrust_steps import come_back, product_of, proof_of
from gesond.identity.tests.sign_in_steps import CODE_PAGE, PASSWORD_PAGE, SERVICES, give_password, latest_code
from gesond.kernel.clock import now
from gesond.kernel.journal import SYSTEM
from gesond.kernel.models import JournalEntry
from gesond.notify.models import OutboxMessage

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE = 50


def at_once(work: list[Callable[[], Any]]) -> list[Any]:
    """Run all of `work` in threads that start together; each closes its own connection."""
    start = Barrier(len(work))

    def run(one: Callable[[], Any]) -> Any:
        start.wait()
        try:
            return one()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(work)) as pool:
        return list(pool.map(run, work))


def code_sent_to(account) -> str:
    sent = OutboxMessage.objects.filter(template="identity/one_time_code")
    return next(m.content["text"] for m in sent if m.recipient == account.phone).split("code")[1]


def copy_of(client: Client) -> Client:
    """Another tab: the same cookies."""
    tab = Client()
    for name, morsel in client.cookies.items():
        tab.cookies[name] = morsel.value
    return tab


def test_fifty_people_sign_in_at_once_and_none_is_lost():
    accounts = AccountFactory.create_batch(PEOPLE)
    clients = [Client(REMOTE_ADDR="192.0.2.1") for _ in accounts]
    pairs = list(zip(clients, accounts, strict=True))
    first = at_once([lambda c=c, a=a: give_password(c, a) for c, a in pairs])
    assert {answer["Location"] for answer in first} == {CODE_PAGE}
    import re

    codes = {m.recipient: re.findall(r"\b\d{7}\b", m.content["text"])[-1] for m in OutboxMessage.objects.all()}
    second = at_once([lambda c=c, a=a: c.post(CODE_PAGE, {"code": codes[a.phone]}) for c, a in pairs])
    assert {answer["Location"] for answer in second} == {SERVICES}
    assert Session.objects.filter(account__isnull=False).count() == PEOPLE
    assert JournalEntry.objects.filter(event="sign_in.succeeded").count() == PEOPLE


def test_two_tabs_with_one_code_open_one_session():
    account, client = AccountFactory(), Client()
    give_password(client, account)
    code = latest_code(account)
    tabs = [copy_of(client) for _ in range(8)]
    answers = at_once([lambda tab=tab: tab.post(CODE_PAGE, {"code": code}) for tab in tabs])
    assert all(answer.status_code == 302 for answer in answers)
    assert [answer["Location"] for answer in answers].count(SERVICES) == 1
    assert Session.objects.filter(account=account).count() == 1
    assert JournalEntry.objects.filter(event="sign_in.succeeded").count() == 1
    assert PendingSignIn.objects.get().method == "code"


def test_one_luxtrust_proof_in_many_tabs_opens_one_session():
    account, client = AccountFactory(), Client()
    proof = proof_of(account.person)
    product_of(account, proof)
    come_back(client, proof, purpose="sign_in.patient")
    tabs = [copy_of(client) for _ in range(6)]
    answers = at_once([lambda tab=tab: tab.get("/fr/sign-in/patient/luxtrust/back/") for tab in tabs])
    assert [answer["Location"] for answer in answers if answer.status_code == 302].count(SERVICES) == 1
    assert Session.objects.filter(account=account).count() == 1
    assert JournalEntry.objects.filter(event="sign_in.succeeded").count() == 1


def test_guesses_at_once_are_all_counted():
    account, client = AccountFactory(), Client()
    give_password(client, account)
    wrong = f"{(int(latest_code(account)) + 1) % 10**7:07}"
    at_once([lambda: copy_of(client).post(CODE_PAGE, {"code": wrong}) for _ in range(12)])
    account.refresh_from_db()
    assert account.code_failures == 5
    assert JournalEntry.objects.filter(event="code.wrong").count() == 5


def test_passwords_guessed_at_once_do_not_slip_past_the_limit():
    account = AccountFactory()
    typed = {"identifier": account.person.matricule, "password": "Falsch123"}
    answers = at_once([lambda: Client().post(PASSWORD_PAGE, typed) for _ in range(20)])
    assert sorted(answer.status_code for answer in answers) == [200] * 10 + [429] * 10


def test_counting_the_same_sources_in_any_order_never_deadlocks():
    limits = [Limit(f"test.{n}", 1000, now() - now().replace(year=2000)) for n in range(6)]
    forwards = [(limit, "a") for limit in limits]
    work = [lambda: count_tries(forwards), lambda: count_tries(forwards[::-1])] * 8
    assert sorted(verdict.count for verdict in at_once(work)) == list(range(1, 17))


def test_failures_are_journalled_once_by_two_workers():
    account = AccountFactory()
    SignInFailure.objects.bulk_create([SignInFailure(account=account, address="192.0.2.1") for _ in range(40)])
    moved = at_once([lambda: journal_failures(actor=SYSTEM)] * 4)
    assert sum(moved) == 40
    assert JournalEntry.objects.filter(event="sign_in.failed").count() == 40


def test_one_link_opened_twice_changes_one_password():
    from datetime import timedelta

    from gesond.identity.actions.password_reset import ResetEndedError, choose_password
    from gesond.kernel.hashing import keyed_hash
    from gesond.kernel.journal import VISITOR

    account = AccountFactory()
    reset = PasswordReset.objects.create(
        account=account,
        state="sent",
        channel="sms",
        language="fr",
        expires_at=now() + timedelta(minutes=30),
        token_hash=keyed_hash("token", purpose="password_reset.token"),
    )

    def choose(password: str) -> str:
        try:
            choose_password(actor=VISITOR, reset=PasswordReset.objects.get(pk=reset.pk), password=password)
        except ResetEndedError:
            return "ended"
        return password

    chosen = at_once([lambda: choose("Mirabelle42"), lambda: choose("Quetsche77")])
    assert chosen.count("ended") == 1
    account.refresh_from_db()
    assert account.check_password(next(password for password in chosen if password != "ended"))
