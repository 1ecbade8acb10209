"""What every request carries: an id in its logs and answer, and the address it came from."""

import time
import uuid
from collections.abc import Callable
from ipaddress import ip_address

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from gesond.web.metrics import REQUEST_SECONDS

logger = structlog.get_logger(__name__)
METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


class RequestContextMiddleware:
    """Binds `request_id` to the logs, returns it as `X-Request-ID`, writes one line a request without personal data."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request_id = uuid.uuid4().hex[:16]
        started = time.perf_counter()
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            response = self.get_response(request)
            _tell_of(request, response, time.perf_counter() - started)
        response["X-Request-ID"] = request_id
        return response


def _tell_of(request: HttpRequest, response: HttpResponse, seconds: float) -> None:
    """One line and one measure a request, by the route's pattern and never by the path: a path may hold a token."""
    route = request.resolver_match.route if request.resolver_match else ""
    # Anyone may invent a method's name; each new one would be a new series.
    method = request.method if request.method in METHODS else "other"
    REQUEST_SECONDS.labels(method, route, response.status_code).observe(seconds)
    logger.info("request", method=method, route=route, status=response.status_code, ms=round(seconds * 1000, 1))


def client_address(request: HttpRequest) -> str:
    """The address of the client: what the farthest of `GESOND_TRUSTED_PROXIES` proxies saw, or the peer's own.

    Always an address, or empty: it is counted, limited and journalled.
    """
    proxies: int = settings.ENVIRONMENT.trusted_proxies
    hops = request.headers.get("X-Forwarded-For", "").split(",")
    seen = _address(hops[-proxies]) if proxies and len(hops) >= proxies else ""
    return seen or _address(str(request.META.get("REMOTE_ADDR", "")))


def _address(hop: str) -> str:
    """The IP address of a hop, without the port some proxies add; empty when it is none.

    One IPv4 address has one spelling: mapped into IPv6, as a socket of both families sees it, all of them would share
    one network, and so one limit.
    """
    text = hop.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text)
    except ValueError:
        return ""
    return str(getattr(address, "ipv4_mapped", None) or address)
