"""What the helpdesk does with a request. Every member of it may; nobody handles their own."""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet

from gesond.helpdesk.actions.announcements import tell_answered, tell_closed
from gesond.helpdesk.actions.requests import FOLDED_WITHIN, lock, mark_closed, owe, tell_journal
from gesond.helpdesk.models import Category, HelpMessage, HelpRequest, InternalNote
from gesond.identity.actions.activation import AnyMatricule, persons_named
from gesond.identity.actions.staff_looks import open_look, record_search
from gesond.identity.models import Account, LookReason, Person, Role, StaffMember
from gesond.kernel.clock import now
from gesond.kernel.journal import Actor

State, Author = HelpRequest.State, HelpMessage.Author


class OwnRequestError(Exception):
    """Staff ask for help like anybody else: a colleague answers."""


class TakenError(Exception):
    """A colleague has it."""


class MovedOnError(Exception):
    """There is a message the author of an answer has not read."""


class NoSuchPersonError(Exception):
    """Nobody has that matricule, or several have."""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """`seen`: the last message on the page it was written on."""

    text: str
    seen: int
    closes: bool = False


def is_own(request: HelpRequest, staff: Account) -> bool:
    """Whether `staff` asked it themselves, or it is about their own person."""
    return staff.pk == request.account_id or (request.person_id is not None and staff.person_id == request.person_id)


@transaction.atomic
def take(*, actor: Actor, staff: Account, request_id: int) -> None:
    """Make it one's own, while it is nobody's. Raises TakenError, OwnRequestError."""
    request = _lock(staff, request_id)
    if request.assigned_to_id == staff.pk:
        return
    if request.assigned_to_id is not None:
        raise TakenError
    _assign(actor, request, staff)


@transaction.atomic
def assign(*, actor: Actor, staff: Account, request_id: int, to: Account) -> None:
    """Hand it to a colleague of the helpdesk, or take it over. Raises OwnRequestError, TakenError for no colleague."""
    request = _lock(staff, request_id)
    if is_own(request, to):
        raise OwnRequestError
    if not colleagues().filter(pk=to.pk).exists():
        raise TakenError
    _assign(actor, request, to)


@transaction.atomic
def answer(*, actor: Actor, staff: Account, request_id: int, answer: Answer) -> None:
    """Answer on the thread, and tell the person by e-mail that there is an answer.

    Raises MovedOnError when the person, or a colleague, has written meanwhile; OwnRequestError.
    """
    request = _lock(staff, request_id)
    if request.messages.filter(pk__gt=answer.seen).exists():
        raise MovedOnError
    HelpMessage.objects.create(request=request, author=Author.HELPDESK, staff=staff, body=answer.text, created_at=now())
    request.assigned_to = request.assigned_to or staff
    request.state, request.due_at, request.closed_at, request.changed_at = State.WAITING, None, None, now()
    if answer.closes:
        request.state, request.closed_at = State.CLOSED, now()
    request.save(update_fields=["assigned_to", "state", "due_at", "closed_at", "changed_at"])
    tell_journal(actor, request, "answered", closed=answer.closes)
    tell_answered(request)


@transaction.atomic
def note(*, actor: Actor, staff: Account, request_id: int, text: str) -> None:
    """Write an internal note: the person never reads it. One press too many writes it once. Raises OwnRequestError."""
    request = _lock(staff, request_id)
    if _is_noted(request, staff, text):
        return
    InternalNote.objects.create(request=request, staff=staff, body=text, created_at=now())
    tell_journal(actor, request, "noted")


@transaction.atomic
def change_category(*, actor: Actor, staff: Account, request_id: int, category: Category) -> None:
    """Raises OwnRequestError."""
    request = _lock(staff, request_id)
    before, request.category = request.category, category
    request.save(update_fields=["category"])
    tell_journal(actor, request, "category_changed", before=before, after=str(category))


@transaction.atomic
def close(*, actor: Actor, staff: Account, request_id: int) -> None:
    """Close without an answer, and tell the person how to open it again. Raises OwnRequestError."""
    request = _lock(staff, request_id)
    if request.state == State.CLOSED:
        return
    mark_closed(request)
    tell_journal(actor, request, "closed", by="helpdesk")
    tell_closed(request)


@transaction.atomic
def reopen(*, actor: Actor, staff: Account, request_id: int) -> None:
    """Open a closed request again, however old. Raises OwnRequestError."""
    request = _lock(staff, request_id)
    if request.state == State.CLOSED:
        owe(request)
        tell_journal(actor, request, "reopened", by="helpdesk")


def link_person(*, actor: Actor, staff: Account, request_id: int, matricule: AnyMatricule) -> Person:
    """Say whom a request is about. Looking the person up is in their own journal. Raises NoSuchPersonError."""
    number = HelpRequest.objects.get(pk=request_id).number
    person = look_up(actor=actor, staff=staff, matricule=matricule, reference=number)
    with transaction.atomic():
        request = _lock(staff, request_id)
        request.person = person
        request.save(update_fields=["person"])
        tell_journal(actor, request, "person_linked", person=person.pk)
    return person


def look_up(*, actor: Actor, staff: Account, matricule: AnyMatricule, reference: str = "") -> Person:
    """The one person with exactly this matricule, opened to `staff` as by a stated reason; `reference`: the request.

    A search that finds nobody is in the journal of who searched, too: matricules cannot be tried unseen. In a
    transaction of its own, so that nothing takes that back. Raises NoSuchPersonError.
    """
    with transaction.atomic():
        found = list(Person.objects.filter(**persons_named(matricule)).order_by("pk")[:2])
        if len(found) == 1:
            asked = LookReason.PERSON_ASKED
            open_look(actor=actor, staff=staff, person=found[0], reason=asked, reference=reference)
        record_search(actor=actor, staff=staff, kind="matricule", typed=matricule.value, found=len(found))
    if len(found) != 1:
        raise NoSuchPersonError
    return found[0]


def colleagues() -> QuerySet[Account]:
    """Who may handle requests: accounts of the helpdesk."""
    members = StaffMember.objects.filter(ended_at=None, roles__contains=[Role.HELPDESK])
    return Account.objects.filter(staff_member__in=members)


def _lock(staff: Account, request_id: int) -> HelpRequest:
    request = lock(request_id)
    if is_own(request, staff):
        raise OwnRequestError
    return request


def _is_noted(request: HelpRequest, staff: Account, text: str) -> bool:
    """Whether this is the latest note, of the same colleague, a moment ago."""
    latest = request.internal_notes.order_by("-created_at", "-pk").first()
    if latest is None or latest.staff_id != staff.pk or latest.created_at < now() - FOLDED_WITHIN:
        return False
    return bool(latest.body == text)


def _assign(actor: Actor, request: HelpRequest, to: Account) -> None:
    request.assigned_to = to
    if request.state == State.NEW:
        request.state = State.OPEN
    request.save(update_fields=["assigned_to", "state"])
    tell_journal(actor, request, "assigned", to=to.pk)
