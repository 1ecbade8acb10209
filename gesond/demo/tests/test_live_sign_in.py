"""A socket knows who is signed in by the session's cookie."""

import asyncio

import pytest
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import connection

from gesond.identity.models import Account, Person
from gesond.kernel.hashing import keyed_hash
from gesond.web import live, sockets
from gesond.web.live_hub import Hub
from gesond.web.tests.socket_page import SocketPage


@sync_to_async
def close_connection():
    connection.close()


@pytest.fixture
def account():
    matricule = "1985031512371"
    person = Person.objects.create(
        matricule=matricule,
        matricule_hash=keyed_hash(matricule, purpose="person.matricule"),
        family_name="Weber",
        given_names="Anne",
        birth_year=1985,
    )
    email = "anne@example.lu"
    return Account.objects.create(
        person=person,
        email=email,
        email_hash=keyed_hash(email, purpose="account.email"),
        code_channel="email",
        doors=["patient"],
    )


@pytest.mark.django_db(transaction=True)
def test_only_the_signed_in_person_hears_of_their_account(client, account, monkeypatch):
    hub = Hub()
    monkeypatch.setattr(sockets, "hub", hub)
    monkeypatch.setattr(live, "_rules", {})
    live.register_topic("account", lambda user, topic: topic == f"account:{user.pk}")
    client.force_login(account)
    cookie = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
    own, foreign = f"account:{account.pk}", f"account:{account.pk + 1}"

    async def answer(cookie=""):
        page = SocketPage(cookie=cookie)
        assert await page.connect()
        said = await page.ask({"subscribe": [own, foreign]})
        await page.leave()
        return said

    async def conversation():
        try:
            signed_in = await answer(cookie)
            visitor = await answer()
        finally:
            await hub.stop()
            await close_connection()
        return signed_in, visitor

    signed_in, visitor = asyncio.run(conversation())
    assert signed_in == {"subscribed": [own], "refused": [foreign]}
    assert visitor == {"subscribed": [], "refused": [own, foreign]}
