"""Identity checks in `/metrics`: how many wait, and how many are overdue."""

from django.db.models import Count, Q

from gesond.identity.models import IdentityCheck
from gesond.kernel.clock import now
from gesond.web.metrics import GAUGES, Reading


def register() -> None:
    """`gesond_identity_checks{state}` and `gesond_identity_checks_overdue`."""
    GAUGES.add("gesond_identity_checks", "Identity checks that wait for a decision", ("state",), _waiting)
    GAUGES.add("gesond_identity_checks_overdue", "Identity checks past their deadline", (), _overdue)


def _waiting() -> Reading:
    undecided = IdentityCheck.objects.filter(state__in=IdentityCheck.UNDECIDED)
    counted = dict(undecided.values_list("state").annotate(Count("pk")))
    return {(state,): counted.get(state, 0) for state in IdentityCheck.UNDECIDED}


def _overdue() -> Reading:
    late = Q(state__in=IdentityCheck.UNDECIDED, due_at__lt=now())
    return {(): IdentityCheck.objects.filter(late).count()}
