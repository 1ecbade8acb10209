"""What a browser calls itself, in words a person recognises: « Firefox sur Android »."""

from functools import lru_cache

from django.http import HttpRequest
from django.utils.translation import gettext as _
from user_agents import parse

LONGEST = 400
UNNAMED = "Other"


def device_label(request: HttpRequest) -> str:
    """Browser and system of this request, in the current language."""
    browser, system = _families(request.headers.get("User-Agent", "")[:LONGEST])
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("Unknown device")


@lru_cache(maxsize=2048)
def _families(user_agent: str) -> tuple[str, str]:
    found = parse(user_agent)
    browser, system = found.browser.family, found.os.family
    return _name(browser.removesuffix(" Mobile")), _name(system)


def _name(family: str) -> str:
    return "" if family == UNNAMED else family[:50]
