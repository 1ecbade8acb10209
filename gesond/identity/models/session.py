"""Signed-in devices."""

from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
from django.db import models

from gesond.identity.models.account import Account


class SessionManager(BaseSessionManager["Session"]):
    pass


class Session(AbstractBaseSession):
    """A browser's session. Its key is stored hashed: a copy of the table opens no session."""

    session_key = models.CharField(max_length=64, primary_key=True)  # SHA-256 of the cookie's value
    account = models.ForeignKey(Account, on_delete=models.CASCADE, null=True, related_name="sessions")
    device = models.CharField(max_length=120, blank=True)  # « Firefox sur Android »
    created_at = models.DateTimeField()
    seen_at = models.DateTimeField(auto_now=True)

    objects = SessionManager()  # type: ignore[misc]

    def __str__(self) -> str:
        return f"session of account {self.account_id}"

    @classmethod
    def get_session_store_class(cls) -> type:
        from gesond.identity.sessions.store import SessionStore

        return SessionStore
