"""Deciding an identity check, alone or in pairs, and appealing (S3-13, S3-14, S3-16).

One person decides where only the spelling differs. Otherwise two must say the same; neither sees what the other said
before both have. Where they disagree, a third with the role SECURITY settles it. An appeal is decided by somebody who
has not decided before. Why: docs/adr/0019-identity-checks.md.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from gesond.identity.actions.identity_checks import (
    CheckError,
    Id,
    State,
    due_date,
    lock_taken,
    note,
)
from gesond.identity.identity_checks.kinds import kind_of
from gesond.identity.identity_checks.mail import write_to_applicant
from gesond.identity.identity_checks.reasons import ACCEPTED, REFUSED, reason_text
from gesond.identity.models import Account, IdentityCheck, IdentityDecision
from gesond.kernel.clock import now
from gesond.kernel.journal import Actor

APPEAL_WITHIN = timedelta(days=30)


class AppealError(CheckError):
    """It was not refused, was appealed before, or the time for it is over."""


@transaction.atomic
def decide(
    *,
    actor: Actor,
    check_id: Id,
    by: Account,
    accepted: bool,
    reason_code: str,
    words: str = "",
    remark: str = "",
) -> IdentityCheck:
    """Note what `by`, who has taken the check, says of it; and close it, when that is enough.

    `reason_code`: of `identity_checks.reasons`. `words` are read by the applicant of a refusal, `remark` by
    colleagues. Raises CheckError; ValueError for a reason that is not in the list.
    """
    if reason_code not in (ACCEPTED if accepted else REFUSED):
        raise ValueError(f"{reason_code!r} is no reason for this decision")
    check = lock_taken(check_id, by)
    decision = IdentityDecision.objects.create(
        check_decided=check,
        decider=by,
        accepted=accepted,
        on_appeal=check.state == State.APPEALED,
        reason_code=reason_code,
        words=words or None,
        note=remark or None,
    )
    check.taken_by, check.taken_at = None, None
    if _is_enough(check, decision):
        _close(actor, check, decision)
    else:
        _ask_another(actor, check, by)
    return check


@transaction.atomic
def appeal(*, actor: Actor, check_id: Id, reasons: str) -> IdentityCheck:
    """The applicant contests a refusal: once, within 30 days. Raises AppealError."""
    check = IdentityCheck.objects.select_for_update().filter(pk=check_id).first()
    if check is None or not may_appeal(check) or _another_is_under_way(check):
        raise AppealError
    check.state, check.appealed_at, check.appeal_reasons = State.APPEALED, now(), reasons
    check.first_decider = check.first_decider or check.last_decider
    check.last_decider, check.decided_at, check.evidence_until = None, None, None
    check.due_at = due_date()
    check.save()
    note(actor, check, "identity_check.appealed")
    write_to_applicant(check, "identity_check_appeal_received")
    return check


def may_appeal(check: IdentityCheck) -> bool:
    """Whether a refusal can still be contested."""
    until = appeal_until(check)
    return until is not None and now() < until


def appeal_until(check: IdentityCheck) -> datetime | None:
    """Until when, None where there is nothing to contest (any more)."""
    if check.state != State.REFUSED or check.appealed_at is not None or check.decided_at is None:
        return None
    return check.decided_at + APPEAL_WITHIN


def _another_is_under_way(check: IdentityCheck) -> bool:
    """A new check of the same matter was opened since: it is that one which counts."""
    same = IdentityCheck.objects.filter(kind=check.kind, reference=check.reference)
    return same.filter(state__in=IdentityCheck.UNDECIDED).exists()


def _is_enough(check: IdentityCheck, decision: IdentityDecision) -> bool:
    """Whether this decision ends the check."""
    if check.state == State.APPEALED or check.spelling_only:
        return True
    before = list(check.decisions.filter(on_appeal=False).exclude(pk=decision.pk))
    return any(one.accepted == decision.accepted for one in before)


def _ask_another(actor: Actor, check: IdentityCheck, by: Account) -> None:
    """What was said stays out of the journal's details until it counts: the second must not know."""
    check.state = State.SECOND_OPINION
    check.first_decider = check.first_decider or by
    check.save()
    note(actor, check, "identity_check.opinion_given")


def _close(actor: Actor, check: IdentityCheck, decision: IdentityDecision) -> None:
    check.state = State.ACCEPTED if decision.accepted else State.REFUSED
    check.last_decider, check.decided_at = decision.decider, now()
    check.reason = "" if decision.accepted else _reason(check, decision)
    check.evidence_until = _evidence_until(check)
    check.save()
    # The owner locks an account, which everybody does before writing in its person's chain.
    kind_of(check).decided(actor, check)
    event = "identity_check.accepted" if decision.accepted else "identity_check.refused"
    note(actor, check, event, reason=decision.reason_code, on_appeal=decision.on_appeal)
    if not decision.accepted:
        write_to_applicant(check, "identity_check_refused", reason=check.reason, appeal_until=appeal_until(check))


def _reason(check: IdentityCheck, decision: IdentityDecision) -> str:
    return reason_text(decision.reason_code, decision.words or "", language=check.language)


def _evidence_until(check: IdentityCheck) -> datetime:
    """Some days after the last word, which a refusal that can be contested is not."""
    last_word = appeal_until(check) or now()
    return last_word + timedelta(days=settings.ENVIRONMENT.identity_evidence_days)
