"""Requests for a letter between the decision and the printed sheet.

Granting takes a request off the queue at once; storing the letter's code closes it, in the same transaction. What a
batch could not print comes back when the batch is closed, so that no granted request waits for ever.
"""

from django.db.models import QuerySet

from gesond.identity.entitlement import is_entitled
from gesond.identity.letters.selection import LetterSelection
from gesond.identity.models import Account, LetterBatch, LetterRequest, Person
from gesond.kernel import journal
from gesond.kernel.clock import now
from gesond.kernel.journal import Actor
from gesond.web.live import announce

TOPIC = "letter-requests"
State = LetterRequest.State
Reason = LetterRequest.Reason


def grant_asked(batch: LetterBatch, selection: LetterSelection) -> int:
    """Of those whose letters are ordered, who asked for one is granted it; how many. In the caller's transaction."""
    persons = selection.chosen().values("pk")
    asked = LetterRequest.objects.filter(state=State.OPEN, door=selection.door, person__in=persons)
    granted = asked.update(state=State.GRANTED, batch=batch, handled_at=now())
    if granted:
        announce(TOPIC)
    return granted


def grant(request: LetterRequest, batch: LetterBatch) -> None:
    """One request, whose letter `batch` prints already. In the caller's transaction, the row under its lock."""
    request.state, request.batch, request.handled_at = State.GRANTED, batch, now()
    request.save(update_fields=["state", "batch", "handled_at"])
    announce(TOPIC)


def mark_printed(person_ids: list[int], door: str) -> None:
    """Their letters are printed and stored: what they asked for is done. In the caller's transaction."""
    asked = LetterRequest.objects.filter(person__in=person_ids, door=door, state__in=[State.OPEN, State.GRANTED])
    if asked.update(state=State.LETTER_ISSUED, handled_at=now()):
        announce(TOPIC)


def give_back(actor: Actor, batch: LetterBatch) -> None:
    """The batch is closed: what it granted and did not print is refused if no letter is due, else decided anew."""
    unprinted = _locked(LetterRequest.objects.filter(batch=batch, state=State.GRANTED))
    for request in unprinted:
        assert request.person is not None  # noqa: S101 - the table says so
        request.reason = why_never(request.person, request.door) or ""
        request.state = State.REFUSED if request.reason else State.OPEN
        request.handled_at = now() if request.reason else None
        request.save(update_fields=["state", "reason", "handled_at"])
        details = {"batch": batch.pk, "reason": str(request.reason)}
        journal.record(actor=actor, event="letter.not_printed", chain=f"letter-request:{request.pk}", details=details)
    if unprinted:
        announce(TOPIC)


def why_never(person: Person, door: str) -> Reason | None:
    """Why no letter of this door is due to this person, however long one waits."""
    if person.deceased:
        return Reason.DECEASED
    if Account.objects.filter(person=person, doors__contains=[door]).exists():
        return Reason.ACCOUNT_EXISTS
    if not is_entitled(person, door):
        return Reason.NOT_ENTITLED
    return None if person.address else Reason.NO_ADDRESS


def _locked(requests: QuerySet[LetterRequest]) -> list[LetterRequest]:
    return list(requests.select_for_update(of=("self",)).select_related("person").order_by("pk"))
