"""The session store: rows that know their account and device.

The cookie's value is stored only as a SHA-256: who copies the table cannot sign in with it. One query loads the
session with its account and person, so that a signed-in page needs no other to know who asks.
"""

import hashlib
from datetime import timedelta
from typing import Any

from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessionStore

from gesond.kernel.clock import now

DEVICE_KEY = "device"
ACCOUNT_KEY = "_auth_user_id"  # Django's own
TOUCH_EVERY = timedelta(minutes=1)
LONGEST_LIFE = timedelta(hours=12)


def stored_key(session_key: str | None) -> str:
    """What the table holds of a cookie's value."""
    return hashlib.sha256((session_key or "").encode()).hexdigest()


class SessionStore(DatabaseSessionStore):
    """`SESSION_ENGINE`. `row` is the loaded session, with `account` and `account.person` at hand."""

    row: Any = None
    model: Any
    _get_or_create_session_key: Any

    @classmethod
    def get_model_class(cls) -> Any:
        from gesond.identity.models import Session  # settings name this module before the models exist

        return Session

    def load(self) -> dict[str, Any]:
        found = (
            self.model.objects.select_related("account__person")
            .filter(
                session_key=stored_key(self.session_key),
                expire_date__gt=now(),
                created_at__gt=now() - LONGEST_LIFE,
            )
            .first()
        )
        self.row = found
        if found is None:
            self._session_key = None
            return {}
        decoded: dict[str, Any] = self.decode(found.session_data)
        return decoded

    def exists(self, session_key: str | None) -> bool:
        return bool(self.model.objects.filter(session_key=stored_key(session_key)).exists())

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        row = self.model(
            session_key=stored_key(self._get_or_create_session_key()),
            session_data=self.encode(data),
            expire_date=self.get_expiry_date(),
            account_id=data.get(ACCOUNT_KEY),
            device=data.get(DEVICE_KEY, ""),
        )
        # Saving writes every column: the first sight of this session is kept.
        row.created_at = self.row.created_at if self.row is not None else now()
        return row

    def delete(self, session_key: str | None = None) -> None:
        self.model.objects.filter(session_key=stored_key(session_key or self.session_key)).delete()

    def cycle_key(self) -> None:
        """A new key starts a new life: the old row's age is not inherited."""
        self.row = None
        super().cycle_key()

    def touch(self) -> None:
        """Being used keeps a session alive; written at most once a minute."""
        if self.row is None or now() - self.row.seen_at < TOUCH_EVERY:
            return
        self.model.objects.filter(pk=self.row.pk).update(seen_at=now(), expire_date=self.get_expiry_date())


def is_session_of(session: SessionBase, stored: str) -> bool:
    """Whether `stored` (a row's key) is the session at hand: « cet appareil »."""
    return stored_key(session.session_key) == stored
