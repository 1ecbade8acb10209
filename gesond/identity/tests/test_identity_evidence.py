"""What the applicant adds to an identity check: stored encrypted, told to the journal, deleted in time."""

from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.conf import settings
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction

from gesond.identity.actions.identity_checks import CheckOverError, NotEntitledError, withdraw
from gesond.identity.actions.identity_decisions import appeal
from gesond.identity.actions.identity_evidence import (
    MOST_OF_A_CHECK,
    TooMuchEvidenceError,
    add_evidence,
    delete_due_evidence,
    open_evidence,
)
from gesond.identity.models import IdentityCheck, IdentityEvidence
from gesond.identity.tests.check_steps import A_PDF, MISSPELT, a_check, actor, said, staff
from gesond.kernel.clock import now
from gesond.kernel.journal import SYSTEM, VISITOR
from gesond.kernel.models import JournalEntry, StoredFile
from gesond.web.documents import SentDocument

pytestmark = pytest.mark.django_db


def pdf(number: int = 0) -> SentDocument:
    return SentDocument(f"act {number}.pdf", "pdf", A_PDF + f"% {number}\n%%EOF".encode())


def add(check: IdentityCheck, *files: SentDocument) -> int:
    return add_evidence(actor=VISITOR, check=check, document="marriage_certificate", files=list(files or [pdf()]))


def test_a_document_is_stored_encrypted_under_a_name_of_our_own():
    check = a_check()
    add(check, SentDocument("../../Anna Muller.pdf", "pdf", A_PDF))
    evidence = check.evidence.get()
    assert default_storage.open(evidence.stored_as).read() == A_PDF
    assert evidence.stored_as.startswith("identity-evidence/")
    body = (Path(settings.ENVIRONMENT.home) / "files" / evidence.stored_as).read_bytes()
    assert b"%PDF" not in body
    assert bytes(evidence.sha256) == default_storage.sha256(evidence.stored_as)


def test_the_same_document_is_kept_once():
    check = a_check()
    assert (add(check, pdf(), pdf()), add(check)) == (1, 0)
    assert StoredFile.objects.count() == 1


def test_a_check_takes_no_more_files_than_one_needs():
    check = a_check()
    for first in range(0, MOST_OF_A_CHECK, 5):
        add(check, *(pdf(first + number) for number in range(5)))
    with pytest.raises(TooMuchEvidenceError):
        add(check, pdf(99))
    assert StoredFile.objects.count() == MOST_OF_A_CHECK


def test_nothing_is_added_to_what_is_over_and_nothing_is_left_of_it():
    check = a_check()
    withdraw(actor=VISITOR, check_id=check.pk)
    with pytest.raises(CheckOverError):
        add(check)
    assert not StoredFile.objects.exists()


def test_adding_and_opening_are_in_both_journals():
    check, by = a_check(), staff()
    add(check)
    open_evidence(actor=actor(by), check=check, evidence_id=check.evidence.get().pk, by=by)
    for chain in (f"person:{check.person_id}", check.chain):
        entries = JournalEntry.objects.filter(chain=chain).order_by("sequence")
        assert [entry.event for entry in entries][1:] == [
            "identity_check.evidence_added",
            "identity_check.evidence_seen",
        ]
        assert entries.last().actor == f"staff:{by.pk}"


def test_evidence_of_another_check_is_not_opened_through_ones_own():
    check, other, by = a_check(), a_check(), staff()
    add(other)
    with pytest.raises(IdentityEvidence.DoesNotExist):
        open_evidence(actor=actor(by), check=check, evidence_id=other.evidence.get().pk, by=by)


def test_nobody_opens_the_evidence_of_their_own_check():
    by = staff()
    check = a_check(person=by.person)
    add(check)
    with pytest.raises(NotEntitledError):
        open_evidence(actor=actor(by), check=check, evidence_id=check.evidence.get().pk, by=by)


def delete_after(days: float) -> int:
    with time_machine.travel(now() + timedelta(days=days)):
        return delete_due_evidence(actor=SYSTEM)


def test_evidence_is_deleted_thirty_days_after_an_acceptance():
    check = a_check(proved=MISSPELT)
    add(check)
    said(check, staff(), accepted=True)
    assert delete_after(29.9) == 0
    assert delete_after(30.1) == 1
    evidence = check.evidence.get()
    assert (evidence.stored_as, StoredFile.objects.count()) == ("", 0)
    assert evidence.deleted_at is not None
    assert delete_after(60) == 0


def test_evidence_is_kept_while_a_refusal_can_be_contested():
    check = a_check(proved=MISSPELT)
    add(check)
    said(check, staff(), accepted=False)
    assert delete_after(59) == 0
    assert delete_after(61) == 1


def test_an_appeal_keeps_the_evidence():
    check = a_check(proved=MISSPELT)
    add(check)
    said(check, staff(), accepted=False)
    appeal(actor=VISITOR, check_id=check.pk, reasons="Non.")
    assert delete_after(365) == 0


def test_withdrawing_deletes_the_evidence_with_the_next_run():
    check = a_check()
    add(check)
    withdraw(actor=VISITOR, check_id=check.pk)
    assert delete_after(0.01) == 1


def test_the_database_knows_no_evidence_that_is_neither_stored_nor_deleted():
    check = a_check()
    add(check)
    with pytest.raises(IntegrityError), transaction.atomic():
        check.evidence.update(stored_as="")
