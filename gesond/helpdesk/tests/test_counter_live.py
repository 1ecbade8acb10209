"""The counter's page over the real socket: the clerk who guides hears of the steps, and nobody else."""

import asyncio

import pytest
from django.conf import settings
from django.test import Client

from gesond.identity.assisted_steps import topic_of
from gesond.identity.tests.assisted_steps import a_clerk, offered
from gesond.identity.tests.luxtrust_steps import signed_in_by
from gesond.web import sockets
from gesond.web.live_hub import Hub
from gesond.web.tests.socket_page import SocketPage
from gesond.web.tests.test_live import close_connection


def cookie_of(account, door: str) -> str:
    client = signed_in_by(Client(), account, door=door, method="totp")
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


@pytest.mark.django_db(transaction=True)
def test_only_the_clerk_at_the_desk_follows_the_steps(monkeypatch):
    hub = Hub()
    monkeypatch.setattr(sockets, "hub", hub)
    clerk = a_clerk()
    topic = topic_of(offered(clerk).assisted.pk)
    cookies = [cookie_of(clerk, "staff"), cookie_of(clerk, "patient"), cookie_of(a_clerk(), "staff"), ""]

    async def answer(cookie: str):
        page = SocketPage(cookie=cookie)
        assert await page.connect()
        said = await page.ask({"subscribe": [topic]})
        await page.leave()
        return said["subscribed"]

    async def conversation():
        try:
            return [await answer(cookie) for cookie in cookies]
        finally:
            await hub.stop()
            await close_connection()

    assert asyncio.run(conversation()) == [[topic], [], [], []]
