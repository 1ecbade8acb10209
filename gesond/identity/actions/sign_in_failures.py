"""Wrong passwords, on their way to the journal.

They are not journalled in the request: that would take longer for an account that exists, and let who hammers an
account hold its journal.
"""

from django.db import transaction

from gesond.identity.models import SignInFailure
from gesond.kernel import journal
from gesond.kernel.journal import Actor

AT_ONCE = 500


def journal_failures(*, actor: Actor) -> int:
    """Journal and delete the failures that wait, in small transactions; return how many.

    `actor` is the system, which writes; who tried stands in each entry.
    """
    moved = 0
    while count := _move_some(actor):
        moved += count
    return moved


@transaction.atomic
def _move_some(actor: Actor) -> int:
    """In the order of persons, as whoever takes several journal chains does."""
    waiting = SignInFailure.objects.select_for_update(skip_locked=True, of=("self",)).select_related("account")
    failures = list(waiting.order_by("pk")[:AT_ONCE])
    for failure in sorted(failures, key=lambda one: (one.account.person_id if one.account else 0, one.pk)):
        if failure.account:
            journal.record(
                actor=Actor("visitor", address=failure.address),
                event="sign_in.failed",
                chain=f"person:{failure.account.person_id}",
                details={"at": failure.at.isoformat(), "written_by": actor.name},
            )
    SignInFailure.objects.filter(pk__in=[failure.pk for failure in failures]).delete()
    return len(failures)
