"""The simulator's keys. New ones at each start, as often as one likes in between: clients must follow."""

import threading
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey

RSA_BITS = 2048


class SigningKeys:
    """The newest key signs; the one before it is still published, as providers do while clients follow."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._keys: list[RSAKey | ECKey] = [_rsa()]

    def rotate(self) -> str:
        """Sign with a new key, RSA and EC in turn; its name."""
        with self._lock:
            new = ECKey.generate_key("P-256", auto_kid=True) if isinstance(self._keys[0], RSAKey) else _rsa()
            self._keys = [new, self._keys[0]]
        return str(new.kid)

    def published(self) -> dict[str, Any]:
        """The JWKS: public halves only."""
        return dict(KeySet(list(self._keys)).as_dict(private=False, use="sig"))

    def sign(self, claims: dict[str, Any], *, with_key: RSAKey | ECKey | None = None) -> str:
        """A JWT. `with_key` signs in place of ours, and under our key's name: a forgery."""
        own = self._keys[0]
        key = with_key or own
        algorithm = "RS256" if isinstance(key, RSAKey) else "ES256"
        return jwt.encode({"alg": algorithm, "kid": own.kid}, claims, key, algorithms=[algorithm])

    def forger(self) -> RSAKey | ECKey:
        """A key of the same kind as ours, that nobody published."""
        return _rsa() if isinstance(self._keys[0], RSAKey) else ECKey.generate_key("P-256")


def _rsa() -> RSAKey:
    return RSAKey.generate_key(RSA_BITS, auto_kid=True)
