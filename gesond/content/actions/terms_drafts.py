"""The next version of the terms of use: written at the desk, then published by identity's own action."""

from collections.abc import Mapping
from datetime import datetime

from django.db import IntegrityError, transaction

from gesond.content.models import TermsDraft
from gesond.identity.actions.terms import publish_terms
from gesond.identity.models import TermsVersion
from gesond.kernel import journal
from gesond.kernel.journal import Actor

ByLanguage = Mapping[str, str]


class StaleDraftError(ValueError):
    """Somebody else has changed the draft since it was read."""

    def __init__(self, present: TermsDraft) -> None:
        super().__init__(f"{present} is at revision {present.revision}")
        self.present = present


class NumberTakenError(ValueError):
    """There is a version or a draft of this number."""


@transaction.atomic
def begin_draft(*, actor: Actor, number: str, body: ByLanguage, changes: ByLanguage) -> TermsDraft:
    """A draft of a new version. Raises NumberTakenError."""
    _refuse_taken(number)
    try:
        with transaction.atomic():
            draft = TermsDraft.objects.create(number=number, body=dict(body), changes=dict(changes))
    except IntegrityError as error:
        raise NumberTakenError(number) from error
    journal.record(actor=actor, event="terms.drafted", chain="terms", details={"number": number})
    return draft


@transaction.atomic
def edit_draft(
    *, actor: Actor, draft: TermsDraft, revision: int, number: str, body: ByLanguage, changes: ByLanguage
) -> TermsDraft:
    """Change the draft. Raises StaleDraftError, NumberTakenError."""
    locked = TermsDraft.objects.select_for_update().get(pk=draft.pk)
    if locked.revision != revision:
        raise StaleDraftError(locked)
    if number != locked.number:
        _refuse_taken(number)
    locked.number, locked.body, locked.changes = number, dict(body), dict(changes)
    locked.revision += 1
    locked.save()
    journal.record(actor=actor, event="terms.draft_edited", chain="terms", details={"number": number})
    return locked


@transaction.atomic
def publish_draft(*, actor: Actor, draft: TermsDraft, revision: int, at: datetime | None = None) -> TermsVersion:
    """Make the draft a version in force now or `at`. Raises StaleDraftError and identity's TermsError."""
    locked = TermsDraft.objects.select_for_update().get(pk=draft.pk)
    if locked.revision != revision:
        raise StaleDraftError(locked)
    version = publish_terms(actor=actor, number=locked.number, body=locked.body, changes=locked.changes, at=at)
    locked.delete()
    return version


@transaction.atomic
def discard_draft(*, actor: Actor, draft: TermsDraft) -> None:
    """Throw the draft away."""
    TermsDraft.objects.filter(pk=draft.pk).delete()
    journal.record(actor=actor, event="terms.draft_discarded", chain="terms", details={"number": draft.number})


def _refuse_taken(number: str) -> None:
    if TermsVersion.objects.filter(number=number).exists() or TermsDraft.objects.filter(number=number).exists():
        raise NumberTakenError(number)
