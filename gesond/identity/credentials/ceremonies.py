"""Passkey ceremonies under way: what the browser was asked, kept in its session and good once, for five minutes."""

from datetime import timedelta

from django.contrib.sessions.backends.base import SessionBase
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

from gesond.identity.actions.passkeys import Ceremony
from gesond.identity.credentials.throttle import Limit, count_try
from gesond.kernel.clock import now

KEY = "passkey_ceremony"
LIFE = timedelta(minutes=5)
# Two requests at once read the same session: the database lets one of them have the challenge.
ONCE = Limit(scope="passkey_challenge", count=1, window=LIFE * 2)


def keep(session: SessionBase, ceremony: Ceremony, *, purpose: str) -> None:
    """Remember what was asked, in place of any ceremony before it. `purpose` keeps adding and proving apart."""
    session[KEY] = {
        "purpose": purpose,
        "challenge": bytes_to_base64url(ceremony.challenge),
        "user_handle": bytes_to_base64url(ceremony.user_handle),
        "until": (now() + LIFE).timestamp(),
    }


def take(session: SessionBase, *, purpose: str) -> Ceremony | None:
    """What was asked, once; None when nothing was, it was long ago, for another purpose, or is answered already."""
    kept = session.pop(KEY, None)
    if kept is None or kept["purpose"] != purpose or kept["until"] < now().timestamp():
        return None
    if not count_try(ONCE, kept["challenge"]).allowed:
        return None
    return Ceremony("", base64url_to_bytes(kept["challenge"]), base64url_to_bytes(kept["user_handle"]))
