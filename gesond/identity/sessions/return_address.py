"""Where a person wanted to go when signing in was asked of them: kept in the session through every step.

Only a page of this site is ever remembered: anything else in `next` is dropped without a word.
"""

import re
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest
from django.urls import Resolver404, resolve, reverse
from django.utils.translation import override

KEY = "return_to"
LONGEST = 1000
# Printable ASCII without backslash, quotes or brackets: browsers read `/\` as `//` and skip control characters.
PLAIN_PATH = re.compile(r"/(?P<language>[a-z]{2})/[A-Za-z0-9\-._~%!$&'()*+,;=:@/?]*")
STEPS = ("sign_in", "sign_out", "password_reset")


def safe_return_address(text: str) -> str | None:
    """`text` when it is the path of an existing page of this site, else None."""
    found = PLAIN_PATH.fullmatch(text[: LONGEST + 1])
    if not found or len(text) > LONGEST or found["language"] not in dict(settings.LANGUAGES):
        return None
    return text if _is_page(urlsplit(text).path, found["language"]) else None


def remember_return_address(request: HttpRequest) -> None:
    """Keep `?next=` for after the last step, when it is a page of ours."""
    wanted = safe_return_address(request.GET.get("next", ""))
    if wanted:
        request.session[KEY] = wanted


def take_return_address(session: SessionBase) -> str:
    """Where to go now: what was remembered, once, or « Mes services eSanté » (S2-31)."""
    return str(session.pop(KEY, None) or reverse("identity:services"))


def _is_page(path: str, language: str) -> bool:
    if "//" in path or ".." in path:
        return False
    try:
        with override(language):
            match = resolve(path)
    except Resolver404:
        return False
    return not (match.url_name or "").startswith(STEPS)
