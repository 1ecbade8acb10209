"""From an ASGI connection to a socket's consumer: the address, the origin, then who is signed in."""

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

from channels.auth import AuthMiddlewareStack
from channels.security.websocket import OriginValidator
from django.conf import settings

from gesond.web.live_hub import hub
from gesond.web.sockets import LiveConsumer

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


def sockets() -> Application:
    """The whole application of the socket process."""
    routes = {"/ws/live": OriginValidator(AuthMiddlewareStack(LiveConsumer.as_asgi()), allowed_origins())}

    async def application(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
        elif scope["type"] == "websocket" and scope["path"] in routes:
            await routes[scope["path"]](scope, receive, send)
        elif scope["type"] == "websocket":
            await _refuse_socket(receive, send)
        else:
            await _not_found(send)

    return application


def allowed_origins() -> list[str]:
    """Pages that may open a socket: our own. In the demo the machine's other name for itself is ours too."""
    base: str = settings.ENVIRONMENT.base_url
    parts = urlsplit(base)
    if not settings.DEMO or parts.hostname not in {"localhost", "127.0.0.1"}:
        return [base]
    return [f"{parts.scheme}://{host}:{parts.port or 80}" for host in ("localhost", "127.0.0.1")]


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            hub.start()
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            await hub.stop()
            await send({"type": "lifespan.shutdown.complete"})
            return


async def _refuse_socket(receive: Receive, send: Send) -> None:
    await receive()
    await send({"type": "websocket.close"})


async def _not_found(send: Send) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8")]
    await send({"type": "http.response.start", "status": 404, "headers": headers})
    await send({"type": "http.response.body", "body": b"Not Found"})
