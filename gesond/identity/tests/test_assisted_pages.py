"""The helpdesk's link in the person's browser: a clean address at once, then the ordinary wizard."""

import pytest
from django.test import Client

from gesond.identity.models import Account, AssistedActivation
from gesond.identity.tests.assisted_steps import offered, token_of
from gesond.identity.tests.factories import PASSWORD, PersonFactory
from gesond.identity.tests.walking import digits_sent, terms

pytestmark = pytest.mark.django_db
BEGIN = "/fr/activation/assisted/"


@pytest.fixture
def given():
    return offered()


def follow(client, given):
    return client.get(f"{BEGIN}{token_of(given)}/")


def begin(client, given, **facts):
    typed = {"matricule": given.assisted.person.matricule, "accepted": "on", "version": terms().number}
    return client.post(BEGIN, {**typed, **facts})


def walk(client, given):
    follow(client, given)
    begin(client, given)
    client.post("/fr/activation/password/", {"password": PASSWORD, "confirmation": PASSWORD})
    client.post("/fr/activation/security/", {"channel": "sms", "phone": "621 123 456"})
    return client.post("/fr/activation/security/code/", {"code": digits_sent()})


def test_the_token_leaves_the_address_at_once_and_is_kept_nowhere(client, given):
    answer = follow(client, given)
    assert answer["Location"] == BEGIN
    page = client.get(BEGIN)
    token = token_of(given)
    assert token not in page.content.decode()
    assert token not in str(dict(client.session))
    assert "no-store" in answer["Cache-Control"]


def test_with_the_link_one_walks_to_an_open_account(client, given):
    assert begin_page(client, given).status_code == 200
    assert begin(client, given)["Location"] == "/fr/activation/password/"
    client.post("/fr/activation/password/", {"password": PASSWORD, "confirmation": PASSWORD})
    client.post("/fr/activation/security/", {"channel": "sms", "phone": "621 123 456"})
    answer = client.post("/fr/activation/security/code/", {"code": digits_sent()})
    assert answer["Location"] == "/fr/activation/other-means/"
    client.post("/fr/activation/other-means/")
    assert "Votre activation est terminée!" in client.get("/fr/activation/confirmation/").content.decode()
    assert Account.objects.filter(person=given.assisted.person).count() == 1


def begin_page(client, given):
    follow(client, given)
    return client.get(BEGIN)


def test_without_the_terms_nothing_begins(client, given):
    begin_page(client, given)
    answer = client.post(BEGIN, {"matricule": given.assisted.person.matricule, "version": terms().number})
    assert answer.status_code == 200
    assert AssistedActivation.objects.get().state == "offered"


def test_a_wrong_matricule_is_said_beside_the_field_with_the_tries_left(client, given):
    begin_page(client, given)
    other = PersonFactory().matricule
    assert "Il vous reste 2 essais." in begin(client, given, matricule=other).content.decode()
    begin(client, given, matricule=other)
    assert begin(client, given, matricule=other).status_code == 410


def test_in_two_browsers_the_first_to_begin_wins(client, given):
    second = Client()
    begin_page(client, given)
    begin_page(second, given)
    assert begin(client, given).status_code == 302
    assert begin(second, given).status_code == 410
    assert client.get("/fr/activation/password/").status_code == 200
    assert second.get("/fr/activation/password/").status_code == 302


def test_a_used_link_and_one_of_nobody_are_answered_alike(client, given):
    walk(client, given)
    stranger = Client()
    used = stranger.get(f"{BEGIN}{token_of(given)}/")
    invented = stranger.get(f"{BEGIN}{'x' * 43}/")
    assert (used.status_code, invented.status_code) == (410, 410)
    assert "Ce lien n'est plus valable" in used.content.decode().replace("&#39;", "'")


def test_the_first_page_without_a_link_tells_nothing(client):
    terms()
    assert client.get(BEGIN).status_code == 410


def test_going_back_to_the_first_page_leads_on(client, given):
    follow(client, given)
    begin(client, given)
    assert client.get(BEGIN)["Location"] == "/fr/activation/password/"


def test_a_tablet_forgets_the_person_before(client, given):
    walk(client, given)
    assert client.get("/fr/activation/other-means/").status_code == 200
    assert not any("known" in name for name in client.cookies)
    follow(client, offered())
    assert client.get("/fr/activation/other-means/").status_code == 302


def test_a_cancelled_walk_ends_on_a_calm_page(client, given):
    follow(client, given)
    begin(client, given)
    AssistedActivation.objects.update(state="cancelled", ended_at=given.assisted.started_at)
    page = client.get("/fr/activation/password/", follow=True).content.decode().replace("&#39;", "'")
    assert "L'activation avec notre Helpdesk est terminée." in page


def test_the_session_gets_a_new_key_with_the_link(client, given):
    client.get("/fr/")
    before = client.cookies.get("sessionid")
    follow(client, given)
    after = client.session.session_key
    begin(client, given)
    assert client.session.session_key not in (after, before and before.value)


def test_the_link_page_costs_the_same_few_queries(client, given, django_assert_max_num_queries):
    begin_page(client, given)
    with django_assert_max_num_queries(3):
        client.get(BEGIN)
