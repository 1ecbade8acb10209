"""What is kept of declarations that opened no account, and for how long (S3-16, S3-17)."""

import uuid
from datetime import timedelta

from django.db import transaction

from gesond.directory.models import Declaration
from gesond.directory.secretary_identity import KIND
from gesond.identity.actions.identity_decisions import APPEAL_WITHIN
from gesond.identity.models import IdentityCheck
from gesond.kernel import journal
from gesond.kernel.clock import now
from gesond.kernel.journal import Actor

State = Declaration.State
# What LuxTrust said of who was refused, for an appeal alone; a day more than there is to make one.
PROOF_KEPT = APPEAL_WITHIN + timedelta(days=1)
# So long a professional sees what became of what they declared, and the agency can be asked about it.
KEPT = timedelta(days=365)


def forget_declarations(*, actor: Actor) -> int:
    """Forget what LuxTrust said of the refused, then the declarations themselves; return how many. Run by a job."""
    refused = Declaration.objects.filter(state=State.REFUSED, proof__isnull=False, ended_at__lte=now() - PROOF_KEPT)
    over = Declaration.objects.filter(ended_at__lte=now() - KEPT).exclude(state=State.ACCEPTED)
    proofs = sum(_forget_proof(actor, found) for found in list(refused.values_list("pk", flat=True)))
    return proofs + sum(_forget(actor, found) for found in list(over.values_list("pk", flat=True)))


@transaction.atomic
def _forget_proof(actor: Actor, declaration_id: uuid.UUID) -> bool:
    if _is_being_decided(declaration_id):
        return False
    declaration = Declaration.objects.select_for_update().get(pk=declaration_id)
    if declaration.state != State.REFUSED:
        return False
    declaration.proof = None
    declaration.save(update_fields=["proof"])
    journal.record(actor=actor, event="declaration.proof_forgotten", chain=declaration.chain)
    return True


@transaction.atomic
def _forget(actor: Actor, declaration_id: uuid.UUID) -> bool:
    if _is_being_decided(declaration_id):
        return False
    declaration = Declaration.objects.select_for_update().get(pk=declaration_id)
    if declaration.state == State.ACCEPTED or declaration.ended_at is None:  # another link was sent meanwhile
        return False
    declaration.delete()
    journal.record(actor=actor, event="declaration.forgotten", chain=f"declaration:{declaration_id}")
    return True


def _is_being_decided(declaration_id: uuid.UUID) -> bool:
    """An appeal is looked at, however long that takes. Its check is locked first, as whoever decides it does."""
    checks = IdentityCheck.objects.select_for_update().filter(kind=KIND, reference=str(declaration_id))
    return any(check.is_undecided for check in checks)
