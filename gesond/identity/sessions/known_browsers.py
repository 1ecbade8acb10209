"""Browsers that a person has signed in or opened the account with, known by a signed cookie (OWASP « device cookies »).

A known browser has tries of its own: strangers who try the same account from elsewhere cannot keep the person out. It
also says when a sign-in comes from a device not seen before. The cookie opens nothing by itself.
"""

import secrets
from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from gesond.identity.models import Account
from gesond.kernel.hashing import keyed_hash, matches

SALT = "gesond.identity.known_browser"
AGE = 365 * 24 * 3600
MOST_ACCOUNTS = 8  # of one browser: a family's


@dataclass(frozen=True)
class KnownBrowser:
    """`id` is random; `accounts` are keyed hashes, so that the cookie names nobody."""

    id: str
    accounts: tuple[str, ...] = ()

    @classmethod
    def of(cls, request: HttpRequest) -> "KnownBrowser":
        """What the cookie says; a browser that knows nobody when there is none, it is too old or was tampered with."""
        try:
            browser, accounts = signing.loads(request.COOKIES.get(cookie_name(), ""), salt=SALT, max_age=AGE)
        except (signing.BadSignature, ValueError, TypeError):
            return cls(secrets.token_urlsafe(12))
        return cls(browser, tuple(accounts))

    def knows(self, account: Account) -> bool:
        return any(matches(str(account.pk), _bytes(known), purpose=SALT) for known in self.accounts)

    def having_seen(self, account: Account) -> "KnownBrowser":
        """The same browser after `account` signed in; the account seen longest ago is forgotten past the limit."""
        others = [known for known in self.accounts if not matches(str(account.pk), _bytes(known), purpose=SALT)]
        newest = keyed_hash(str(account.pk), purpose=SALT).hex()
        return KnownBrowser(self.id, (newest, *others)[:MOST_ACCOUNTS])

    def set_cookie(self, response: HttpResponse) -> None:
        response.set_cookie(
            cookie_name(),
            signing.dumps([self.id, list(self.accounts)], salt=SALT),
            max_age=AGE,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )


def cookie_name() -> str:
    """With the prefix that binds it to this host, where there is TLS."""
    return "__Host-gesond_known" if settings.SESSION_COOKIE_SECURE else "gesond_known"


def _bytes(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        return b""
