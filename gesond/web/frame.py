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

from gesond.web.navigation import TITLES, Menu, address, entries

# What stands in a ready-made header for the page's own address and for the person's own token.
HERE = "__here__"
TOKEN_PLACE = "__token__"  # noqa: S105 - where a token will stand


def header(request: HttpRequest | None, *, plain: bool = False) -> SafeString:
    """The header for this visitor. `plain` asks nobody who it is: for pages shown when the database is down."""
    signed_in = bool(request and not plain and _is_signed_in(request))
    ready = _part("web/parts/header.jinja", str(get_language()), signed_in)
    if request and signed_in:
        ready = ready.replace(TOKEN_PLACE, get_token(request))
    # A quoted path holds nothing that could leave its attribute.
    return mark_safe(ready.replace(HERE, quote(request.get_full_path() if request else "/", safe="/")))  # noqa: S308


def footer() -> SafeString:
    """The footer: « Besoin d'aide », imprint (S1-29, S1-30)."""
    return mark_safe(_part("web/parts/footer.jinja", str(get_language()), False))  # noqa: S308 - rendered by our own template


def head_links() -> SafeString:
    """Style, script, icon and the one font every page needs."""
    return mark_safe(_part("web/parts/head.jinja", "", False))  # noqa: S308 - rendered by our own template


def ready_made(template: str) -> SafeString:
    """A template made once for each language: for the part of a page that is the same for everybody."""
    return mark_safe(_part(template, str(get_language()), False))  # noqa: S308 - rendered by our own template


def forget() -> None:
    """Throw the ready-made parts away: a test that changes menus or settings calls it."""
    _ready_made.cache_clear()


def _part(template: str, language: str, signed_in: bool) -> str:
    if settings.DEBUG:
        return _ready_made.__wrapped__(template, language, signed_in)
    return _ready_made(template, language, signed_in)


@cache
def _ready_made(template: str, language: str, signed_in: bool) -> str:
    menus = [{"id": menu.value, "title": title, "entries": entries(menu)} for menu, title in TITLES.items()]
    return render_to_string(
        template,
        {
            "menus": [menu for menu in menus if menu["entries"]],
            "signed_in": signed_in,
            "here": HERE,
            "token": TOKEN_PLACE,
            "account_entries": entries(Menu.ACCOUNT),
            "sign_in": address("identity:sign_in", "sign-in"),
            "sign_out": address("identity:sign_out", "sign-in"),
        },
    )


def _is_signed_in(request: HttpRequest) -> bool:
    user = getattr(request, "user", None)
    return bool(user and user.is_authenticated)
