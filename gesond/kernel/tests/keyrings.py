"""Key rings for tests."""

import base64
import dataclasses
from typing import Any


def pair(name: str) -> str:
    """A key derived from its name, as an environment would hold it."""
    return f"{name}:{base64.b64encode(name.encode().ljust(32, b'.')).decode()}"


def use(settings: Any, *, encryption: tuple[str, ...] = (), hashing: tuple[str, ...] = ()) -> None:
    """Make these the rings, newest first; an empty one stays as it is."""
    changes: dict[str, Any] = {}
    if encryption:
        changes["encryption_keys"] = tuple(map(pair, encryption))
    if hashing:
        changes["hash_keys"] = tuple(map(pair, hashing))
    settings.ENVIRONMENT = dataclasses.replace(settings.ENVIRONMENT, **changes)
