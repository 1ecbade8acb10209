"""Who asks, and what a visitor meets where sign-in is needed."""

from datetime import timedelta
from html import unescape

import pytest
import time_machine

from gesond.identity.models import Session
from gesond.identity.tests.factories import AccountFactory
from gesond.identity.tests.sign_in_steps import SERVICES, sign_in
from gesond.kernel.clock import now

pytestmark = pytest.mark.django_db

PATIENT = "/fr/sign-in/patient/?next="


def test_a_visitor_is_sent_to_the_two_doors_without_reproach(client):
    answer = client.get(SERVICES, follow=True)
    assert answer.redirect_chain == [(f"/fr/sign-in/?next={SERVICES}", 302)]
    assert "déconnecté" not in unescape(answer.content.decode())


def test_after_half_an_hour_a_person_is_told_and_comes_back_to_the_same_page(client):
    account = AccountFactory()
    sign_in(client, account)
    with time_machine.travel(now() + timedelta(minutes=31)):
        answer = client.get(f"{SERVICES}?a=1", follow=True)
        assert answer.redirect_chain[0][0].startswith(PATIENT)
        assert "Votre session a été fermée" in unescape(answer.content.decode())
        assert sign_in(client, account)["Location"] == f"{SERVICES}?a=1"


def test_who_is_busy_stays_signed_in(client):
    sign_in(client, AccountFactory())
    start = now()
    for minutes in (20, 40, 60):
        with time_machine.travel(start + timedelta(minutes=minutes)):
            assert client.get(SERVICES).status_code == 200


def test_after_twelve_hours_even_the_busy_sign_in_again(client):
    sign_in(client, AccountFactory())
    start = now()
    for quarters in range(1, 48):
        with time_machine.travel(start + timedelta(minutes=15 * quarters)):
            assert client.get(SERVICES).status_code == 200
    with time_machine.travel(start + timedelta(hours=12, seconds=1)):
        assert client.get(SERVICES)["Location"].startswith(PATIENT)


def test_a_session_ended_from_another_device_is_told_too(client):
    account = AccountFactory()
    sign_in(client, account)
    Session.objects.filter(account=account).delete()
    assert client.get(SERVICES)["Location"].startswith("/fr/sign-in/?next=")


def test_a_visitors_session_that_ended_is_no_sign_out(client):
    client.get("/fr/sign-in/?next=/fr/services/")
    with time_machine.travel(now() + timedelta(hours=1)):
        assert client.get(SERVICES)["Location"].startswith("/fr/sign-in/?next=")


def test_htmx_is_sent_to_the_sign_in_page_as_a_whole_and_back_to_the_page_it_was_on(client):
    account = AccountFactory()
    sign_in(client, account)
    Session.objects.all().delete()
    headers = {"HX-Request": "true", "HX-Current-URL": f"http://testserver{SERVICES}?page=2"}
    answer = client.get(f"{SERVICES}?part=1", headers=headers)
    assert answer.status_code == 200
    assert answer["HX-Redirect"] == "/fr/sign-in/?next=/fr/services/%3Fpage%3D2"


def test_a_form_sent_too_late_leads_back_to_its_page(client):
    referrer = {"Referer": f"http://testserver{SERVICES}?form=1"}
    answer = client.post(SERVICES, headers=referrer)
    assert answer["Location"] == "/fr/sign-in/?next=/fr/services/%3Fform%3D1"
    stranger = client.post(SERVICES, headers={"Referer": "https://evil.example/"})
    assert stranger["Location"] == "/fr/sign-in/?next="


def test_a_visitors_public_page_asks_the_database_nothing(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        client.get("/fr/sign-in/")
