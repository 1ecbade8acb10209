"""What a person decided on the simulator's page, until the client asks for it with the code."""

import secrets
import threading
import time
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

CODE_LIFE = 120.0


class Outcome(StrEnum):
    """What a click on the simulator's page does; all but the first go wrong."""

    CONFIRM = "confirm"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    TIMEOUT = "timeout"
    AUDIENCE = "audience"
    EXPIRED = "expired"
    REPLAYED = "replayed"
    SIGNATURE = "signature"
    ASSURANCE = "assurance"
    NONCE = "nonce"
    ISSUER = "issuer"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, kw_only=True)
class Grant:
    """One code's worth. `identity`: the claims about the person."""

    identity: dict[str, Any]
    nonce: str
    challenge: str
    redirect_uri: str
    outcome: Outcome
    made_at: float = field(default_factory=time.monotonic)


class Grants:
    """Codes in memory, each good once and for two minutes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: dict[str, Grant] = {}

    def give(self, grant: Grant) -> str:
        code = secrets.token_urlsafe(24)
        with self._lock:
            self._open[code] = grant
        if grant.outcome is Outcome.REPLAYED:
            self.take(code)  # as if somebody had been faster
        return code

    def take(self, code: str) -> Grant | None:
        with self._lock:
            now = time.monotonic()
            self._open = {key: kept for key, kept in self._open.items() if now - kept.made_at < CODE_LIFE}
            return self._open.pop(code, None)
