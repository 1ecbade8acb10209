"""Suspending, opening again and closing accounts at the desk."""

import html

import pytest
from django.test import Client
from django.urls import reverse

from gesond.desk.tests.staff import at_the_desk, looking_at, staff_account
from gesond.identity.actions.accounts import AccountError, close_account
from gesond.identity.models import AccountState, Role, Session, StaffMember
from gesond.identity.tests.factories import AccountFactory
from gesond.identity.tests.luxtrust_steps import signed_in_by
from gesond.kernel.clock import now
from gesond.kernel.journal import SYSTEM
from gesond.kernel.models import JournalEntry
from gesond.notify.models import OutboxMessage

pytestmark = pytest.mark.django_db


def decide(client, account, name, **given):
    return client.post(reverse(f"desk:{name}", args=[account.person_id]), given)


@pytest.fixture
def account():
    return AccountFactory(email="a@example.org")


def test_suspending_ends_the_sessions_at_once_and_tells_the_person(account, sent_messages):
    patient = signed_in_by(Client(), account, door="patient", method="code")
    desk = looking_at(at_the_desk(Role.HELPDESK), account.person)
    decide(desk, account, "account_suspend", reason="suspected_theft")
    account.refresh_from_db()
    assert account.state == AccountState.SUSPENDED
    assert not Session.objects.filter(account=account).exists()
    assert patient.get(reverse("identity:account_authentication")).status_code == 302
    entry = JournalEntry.objects.get(event="account.suspended")
    assert (entry.chain, entry.details["reason"]) == (f"person:{account.person_id}", "suspected_theft")
    assert {message.channel for message in sent_messages()} == {"email", "sms"}


def test_suspending_asks_why(account):
    desk = looking_at(at_the_desk(Role.HELPDESK), account.person)
    assert decide(desk, account, "account_suspend").status_code == 200
    assert decide(desk, account, "account_suspend", reason="because").status_code == 200
    account.refresh_from_db()
    assert account.is_active


def test_only_security_opens_again(account):
    account.state = "suspended"
    account.save()
    assert decide(looking_at(at_the_desk(Role.HELPDESK), account.person), account, "account_reopen").status_code == 403
    decide(looking_at(at_the_desk(Role.SECURITY), account.person), account, "account_reopen")
    account.refresh_from_db()
    assert account.is_active


def test_the_account_of_somebody_who_died_stays_shut(account):
    account.state = "closed"
    account.save()
    account.person.deceased = True
    account.person.save()
    decide(looking_at(at_the_desk(Role.SECURITY), account.person), account, "account_reopen")
    account.refresh_from_db()
    assert account.state == AccountState.CLOSED


def test_nobody_decides_about_their_own_account():
    desk = at_the_desk(Role.SECURITY)
    decide(looking_at(desk, desk.account.person), desk.account, "account_suspend", reason="person_asked")
    desk.account.refresh_from_db()
    assert desk.account.is_active


def test_the_helpdesk_does_not_shut_out_who_works_at_the_desk():
    """Otherwise it could suspend everybody who may open an account again."""
    officer, desk = staff_account(Role.SECURITY), at_the_desk(Role.HELPDESK)
    answer = decide(looking_at(desk, officer.person), officer, "account_suspend", reason="person_asked")
    officer.refresh_from_db()
    assert officer.is_active
    assert "rôle « Sécurité »" in html.unescape(desk.get(answer["Location"]).content.decode())


def test_security_shuts_out_a_colleague_but_never_the_last_of_them():
    desk, colleague = at_the_desk(Role.SECURITY), staff_account(Role.CONTENT, Role.SECURITY)
    decide(looking_at(desk, colleague.person), colleague, "account_suspend", reason="suspected_theft")
    colleague.refresh_from_db()
    assert colleague.state == AccountState.SUSPENDED
    with pytest.raises(AccountError):
        close_account(actor=SYSTEM, account_id=desk.account.pk, reason="person_asked")


def test_who_left_the_desk_is_a_person_like_any_other(account):
    StaffMember.objects.create(account=account, roles=["security"], ended_at=now())
    decide(looking_at(at_the_desk(Role.HELPDESK), account.person), account, "account_suspend", reason="person_asked")
    account.refresh_from_db()
    assert account.state == AccountState.SUSPENDED


def test_all_devices_are_signed_out_and_the_password_stays(account):
    signed_in_by(Client(), account, door="patient", method="code")
    before = account.password
    decide(looking_at(at_the_desk(Role.HELPDESK), account.person), account, "account_sign_out")
    account.refresh_from_db()
    assert not Session.objects.filter(account=account).exists()
    assert account.password == before
    assert account.is_active
    assert OutboxMessage.objects.filter(template="identity/account_notice").count() == 2


def test_deciding_asks_for_a_look_at_this_very_person(account):
    other = AccountFactory()
    desk = looking_at(at_the_desk(Role.SECURITY), other.person)
    answer = decide(desk, account, "account_close", reason="person_asked")
    assert answer["Location"] == reverse("desk:person_reason", args=[account.person_id])
    account.refresh_from_db()
    assert account.is_active


def test_no_page_of_the_desk_takes_a_password():
    from gesond.desk import forms

    fields = [
        name
        for form in vars(forms).values()
        if isinstance(form, type) and issubclass(form, forms.Form)
        for name in form.base_fields
    ]
    assert fields
    assert not [name for name in fields if "password" in name or name == "code"]
