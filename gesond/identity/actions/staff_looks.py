"""Looking for persons at the desk, which is written down, and opening their data: never without a reason.

The person sees in their own activity that it was opened, and why.
"""

import re
from datetime import timedelta

from django.db import transaction

from gesond.identity.models import Account, LookReason, Person, StaffLook
from gesond.kernel import journal
from gesond.kernel.clock import now
from gesond.kernel.hashing import keyed_hash
from gesond.kernel.journal import Actor

LASTS = timedelta(minutes=30)
# A number of a file or a request: no room for a name or a story.
REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9/_.-]{0,39}")


@transaction.atomic
def record_search(*, actor: Actor, staff: Account, kind: str, typed: str, found: int) -> None:
    """Write a search into the chain of who searched: what was typed only as a keyed hash, so that it can be compared.

    `kind`: `matricule`, `name`, `provider_code` or `email`.
    """
    details = {"kind": kind, "typed": keyed_hash(typed, purpose="desk.search").hex(), "found": found}
    journal.record(actor=actor, event="person.searched", chain=f"staff:{staff.pk}", details=details)


@transaction.atomic
def open_look(*, actor: Actor, staff: Account, person: Person, reason: LookReason, reference: str = "") -> StaffLook:
    """Let `staff` read the data of `person` for half an hour; told in the person's own chain of the journal.

    Raises ValueError for a reference that is no file's number.
    """
    if reference and not REFERENCE.fullmatch(reference):
        raise ValueError("a reference is the number of a file: letters, digits, - / . and _")
    began = now()
    look = StaffLook.objects.create(
        staff=staff, person=person, reason=reason, reference=reference, began_at=began, ends_at=began + LASTS
    )
    details = {"look": look.pk, "reason": reason.value, "reference": reference}
    journal.record(actor=actor, event="person.looked_at", chain=f"person:{person.pk}", details=details)
    return look


def held_look(*, staff: Account, person_id: int) -> StaffLook | None:
    """What `staff` stated about this person and is still good, the person at hand; None: nothing may be shown."""
    looks = StaffLook.objects.filter(staff=staff, person_id=person_id, ends_at__gt=now())
    return looks.select_related("person").order_by("-ends_at").first()
