"""`/ws/live`: the one socket of a page. It carries names of topics, never contents.

From the page: `{"subscribe": ["account:12"]}`, or `{"ping": true}` to learn whether the line still stands.
To the page: `{"subscribed": [...], "refused": [...]}`, `{"changed": "account:12"}`, `{"pong": true}`.
"""

import json
from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer

from gesond.web.live import may_subscribe, standing_given
from gesond.web.live_hub import hub

TOPICS_MAX = 20
MESSAGE_MAX = 4096
POLICY_VIOLATION = 1008


class LiveConsumer(AsyncWebsocketConsumer):  # type: ignore[misc] # channels has no types
    """One browser page."""

    async def connect(self) -> None:
        self.topics: set[str] = set()
        await self.accept()

    async def disconnect(self, code: int) -> None:
        hub.unsubscribe(self.tell)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        message = _parsed(text_data)
        if message is None:
            await self.close(code=POLICY_VIOLATION)
        elif "ping" in message:
            await self._answer({"pong": True})
        else:
            await self._subscribe(message.get("subscribe"))

    async def tell(self, topic: str) -> None:
        """Called by the hub."""
        await self._answer({"changed": topic})

    async def _subscribe(self, topics: Any) -> None:
        if not isinstance(topics, list) or len(self.topics) + len(topics) > TOPICS_MAX:
            await self.close(code=POLICY_VIOLATION)
            return
        allowed = await database_sync_to_async(self._allowed)(topics)
        for topic in allowed:
            self.topics.add(topic)
            hub.subscribe(topic, self.tell)
        await hub.listening.wait()  # only then may the page trust that nothing escapes it
        await self._answer({"subscribed": allowed, "refused": [t for t in topics if t not in allowed]})

    def _allowed(self, topics: list[Any]) -> list[str]:
        user = standing_given(self.scope["user"], self.scope["session"])
        return [topic for topic in topics if may_subscribe(user, topic)]

    async def _answer(self, message: dict[str, Any]) -> None:
        await self.send(text_data=json.dumps(message))


def _parsed(text: str | None) -> dict[str, Any] | None:
    if text is None or len(text) > MESSAGE_MAX:
        return None
    try:
        message = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return message if isinstance(message, dict) else None
