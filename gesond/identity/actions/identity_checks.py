"""Identity checks by hand (S3-12 to S3-14): opened by a kind's owner, taken up by the desk, withdrawn by the applicant.

Deciding and appealing are in `identity_decisions`, documents in `identity_evidence`.
Every writer locks the check first; journal chains are written in one order, the person's before the check's.
"""

import secrets
import uuid
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import override

from gesond.identity.actions.staff_looks import record_search
from gesond.identity.identity_checks.kinds import difference_to_json, is_known, kind_of, to_json
from gesond.identity.identity_checks.mail import write_to_applicant
from gesond.identity.models import Account, IdentityCheck, IdentityEvidence, Person, Role, StaffMember
from gesond.identity.registry.name_matching import Difference, Identity
from gesond.identity.working_days import working_days_after
from gesond.kernel import journal
from gesond.kernel.clock import now
from gesond.kernel.hashing import keyed_hashes
from gesond.kernel.identifiers import Matricule
from gesond.kernel.journal import Actor
from gesond.web.live import announce

State = IdentityCheck.State
# No letter or digit that is read as another.
SYMBOLS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
# One who fell ill keeps nobody waiting.
TAKEN_FOR = timedelta(days=1)
MOST_FOUND = 50
TOPIC = "identity-checks"
# What changes nothing of the queue.
LOOKS = {"identity_check.seen", "identity_check.evidence_seen"}
Id = uuid.UUID | str


class CheckError(Exception):
    """What was asked cannot be done with this check."""


class CheckOverError(CheckError):
    """It is decided or withdrawn, or there is none."""


class NotEntitledError(CheckError):
    """The role is missing, or the check is about the person themselves."""


class TakenError(CheckError):
    """Another works on it, or nobody does yet."""


class DecidedBeforeError(CheckError):
    """The same person has decided on it already."""


def open_check(
    *,
    actor: Actor,
    kind: str,
    reference: str,
    person: Person | None,
    declared: Identity,
    proved: Identity,
    found: list[Difference],
    email: str,
    language: str,
) -> IdentityCheck:
    """Put a check in the desk's queue and write to the applicant. Call it inside the transaction that causes it.

    `kind` was registered (`identity_checks.kinds.register_kind`); `reference` is that owner's own name for what
    waits, of which one undecided check may exist. `found`: at least one difference; `person`: None when the
    registry knows nobody. Raises ValueError for an unknown kind or without a difference.
    """
    if not is_known(kind):
        raise ValueError(f"no app answers for identity checks of the kind {kind!r}")
    if not found:
        raise ValueError("nothing differs: there is nothing to check by hand")
    check = IdentityCheck.objects.create(
        number=_new_number(),
        kind=kind,
        reference=reference,
        person=person,
        declared=to_json(declared),
        proved=to_json(proved),
        differences=[difference_to_json(difference) for difference in found],
        spelling_only=all(difference.spelling for difference in found),
        email=email,
        language=language,
        due_at=due_date(),
    )
    note(actor, check, "identity_check.opened", kind=kind, differences=[one.attribute.value for one in found])
    write_to_applicant(check, "identity_check_opened")
    return check


@transaction.atomic
def look_at(*, actor: Actor, check: IdentityCheck) -> None:
    """Tell the journal that staff opened the check; the reason is the queue's own. Call it before it is shown."""
    note(actor, check, "identity_check.seen")


@transaction.atomic
def find_by_matricule(*, actor: Actor, matricule: Matricule, by: Account) -> list[IdentityCheck]:
    """The latest checks of one person, and an entry in that person's journal; never `by`'s own.

    What finds nobody is in the journal of who searched, too: matricules cannot be tried unseen.
    """
    hashes = keyed_hashes(matricule.value, purpose="person.matricule")
    person = Person.objects.filter(matricule_hash__in=hashes).exclude(pk=by.person_id).first()
    record_search(actor=actor, staff=by, kind="matricule", typed=matricule.value, found=0 if person is None else 1)
    if person is None:
        return []
    journal.record(actor=actor, event="identity_check.searched", chain=f"person:{person.pk}")
    return list(IdentityCheck.objects.filter(person=person).order_by("-opened_at", "pk")[:MOST_FOUND])


@transaction.atomic
def take(*, actor: Actor, check_id: Id, by: Account) -> IdentityCheck:
    """Say that `by` works on it. Raises CheckError: over, theirs, decided by them already, or taken by another."""
    check = lock_for_staff(check_id, by)
    if check.taken_by_id not in (None, by.pk) and not is_left_lying(check):
        raise TakenError
    check.taken_by, check.taken_at = by, now()
    check.save(update_fields=["taken_by", "taken_at"])
    note(actor, check, "identity_check.taken")
    return check


@transaction.atomic
def release(*, actor: Actor, check_id: Id, by: Account) -> IdentityCheck:
    """Give it back to the queue. Raises CheckError."""
    check = lock_taken(check_id, by)
    check.taken_by, check.taken_at = None, None
    check.save(update_fields=["taken_by", "taken_at"])
    note(actor, check, "identity_check.released")
    return check


