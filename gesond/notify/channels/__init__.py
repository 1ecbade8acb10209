"""The ways out: each channel is a small class with one method, `send()`, chosen by an address of the environment."""

from gesond.notify.channels.base import Outgoing, PermanentError, Sender, TemporaryError, ThrottledError
from gesond.notify.channels.resolve import check_addresses, sender_for

__all__ = [
    "Outgoing",
    "PermanentError",
    "Sender",
    "TemporaryError",
    "ThrottledError",
    "check_addresses",
    "sender_for",
]
