"""Which terms are in force, and who still has to agree."""

import re
import time
from datetime import datetime
from functools import lru_cache

from django.db import connection

from gesond.identity.models import TermsVersion
from gesond.kernel.clock import now

# Written out, as in `session_row`: the activation's first page asks nothing else.
IN_FORCE = """SELECT id, number, published_at FROM identity_termsversion
               WHERE published_at <= %s ORDER BY published_at DESC LIMIT 1"""
ALL = "SELECT id, number, published_at FROM identity_termsversion ORDER BY published_at DESC"
KEEP_SECONDS = 5.0
NUMBER = re.compile(r"[0-9]+(\.[0-9]+)*")


def current_terms() -> TermsVersion:
    """The version in force. Raises TermsVersion.DoesNotExist on a platform that has none."""
    with connection.cursor() as cursor:
        cursor.execute(IN_FORCE, [now()])
        found = cursor.fetchone()
    if found is None:
        raise TermsVersion.DoesNotExist("no terms are in force")
    return _version(*found)


# Until when they are kept, and what all versions are, the newest first.
_kept: list[tuple[float, list[tuple[int, str, datetime]]]] = []


def shown_terms() -> TermsVersion:
    """The version in force, for the page that shows it to every visitor: mostly no query.

    One announced for later takes over on time; one published this moment in another process is shown some seconds
    later. Who agrees is held against `current_terms`. Raises TermsVersion.DoesNotExist as that does.
    """
    moment = now()
    found = next((version for version in _versions() if version[2] <= moment), None)
    return _version(*found) if found else current_terms()


def _versions() -> list[tuple[int, str, datetime]]:
    until, versions = next(iter(_kept), (0.0, []))  # another thread may empty it meanwhile
    if time.monotonic() >= until:
        with connection.cursor() as cursor:
            cursor.execute(ALL)
            versions = cursor.fetchall()
        _kept[:] = [(time.monotonic() + KEEP_SECONDS, versions)]
    return versions


def forget_shown_terms() -> None:
    """A version was published: the next visitor sees it."""
    _kept.clear()


@lru_cache(maxsize=4)
def _version(pk: int, number: str, published_at: datetime) -> TermsVersion:
    """Its texts, read once: what is published never changes, and three languages of it are long."""
    return TermsVersion.objects.get(pk=pk, number=number, published_at=published_at)


def published_terms(number: str) -> TermsVersion:
    """A version by its number, once it is in force. Raises TermsVersion.DoesNotExist."""
    if not NUMBER.fullmatch(number):  # it comes from an address, where anything may be written
        raise TermsVersion.DoesNotExist(f"no terms are numbered {number!r}")
    return TermsVersion.objects.get(number=number, published_at__lte=now())


def in_language(texts: dict[str, str], language: str | None) -> str:
    """The text in `language`, French where it is missing."""
    return texts.get(language or "fr") or texts.get("fr", "")
