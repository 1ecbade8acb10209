"""What every channel is given, and the two ways in which it may fail.

A failure's reason is technical and shown to operators: a protocol, a code. Never an address, a number or a text.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol


@dataclass(frozen=True, kw_only=True)
class Outgoing:
    """One message, as the channel needs it. `id` and `created_at` are the same at every attempt."""

    id: uuid.UUID
    recipient: str
    content: dict[str, str]
    language: str
    created_at: datetime
    expires_at: datetime | None = None


class DeliveryError(Exception):
    """The message did not leave."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class TemporaryError(DeliveryError):
    """It may leave later: try again. Also raised when nobody can tell whether it left."""

    retry_after: timedelta | None = None
    counts = True  # towards the channel's last attempt


class ThrottledError(TemporaryError):
    """The provider asks to wait. Says nothing about the message, so it does not count as an attempt."""

    counts = False

    def __init__(self, reason: str, retry_after: timedelta | None = None) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


class PermanentError(DeliveryError):
    """It will never leave as it is: the address is refused, the text is not acceptable."""


class Sender(Protocol):
    """A channel. Called outside any transaction, from several threads; may be called twice for one message."""

    def send(self, message: Outgoing) -> str:
        """Hand the message over; return the provider's own number for it, or "". Raises DeliveryError."""
        ...
