"""Deleting what has had its time. None of it is evidence: what happened is in the journal."""

from datetime import timedelta
from typing import Any

from django.db.models import Q, QuerySet

from gesond.identity.actions.luxtrust_walks import forget_walks
from gesond.identity.models import IdentityCheckLink, OneTimeCode, PasswordReset, PendingSignIn, Session, Throttle
from gesond.identity.sessions.store import LONGEST_LIFE
from gesond.kernel.clock import now
from gesond.kernel.journal import Actor

# So long after its end a session's row still tells a returning person that they were signed out.
SESSION_REMEMBERED = timedelta(days=1)
REMEMBERED = timedelta(days=1)


def forget_ended(*, actor: Actor) -> int:
    """Delete sessions, counters, sign-ins, links and walks that ended; return how many rows. `actor` is the system."""
    moment = now()
    over = moment - SESSION_REMEMBERED
    ended: tuple[QuerySet[Any], ...] = (
        Session.objects.filter(Q(expire_date__lt=over) | Q(created_at__lt=over - LONGEST_LIFE)),
        Throttle.objects.filter(window_ends_at__lt=moment),
        PendingSignIn.objects.filter(expires_at__lt=moment),
        OneTimeCode.objects.filter(expires_at__lt=moment - REMEMBERED),
        PasswordReset.objects.filter(expires_at__lt=moment - REMEMBERED),
        IdentityCheckLink.objects.filter(expires_at__lt=moment),
    )
    return forget_walks() + sum(rows.delete()[0] for rows in ended)
