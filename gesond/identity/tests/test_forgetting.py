"""What has had its time goes, and nothing else."""

from datetime import timedelta

import pytest
import time_machine

from gesond.identity import jobs
from gesond.identity.actions.forgetting import forget_ended
from gesond.identity.models import OneTimeCode, PasswordReset, PendingSignIn, Session, SignInFailure, Throttle
from gesond.identity.tests.factories import AccountFactory
from gesond.identity.tests.sign_in_steps import SERVICES, give_password, sign_in
from gesond.kernel.clock import now
from gesond.kernel.journal import SYSTEM
from gesond.kernel.models import JournalEntry

pytestmark = pytest.mark.django_db

TABLES = (Session, Throttle, PendingSignIn, OneTimeCode, PasswordReset)


def leave_something_everywhere(client) -> None:
    sign_in(client, AccountFactory())
    PasswordReset.objects.create(identifier="x", language="fr", expires_at=now() + timedelta(minutes=30))


def test_what_is_in_use_stays(client):
    leave_something_everywhere(client)
    assert forget_ended(actor=SYSTEM) == 0
    assert client.get(SERVICES).status_code == 200


def test_after_two_days_only_the_journal_is_left(client):
    leave_something_everywhere(client)
    told = JournalEntry.objects.count()
    with time_machine.travel(now() + timedelta(days=2)):
        jobs.forget_what_ended(0)
    assert [table.objects.count() for table in TABLES] == [0] * len(TABLES)
    assert JournalEntry.objects.count() == told


def test_a_session_that_ended_today_can_still_be_told_of(client):
    leave_something_everywhere(client)
    with time_machine.travel(now() + timedelta(hours=2)):
        forget_ended(actor=SYSTEM)
        assert client.get(SERVICES)["Location"].startswith("/fr/sign-in/patient/")


def test_the_minutes_job_empties_the_failures(client):
    account = AccountFactory()
    give_password(client, account, "Falsch123")
    jobs.journal_failed_sign_ins(0)
    assert not SignInFailure.objects.exists()
    assert JournalEntry.objects.get(chain=f"person:{account.person_id}").event == "sign_in.failed"
