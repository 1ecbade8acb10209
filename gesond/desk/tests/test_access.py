"""Deny by default: every page of the desk, by every role, and by the wrong door."""

import uuid

import pytest
from django.test import Client
from django.urls import reverse

from gesond.desk.tests.staff import at_the_desk, staff_account
from gesond.desk.urls import urlpatterns
from gesond.identity.models import Role
from gesond.identity.tests.luxtrust_steps import signed_in_by
from gesond.kernel.clock import now

pytestmark = pytest.mark.django_db

READERS = {Role.REGISTRY, Role.HELPDESK, Role.LETTERS, Role.SECURITY}
LETTERS, SECURITY, ACCOUNTS = {Role.LETTERS}, {Role.SECURITY}, {Role.HELPDESK, Role.SECURITY}
ALLOWED = {
    "start": set(Role),
    "persons": READERS,
    "persons_found": READERS,
    "person": READERS,
    "person_reason": READERS,
    "person_letter": LETTERS,
    "account_suspend": ACCOUNTS,
    "account_reopen": SECURITY,
    "account_close": SECURITY,
    "account_sign_out": ACCOUNTS,
    "letters": LETTERS,
    "letters_order": LETTERS,
    "letter_batch": LETTERS,
    "letter_batch_resume": LETTERS,
    "letter_requests": LETTERS,
    "letter_requests_news": LETTERS,
    "letter_request_grant": LETTERS,
    "letter_request_refuse": LETTERS,
    "outbox": ACCOUNTS,
    "outbox_resend": SECURITY,
    "outbox_discard": SECURITY,
    "statistics": set(Role),
    "statistics_file": set(Role),
    "journal": SECURITY,
    "staff": SECURITY,
    "staff_name": SECURITY,
    "staff_roles": SECURITY,
    "staff_end": SECURITY,
}
NUMBERS = {"person_id", "batch_id", "request_id", "member_id"}


def address(name: str) -> str:
    pattern = next(one for one in urlpatterns if one.name == name)
    return reverse(
        f"desk:{name}",
        kwargs={key: 999_999 if key in NUMBERS else uuid.UUID(int=1) for key in pattern.pattern.converters},
    )


def test_every_page_says_who_may_open_it():
    assert {pattern.name for pattern in urlpatterns} == set(ALLOWED)


@pytest.mark.parametrize("role", list(Role))
def test_a_page_opens_for_its_roles_and_for_no_other(role):
    client = at_the_desk(role)
    for name, roles in ALLOWED.items():
        for method in (client.get, client.post):
            status = method(address(name)).status_code
            assert (status == 403) == (role not in roles), (name, role, method.__name__, status)
            assert status < 500, name


@pytest.mark.parametrize("door", ["patient", "professional"])
def test_a_member_of_staff_who_entered_by_another_door_is_nobody_here(door):
    account = staff_account(*Role, person__family_name="Muster")
    account.doors = ["patient", "professional", "staff"]
    account.save()
    client = signed_in_by(Client(), account, door=door, method="code")
    for name in ALLOWED:
        assert client.get(address(name)).status_code == 403, name
        assert client.post(address(name)).status_code == 403, name


def test_who_was_ended_is_shut_out_at_once():
    client = at_the_desk(*Role)
    assert client.get(address("start")).status_code == 200
    member = client.account.staff_member
    member.ended_at = now()
    member.save()
    assert client.get(address("start")).status_code == 403


def test_nothing_is_changed_without_the_token_of_the_page():
    account = staff_account(*Role)
    client = signed_in_by(Client(enforce_csrf_checks=True), account, door="staff", method="code")
    for name in ("persons", "letters_order", "person_letter", "account_suspend", "staff_name", "staff_end"):
        assert client.post(address(name)).status_code == 403, name


@pytest.mark.parametrize("name", ["person_letter", "letter_batch_resume", "letter_request_grant", "outbox_resend"])
def test_what_changes_something_is_never_a_link(name):
    assert at_the_desk(*Role).get(address(name)).status_code == 405
