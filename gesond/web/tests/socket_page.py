"""A page's end of the socket, for tests."""

import json

from asgiref.testing import ApplicationCommunicator
from django.conf import settings

from gesond.web import asgi

PATIENCE_SECONDS = 10
ORIGIN = settings.ENVIRONMENT.base_url


class SocketPage:
    """`await page.connect()` says whether it was let in; then `ask()` and `hear()` in JSON."""

    def __init__(self, path="/ws/live", origin=ORIGIN, cookie=""):
        headers = [(b"origin", origin.encode())] if origin else []
        headers += [(b"cookie", cookie.encode())] if cookie else []
        scope = {"type": "websocket", "path": path, "query_string": b"", "headers": headers, "subprotocols": []}
        self.socket = ApplicationCommunicator(asgi.sockets(), scope)

    async def connect(self):
        await self.socket.send_input({"type": "websocket.connect"})
        return (await self.output())["type"] == "websocket.accept"

    async def leave(self):
        await self.socket.send_input({"type": "websocket.disconnect", "code": 1000})
        await self.socket.wait(PATIENCE_SECONDS)

    async def say(self, text):
        await self.socket.send_input({"type": "websocket.receive", "text": text})

    async def ask(self, message):
        await self.say(json.dumps(message))
        return await self.hear()

    async def hear(self):
        return json.loads((await self.output())["text"])

    async def output(self):
        return await self.socket.receive_output(PATIENCE_SECONDS)
