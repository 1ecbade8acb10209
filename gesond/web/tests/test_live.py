"""Topics, the ear on the database, and the socket: on the real PostgreSQL, without a browser."""

import asyncio
import json

import pytest
from asgiref.sync import sync_to_async
from django.db import connection, transaction

from gesond.web import asgi, live, sockets
from gesond.web.live_hub import Hub
from gesond.web.tests.socket_page import ORIGIN, PATIENCE_SECONDS, SocketPage


@pytest.fixture
def hub(monkeypatch):
    """An ear of this test's own: it belongs to the test's event loop."""
    one = Hub()
    monkeypatch.setattr(sockets, "hub", one)
    monkeypatch.setattr(asgi, "hub", one)
    monkeypatch.setattr("gesond.web.live_hub.FIRST_PAUSE_SECONDS", 0.01)
    return one


@pytest.fixture
def topics(monkeypatch):
    """Topics of this test only: `news` for all, `account:…` for the account of that name."""
    monkeypatch.setattr(live, "_rules", {})
    live.register_topic("news", lambda user, topic: True)
    live.register_topic("account", lambda user, topic: topic == f"account:{user.pk}")


def running(hub, conversation):
    async def run():
        try:
            await asyncio.wait_for(conversation(), 3 * PATIENCE_SECONDS)
        finally:
            await hub.stop()
            await close_connection()

    asyncio.run(run())


@sync_to_async
def close_connection():
    connection.close()


@sync_to_async
def announce(topic, *, rolled_back=False):
    with transaction.atomic():
        live.announce(topic)
        transaction.set_rollback(rolled_back)


@pytest.mark.django_db(transaction=True)
def test_a_page_is_told_what_was_committed_and_nothing_that_was_rolled_back(hub, topics):
    async def conversation():
        socket = SocketPage()
        assert await socket.connect()
        assert await socket.ask({"subscribe": ["news", "news:7"]}) == {
            "subscribed": ["news", "news:7"],
            "refused": [],
        }
        await announce("news", rolled_back=True)
        await announce("news:8")
        await announce("news:7")
        assert await socket.hear() == {"changed": "news:7"}
        await socket.leave()

    running(hub, conversation)


@pytest.mark.django_db(transaction=True)
def test_what_a_visitor_may_not_see_is_refused_and_not_told(hub, topics):
    async def conversation():
        socket = SocketPage()
        await socket.connect()
        answer = await socket.ask({"subscribe": ["account:1", "unheard-of", "news; DROP", 7, "news"]})
        assert answer == {"subscribed": ["news"], "refused": ["account:1", "unheard-of", "news; DROP", 7]}
        await announce("account:1")
        await announce("news")
        assert await socket.hear() == {"changed": "news"}
        await socket.leave()

    running(hub, conversation)


@pytest.mark.django_db(transaction=True)
def test_one_connection_serves_all_pages_and_forgets_those_that_left(hub, topics):
    async def conversation():
        first, second = SocketPage(), SocketPage()
        for socket in (first, second):
            await socket.connect()
            await socket.ask({"subscribe": ["news"]})
        assert await listening() == 1
        await first.leave()
        await announce("news")
        assert await second.hear() == {"changed": "news"}
        await second.leave()
        assert not hub._listeners

    running(hub, conversation)


@pytest.mark.django_db(transaction=True)
def test_after_the_database_came_back_every_page_looks_again(hub, topics):
    async def conversation():
        socket = SocketPage()
        await socket.connect()
        await socket.ask({"subscribe": ["news"]})
        await cut_the_ear()
        assert await socket.hear() == {"changed": "news"}
        await announce("news")
        assert await socket.hear() == {"changed": "news"}
        await socket.leave()

    running(hub, conversation)


LISTENERS = "FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN gesond_live%%'"


@sync_to_async
def listening():
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) {LISTENERS}")
        return cursor.fetchone()[0]


@sync_to_async
def cut_the_ear():
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(pg_terminate_backend(pid)) {LISTENERS}")
        assert cursor.fetchone()[0] == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "message", ["no json", "[]", json.dumps({"subscribe": ["news"] * 21}), "x" * 5000, "[" * 4000, "{}"]
)
def test_a_page_that_talks_nonsense_is_shown_out(message, hub, topics):
    async def conversation():
        socket = SocketPage()
        await socket.connect()
        await socket.say(message)
        closed = await socket.output()
        assert (closed["type"], closed["code"]) == ("websocket.close", sockets.POLICY_VIOLATION)

    running(hub, conversation)


@pytest.mark.django_db(transaction=True)
def test_a_page_may_ask_whether_the_line_stands(hub, topics):
    async def conversation():
        socket = SocketPage()
        await socket.connect()
        assert await socket.ask({"ping": True}) == {"pong": True}
        await socket.leave()

    running(hub, conversation)


@pytest.mark.parametrize(
    ("path", "origin"),
    [
        ("/ws/live", "https://evil.example"),
        ("/ws/live", "http://localhost:1"),
        ("/ws/live", None),
        ("/ws/other", ORIGIN),
        ("/", ORIGIN),
    ],
)
def test_other_sites_and_other_paths_get_no_socket(path, origin, hub):
    async def conversation():
        assert not await SocketPage(path, origin).connect()

    running(hub, conversation)


@pytest.mark.parametrize("path", ["/", "/fr/", "/ws/live", "/health/live"])
def test_pages_are_not_found_here(path, hub):
    async def conversation():
        sent = []

        async def send(message):
            sent.append(message)

        await asgi.sockets()({"type": "http", "path": path, "headers": []}, None, send)
        assert sent[0]["status"] == 404

    running(hub, conversation)


@pytest.mark.django_db(transaction=True)
def test_the_ear_opens_and_closes_with_the_process(hub):
    async def conversation():
        messages = [{"type": "lifespan.shutdown"}, {"type": "lifespan.startup"}]
        sent = []

        async def receive():
            if len(messages) == 1:
                await asyncio.wait_for(hub.listening.wait(), PATIENCE_SECONDS)
            return messages.pop()

        async def send(message):
            sent.append(message["type"])

        await asgi.sockets()({"type": "lifespan"}, receive, send)
        assert sent == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
        assert not hub.listening.is_set()

    running(hub, conversation)


def test_production_opens_sockets_to_its_own_address_only(settings):
    settings.DEMO = False
    assert asgi.allowed_origins() == [settings.ENVIRONMENT.base_url]


@pytest.mark.django_db
@pytest.mark.parametrize("topic", ["", "News", "news:a b", "news:1:2", "news\n", "x'; NOTIFY"])
def test_a_topic_is_a_word_and_an_identifier(topic):
    with pytest.raises(ValueError, match="topic"):
        live.announce(topic)
