"""The queue of identity checks, and one check as the desk sees it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils.functional import Promise

from gesond.identity.actions.identity_checks import is_left_lying
from gesond.identity.event_names import event_name
from gesond.identity.identity_checks.kinds import label_of
from gesond.identity.identity_checks.reasons import reason_label
from gesond.identity.models import Account, IdentityCheck, IdentityDecision, IdentityEvidence, Role
from gesond.identity.queries.identity_checks import Compared, compared, evidence_of, is_unknown_to_registry
from gesond.identity.queries.staff import staff_names
from gesond.identity.rules import roles_of
from gesond.kernel.clock import now
from gesond.kernel.models import JournalEntry

State = IdentityCheck.State
# What a line of the queue needs: nothing that would have to be decrypted.
OF_A_LINE = (
    "number",
    "kind",
    "person_id",
    "state",
    "spelling_only",
    "opened_at",
    "due_at",
    "decided_at",
    "evidence_asked_at",
    "taken_at",
    "taken_by__person__family_name",
    "taken_by__person__given_names",
)
LONGEST_HISTORY = 100
# Told by who takes and decides; each look would bury the rest.
UNTOLD = ("identity_check.seen",)


class Which(StrEnum):
    """Which checks the queue shows."""

    WAITING = "waiting"
    OVERDUE = "overdue"
    FREE = "free"
    MINE = "mine"
    SECOND_OPINION = "second_opinion"
    APPEALED = "appealed"
    OVER = "over"


class Standing(StrEnum):
    """What a member of staff can do with a check."""

    FREE = "free"  # may take it
    MINE = "mine"
    OTHERS = "others"  # another works on it
    DECIDED = "decided"  # has said what there was to say
    SECURITY = "security"  # two disagree: for the security officer
    NOT_SECURITY = "not_security"  # for those who check identities
    OVER = "over"


@dataclass(frozen=True)
class Opinion:
    """What one member of staff decided. `shown`: whether it is told already."""

    decision: IdentityDecision
    reason: str | Promise
    shown: bool


@dataclass(frozen=True)
class Event:
    """A line of the history."""

    at: Any
    what: str | Promise
    who: str


@dataclass(frozen=True)
class CheckAtDesk:
    """Everything the page of one check shows."""

    check: IdentityCheck
    about: str | Promise
    compared: list[Compared]
    unknown: bool
    evidence: list[IdentityEvidence]
    opinions: list[Opinion]
    history: list[Event]
    standing: Standing
    overdue: bool


def queue(which: Which, *, kind: str = "", by: Account) -> QuerySet[IdentityCheck]:
    """Lines of the queue, the most urgent first; of what is over, the latest first. Never one's own check."""
    rows = IdentityCheck.objects.select_related("taken_by__person").only(*OF_A_LINE)
    rows = rows.annotate(has_evidence=Exists(_kept_evidence(OuterRef("pk"))))
    rows = rows.exclude(person_id=by.person_id) if by.person_id else rows
    rows = rows.filter(kind=kind) if kind else rows
    if which is Which.OVER:
        return rows.filter(state__in=IdentityCheck.OVER).order_by("-opened_at", "pk")
    return rows.filter(_waiting(which, by), state__in=IdentityCheck.UNDECIDED).order_by("due_at", "pk")


def queue_figures(by: Account) -> dict[str, int]:
    """How many wait, are overdue, are free, are with `by`; never their own. One query over the waiting ones."""
    waiting = IdentityCheck.objects.filter(state__in=IdentityCheck.UNDECIDED)
    counts: dict[str, int] = (waiting.exclude(person_id=by.person_id) if by.person_id else waiting).aggregate(
        waiting=Count("pk"),
        overdue=Count("pk", filter=_waiting(Which.OVERDUE, by)),
        free=Count("pk", filter=_waiting(Which.FREE, by)),
        mine=Count("pk", filter=_waiting(Which.MINE, by)),
    )
    return counts


def check_for_desk(check_id: Any) -> IdentityCheck | None:
    """With its person and whoever has it. One query."""
    checks = IdentityCheck.objects.select_related("person", "taken_by__person")
    return checks.filter(pk=check_id).first()


def check_by_number(number: str) -> IdentityCheck | None:
    """By what people call it."""
    return IdentityCheck.objects.filter(number=number).first()


def at_desk(check: IdentityCheck, by: Account) -> CheckAtDesk:
    """One check for one member of staff. Five queries."""
    decisions = list(check.decisions.select_related("decider__person").order_by("at"))
    return CheckAtDesk(
        check=check,
        about=label_of(check.kind),
        compared=compared(check, check.person),
        unknown=is_unknown_to_registry(check),
        evidence=evidence_of(check),
        opinions=[_opinion(check, one, decisions) for one in decisions],
        history=_history(check),
        standing=_standing(check, by, decisions),
        overdue=check.is_undecided and check.due_at < now(),
    )


def _waiting(which: Which, by: Account) -> Q:
    if which is Which.OVERDUE:
        return Q(due_at__lt=now())
    if which is Which.FREE:
        return Q(taken_by__isnull=True)
    if which is Which.MINE:
        return Q(taken_by=by)
    return Q(state=which.value) if which in (Which.SECOND_OPINION, Which.APPEALED) else Q()


def _kept_evidence(check: OuterRef) -> QuerySet[IdentityEvidence]:
    return IdentityEvidence.objects.filter(check_proved=check, deleted_at__isnull=True)


def _opinion(check: IdentityCheck, decision: IdentityDecision, all_of_them: list[IdentityDecision]) -> Opinion:
    """A first opinion is told to nobody until the second is there: it would not be one's own any more."""
    alone = check.state == State.SECOND_OPINION and len(all_of_them) == 1
    return Opinion(decision, reason_label(decision.reason_code, accepted=decision.accepted), shown=not alone)


def _standing(check: IdentityCheck, by: Account, decisions: list[IdentityDecision]) -> Standing:
    if not check.is_undecided:
        return Standing.OVER
    if any(one.decider_id == by.pk for one in decisions):
        return Standing.DECIDED
    split = check.state == State.SECOND_OPINION and len(decisions) > 1
    role = Role.SECURITY if split else Role.IDENTITY_CHECKS
    if role not in roles_of(by):
        return Standing.SECURITY if role == Role.SECURITY else Standing.NOT_SECURITY
    if check.taken_by_id == by.pk:
        return Standing.MINE
    return Standing.OTHERS if check.taken_by_id and not is_left_lying(check) else Standing.FREE


def _history(check: IdentityCheck) -> list[Event]:
    """The journal's entries of the check, latest first, with the names of colleagues."""
    entries = JournalEntry.objects.filter(chain=check.chain).exclude(event__in=UNTOLD)
    latest = list(entries.order_by("-sequence")[:LONGEST_HISTORY])
    names = staff_names({entry.actor for entry in latest})
    return [Event(entry.at, event_name(entry.event), names.get(entry.actor, "")) for entry in latest]
