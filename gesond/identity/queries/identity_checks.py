"""How far an identity check is: for the applicant who holds its link."""

from django.contrib.sessions.backends.base import SessionBase

from gesond.identity.check_mail import TOKEN_PURPOSE
from gesond.identity.models import IdentityCheck, IdentityCheckLink
from gesond.kernel.clock import now
from gesond.kernel.hashing import keyed_hashes

CHECK_KEY = "identity_check"  # the check whose link this browser opened


def check_by_token(token: str) -> IdentityCheck | None:
    """The check whose link it is, while the link is good."""
    hashes = keyed_hashes(token, purpose=TOKEN_PURPOSE)
    links = IdentityCheckLink.objects.select_related("check_shown")
    found = links.filter(token_hash__in=hashes, expires_at__gt=now()).first()
    return found.check_shown if found else None


def hold_check(session: SessionBase, check: IdentityCheck) -> None:
    """Let this browser see the check at `identity:identity_check`: it proved itself or opened the link."""
    session[CHECK_KEY] = str(check.pk)


def check_of(session: SessionBase) -> IdentityCheck | None:
    """The check this browser holds. One query."""
    held = session.get(CHECK_KEY)
    return IdentityCheck.objects.filter(pk=held).first() if held else None
