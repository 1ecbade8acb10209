"""Keyed hashes: equality look-ups on values that are stored encrypted.

`purpose` separates the uses: the same text hashed for two purposes gives two unrelated values.
"""

import hashlib
import hmac
import secrets
from collections.abc import Callable

from gesond.kernel.keys import hash_ring

DIGEST_BYTES = 16
# HMAC over SHA-256 (RFC 2104, RFC 4231).
BLOCK_BYTES = 64
INNER_PAD = 0x36
OUTER_PAD = 0x5C


def keyed_hash(value: str, *, purpose: str) -> bytes:
    """16 bytes under the ring's current key: what is stored."""
    return _digest(hash_ring().current[1], value, purpose)


def keyed_hashes(value: str, *, purpose: str) -> list[bytes]:
    """One hash a key of the ring, newest first: what a look-up searches, so that it works during a rotation."""
    return [_digest(key, value, purpose) for key in hash_ring().keys.values()]


def hasher(*, purpose: str) -> Callable[[str], bytes]:
    """`keyed_hash` for very many values of one purpose: the key is taken in once, by HMAC's definition (RFC 2104)."""
    key = hash_ring().current[1].ljust(BLOCK_BYTES, b"\0")
    inside = hashlib.sha256(bytes(byte ^ INNER_PAD for byte in key) + f"{purpose}\0".encode())
    outside = hashlib.sha256(bytes(byte ^ OUTER_PAD for byte in key))

    def hash_one(value: str) -> bytes:
        inner, outer = inside.copy(), outside.copy()
        inner.update(value.encode())
        outer.update(inner.digest())
        return outer.digest()[:DIGEST_BYTES]

    return hash_one


def matches(value: str, stored: bytes, *, purpose: str) -> bool:
    """Whether `stored` is the hash of `value` under any key of the ring, in constant time."""
    return any(hmac.compare_digest(candidate, bytes(stored)) for candidate in keyed_hashes(value, purpose=purpose))


def random_token() -> str:
    """A URL-safe secret of 256 bits, for links. Store its keyed hash only."""
    return secrets.token_urlsafe(32)


def _digest(key: bytes, value: str, purpose: str) -> bytes:
    return hmac.digest(key, f"{purpose}\0{value}".encode(), "sha256")[:DIGEST_BYTES]
