"""What the applicant of an identity check adds: encrypted, seen by the desk alone, deleted after the last word."""

import hashlib
import uuid
from datetime import timedelta

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import QuerySet

from gesond.identity.actions.identity_checks import CheckError, Id, lock_undecided, note, require_not_own
from gesond.identity.credentials.throttle import Limit, Verdict, count_tries, network_of
from gesond.identity.models import Account, IdentityCheck, IdentityEvidence
from gesond.kernel.clock import now
from gesond.kernel.journal import Actor
from gesond.web.documents import SentDocument
from gesond.web.uploads import MEGABYTE, Limits

EVIDENCE_LIMITS = Limits(files=5, bytes_each=5 * MEGABYTE)
MOST_OF_A_CHECK = 15
HOUR = timedelta(hours=1)
PER_CHECK = Limit("identity_evidence.check", 10, HOUR)
PER_ADDRESS = Limit("identity_evidence.address", 60, HOUR)


class TooMuchEvidenceError(CheckError):
    """The check would have more files than one needs."""


def count_sending(*, actor: Actor, check: IdentityCheck) -> Verdict:
    """Count one sending of files, whatever comes of it."""
    return count_tries([(PER_CHECK, str(check.pk)), (PER_ADDRESS, network_of(actor.address))])


def add_evidence(*, actor: Actor, check: IdentityCheck, document: str, files: list[SentDocument]) -> int:
    """Store `files`, checked by `gesond.web.documents`; return how many are new.

    The bodies are written before the transaction, so that no lock waits for the storage. Raises CheckOverError and
    TooMuchEvidenceError.
    """
    stored = {default_storage.save(_new_place(), ContentFile(file.content)): file for file in files}
    kept: set[str] = set()
    try:
        kept = _keep(actor, check, document, stored)
    finally:
        for place in stored.keys() - kept:
            default_storage.delete(place)
    return len(kept)


@transaction.atomic
def open_evidence(
    *, actor: Actor, check: IdentityCheck, evidence_id: Id, by: Account
) -> tuple[IdentityEvidence, bytes]:
    """One document of this check, for staff, and an entry in the journal.

    Raises IdentityEvidence.DoesNotExist, also for another check's; NotEntitledError for one's own.
    """
    require_not_own(check, by)
    evidence = check.evidence.get(pk=evidence_id, deleted_at__isnull=True)
    note(actor, check, "identity_check.evidence_seen", document=evidence.document, evidence=str(evidence.pk))
    with default_storage.open(evidence.stored_as) as file:
        content: bytes = file.read()
    return evidence, content


def delete_due_evidence(*, actor: Actor) -> int:
    """Delete what has been kept for long enough after the last word; return how many files."""
    due = IdentityCheck.objects.filter(evidence_until__lte=now()).values_list("pk", flat=True)
    return sum(_delete_of(actor, check_id) for check_id in list(due))


@transaction.atomic
def _keep(actor: Actor, check: IdentityCheck, document: str, stored: dict[str, SentDocument]) -> set[str]:
    """Note the files that the check does not hold yet; return where they are stored."""
    locked = lock_undecided(check.pk)
    held = [bytes(digest) for digest in _held(locked).values_list("sha256", flat=True)]
    rows = []
    for place, file in stored.items():
        digest = hashlib.sha256(file.content).digest()
        if digest not in held:
            held.append(digest)
            rows.append(_row(locked, document, place, file, digest))
    if len(held) > MOST_OF_A_CHECK:
        raise TooMuchEvidenceError
    IdentityEvidence.objects.bulk_create(rows)
    if rows:
        note(actor, locked, "identity_check.evidence_added", document=document, files=len(rows))
    return {row.stored_as for row in rows}


def _row(check: IdentityCheck, document: str, place: str, file: SentDocument, digest: bytes) -> IdentityEvidence:
    return IdentityEvidence(
        check_proved=check,
        document=document,
        format=file.format,
        file_name=file.name,
        size=len(file.content),
        sha256=digest,
        stored_as=place,
    )


def _new_place() -> str:
    """Nothing of the applicant's is in a path."""
    return f"identity-evidence/{uuid.uuid4()}"


def _held(check: IdentityCheck) -> QuerySet[IdentityEvidence]:
    return check.evidence.filter(deleted_at__isnull=True)


@transaction.atomic
def _delete_of(actor: Actor, check_id: uuid.UUID) -> int:
    """Forget the documents of one check, unless it was appealed meanwhile."""
    check = IdentityCheck.objects.select_for_update().filter(pk=check_id, evidence_until__lte=now()).first()
    if check is None:
        return 0
    documents = list(_held(check))
    for evidence in documents:
        default_storage.delete(evidence.stored_as)
        evidence.stored_as, evidence.deleted_at = "", now()
        evidence.save(update_fields=["stored_as", "deleted_at"])
    check.evidence_until = None
    check.save(update_fields=["evidence_until"])
    if documents:
        note(actor, check, "identity_check.evidence_deleted", files=len(documents))
    return len(documents)
