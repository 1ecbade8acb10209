"""The helpdesk in `/metrics`: identity checks that wait, and what points to misuse of the counter."""

from datetime import timedelta

from django.db.models import Count, Q, QuerySet

from gesond.identity.models import AssistedActivation, IdentityCheck, PostedNotice
from gesond.kernel.clock import now
from gesond.web.metrics import GAUGES, Reading


def register() -> None:
    """`gesond_identity_checks{state}`, `gesond_identity_checks_overdue`, and three of guided activations."""
    GAUGES.add("gesond_identity_checks", "Identity checks that wait for a decision", ("state",), _waiting)
    GAUGES.add("gesond_identity_checks_overdue", "Identity checks past their deadline", (), _overdue)
    GAUGES.add("gesond_assisted_activations", "Guided activations begun in the last 24 hours", ("state",), _guided)
    GAUGES.add("gesond_assisted_activations_most", "The most that one member of staff has begun in it", (), _most)
    GAUGES.add("gesond_posted_notices_unprinted", "Letters that tell of an account and are not printed", (), _unprinted)


def _waiting() -> Reading:
    undecided = IdentityCheck.objects.filter(state__in=IdentityCheck.UNDECIDED)
    counted = dict(undecided.values_list("state").annotate(Count("pk")))
    return {(state,): counted.get(state, 0) for state in IdentityCheck.UNDECIDED}


def _overdue() -> Reading:
    late = Q(state__in=IdentityCheck.UNDECIDED, due_at__lt=now())
    return {(): IdentityCheck.objects.filter(late).count()}


def _guided() -> Reading:
    counted = dict(_of_a_day().values_list("state").annotate(Count("pk")))
    return {(state,): counted.get(state, 0) for state in AssistedActivation.State.values}


def _most() -> Reading:
    counts = _of_a_day().values("clerk").annotate(begun=Count("pk")).order_by("-begun").values_list("begun", flat=True)
    return {(): counts.first() or 0}


def _of_a_day() -> QuerySet[AssistedActivation]:
    return AssistedActivation.objects.filter(started_at__gt=now() - timedelta(days=1))


def _unprinted() -> Reading:
    return {(): PostedNotice.objects.filter(printed_at=None).count()}
