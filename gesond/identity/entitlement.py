"""Who may have an account at a door: everybody at the patients'; elsewhere the app that knows tells, deny by default.

    register_entitlement(Door.PROFESSIONAL, is_in_force)   # from AppConfig.ready
"""

from collections.abc import Callable

from gesond.identity.models.account import Door
from gesond.identity.models.person import Person

Entitlement = Callable[[Person], bool]

_entitlements: dict[str, Entitlement] = {Door.PATIENT.value: lambda person: True}


def register_entitlement(door: Door, check: Entitlement) -> None:
    """Let `check` say, of a person whose row is locked, whether that door is theirs today."""
    _entitlements[door.value] = check


def is_entitled(person: Person, door: str) -> bool:
    """Whether that door is this person's today."""
    check = _entitlements.get(door)
    return check is not None and check(person)
