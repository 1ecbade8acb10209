"""The keys of the environment: named rings, whose first key is in use and the others still read, and the journal's."""

import base64
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings

KEY_BYTES = 32
NAME_BYTES = 32


class KeyRingError(ValueError):
    """A key in the environment is malformed. The message names the variable and the key, never the secret."""


@dataclass(frozen=True)
class KeyRing:
    """Keys by name, newest first."""

    keys: dict[str, bytes]

    @classmethod
    def parse(cls, pairs: tuple[str, ...]) -> "KeyRing":
        """Read `name:base64` pairs. Raises KeyRingError when one is malformed, short or named twice."""
        keys: dict[str, bytes] = {}
        for number, pair in enumerate(pairs, start=1):
            name, colon, encoded = pair.partition(":")
            if not colon or not name or len(name.encode()) > NAME_BYTES:
                # What has no name may be the secret itself: it is told by its place.
                raise KeyRingError(f"key {number} must be written name:base64, with a short name")
            if name in keys:
                raise KeyRingError(f"two keys are named {name!r}")
            keys[name] = _decoded(encoded, told_as=f"key {name!r}")
        if not keys:
            raise KeyRingError("at least one key is needed")
        return cls(keys)

    @property
    def current(self) -> tuple[str, bytes]:
        """The name and the bytes of the key in use."""
        return next(iter(self.keys.items()))


def encryption_ring() -> KeyRing:
    """`GESOND_ENCRYPTION_KEYS`. Raises KeyRingError."""
    return _ring("GESOND_ENCRYPTION_KEYS", settings.ENVIRONMENT.encryption_keys)


def hash_ring() -> KeyRing:
    """`GESOND_HASH_KEYS`. Raises KeyRingError."""
    return _ring("GESOND_HASH_KEYS", settings.ENVIRONMENT.hash_keys)


def journal_key() -> bytes:
    """`GESOND_JOURNAL_KEY`, 32 bytes. Raises KeyRingError."""
    return _decoded(settings.ENVIRONMENT.journal_key, told_as="GESOND_JOURNAL_KEY")


@lru_cache(maxsize=8)
def _ring(variable: str, pairs: tuple[str, ...]) -> KeyRing:
    try:
        return KeyRing.parse(pairs)
    except KeyRingError as error:
        raise KeyRingError(f"{variable}: {error}") from error


@lru_cache(maxsize=32)
def _decoded(encoded: str, *, told_as: str) -> bytes:
    try:
        key = base64.b64decode(encoded, validate=True)
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise KeyRingError(f"{told_as} must be {KEY_BYTES} bytes in base64 (`manage.py new_key` prints one)")
    return key
