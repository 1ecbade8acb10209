"""The key rings: named 256-bit keys, the first of which is in use and the others still read."""

import base64
from dataclasses import dataclass
from functools import cache

from django.conf import settings

KEY_BYTES = 32
NAME_BYTES = 32


class KeyRingError(ValueError):
    """A key ring in the environment is malformed, or data names a key that is no longer in it."""


@dataclass(frozen=True)
class KeyRing:
    """Keys by name, newest first."""

    keys: dict[str, bytes]

    @classmethod
    def parse(cls, pairs: tuple[str, ...]) -> "KeyRing":
        """Read `name:base64` pairs. Raises KeyRingError when one is malformed, short or named twice."""
        keys: dict[str, bytes] = {}
        for pair in pairs:
            name, _, encoded = pair.partition(":")
            try:
                key = base64.b64decode(encoded, validate=True)
            except ValueError as error:
                raise KeyRingError(f"key {name!r} is not base64") from error
            if not name or len(name.encode()) > NAME_BYTES or len(key) != KEY_BYTES or name in keys:
                raise KeyRingError(f"key {name!r} must have a short name of its own and 32 bytes")
            keys[name] = key
        if not keys:
            raise KeyRingError("a key ring needs at least one key")
        return cls(keys)

    @property
    def current(self) -> tuple[str, bytes]:
        return next(iter(self.keys.items()))


@cache
def encryption_ring() -> KeyRing:
    return KeyRing.parse(settings.ENVIRONMENT.encryption_keys)


@cache
def hash_ring() -> KeyRing:
    return KeyRing.parse(settings.ENVIRONMENT.hash_keys)
