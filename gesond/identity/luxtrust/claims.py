"""From the provider's claims to `LuxTrustProof`, by the names, levels and devices that the operator configured."""

from datetime import date
from typing import Any

from gesond.identity.luxtrust.configuration import environment, is_enough
from gesond.identity.luxtrust.failures import Failure, LuxTrustError
from gesond.identity.luxtrust.proofs import LuxTrustProof
from gesond.identity.models import Device

NEEDED = ("subject", "family_name", "given_names")
LONGEST = 200


def lacks_names(claims: dict[str, Any]) -> bool:
    """Whether the ID token leaves some of what we need to the provider's other endpoint."""
    return any(not _text(claims, name) for name in NEEDED)


def with_user_info(claims: dict[str, Any], told: dict[str, Any]) -> dict[str, Any]:
    """The ID token's claims, completed by the other endpoint's when these are of the same subject (Core 5.3.2).

    How surely the person was proved is said by the signed token alone: the other answer is about no sign-in.
    """
    if told and told.get("sub") != claims["sub"]:
        raise LuxTrustError(Failure.TOKEN, "the user info is another subject's")
    return {**{name: value for name, value in told.items() if name != "acr"}, **claims}


def proof_from(claims: dict[str, Any]) -> LuxTrustProof:
    """Who it is, how surely. Raises LuxTrustError when that is not sure enough, or not said."""
    level = environment().luxtrust_acr_map.get(str(claims.get("acr", "")), "")
    if not is_enough(level):
        raise LuxTrustError(Failure.ASSURANCE, level or "unknown level")
    missing = [name for name in NEEDED if not _text(claims, name)]
    if missing:
        raise LuxTrustError(Failure.CLAIMS, f"no {', '.join(missing)}")
    return LuxTrustProof(
        issuer=environment().luxtrust_issuer,
        subject=_text(claims, "subject"),
        family_name=_text(claims, "family_name"),
        given_names=_text(claims, "given_names"),
        birth_date=_birth_date(_text(claims, "birth_date")),
        device=_device(claims),
        assurance=level,
    )


def _claim(claims: dict[str, Any], name: str) -> Any:
    return claims.get(environment().luxtrust_claims[name])


def _text(claims: dict[str, Any], name: str) -> str:
    value = _claim(claims, name)
    if isinstance(value, str) and len(value) <= LONGEST and "\0" not in value:
        return " ".join(value.split())
    return ""


def _birth_date(text: str) -> date | None:
    """`1985-03-15`; a provider may also say the year alone, or `0000-03-15`, which say no date."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _device(claims: dict[str, Any]) -> str:
    """A name, or a list of them such as `amr`: the first that the operator mapped."""
    value = _claim(claims, "device")
    said = value if isinstance(value, list) else [value]
    known = environment().luxtrust_device_map
    return next((known[name] for name in said if isinstance(name, str) and name in known), Device.OTHER.value)
