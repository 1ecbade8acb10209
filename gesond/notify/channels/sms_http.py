"""SMS by an HTTP gateway; the contract is in `docs/howto/mail-and-sms.md`.

`GESOND_SMS_URL=https://:TOKEN@gateway.example/v1/messages`: one POST a message, JSON in and out, the outbox row's id as
`Idempotency-Key` so that a gateway which took the first attempt does not send a second.
"""

import logging
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import SplitResult, unquote, urlunsplit

import httpx
from django.conf import settings

from gesond.notify.channels.base import Outgoing, PermanentError, TemporaryError, ThrottledError

TIMEOUT = httpx.Timeout(15, connect=5)
# Answers about the message itself; every other refusal (a token, an address, an outage) is the operator's to mend.
ABOUT_THE_MESSAGE = {400, 410, 413, 422}
TOO_MANY = 429
REFERENCE_MAX = 120

logging.getLogger("httpx").setLevel(logging.WARNING)  # its lines tell the gateway's address at every message


@dataclass(frozen=True)
class GatewaySender:
    url: str
    token: str = field(repr=False)

    @classmethod
    def from_address(cls, parts: SplitResult) -> "GatewaySender":
        host = parts.netloc.rpartition("@")[2]
        url = urlunsplit((parts.scheme, host, parts.path or "/", parts.query, ""))
        return cls(url=url, token=unquote(parts.password or parts.username or ""))

    def send(self, message: Outgoing) -> str:
        try:
            answer = httpx.post(
                self.url, json=_body(message), headers=self._headers(message), timeout=TIMEOUT, trust_env=False
            )
        except httpx.HTTPError as error:
            raise TemporaryError(f"gateway: {type(error).__name__}") from None
        _refuse(answer)
        return _reference(answer)

    def _headers(self, message: Outgoing) -> dict[str, str]:
        headers = {"Idempotency-Key": str(message.id)}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        return headers


def _body(message: Outgoing) -> dict[str, object]:
    return {
        "id": str(message.id),
        "to": message.recipient,
        "from": settings.ENVIRONMENT.sms_sender,
        "text": message.content["text"],
        "expires_at": message.expires_at.isoformat() if message.expires_at else None,
    }


def _refuse(answer: httpx.Response) -> None:
    if answer.is_success:
        return
    reason = f"gateway {answer.status_code}"
    if answer.status_code == TOO_MANY:
        raise ThrottledError(reason, _retry_after(answer))
    if answer.status_code in ABOUT_THE_MESSAGE:
        raise PermanentError(reason)
    raise TemporaryError(reason)


def _retry_after(answer: httpx.Response) -> timedelta | None:
    seconds = answer.headers.get("Retry-After", "")
    return timedelta(seconds=min(int(seconds), 3600)) if seconds.isdecimal() else None


def _reference(answer: httpx.Response) -> str:
    """The gateway's own number: taken already, so an answer without one is no failure."""
    try:
        body = answer.json()
    except ValueError:
        return ""
    return str(body.get("id", ""))[:REFERENCE_MAX] if isinstance(body, dict) else ""
