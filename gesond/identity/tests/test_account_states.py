"""Suspending while somebody signs in, and what the registry's import does to the accounts of the deceased."""

import csv
import threading

import pytest
from django.db import connection
from django.test import RequestFactory

from gesond.identity.actions.accounts import AccountError, suspend_account
from gesond.identity.actions.registry import import_persons
from gesond.identity.actions.sign_in import open_session
from gesond.identity.models import Account, AccountState, Door, Session
from gesond.identity.sessions.store import SessionStore
from gesond.identity.tests.factories import AccountFactory
from gesond.kernel.journal import SYSTEM
from gesond.kernel.models import JournalEntry
from gesond.notify.models import OutboxMessage

pytestmark = pytest.mark.django_db


def registry_file(folder, person, *, deceased):
    path = folder / "persons.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("matricule", "family_name", "given_names", "deceased"))
        writer.writerow((person.matricule, person.family_name, person.given_names, "1" if deceased else ""))
    return path


def test_an_import_that_says_somebody_died_closes_their_account(tmp_path, client):
    account, other = AccountFactory(), AccountFactory()
    client.force_login(account)
    path = registry_file(tmp_path, account.person, deceased=True)
    import_persons(actor=SYSTEM, path=path, report=tmp_path / "report.csv", processes=1)
    account.refresh_from_db()
    other.refresh_from_db()
    assert (account.state, other.state) == (AccountState.CLOSED, AccountState.ACTIVE)
    assert not Session.objects.filter(account=account).exists()
    entry = JournalEntry.objects.get(event="account.closed")
    assert (entry.chain, entry.details["reason"]) == (f"person:{account.person_id}", "deceased")
    assert not OutboxMessage.objects.exists()


def test_importing_again_closes_nothing_twice(tmp_path):
    account = AccountFactory()
    path = registry_file(tmp_path, account.person, deceased=True)
    for number in range(2):
        import_persons(actor=SYSTEM, path=path, report=tmp_path / f"report{number}.csv", processes=1)
    assert JournalEntry.objects.filter(event="account.closed").count() == 1


def test_a_reason_is_one_of_those_known():
    account = AccountFactory()
    with pytest.raises(ValueError, match="no reason"):
        suspend_account(actor=SYSTEM, account_id=account.pk, reason="I felt like it")
    suspend_account(actor=SYSTEM, account_id=account.pk, reason="investigation")
    with pytest.raises(AccountError):
        suspend_account(actor=SYSTEM, account_id=account.pk, reason="investigation")


@pytest.mark.django_db(transaction=True)
def test_whoever_signs_in_while_being_suspended_ends_outside():
    account = AccountFactory()
    start = threading.Barrier(2)
    keys = []

    def sign_in():
        request = RequestFactory().get("/")
        request.session = SessionStore()
        start.wait()
        try:
            if open_session(actor=SYSTEM, request=request, account=account, door=Door.PATIENT, method="code"):
                request.session.save()  # what the middleware does once the view has answered
                keys.append(request.session.session_key)
        finally:
            connection.close()

    def suspend():
        start.wait()
        try:
            suspend_account(actor=SYSTEM, account_id=account.pk, reason="suspected_theft")
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for work in (sign_in, suspend)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Account.objects.get(pk=account.pk).state == AccountState.SUSPENDED
    for key in keys:
        assert_goes_no_further(key)


def assert_goes_no_further(key):
    from django.conf import settings
    from django.test import Client
    from django.urls import reverse

    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = key
    assert client.get(reverse("identity:account_authentication")).status_code == 302