@transaction.atomic
def ask_for_evidence(*, actor: Actor, check_id: Id, by: Account, documents: list[str], words: str) -> IdentityCheck:
    """Write to the applicant which documents are needed. `documents`: of `IdentityEvidence.Document`.

    Raises CheckError.
    """
    check = lock_taken(check_id, by)
    check.evidence_asked_at = now()
    check.save(update_fields=["evidence_asked_at"])
    note(actor, check, "identity_check.evidence_asked", documents=documents)
    with override(check.language):
        named = [str(IdentityEvidence.Document(document).label) for document in documents]
    write_to_applicant(check, "identity_check_evidence_asked", documents=named, words=words)
    return check


@transaction.atomic
def withdraw(*, actor: Actor, check_id: Id) -> IdentityCheck:
    """The applicant gives up; the evidence goes with the next run of its job. Raises CheckOverError."""
    check = lock_undecided(check_id)
    _end_undecided(check)
    withdrawn = kind_of(check).withdrawn
    if withdrawn is not None:
        withdrawn(actor, check)
    note(actor, check, "identity_check.withdrawn")
    return check


def call_off(*, actor: Actor, kind: str, reference: str) -> bool:
    """The owner no longer needs it: nobody is asked to decide for nothing. Whether there was one to call off.

    In the owner's transaction, before it locks anything of its own: those who decide lock the check first.
    """
    waiting = IdentityCheck.objects.filter(kind=kind, reference=reference, state__in=IdentityCheck.UNDECIDED)
    check_id = waiting.values_list("pk", flat=True).first()
    if check_id is None:
        return False
    try:
        check = lock_undecided(check_id)
    except CheckOverError:  # decided meanwhile
        return False
    _end_undecided(check)
    note(actor, check, "identity_check.withdrawn")
    return True


def _end_undecided(check: IdentityCheck) -> None:
    check.state, check.withdrawn_at = State.WITHDRAWN, now()
    check.taken_by, check.taken_at = None, None
    check.evidence_until = now()
    check.save()


def lock_undecided(check_id: Id) -> IdentityCheck:
    """The check, locked, which still waits for a decision. Raises CheckOverError."""
    checks = IdentityCheck.objects.select_for_update(of=("self",)).select_related("person")
    check = checks.filter(pk=check_id).first()
    if check is None or not check.is_undecided:
        raise CheckOverError
    return check


def lock_for_staff(check_id: Id, by: Account) -> IdentityCheck:
    """The check, locked, on which `by` may still decide. Raises CheckError."""
    check = lock_undecided(check_id)
    require_entitled(check, by)
    if check.decisions.filter(decider=by).exists():
        raise DecidedBeforeError
    return check


def lock_taken(check_id: Id, by: Account) -> IdentityCheck:
    """The check, locked, that `by` works on. Raises CheckError."""
    check = lock_for_staff(check_id, by)
    if check.taken_by_id != by.pk:
        raise TakenError
    return check


def require_entitled(check: IdentityCheck, by: Account) -> None:
    """Raise NotEntitledError unless `by` may work on it: has the role still, and it is not about themselves."""
    require_not_own(check, by)
    member = StaffMember.objects.filter(account=by, ended_at__isnull=True).first()
    if member is None or needed_role(check) not in member.roles:
        raise NotEntitledError


def require_not_own(check: IdentityCheck, by: Account) -> None:
    """Raise NotEntitledError for who would look after themselves, or after what they asked for."""
    if by.person_id in {check.person_id, *kind_of(check).parties(check)}:
        raise NotEntitledError


def needed_role(check: IdentityCheck) -> Role:
    """Two who disagree are settled by the security officer."""
    return Role.SECURITY if is_split(check) else Role.IDENTITY_CHECKS


def is_split(check: IdentityCheck) -> bool:
    """Whether two have decided and disagree."""
    return check.state == State.SECOND_OPINION and check.decisions.filter(on_appeal=False).count() > 1


def is_left_lying(check: IdentityCheck) -> bool:
    """Whether who took it has left it for so long that another may."""
    return check.taken_at is not None and check.taken_at < now() - TAKEN_FOR


def due_date() -> datetime:
    """By when the desk means to decide what it receives now."""
    return working_days_after(now(), settings.ENVIRONMENT.identity_check_days)


def note(actor: Actor, check: IdentityCheck, event: str, **details: Any) -> None:
    """One entry in the person's chain, when the registry knows them, and one in the check's own.

    The desk's queue is told to look again, unless somebody only looked.
    """
    if check.person_id is not None:
        told = {**details, "check": check.number}
        journal.record(actor=actor, event=event, chain=f"person:{check.person_id}", details=told)
    journal.record(actor=actor, event=event, chain=check.chain, details=details)
    if event not in LOOKS:
        announce(TOPIC)


def _new_number() -> str:
    symbols = "".join(secrets.choice(SYMBOLS) for _ in range(8))
    return f"IV-{symbols[:4]}-{symbols[4:]}"
