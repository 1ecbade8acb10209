"""The signed ID token: whose it is, for whom, and whether it answers our question (OpenID Connect Core 3.1.3.7)."""

import json
from base64 import urlsafe_b64decode
from datetime import datetime
from typing import Any

from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import ExpiredTokenError, InvalidClaimError, JoseError, MissingClaimError
from joserfc.jwk import KeySet

from gesond.identity.luxtrust.configuration import ALGORITHMS, environment
from gesond.identity.luxtrust.failures import Failure, LuxTrustError
from gesond.identity.luxtrust.provider import fetch_keys
from gesond.identity.models import LuxTrustProvider
from gesond.kernel.clock import now

LONGEST = 32 * 1024
ASYMMETRIC = ("RSA", "EC")
CLAIM_FAILURES = {
    "iss": Failure.ISSUER,
    "aud": Failure.AUDIENCE,
    "azp": Failure.AUDIENCE,
    "exp": Failure.EXPIRED,
    "iat": Failure.EXPIRED,
    "nbf": Failure.EXPIRED,
    "nonce": Failure.NONCE,
}


def verified_claims(
    provider: LuxTrustProvider,
    token: dict[str, Any],
    *,
    nonce: str,
    begun_at: datetime,
) -> dict[str, Any]:
    """The claims of the ID token in `token` (the token endpoint's answer), all checked. Raises LuxTrustError.

    `begun_at`: when the walk began; who proved themselves before has not proved who is there now.
    """
    text = token.get("id_token")
    if not isinstance(text, str) or len(text) > LONGEST:
        raise LuxTrustError(Failure.TOKEN, "no ID token")
    _know_key(provider, text)
    decoded = _decoded(provider, text)
    _check(decoded, nonce=nonce, access_token=str(token.get("access_token", "")))
    _check_proved_since(decoded.claims, begun_at)
    return decoded.claims


def _know_key(provider: LuxTrustProvider, text: str) -> None:
    """Providers change their keys: one we do not know is asked for, once."""
    known = [key.get("kid") for key in provider.keys.get("keys", []) if isinstance(key, dict)]
    if _header(text).get("kid") not in [None, *known]:
        fetch_keys(provider)


def _header(text: str) -> dict[str, Any]:
    """Before anything is verified: only for the key's name."""
    part = text.partition(".")[0]
    try:
        header = json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, RecursionError):
        header = None
    if not isinstance(header, dict):
        raise LuxTrustError(Failure.TOKEN, "no header")
    return header


def _decoded(provider: LuxTrustProvider, text: str) -> jwt.Token:
    """Signed by one of the provider's public keys, with an algorithm of public keys."""
    published = [key for key in provider.keys.get("keys", []) if isinstance(key, dict)]
    usable = [key for key in published if key.get("kty") in ASYMMETRIC and key.get("use", "sig") == "sig"]
    try:
        keys = KeySet.import_key_set({"keys": usable})
        return jwt.decode(text, keys, algorithms=list(ALGORITHMS))
    except (JoseError, ValueError, TypeError, KeyError, RecursionError) as error:
        raise LuxTrustError(Failure.SIGNATURE, type(error).__name__) from error


def _check(token: jwt.Token, *, nonce: str, access_token: str) -> None:
    env = environment()
    checked = CodeIDToken(
        token.claims,
        token.header,
        options={
            "iss": {"essential": True, "value": env.luxtrust_issuer},
            "aud": {"essential": True, "value": env.luxtrust_client_id},
            "sub": {"essential": True},
        },
        params={"nonce": nonce, "client_id": env.luxtrust_client_id, "access_token": access_token},
    )
    try:
        checked.validate(now=int(now().timestamp()), leeway=env.luxtrust_skew_seconds)
    except ExpiredTokenError as error:
        raise LuxTrustError(Failure.EXPIRED, "exp") from error
    except (InvalidClaimError, MissingClaimError) as error:
        claim = _claim_of(error)
        raise LuxTrustError(CLAIM_FAILURES.get(claim, Failure.TOKEN), claim) from error
    except (JoseError, ValueError, TypeError) as error:
        raise LuxTrustError(Failure.TOKEN, type(error).__name__) from error


def _check_proved_since(claims: dict[str, Any], begun_at: datetime) -> None:
    """`prompt=login` travels through the browser, where it can be taken out: a provider that says when is believed."""
    proved_at = claims.get("auth_time")
    if proved_at is None:
        return
    earliest = begun_at.timestamp() - environment().luxtrust_skew_seconds
    if not isinstance(proved_at, int | float) or not proved_at >= int(earliest):
        raise LuxTrustError(Failure.EXPIRED, "auth_time")


def _claim_of(error: InvalidClaimError | MissingClaimError) -> str:
    """The claim's name; the library's message has it between quotes."""
    name = getattr(error, "claim", None)
    return str(name) if name else next(iter(str(error).split("'")[1:2]), "")
