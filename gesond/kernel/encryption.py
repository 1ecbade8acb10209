"""Encryption at rest: AES-256-GCM under a named key, bound to the place the value is stored in.

Token layout: 1 byte version (1), 1 byte length of the key's name, the name, 12 bytes nonce, ciphertext and tag.
`context` (a column's name, say) is authenticated: a value moved to another column no longer opens. It does not tell
two rows of one column apart: who can write to the table can swap two rows' values.

Nonces are random: one key is good for 2**32 values, well beyond one rotation a year.
"""

import os
from collections.abc import Callable
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from gesond.kernel.keys import encryption_ring

VERSION = 1
NONCE_BYTES = 12
TAG_BYTES = 16
HEADER_BYTES = 2


class DecryptionError(ValueError):
    """The value was changed, moved, or encrypted under a key that is not in the ring."""


def encrypt(plain: bytes, *, context: bytes) -> bytes:
    """Encrypt under the ring's current key."""
    name, key = encryption_ring().current
    nonce = os.urandom(NONCE_BYTES)
    encoded = name.encode()
    return bytes((VERSION, len(encoded))) + encoded + nonce + _cipher(key).encrypt(nonce, plain, context)


def encryptor(*, context: bytes) -> Callable[[bytes], bytes]:
    """`encrypt` for very many values of one column: what does not change between them is made once."""
    name, key = encryption_ring().current
    encoded = name.encode()
    head = bytes((VERSION, len(encoded))) + encoded
    seal = _cipher(key).encrypt

    def encrypt_one(plain: bytes) -> bytes:
        nonce = os.urandom(NONCE_BYTES)
        return head + nonce + seal(nonce, plain, context)

    return encrypt_one


def decrypt(token: bytes, *, context: bytes) -> bytes:
    """Decrypt under the key the token names. Raises DecryptionError."""
    name, sealed = _split(token)
    key = encryption_ring().keys.get(name)
    if key is None:
        raise DecryptionError(f"no key named {name!r} in the ring")
    try:
        return _cipher(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], context)
    except InvalidTag as error:
        raise DecryptionError("the value was changed or moved") from error


def key_name(token: bytes) -> str:
    """The name of the key a token was encrypted under, for rotation. Raises DecryptionError on what is no token."""
    return _split(token)[0]


def _split(token: bytes) -> tuple[str, bytes]:
    if len(token) < HEADER_BYTES or token[0] != VERSION:
        raise DecryptionError("not an encrypted value")
    end = HEADER_BYTES + token[1]
    if len(token) < end + NONCE_BYTES + TAG_BYTES:
        raise DecryptionError("an encrypted value was cut")
    return token[HEADER_BYTES:end].decode(errors="replace"), token[end:]


@lru_cache(maxsize=32)
def _cipher(key: bytes) -> AESGCM:
    return AESGCM(key)
