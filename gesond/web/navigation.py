"""The four menus of the header and the account's own: apps register what they open.

An entry whose page is not there yet leads to an honest page that says what it will be and what to do meanwhile
(`gesond.web.services`), never to nowhere. An entry of a door this deployment keeps shut is not shown.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache, wraps
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import NoReverseMatch, URLPattern, get_urlconf, reverse
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

NOBODY = UUID(int=0)


class Menu(StrEnum):
    """S2-02, and « Mon Compte » of S1-19."""

    PATIENTS = "patients"
    PROFESSIONALS = "professionals"
    PUBLISHERS = "publishers"
    INFORMATION = "information"
    ACCOUNT = "account"


TITLES = {
    Menu.PATIENTS: _("PATIENTS"),
    Menu.PROFESSIONALS: _("HEALTH PROFESSIONALS"),
    Menu.PUBLISHERS: _("PUBLISHERS"),
    Menu.INFORMATION: _("E-HEALTH INFO"),
}


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line of a menu. `service` names the page of `gesond.web.services` shown until `url_name` exists.

    `door`: the deployment must open it. `for_doors`: the session must have entered by one of them; empty for everybody.
    """

    label: str | Promise
    url_name: str
    service: str
    door: str
    for_doors: tuple[str, ...]
    order: int

    def address(self) -> str:
        """Where the entry leads, in the current language."""
        return address(self.url_name, self.service)


_entries: dict[Menu, dict[str, Entry]] = {menu: {} for menu in Menu}
_door_of: list[Callable[[Any], str]] = []


def register_entry(
    menu: Menu,
    label: str | Promise,
    url_name: str,
    *,
    service: str = "",
    door: str = "",
    for_doors: tuple[str, ...] = (),
    order: int = 100,
) -> None:
    """Add a line to a menu, or replace the one of the same `url_name`; call it in `AppConfig.ready`."""
    _entries[menu][url_name] = Entry(
        label=label, url_name=url_name, service=service, door=door, for_doors=for_doors, order=order
    )


def entries(menu: Menu, entered: str = "") -> list[Entry]:
    """The lines of a menu that this deployment opens, for who `entered` by that door, in order."""
    return sorted((entry for entry in _entries[menu].values() if _shows(entry, entered)), key=lambda one: one.order)


def _shows(entry: Entry, entered: str) -> bool:
    open_here = not entry.door or entry.door in settings.ENVIRONMENT.doors
    return open_here and (not entry.for_doors or entered in entry.for_doors)


def register_door_of(read: Callable[[Any], str]) -> None:
    """Have `read(user)` tell by which door the session of a signed-in user was opened; call it in `AppConfig.ready`."""
    _door_of[:] = [read]


def door_of(user: Any) -> str:
    """By which door this user entered; empty when nobody knows."""
    return _door_of[0](user) if _door_of else ""


def behind(patterns: list[URLPattern], *doors: str) -> list[URLPattern]:
    """The same addresses, which do not exist where the deployment opens none of `doors` (`GESOND_DOORS`)."""
    for pattern in patterns:
        pattern.callback = _shut_unless_open(pattern.callback, doors)
    return patterns


def _shut_unless_open(view: Callable[..., HttpResponse], doors: tuple[str, ...]) -> Callable[..., HttpResponse]:
    @wraps(view)
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not set(doors) & set(settings.ENVIRONMENT.doors):
            raise Http404
        return view(request, *args, **kwargs)

    return page


def address(url_name: str, service: str = "") -> str:
    """The address of a named page, or of the page that says when it opens."""
    try:
        return url(url_name)
    except NoReverseMatch:
        if not service:
            raise
        return url("web:coming", service)


def url(name: str, *args: Any, **kwargs: Any) -> str:
    """The address of a named view, in the current language; those asked for lately are remembered.

    A page of the desk names a hundred: worked out each time they cost as much as its statements.
    """
    urlconf = get_urlconf() or settings.ROOT_URLCONF
    return _url(get_language(), urlconf, name, args, tuple(kwargs.items()))


@lru_cache(maxsize=8192)
def _url(
    language: str | None, urlconf: str, name: str, args: tuple[Any, ...], kwargs: tuple[tuple[str, Any], ...]
) -> str:
    """`language`: the current one, which `reverse` reads by itself."""
    return reverse(name, urlconf=urlconf, args=args, kwargs=dict(kwargs))


def addresses(name: str) -> Callable[[UUID | str], str]:
    """The addresses of a view that takes one UUID, in the current language: worked out once for a page of many."""
    before, after = url(name, NOBODY).split(str(NOBODY))
    return lambda one: f"{before}{one}{after}"


def help_page_address() -> str:
    """« Besoin d'aide »: the helpdesk's form, or the page with its telephone number where there is no form."""
    try:
        return reverse("helpdesk:help")
    except NoReverseMatch:
        return reverse("web:help")
