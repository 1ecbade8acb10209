"""Identity checks by hand (S3-12 to S3-14): opened by a kind's owner, taken up by the desk, withdrawn by the applicant.

Deciding and appealing are in `identity_decisions`, documents in `identity_evidence`.
Every writer locks the check first; journal chains are written in one order, the person's before the check's.
"""

import secrets
from typing import Any

from django.conf import settings

from gesond.identity.check_mail import write_to_applicant
from gesond.identity.identity_checks import difference_to_json, is_known, to_json
from gesond.identity.models import IdentityCheck, Person
from gesond.identity.name_matching import Difference, Identity
from gesond.identity.working_days import working_days_after
from gesond.kernel import journal
from gesond.kernel.clock import now
from gesond.kernel.journal import Actor

State = IdentityCheck.State
# No letter or digit that is read as another.
SYMBOLS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


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

    `kind` was registered (`gesond.identity.identity_checks.register_kind`); `reference` is that owner's own name for
    what waits, of which one undecided check may exist. `found`: at least one difference; `person`: None when the
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


def due_date() -> Any:
    """By when the desk means to decide what it receives now."""
    return working_days_after(now(), settings.ENVIRONMENT.identity_check_days)


def note(actor: Actor, check: IdentityCheck, event: str, **details: Any) -> None:
    """One entry in the person's chain, when the registry knows them, and one in the check's own."""
    if check.person_id is not None:
        told = {**details, "check": check.number}
        journal.record(actor=actor, event=event, chain=f"person:{check.person_id}", details=told)
    journal.record(actor=actor, event=event, chain=check.chain, details=details)


def _new_number() -> str:
    symbols = "".join(secrets.choice(SYMBOLS) for _ in range(8))
    return f"IV-{symbols[:4]}-{symbols[4:]}"
