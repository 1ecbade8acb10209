"""What is known of LuxTrust's OpenID Connect by default, and what production may not start with.

The provider's claims, levels and names of devices are not public (standards C-3): each is a setting, and the defaults
here are those of OpenID Connect itself and of eIDAS.
"""

from typing import TYPE_CHECKING

from environs import ValidationError

if TYPE_CHECKING:
    from gesond.config.environment import Environment

CLAIMS = {
    "subject": "sub",
    "family_name": "family_name",
    "given_names": "given_name",
    "birth_date": "birthdate",
    "device": "device",
}
LEVELS = ("low", "substantial", "high")
EIDAS = "http://eidas.europa.eu/LoA/"
ACR_MAP = {f"{EIDAS}{level}": level for level in LEVELS}
DEVICE_NAMES = ("token", "smartcard", "mobile", "identity_card", "other")
DEVICES = {name: name for name in DEVICE_NAMES}


def luxtrust_refusals(env: "Environment") -> list[str]:
    """Why production may not start with these values: one sentence a variable. Nothing without an issuer."""
    if not env.luxtrust_issuer:
        return []
    if not env.luxtrust_issuer.startswith("https://"):
        return ["GESOND_LUXTRUST_ISSUER must start with https://, and not be the simulator"]
    reasons = []
    if not env.luxtrust_client_id:
        reasons.append("GESOND_LUXTRUST_CLIENT_ID is missing: the provider gives it")
    if not env.luxtrust_client_secret and not env.luxtrust_client_key:
        reasons.append("GESOND_LUXTRUST_CLIENT_SECRET is missing, and so is GESOND_LUXTRUST_CLIENT_KEY")
    if "openid" not in env.luxtrust_scopes.split():
        reasons.append("GESOND_LUXTRUST_SCOPES must hold openid")
    return reasons + _mapping_refusals(env)


def check_texts(value: object) -> None:
    """Raises ValidationError unless a JSON value is an object of texts."""
    if not isinstance(value, dict) or not all(isinstance(text, str) for text in value.values()):
        raise ValidationError('Not a JSON object of texts, as {"name": "value"}.')


def texts(value: object) -> dict[str, str]:
    """The object that `check_texts` let through."""
    return {str(key): str(text) for key, text in value.items()} if isinstance(value, dict) else {}


def _mapping_refusals(env: "Environment") -> list[str]:
    reasons = []
    if env.luxtrust_claims.keys() != CLAIMS.keys() or not all(env.luxtrust_claims.values()):
        reasons.append(f"GESOND_LUXTRUST_CLAIMS may name these alone: {', '.join(CLAIMS)}")
    if not env.luxtrust_acr_map or not set(env.luxtrust_acr_map.values()) <= set(LEVELS):
        reasons.append(f"GESOND_LUXTRUST_ACR_MAP must lead to one of {', '.join(LEVELS)}")
    if env.luxtrust_least_assurance not in LEVELS[1:]:
        reasons.append("GESOND_LUXTRUST_LEAST_ASSURANCE must be substantial or high")
    if not set(env.luxtrust_device_map.values()) <= set(DEVICE_NAMES):
        reasons.append(f"GESOND_LUXTRUST_DEVICE_MAP must lead to one of {', '.join(DEVICE_NAMES)}")
    if not 0 <= env.luxtrust_skew_seconds <= 300:  # noqa: PLR2004 - five minutes
        reasons.append("GESOND_LUXTRUST_SKEW_SECONDS must be from 0 to 300")
    if not 1 <= env.luxtrust_timeout_seconds <= 15:  # noqa: PLR2004 - the page that waits gives up after 20 s
        reasons.append("GESOND_LUXTRUST_TIMEOUT_SECONDS must be from 1 to 15")
    return reasons
