"""The part of the home page that changes: « ACTUALITÉS » (S2-05). An app registers what makes it.

Made once a language and kept for half a minute: a new item is seen that soon by every process, at once by the one that
published it, and the home page asks the database nothing in between. When making it fails, what was shown stays.
"""

import time
from collections.abc import Callable

import structlog
from django.db import DatabaseError
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

KEEP_SECONDS = 30.0

logger = structlog.get_logger(__name__)

Render = Callable[[], str]
_render: list[Render] = []
# Language to when it is to be made again, and what it is.
_kept: dict[str, tuple[float, str]] = {}


def register_home_news(render: Render) -> None:
    """`render()` makes the news in the active language; "" when there are none. Call it in `AppConfig.ready`."""
    _render[:] = [render]


def home_news() -> SafeString:
    """The news as they stand on the page, in its language."""
    language, at = str(get_language()), time.monotonic()
    until, shown = _kept.get(language, (0.0, ""))
    if at >= until:
        if shown:
            _kept[language] = (at + KEEP_SECONDS, shown)  # the others go on with the old ones meanwhile
        shown = _made(shown)
        _kept[language] = (at + KEEP_SECONDS, shown)
    return mark_safe(shown)  # noqa: S308 - rendered by our own templates


def forget_home() -> None:
    """Something was published or withdrawn: the next visitor sees it."""
    _kept.clear()


def _made(before: str) -> str:
    try:
        made = _render[0]() if _render else ""
    except DatabaseError as error:
        logger.warning("home news not read", error=type(error).__name__)
        made = before
    return made or render_to_string("web/parts/home_no_news.jinja")
