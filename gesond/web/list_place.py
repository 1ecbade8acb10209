"""Where in a list somebody was: after an action, and by « retour », they come back to the same filters and page."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest

from gesond.web.navigation import url

KEY = "lists"
LONGEST = 40


def remember_place(request: HttpRequest, name: str, *parameters: str) -> None:
    """Of the list whose page is named `name`: those `parameters` of its address which are there. No query of its own.

    Only for parameters that hold nothing personal: the session keeps them.
    """
    given = {one: request.GET.get(one, "") for one in parameters}
    place = urlencode({one: value for one, value in given.items() if value and len(value) <= LONGEST})
    lists: dict[str, Any] = request.session.get(KEY, {})
    if lists.get(name, "") != place:
        request.session[KEY] = {**lists, name: place}


def place_in(request: HttpRequest, name: str) -> str:
    """The address of that list, as it was last seen in this session."""
    place = request.session.get(KEY, {}).get(name, "")
    return url(name) + (f"?{place}" if place else "")
