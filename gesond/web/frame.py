"""The frame of every page: header and footer, kept ready made in the process for each language and kind of visitor.

They are the same on every page but for the language links and the signed-in person's menu, which carry the page's own
address and token; those are filled in page by page.
"""

from functools import cache
from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from gesond.web.navigation import TITLES, Menu, address, door_of, entries

# What stands in a ready-made header for the page's own address and for the person's own token.
HERE = "__here__"
TOKEN_PLACE = "__token__"  # noqa: S105 - where a token will stand


def header(request: HttpRequest | None, *, plain: bool = False) -> SafeString:
    """The header for this visitor. `plain` asks nobody who it is: for pages shown when the database is down."""
    entered = None if request is None or plain else _entered(request)
    ready = _part("web/parts/header.jinja", str(get_language()), entered)
    if request and entered is not None:
        ready = ready.replace(TOKEN_PLACE, get_token(request))
    # A quoted path holds nothing that could leave its attribute.
    return mark_safe(ready.replace(HERE, quote(request.get_full_path() if request else "/", safe="/")))  # noqa: S308


def footer() -> SafeString:
    """The footer: « Besoin d'aide », imprint (S1-29, S1-30)."""
    return mark_safe(_part("web/parts/footer.jinja", str(get_language())))  # noqa: S308 - rendered by our own template


def head_links() -> SafeString:
    """Style, script, icon and the one font every page needs."""
    return mark_safe(_part("web/parts/head.jinja", ""))  # noqa: S308 - rendered by our own template


def ready_made(template: str) -> SafeString:
    """A template made once for each language: for the part of a page that is the same for everybody."""
    return mark_safe(_part(template, str(get_language())))  # noqa: S308 - rendered by our own template


def forget() -> None:
    """Throw the ready-made parts away: a test that changes menus or settings calls it."""
    _ready_made.cache_clear()


def _part(template: str, language: str, entered: str | None = None) -> str:
    """`entered`: by which door who is signed in came; None for a visitor."""
    if settings.DEBUG:
        return _ready_made.__wrapped__(template, language, entered)
    return _ready_made(template, language, entered)


@cache
def _ready_made(template: str, language: str, entered: str | None) -> str:
    menus = [{"id": menu.value, "title": title, "entries": entries(menu)} for menu, title in TITLES.items()]
    return render_to_string(
        template,
        {
            "menus": [menu for menu in menus if menu["entries"]],
            "signed_in": entered is not None,
            "here": HERE,
            "token": TOKEN_PLACE,
            "account_entries": entries(Menu.ACCOUNT, entered or ""),
            "sign_in": address("identity:sign_in", "sign-in"),
            "sign_out": address("identity:sign_out", "sign-in"),
        },
    )


def _entered(request: HttpRequest) -> str | None:
    user = getattr(request, "user", None)
    return door_of(user) if user and user.is_authenticated else None
