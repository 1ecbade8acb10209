"""Letters asked for at the desk: the batch is written down at once, and a job prints it."""

from django.db import transaction

from gesond.identity.actions import granted_requests
from gesond.identity.actions.letters import LetterError, resume_batch
from gesond.identity.letters.selection import CHOSEN, LetterSelection
from gesond.identity.models import Account, Door, LetterBatch, LetterRequest, Person
from gesond.kernel import journal
from gesond.kernel.clock import now
from gesond.kernel.journal import Actor
from gesond.web.live import announce

TOPIC = "letters"
State = LetterRequest.State
Reason = LetterRequest.Reason
# What the agency may say; the others are found out by the job that resolves a request.
DECIDED_REASONS = frozenset({Reason.RECENT_LETTER, Reason.NO_ADDRESS, Reason.AGENCY})


class LetterRequestError(ValueError):
    """The request was decided meanwhile, or no letter is due any more."""


class AlreadyPrintingError(LetterError):
    """The letter asked for is being printed: in `batch`."""

    def __init__(self, batch: LetterBatch) -> None:
        super().__init__("the letter is being printed")
        self.batch = batch


class OwnLetterError(LetterError):
    """Staff get their letters from a colleague."""


@transaction.atomic
def order_letters(*, actor: Actor, selection: LetterSelection) -> LetterBatch:
    """Begin a batch and have it printed; who of them asked for a letter is granted it.

    Raises LetterError when nobody is selected.
    """
    requested = selection.chosen().count()
    if not requested:
        raise LetterError("nobody is selected")
    batch = LetterBatch.objects.create(created_by=actor.name, selection=selection.to_json(), requested=requested)
    granted = granted_requests.grant_asked(batch, selection)
    details = {
        "batch": batch.pk,
        "requested": requested,
        "kind": selection.kind,
        "door": selection.door,
        "granted": granted,
    }
    journal.record(actor=actor, event="letters.ordered", chain="platform", details=details)
    _print_later(batch)
    return batch


@transaction.atomic
def order_letter(*, actor: Actor, person: Person, door: str = Door.PATIENT) -> LetterBatch:
    """One letter for one person, whose `door` it must be; that door's code before it stops working when it is printed.

    Raises LetterError: AlreadyPrintingError for a second press, OwnLetterError for a member of staff's own.
    """
    _refuse_own(actor, person)
    # Of two presses at once, the second finds the batch of the first.
    Person.objects.select_for_update(no_key=True).get(pk=person.pk)
    printing = _being_printed(person, door)
    if printing is not None:
        raise AlreadyPrintingError(printing)
    return order_letters(actor=actor, selection=LetterSelection(kind=CHOSEN, door=door, person_ids=(person.pk,)))


@transaction.atomic
def order_rest(*, actor: Actor, batch_id: int) -> LetterBatch:
    """Go on with a batch that was stopped. Raises LetterError when it is finished."""
    batch = LetterBatch.objects.select_for_update().get(pk=batch_id)
    if batch.finished_at is not None:
        raise LetterError("the batch is finished")
    journal.record(actor=actor, event="letters.resumed", chain="platform", details={"batch": batch.pk})
    _print_later(batch)
    return batch


def print_batch(*, batch_id: int) -> None:
    """What the job does: print what is left, telling the pages that watch. Another process at it: nothing to do."""
    batch = LetterBatch.objects.get(pk=batch_id)
    try:
        resume_batch(actor=Actor(batch.created_by), batch=batch, progress=lambda letters: announce(TOPIC))
    except LetterError:
        return
    announce(TOPIC)


@transaction.atomic
def grant_request(*, actor: Actor, request_id: int) -> LetterBatch:
    """Order the letter asked for: the request leaves the queue, and closes when its code is stored.

    Raises LetterRequestError when it was decided meanwhile, LetterError when no letter can be printed.
    """
    _lock_person_of(request_id)  # before the request, as printing does
    request = _lock_open(request_id)
    if request.person is None:
        raise LetterRequestError("nobody is named by this request yet")
    if Account.objects.filter(person=request.person, doors__contains=[request.door]).exists():
        raise LetterError("the person has opened an account meanwhile")
    _refuse_own(actor, request.person)
    details = {"decision": "granted"}
    journal.record(actor=actor, event="letter.granted", chain=f"letter-request:{request.pk}", details=details)
    try:
        return order_letter(actor=actor, person=request.person, door=request.door)
    except AlreadyPrintingError as printing:  # ordered on the person's page before they asked
        granted_requests.grant(request, printing.batch)
        return printing.batch


@transaction.atomic
def refuse_request(*, actor: Actor, request_id: int, reason: str) -> LetterRequest:
    """Decide that no letter is due. Who asked is not told: what is said must not depend on who exists.

    Raises LetterRequestError, OwnLetterError, and ValueError for a reason that is not the agency's to give.
    """
    if reason not in DECIDED_REASONS:
        raise ValueError(f"{reason!r} is no reason")
    request = _lock_open(request_id)
    if request.person is not None:
        _refuse_own(actor, request.person)
    request.state, request.reason, request.handled_at = State.REFUSED, reason, now()
    request.save(update_fields=["state", "reason", "handled_at"])
    chain = f"letter-request:{request.pk}"
    journal.record(actor=actor, event="letter.refused", chain=chain, details={"reason": reason})
    announce(granted_requests.TOPIC)
    return request


def _lock_person_of(request_id: int) -> None:
    asked = LetterRequest.objects.filter(pk=request_id).values("person")
    list(Person.objects.select_for_update(no_key=True).filter(pk__in=asked).values_list("pk"))


def _lock_open(request_id: int) -> LetterRequest:
    request = LetterRequest.objects.select_for_update(of=("self",)).select_related("person").get(pk=request_id)
    if request.state != State.OPEN:
        raise LetterRequestError("the request was decided meanwhile")
    return request


def _refuse_own(actor: Actor, person: Person) -> None:
    if actor.name in {f"staff:{key}" for key in Account.objects.filter(person=person).values_list("pk", flat=True)}:
        raise OwnLetterError("a colleague decides on one's own letter")


def _being_printed(person: Person, door: str) -> LetterBatch | None:
    chosen = LetterBatch.objects.filter(selection__kind=CHOSEN, selection__door=door)
    unfinished = chosen.filter(finished_at__isnull=True)
    return unfinished.filter(selection__person_ids__contains=person.pk).order_by("pk").first()


def _print_later(batch: LetterBatch) -> None:
    from gesond.identity.jobs import print_letters  # jobs call actions: imported where it is deferred

    print_letters.configure(lock=f"letters:{batch.pk}").defer(batch_id=batch.pk)
    announce(TOPIC)
