"""The session store: rows that know their account and device.

The cookie's value is stored only as a SHA-256: who copies the table cannot sign in with it. One query loads the
session with its account and person, so that a signed-in page needs no other to know who asks.
"""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Any

from django.contrib.sessions.backends.base import SessionBase, UpdateError
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessionStore
from django.db import transaction

from gesond.identity.sessions.standing import DOOR_KEY
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
    # Whether the cookie names a signed-in session that is over: the person is told, and brought back after signing in.
    ended = False
    # By which door it had been entered, where that is still known.
    ended_door = ""
    model: Any
    _get_or_create_session_key: Any
    # The key was changed and nothing is written yet: the next save inserts the new row and deletes this one's.
    _replaces: str | None = None
    _unsaved_key = False
    # When who is signed in came in: another key makes them no younger.
    _born: datetime | None = None

    @classmethod
    def get_model_class(cls) -> Any:
        from gesond.identity.models import Session  # settings name this module before the models exist

        return Session

    def load(self) -> dict[str, Any]:
        from gesond.identity.sessions.row import load_session  # settings name this module before the models exist

        found = load_session(stored_key(self.session_key))
        if found is None or not _is_alive(found):
            self.ended = found is None or found.account_id is not None
            self.ended_door = (
                "" if found is None or not self.ended else self.decode(found.session_data).get(DOOR_KEY, "patient")
            )
            self._session_key = None
            return {}
        self.row = found
        decoded: dict[str, Any] = self.decode(found.session_data)
        return decoded

    def exists(self, session_key: str | None) -> bool:
        return bool(self._rows(session_key).exists())

    def create_model_instance(self, data: dict[str, Any]) -> Any:
        row = self.model(
            session_key=stored_key(self._get_or_create_session_key()),
            session_data=self.encode(data),
            expire_date=self.get_expiry_date(),
            account_id=data.get(ACCOUNT_KEY),
            device=data.get(DEVICE_KEY, ""),
        )
        # Saving writes every column: the first sight of this session is kept.
        row.created_at = self.row.created_at if self.row is not None else self._born or now()
        return row

    def save(self, must_create: bool = False) -> None:
        if not self._unsaved_key:
            super().save(must_create=must_create)
            return
        row = self.create_model_instance(self._get_session())  # type: ignore[attr-defined] # Django's own
        with transaction.atomic():
            row.save(force_insert=True)
            self._end_replaced()
        self._replaces, self._unsaved_key = None, False

    def _end_replaced(self) -> None:
        """The former key ends with the new one. Who was signed out meanwhile, from elsewhere, is not let in again."""
        if self._replaces is None:
            return
        ended, _models = self._rows(self._replaces).delete()
        if not ended and self._born is not None:
            raise UpdateError

    def delete(self, session_key: str | None = None) -> None:
        key = session_key or self.session_key
        if key:
            self._rows(key).delete()

    def cycle_key(self) -> None:
        """Written once, when the session is saved. Who is signed in keeps their age; signing in starts a new life."""
        data = self._session  # type: ignore[attr-defined] # Django's own, unknown to its stubs
        if self.row is not None:
            self._born = self.row.created_at if ACCOUNT_KEY in data else None
        self._replaces = self._replaces or (None if self._unsaved_key else self.session_key)
        self._session_key = self._get_new_session_key()
        self._session_cache = data
        self._unsaved_key = True
        self.row = None
        self.modified = True

    def flush(self) -> None:
        super().flush()
        if self._replaces:
            self.delete(self._replaces)
        self.row, self._unsaved_key, self._replaces, self._born = None, False, None, None

    def touch(self) -> None:
        """Being used keeps a session alive; written at most once a minute."""
        if self.row is None or now() - self.row.seen_at < TOUCH_EVERY:
            return
        self.model.objects.filter(pk=self.row.pk).update(seen_at=now(), expire_date=self.get_expiry_date())

    def _rows(self, session_key: str | None) -> Any:
        return self.model.objects.filter(session_key=stored_key(session_key))

    def _get_new_session_key(self) -> str:
        """256 bits: no need to ask the database whether it is taken, which its primary key refuses anyway."""
        return secrets.token_urlsafe(32)


def _is_alive(row: Any) -> bool:
    return bool(row.expire_date > now() and row.created_at > now() - LONGEST_LIFE)


def is_session_of(session: SessionBase, stored: str) -> bool:
    """Whether `stored` (a row's key) is the session at hand: « cet appareil »."""
    return stored_key(session.session_key) == stored
