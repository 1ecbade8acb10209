"""The session store: database rows that know their account and device; one query loads session, account and person."""

import hashlib
from typing import Any

from django.contrib.sessions.backends.db import SessionStore as DatabaseSessionStore


def stored_key(session_key: str) -> str:
    """What the table holds of a session key."""
    return hashlib.sha256(session_key.encode()).hexdigest()


class SessionStore(DatabaseSessionStore):
    """`SESSION_ENGINE`."""

    @classmethod
    def get_model_class(cls) -> Any:
        from gesond.identity.models import Session

        return Session
