"""How far somebody is with a forgotten password."""

from django.contrib.sessions.backends.base import SessionBase
from django.db.models import QuerySet

from gesond.identity.models import PasswordReset
from gesond.kernel.clock import now
from gesond.kernel.hashing import keyed_hashes

RESET_KEY = "password_reset"  # {"id", "matricule": proved, "code": proved} of this browser's session


def reset_by_token(token: str) -> PasswordReset | None:
    """The link's request, while it is good."""
    hashes = keyed_hashes(token, purpose="password_reset.token")
    return _open_resets().filter(token_hash__in=hashes).first()


def reset_of(session: SessionBase) -> PasswordReset | None:
    """The request whose link this browser opened, while it is good. One query."""
    known = session.get(RESET_KEY)
    return _open_resets().filter(pk=known["id"]).first() if known else None


def other_channel_of(reset: PasswordReset) -> tuple[str, str] | None:
    """The account's other confirmed channel and where it leads: what the link's holder must prove besides."""
    assert reset.account is not None  # noqa: S101 - the table's own constraint
    channels = reset.account.confirmed_channels().items()
    return next(((channel, where) for channel, where in channels if channel != reset.channel), None)


def _open_resets() -> QuerySet[PasswordReset]:
    sent = PasswordReset.objects.select_related("account__person")
    return sent.filter(state=PasswordReset.State.SENT, expires_at__gt=now(), account__state="active")
