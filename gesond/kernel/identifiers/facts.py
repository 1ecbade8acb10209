"""`facts.toml`, read once."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any


@cache
def facts(identifier: str) -> dict[str, Any]:
    """The section of one identifier."""
    with Path(__file__).with_name("facts.toml").open("rb") as file:
        section: dict[str, Any] = tomllib.load(file)[identifier]
    return section
