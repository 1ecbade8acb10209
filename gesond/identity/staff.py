"""The desk's pages: who may open one, and the list that stands beside each. Every app registers its own.

A page extends `identity/desk/layout.jinja` and its view is decorated with `@desk_page(Role.…)`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise, SimpleLazyObject
from django.views.decorators.cache import never_cache

from gesond.identity.models import Role
from gesond.identity.rules import has_role, roles_of
from gesond.web.navigation import url

View = Callable[..., HttpResponse]


@dataclass(frozen=True, kw_only=True)
class DeskEntry:
    """A line of the desk's menu, for those who have one of `roles`."""

    label: str | Promise
    url_name: str
    roles: tuple[Role, ...]
    order: int
    alone: bool = False  # a line of its page alone, not of those below it

    @property
    def address(self) -> str:
        return url(self.url_name)


_entries: dict[str, DeskEntry] = {}


def register_desk_entry(
    label: str | Promise, url_name: str, *roles: Role, order: int = 100, alone: bool = False
) -> None:
    """Add a line to the desk's menu, from `AppConfig.ready`."""
    _entries[url_name] = DeskEntry(label=label, url_name=url_name, roles=roles, order=order, alone=alone)


def desk_entries(account: object) -> list[DeskEntry]:
    """The lines this member of staff sees, in order."""
    own = roles_of(account)
    return sorted((one for one in _entries.values() if not own.isdisjoint(one.roles)), key=lambda one: one.order)


def desk_menu(request: HttpRequest) -> dict[str, Any]:
    """A context processor: the menu of `identity/desk/layout.jinja`, and the line of it this page belongs to."""
    entries: Any = SimpleLazyObject(lambda: desk_entries(request.user))
    return {"desk_menu": entries, "desk_here": SimpleLazyObject(lambda: _line_of(request.path, entries))}


def _line_of(path: str, entries: Iterable[DeskEntry]) -> str:
    """The address of the line this page belongs to: the longest that begins its own."""
    own = (one.address for one in entries if one.address == path or (path.startswith(one.address) and not one.alone))
    return max(own, key=len, default="")


def desk_page(*roles: Role) -> Callable[[View], View]:
    """For staff with one of `roles` who entered by the desk's door; for anybody else there is no such page."""

    def decorate(view: View) -> View:
        @wraps(view)
        @never_cache
        def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not has_role(*roles)(request.user):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return page

    return decorate
