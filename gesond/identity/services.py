"""The tiles of « Mes services eSanté » (S2-31, S1-17, S2-06): each app registers what it opens.

A service that is not open yet says so, and what to do meanwhile.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from gesond.identity.models import Door
from gesond.web.navigation import address


class State(StrEnum):
    OPEN = "open"
    SOON = "soon"


@dataclass(frozen=True, kw_only=True)
class Service:
    """One tile. An open one leads to `url_name`; one that comes later tells what to do `meanwhile`.

    `door`: shown only where the deployment opens this door; empty for every one.
    `for_doors`: shown to who entered by one of these; `held`: only where the account holds this door too.
    `icon`: a name of `web/components/icons.jinja`.
    """

    slug: str
    title: str | Promise
    description: str | Promise
    state: State
    url_name: str = ""
    meanwhile: str | Promise = ""
    door: str = ""
    for_doors: tuple[Door, ...] = (Door.PATIENT,)
    held: Door | None = None
    order: int = 100
    icon: str = "record"

    def __post_init__(self) -> None:
        if self.state is State.OPEN and not self.url_name:
            raise ValueError(f"{self.slug}: an open service leads somewhere")
        if self.state is State.SOON and not self.meanwhile:
            raise ValueError(f"{self.slug}: a service to come says what to do meanwhile")

    @property
    def address(self) -> str:
        return address(self.url_name, self.slug) if self.state is State.OPEN else ""


_services: dict[str, Service] = {}


def register_service(service: Service) -> None:
    """Add a tile, or replace the one of the same slug: an app that opens a service calls it in `AppConfig.ready`."""
    _services[service.slug] = service
    _ready_tiles.cache_clear()


def service_tiles(entered: str = Door.PATIENT, held: Iterable[str] = ()) -> SafeString:
    """All tiles of who `entered` by that door and holds these, in the current language, made once for all of them."""
    doors = tuple(sorted({entered, *held}))
    return mark_safe(_ready_tiles(str(get_language()), settings.ENVIRONMENT.doors, entered, doors))  # noqa: S308 - our own template's


def open_services(entered: str = Door.PATIENT, held: Iterable[str] = ()) -> list[Service]:
    """What can be used now, in order."""
    return _shown(State.OPEN, entered, held)


def coming_services(entered: str = Door.PATIENT, held: Iterable[str] = ()) -> list[Service]:
    """What is announced, in order."""
    return _shown(State.SOON, entered, held)


def _shown(state: State, entered: str, held: Iterable[str]) -> list[Service]:
    doors = settings.ENVIRONMENT.doors
    own = {entered, *held}
    chosen = (
        one
        for one in _services.values()
        if one.state is state
        and entered in one.for_doors
        and (one.held is None or one.held in own)
        and (not one.door or one.door in doors)
    )
    return sorted(chosen, key=lambda service: service.order)


@cache
def _ready_tiles(language: str, doors: tuple[str, ...], entered: str, held: tuple[str, ...]) -> str:
    """Kept for each language, sets of doors and door, which are not read from here."""
    context = {"open": open_services(entered, held), "coming": coming_services(entered, held)}
    return render_to_string("identity/_service_tiles.jinja", context)
