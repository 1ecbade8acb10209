"""ID tokens, right and wrong."""

import time
from typing import Any

from gesond.demo.luxtrust.grants import Grant, Outcome
from gesond.demo.luxtrust.settings import CLIENT_ID
from gesond.demo.luxtrust.signing import SigningKeys

LIFE = 300
HOUR = 3600
EIDAS = "http://eidas.europa.eu/LoA/"


def id_token(keys: SigningKeys, issuer: str, grant: Grant) -> str:
    """As OpenID Connect has it, with the one thing wrong that was chosen on the page."""
    claims = {**_claims(issuer, grant), **_wrong(grant.outcome)}
    return keys.sign(claims, with_key=keys.forger() if grant.outcome is Outcome.SIGNATURE else None)


def _claims(issuer: str, grant: Grant) -> dict[str, Any]:
    moment = int(time.time())
    level = "high" if grant.identity.get("device") == "identity_card" else "substantial"
    return {
        "iss": issuer,
        "aud": CLIENT_ID,
        "iat": moment,
        "exp": moment + LIFE,
        "auth_time": moment,
        "nonce": grant.nonce,
        "acr": EIDAS + level,
        **grant.identity,
    }


def _wrong(outcome: Outcome) -> dict[str, Any]:
    moment = int(time.time())
    faults: dict[Outcome, dict[str, Any]] = {
        Outcome.AUDIENCE: {"aud": "another-client"},
        Outcome.EXPIRED: {"iat": moment - 2 * HOUR, "exp": moment - HOUR},
        Outcome.ASSURANCE: {"acr": f"{EIDAS}low"},
        Outcome.NONCE: {"nonce": "another-nonce"},
    }
    return faults.get(outcome, {})
