"""The queues say by themselves that they are no longer the newest, to those who may read them."""

import re
from datetime import timedelta
from html import unescape

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from gesond.helpdesk.actions import desk_requests as actions
from gesond.helpdesk.tests.steps import a_request
from gesond.identity.actions import identity_checks
from gesond.identity.models import IdentityCheck, Role, Session
from gesond.identity.rules import roles_of
from gesond.identity.tests.check_steps import a_check, actor, staff
from gesond.identity.tests.luxtrust_steps import signed_in_by
from gesond.kernel.clock import now
from gesond.web.live import may_subscribe

pytestmark = pytest.mark.django_db

PLACE = re.compile(r'id="list-news"[^>]*data-live-topic="([^"]+)"[^>]*data-live-url="([^"]+)"')
LIVE = {"HTTP_X_REQUESTED_WITH": "live"}
NEWS_QUERIES = 5  # session, staff, the page's count and rows, how many are new


def browser(account):
    return signed_in_by(Client(), account, door="staff", method="totp")


def text(answer):
    return " ".join(unescape(answer.content.decode()).split())


def opened(client, name, **filters):
    """The queue's page; the topic and the address of its news."""
    found = PLACE.search(text(client.get(reverse(f"helpdesk:{name}"), filters)))
    assert found is not None
    return found[1], found[2]


def test_requests_that_came_since_are_counted_and_shown_on_asking():
    desk = browser(staff(Role.HELPDESK))
    a_request(email="a@example.lu")
    topic, news = opened(desk, "desk_requests", queue="new", category="letter")
    assert topic == "help-requests"
    assert "Actualiser la liste" in text(desk.get(news, **LIVE))
    a_request(email="b@example.lu")
    assert "1 nouvelle demande<" in text(desk.get(news, **LIVE))
    a_request(email="c@example.lu")
    said = text(desk.get(news, **LIVE))
    assert "2 nouvelles demandes<" in said
    assert f'href="{reverse("helpdesk:desk_requests")}?queue=new&category=letter"' in said
    assert "example.lu" not in said


def test_what_a_colleague_took_is_a_change_without_a_number():
    by, desk = staff(Role.HELPDESK), browser(staff(Role.HELPDESK))
    request = a_request()
    _topic, news = opened(desk, "desk_requests")
    actions.take(actor=actor(by), staff=by, request_id=request.pk)
    said = text(desk.get(news, **LIVE))
    assert "La liste a changé" in said
    assert "nouvelle" not in said


def test_a_note_changes_nothing_of_the_queue():
    by, desk = staff(Role.HELPDESK), browser(staff(Role.HELPDESK))
    request = a_request()
    _topic, news = opened(desk, "desk_requests")
    actions.note(actor=actor(by), staff=by, request_id=request.pk, text="Interne")
    assert "Actualiser la liste" in text(desk.get(news, **LIVE))


def test_identity_checks_that_were_opened_or_taken_are_told():
    by, desk = staff(), browser(staff())
    check = a_check()
    topic, news = opened(desk, "identity_checks", which="free")
    assert topic == "identity-checks"
    assert "Actualiser la liste" in text(desk.get(news, **LIVE))
    a_check()
    assert "1 nouvelle vérification<" in text(desk.get(news, **LIVE))
    _topic, news = opened(desk, "identity_checks", which="free")
    identity_checks.take(actor=actor(by), check_id=check.pk, by=by)
    assert "La liste a changé" in text(desk.get(news, **LIVE))


def test_a_look_at_a_check_is_announced_to_nobody(monkeypatch):
    told = []
    monkeypatch.setattr(identity_checks, "announce", told.append)
    by, check = staff(), a_check()
    told.clear()
    identity_checks.look_at(actor=actor(by), check=check)
    assert told == []
    identity_checks.take(actor=actor(by), check_id=check.pk, by=by)
    assert told == ["identity-checks"]


@pytest.mark.parametrize(
    ("topic", "roles"),
    [
        ("help-requests", {Role.HELPDESK}),
        ("identity-checks", {Role.IDENTITY_CHECKS, Role.SECURITY}),
        ("letter-requests", {Role.LETTERS}),
    ],
)
def test_a_queue_tells_its_roles_at_the_desk_s_door_and_nobody_else(topic, roles):
    for role in Role:
        account = staff(role)
        assert roles_of(account) == {role}
        request = browser(account).get(reverse("desk:start")).wsgi_request
        assert may_subscribe(request.user, topic) == (role in roles), role
    as_patient = signed_in_by(Client(), account, door="patient", method="totp").get("/fr/helpdesk/").wsgi_request
    assert not may_subscribe(as_patient.user, topic)


@pytest.mark.parametrize(
    ("name", "roles"),
    [("desk_requests_news", {Role.HELPDESK}), ("identity_checks_news", {Role.IDENTITY_CHECKS, Role.SECURITY})],
)
def test_the_news_are_for_those_who_read_the_queue(name, roles):
    for role in Role:
        assert browser(staff(role)).get(reverse(f"helpdesk:{name}")).status_code == (200 if role in roles else 403)


@pytest.mark.parametrize("count", [1, 9])
def test_news_take_as_many_queries_however_long_the_queue(count, django_assert_num_queries):
    desk = browser(staff(Role.HELPDESK))
    _topic, news = opened(desk, "desk_requests")
    for number in range(count):
        a_request(email=f"{number}@example.lu")
    with django_assert_num_queries(NEWS_QUERIES):
        desk.get(news, **LIVE)


def test_one_s_own_identity_check_is_no_news_either():
    by = staff()
    desk = browser(by)
    _topic, news = opened(desk, "identity_checks")
    check = a_check()
    IdentityCheck.objects.filter(pk=check.pk).update(person=by.person)
    assert "Actualiser la liste" in text(desk.get(news, **LIVE))


def test_news_do_not_keep_a_desk_that_somebody_left_signed_in():
    account = staff(Role.HELPDESK)
    desk = browser(account)
    _topic, news = opened(desk, "desk_requests")
    before = Session.objects.get(account=account).expire_date
    with time_machine.travel(now() + timedelta(minutes=20)):
        assert desk.get(news, **LIVE).status_code == 200
    assert Session.objects.get(account=account).expire_date == before
    with time_machine.travel(now() + timedelta(minutes=20)):
        desk.get(reverse("helpdesk:desk_requests"))
    assert Session.objects.get(account=account).expire_date > before
