"""What a page knows of a difficulty, taken along to « Besoin d'aide » so that nobody need type it again.

It stays on the server, in the visitor's session, until the form of the helpdesk takes it.
"""

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest

KEY = "help_context"


def offer_help_context(request: HttpRequest, about: str, facts: Mapping[Any, Any]) -> None:
    """Keep what a request for help from this page would say: `about` (a slug) and `facts` (labels and values)."""
    told = {str(label): str(value) for label, value in facts.items()}
    request.session[KEY] = {"about": about, "facts": told}


def take_help_context(request: HttpRequest) -> dict[str, Any] | None:
    """`{"about": str, "facts": {label: value}}`, once; None when no page offered any."""
    taken: dict[str, Any] | None = request.session.pop(KEY, None)
    return taken
