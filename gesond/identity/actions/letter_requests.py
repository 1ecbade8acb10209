"""« Non »: the activation code was not received, and a letter is asked for (S2-15).

Asking answers everyone alike; a job after the commit finds out whether a letter is due.
"""

from contextlib import suppress
from datetime import timedelta

from django.conf import settings
from django.db import IntegrityError, transaction

from gesond.identity.actions.activation import AnyMatricule, persons_named
from gesond.identity.actions.granted_requests import TOPIC, why_never
from gesond.identity.actions.letters import LetterError, issue_letter
from gesond.identity.credentials.throttle import Limit, Verdict, count_try, network_of
from gesond.identity.models import ActivationCode, Door, LetterRequest, Person
from gesond.kernel import journal
from gesond.kernel.clock import now
from gesond.kernel.hashing import keyed_hash
from gesond.kernel.identifiers import parse_matricule
from gesond.kernel.journal import Actor
from gesond.web.live import announce

REQUESTS_PER_ADDRESS = Limit("letter_request.address", 10, timedelta(hours=1))
Reason = LetterRequest.Reason
State = LetterRequest.State


def request_letter(*, actor: Actor, matricule: AnyMatricule, language: str, door: str = Door.PATIENT) -> Verdict:
    """Write the request down. The verdict says how long to wait when one address asks too often; nothing else shows."""
    verdict = count_try(REQUESTS_PER_ADDRESS, network_of(actor.address))
    if verdict.allowed:
        _write_down(actor, matricule, language, door)
    return verdict


@transaction.atomic
def _write_down(actor: Actor, matricule: AnyMatricule, language: str, door: str) -> None:
    request = LetterRequest.objects.create(
        matricule=matricule.value,
        matricule_hash=keyed_hash(matricule.value, purpose="person.matricule"),
        door=door,
        language=language,
    )
    journal.record(actor=actor, event="letter.requested", chain=f"letter-request:{request.pk}")
    from gesond.identity.jobs import resolve_letter_request  # jobs call actions: imported where it is deferred

    resolve_letter_request.defer(request_id=request.pk)


def answer_request(*, actor: Actor, request_id: int) -> None:
    """Find out whether a letter is due; print it where GESOND_LETTERS_REISSUED_AUTOMATICALLY says so.

    Elsewhere, and where it cannot be printed, it stays open for the agency to decide. Running twice is harmless.
    """
    request = resolve_request(actor=actor, request_id=request_id)
    if request.state != State.OPEN or request.person is None:
        return
    if settings.ENVIRONMENT.letters_reissued_automatically:
        with suppress(LetterError):
            # Closes the request with the code it stores.
            issue_letter(person=request.person, actor=actor, door=request.door)


@transaction.atomic
def resolve_request(*, actor: Actor, request_id: int) -> LetterRequest:
    """Match a request to its person; refuse what is not due, saying why to the agency alone."""
    request = LetterRequest.objects.select_for_update(of=("self",)).select_related("person").get(pk=request_id)
    if request.state != State.OPEN or request.person_id is not None:
        return request
    person = _person_of(request)
    reason = _why_not(person, request.door)
    if person is not None and reason is None:
        reason = _keep_open(request, person)
    if reason is not None:
        _refuse(actor, request, person, reason)
    announce(TOPIC)
    return request


def _person_of(request: LetterRequest) -> Person | None:
    """The one person so named, locked; None when there is none, or when eleven digits name several."""
    matricule = parse_matricule(request.matricule, accept_short=True)
    found = list(Person.objects.select_for_update(no_key=True).filter(**persons_named(matricule)).order_by("pk")[:2])
    return found[0] if len(found) == 1 else None


def _why_not(person: Person | None, door: str) -> Reason | None:
    if person is None:
        return Reason.UNKNOWN
    never = why_never(person, door)
    if never is not None:
        return never
    since = now() - timedelta(days=settings.ENVIRONMENT.letter_wait_days)
    live = ActivationCode.objects.filter(person=person, door=door, state=ActivationCode.State.LIVE)
    on_its_way = live.filter(issued_at__gt=since)
    return Reason.RECENT_LETTER if on_its_way.exists() else None


def _keep_open(request: LetterRequest, person: Person) -> Reason | None:
    """Name the person; refused by the table when another request of theirs is open."""
    request.person = person
    try:
        with transaction.atomic():
            request.save(update_fields=["person"])
    except IntegrityError:
        return Reason.ALREADY_ASKED
    return None


def _refuse(actor: Actor, request: LetterRequest, person: Person | None, reason: Reason) -> None:
    request.person, request.state, request.reason, request.handled_at = person, State.REFUSED, reason, now()
    request.save(update_fields=["person", "state", "reason", "handled_at"])
    details = {"reason": reason.value}
    chain = f"letter-request:{request.pk}"
    journal.record(actor=actor, event="letter.refused", chain=chain, details=details)
