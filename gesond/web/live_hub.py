"""The socket process's ear: one LISTEN connection to the database, fanned out to the sockets of the process."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from typing import Any

import psycopg
import structlog
from django.db import connections

from gesond.web.live import CHANNEL

FIRST_PAUSE_SECONDS = 0.5
LONGEST_PAUSE_SECONDS = 10.0
# A connection cut by a firewall gives no sign: ask for one now and then.
SILENCE_SECONDS = 30.0

logger = structlog.get_logger(__name__)

Listener = Callable[[str], Awaitable[None]]


class Hub:
    """Listeners by topic. The connection is opened by the first of them, or by `start()`, and mended when it breaks."""

    def __init__(self) -> None:
        self._listeners: dict[str, set[Listener]] = defaultdict(set)
        self._task: asyncio.Task[None] | None = None
        self._broken = False
        self.listening = asyncio.Event()

    def start(self) -> None:
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._run(), name="live-hub")

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None
            self.listening.clear()

    def subscribe(self, topic: str, listener: Listener) -> None:
        self.start()
        self._listeners[topic].add(listener)

    def unsubscribe(self, listener: Listener) -> None:
        for topic in list(self._listeners):
            self._listeners[topic].discard(listener)
            if not self._listeners[topic]:
                del self._listeners[topic]

    async def _run(self) -> None:
        pause = FIRST_PAUSE_SECONDS
        while True:
            try:
                await self._listen()
            except (psycopg.Error, OSError) as error:
                logger.warning("live connection lost", error=type(error).__name__)
            if self.listening.is_set():
                pause = FIRST_PAUSE_SECONDS
                self._broken = True
                self.listening.clear()
            await asyncio.sleep(pause)
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)

    async def _listen(self) -> None:
        async with await psycopg.AsyncConnection.connect(**_connection_parameters(), autocommit=True) as connection:
            await connection.execute(f"LISTEN {CHANNEL}")
            self.listening.set()
            if self._broken:
                # What was announced while nobody listened is lost: let every page look again.
                for topic in list(self._listeners):
                    await self._tell(topic)
            while True:
                async for notice in connection.notifies(timeout=SILENCE_SECONDS):
                    await self._tell(notice.payload)
                await connection.execute("SELECT 1")

    async def _tell(self, topic: str) -> None:
        listeners = list(self._listeners.get(topic, ()))
        await asyncio.gather(*(listener(topic) for listener in listeners), return_exceptions=True)


def _connection_parameters() -> dict[str, Any]:
    parameters: dict[str, Any] = connections["default"].get_connection_params()
    for ours in ("cursor_factory", "context", "pool"):
        parameters.pop(ours, None)
    return {**parameters, "connect_timeout": 5}


hub = Hub()
