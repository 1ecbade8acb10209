"""`granian gesond.demo.luxtrust.wsgi:application`: the simulator's server, of one process, for its codes are in memory.

Django's requests and answers without its middlewares: sessions, policies and sign-in are the site's, not a provider's.
"""

import os
from collections.abc import Callable, Iterable
from typing import Any

import django
from django.core.handlers.wsgi import WSGIRequest
from django.db import close_old_connections
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseNotFound

from gesond.config.environment import Environment

View = Callable[[HttpRequest], HttpResponse]
Route = tuple[tuple[str, ...], View]


class Simulator:
    """A WSGI application over one `Provider`."""

    def __init__(self, env: Environment | None = None) -> None:
        from gesond.demo.luxtrust.provider import Provider  # models are loaded by `django.setup()` only

        self.provider = provider = Provider(env)
        # What is down while the provider is: all but the switches.
        self.endpoints: dict[str, Route] = {
            "/.well-known/openid-configuration": (("GET",), provider.document),
            "/keys": (("GET",), provider.published_keys),
            "/authorize": (("GET", "POST"), provider.authorize),
            "/token": (("POST",), provider.token),
        }
        self.switches: dict[str, Route] = {
            "/simulator": (("GET",), provider.state),
            "/simulator/down": (("POST",), provider.go_down),
            "/simulator/up": (("POST",), provider.come_back),
            "/simulator/rotate": (("POST",), provider.rotate),
        }

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        close_old_connections()
        try:
            answer = self.answer(WSGIRequest(environ))
        finally:
            close_old_connections()
        headers = [*answer.items(), ("Content-Length", str(len(answer.content)))]
        start_response(f"{answer.status_code} {answer.reason_phrase}", headers)
        return [answer.content]

    def answer(self, request: HttpRequest) -> HttpResponse:
        path = request.path.rstrip("/") or "/simulator"
        if path in self.endpoints and self.provider.is_down:
            return self.provider.unavailable(request)
        route = self.endpoints.get(path) or self.switches.get(path)
        if route is None:
            return HttpResponseNotFound()
        methods, view = route
        return view(request) if request.method in methods else HttpResponseNotAllowed(methods)


def _application() -> Simulator:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gesond.config.settings")
    django.setup()
    return Simulator()


def __getattr__(name: str) -> Any:
    """`application`, made when the server asks for it: importing this module starts nothing."""
    if name == "application":
        return _application()
    raise AttributeError(name)
