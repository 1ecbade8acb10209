"""A professional declares secretaries, sends another link, withdraws (S3-02, S3-03, S3-17).

Every writer locks the professional before the declaration.
"""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet

from gesond.directory.models import Declaration, Mandate, Professional, today
from gesond.directory.queries.declarations import (
    MATRICULE_PURPOSE,
    TOKEN_PURPOSE,
    of_the_same_person,
    state_today,
)
from gesond.directory.queries.professionals import practices_of
from gesond.directory.rules import is_professional, may_declare
from gesond.directory.secretary_identity import KIND
from gesond.directory.secretary_mail import write_link, write_outcome, write_withdrawn
from gesond.identity.actions.identity_checks import call_off
from gesond.identity.credentials.throttle import Limit, count_tries
from gesond.identity.models import Account
from gesond.kernel import journal
from gesond.kernel.clock import now
from gesond.kernel.hashing import keyed_hash, keyed_hashes, matches, random_token
from gesond.kernel.identifiers import Matricule
from gesond.kernel.journal import Actor
from gesond.notify.actions import withdraw_messages

State = Declaration.State
DAY = timedelta(days=1)
# Links sent, new ones and further ones: nobody's mailbox is filled through this site.
PER_PROFESSIONAL = Limit("declaration.professional", 20, DAY)
PER_RECIPIENT = Limit("declaration.recipient", 3, DAY)
LONGEST = timedelta(days=366)  # a mandate
LATEST_START = timedelta(days=92)


class Refusal(StrEnum):
    """Why nothing was declared or sent; forms and pages have the words."""

    ONESELF = "oneself"
    UNDERWAY = "underway"  # the same secretary was declared and has not answered
    HAS_MANDATE = "has_mandate"
    NOT_YOUR_PRACTICE = "not_your_practice"
    DATES = "dates"
    SLOW_DOWN = "slow_down"
    OVER = "over"  # it is no longer what the page showed


class DeclarationRefusedError(Exception):
    """Nothing was changed. `retry_after` (seconds) goes with SLOW_DOWN."""

    def __init__(self, refusal: Refusal, retry_after: int = 0) -> None:
        super().__init__(refusal.value)
        self.refusal, self.retry_after = refusal, retry_after


@dataclass(frozen=True, kw_only=True)
class Statement:
    """What a professional states. `establishments`: ids of where they practise; both days are included."""

    family_name: str = field(repr=False)
    given_names: str = field(repr=False)
    matricule: Matricule
    email: str = field(repr=False)
    language: str
    establishments: tuple[int, ...]
    functions: tuple[str, ...]
    valid_from: date
    valid_to: date


def declare(*, actor: Actor, account: Account, statement: Statement) -> Declaration:
    """Declare a secretary and send the link. Raises DeclarationRefusedError, and PermissionDenied without LuxTrust."""
    if not may_declare(account):
        raise PermissionDenied
    professional = Professional.objects.get(person=account.person_id)
    if matches(statement.matricule.value, account.person.matricule_hash, purpose="person.matricule"):
        raise DeclarationRefusedError(Refusal.ONESELF)
    _check_dates(statement)
    check_practices(professional, statement.establishments)
    _refuse_twice(professional, statement.matricule)
    _count_link(professional, statement.email)
    return _declare(actor, account, professional, statement)


def send_another_link(*, actor: Actor, account: Account, declaration_id: uuid.UUID | str) -> None:
    """A new link, which ends the former one and whatever was begun with it; wrong tries stay counted.

    Raises DeclarationRefusedError, PermissionDenied.
    """
    if not may_declare(account):
        raise PermissionDenied
    found = _own(account, declaration_id)
    if found.valid_to < today():
        raise DeclarationRefusedError(Refusal.DATES)
    _count_link(found.professional, str(found.email))
    with transaction.atomic():
        declaration = _lock(account, declaration_id)
        if declaration.state not in (*Declaration.OPEN, State.EXPIRED):
            raise DeclarationRefusedError(Refusal.OVER)
        if declaration.state == State.EXPIRED:
            _refuse_twice(declaration.professional, Matricule.parse(str(declaration.matricule)))
        send_new_link(declaration)
        _journal(actor, declaration, "declaration.link_sent")


def withdraw(*, actor: Actor, account: Account, declaration_id: uuid.UUID | str) -> None:
    """Take it back, and its identity check with it; the fallback may (it only takes away).

    Refused ones of the same person go with it: an appeal gives nothing that its professional no longer wants. Raises
    DeclarationRefusedError, PermissionDenied.
    """
    if not is_professional(account):
        raise PermissionDenied
    found = _own(account, declaration_id)
    with transaction.atomic():
        called_off = call_off(actor=actor, kind=KIND, reference=str(found.pk))
        appeals = _call_off_appeals(actor, found)
        declaration = _lock(account, declaration_id)
        # A check that began or was decided since then: the page shows what is so.
        if declaration.state not in Declaration.UNDERWAY or (declaration.state == State.IN_CHECK) != called_off:
            raise DeclarationRefusedError(Refusal.OVER)
        begun = declaration.state != State.SENT or appeals > 0
        withdraw_messages(reference=declaration.chain)
        for one in (declaration, *of_the_same_person(declaration).filter(state=State.REFUSED)):
            end(one, State.WITHDRAWN)
            _journal(actor, one, "declaration.withdrawn")
        if begun:
            write_withdrawn(declaration)


def expire_declarations(*, actor: Actor) -> int:
    """End those whose link has expired, and tell who declared them; return how many. Run by a job."""
    due = Declaration.objects.filter(state__in=Declaration.OPEN, expires_at__lte=now()).values_list("pk", flat=True)
    return sum(_expire(actor, declaration_id) for declaration_id in list(due))


def send_new_link(declaration: Declaration) -> None:
    """Take a locked declaration back to its beginning, with a new link on its way; its professional is locked."""
    end_expired(of_the_same_person(declaration))
    token, moment = random_token(), now()
    withdraw_messages(reference=declaration.chain)
    declaration.state, declaration.ended_at = State.SENT, None
    declaration.token_hash = keyed_hash(token, purpose=TOKEN_PURPOSE)
    declaration.browser_hash = declaration.terms = declaration.proof = declaration.applicant = None
    declaration.sent_at = moment
    declaration.expires_at = moment + timedelta(days=settings.ENVIRONMENT.declaration_days)
    declaration.save()
    write_link(declaration, token)


def end(declaration: Declaration, state: Declaration.State) -> None:
    """The last word on a locked declaration; what LuxTrust said is kept for an appeal only."""
    declaration.state, declaration.ended_at, declaration.token_hash = state, now(), None
    if state != State.REFUSED:
        declaration.proof = None
    declaration.save()


def end_expired(declarations: QuerySet[Declaration]) -> None:
    """What is past its day and the job has not ended yet makes room; the professional is locked."""
    for late in declarations.filter(state__in=Declaration.OPEN, expires_at__lte=now()).select_for_update():
        end(late, State.EXPIRED)


def check_practices(professional: Professional, establishments: Iterable[int]) -> None:
    """Raises DeclarationRefusedError unless the professional practises at all of them today."""
    own = {practice.establishment_id for practice in practices_of(professional)}
    chosen = set(establishments)
    if not chosen or not own.issuperset(chosen):
        raise DeclarationRefusedError(Refusal.NOT_YOUR_PRACTICE)


def lock_professional(professional_id: int) -> None:
    """What is declared and given by one professional happens one after the other."""
    Professional.objects.select_for_update(no_key=True).only("pk").get(pk=professional_id)


@transaction.atomic
def _declare(actor: Actor, account: Account, professional: Professional, statement: Statement) -> Declaration:
    lock_professional(professional.pk)
    _refuse_twice(professional, statement.matricule)
    hashes = keyed_hashes(statement.matricule.value, purpose=MATRICULE_PURPOSE)
    end_expired(Declaration.objects.filter(professional=professional, matricule_hash__in=hashes))
    token, moment = random_token(), now()
    declaration = Declaration.objects.create(
        professional=professional,
        declared_by=account,
        family_name=statement.family_name,
        given_names=statement.given_names,
        matricule=statement.matricule.value,
        matricule_hash=keyed_hash(statement.matricule.value, purpose=MATRICULE_PURPOSE),
        email=statement.email,
        language=statement.language,
        functions=sorted(set(statement.functions)),
        valid_from=statement.valid_from,
        valid_to=statement.valid_to,
        token_hash=keyed_hash(token, purpose=TOKEN_PURPOSE),
        sent_at=moment,
        expires_at=moment + timedelta(days=settings.ENVIRONMENT.declaration_days),
    )
    declaration.establishments.set(statement.establishments)
    _journal(actor, declaration, "declaration.made")
    write_link(declaration, token)
    return declaration


@transaction.atomic
def _expire(actor: Actor, declaration_id: uuid.UUID) -> bool:
    rows = Declaration.objects.select_for_update(of=("self",)).select_related("declared_by", "professional")
    declaration = rows.get(pk=declaration_id)
    if declaration.state not in Declaration.OPEN or declaration.expires_at > now():
        return False
    end(declaration, State.EXPIRED)
    _journal(actor, declaration, "declaration.expired")
    write_outcome(declaration, "expired")
    return True


def _call_off_appeals(actor: Actor, declaration: Declaration) -> int:
    """How many of the same person's were being decided."""
    refused = of_the_same_person(declaration).filter(state=State.REFUSED).order_by("pk")
    references = [str(one) for one in refused.values_list("pk", flat=True)]
    return sum(call_off(actor=actor, kind=KIND, reference=reference) for reference in references)


def _own(account: Account, declaration_id: uuid.UUID | str) -> Declaration:
    """Another's is as if there were none."""
    rows = Declaration.objects.select_related("professional").filter(professional__person=account.person_id)
    found = rows.filter(pk=declaration_id).first()
    if found is None:
        raise DeclarationRefusedError(Refusal.OVER)
    return found


def _lock(account: Account, declaration_id: uuid.UUID | str) -> Declaration:
    found = _own(account, declaration_id)
    lock_professional(found.professional_id)
    rows = Declaration.objects.select_for_update(of=("self",)).select_related("professional", "declared_by")
    return rows.get(pk=found.pk)


def _check_dates(statement: Statement) -> None:
    first, last, day = statement.valid_from, statement.valid_to, today()
    if not (day <= first <= day + LATEST_START and first <= last <= first + LONGEST):
        raise DeclarationRefusedError(Refusal.DATES)


def _refuse_twice(professional: Professional, matricule: Matricule) -> None:
    hashes = keyed_hashes(matricule.value, purpose=MATRICULE_PURPOSE)
    same = Declaration.objects.filter(professional=professional, matricule_hash__in=hashes)
    if any(state_today(one) != State.EXPIRED for one in same.filter(state__in=Declaration.UNDERWAY)):
        raise DeclarationRefusedError(Refusal.UNDERWAY)
    persons = keyed_hashes(matricule.value, purpose="person.matricule")
    held = Mandate.objects.filter(professional=professional, account__person__matricule_hash__in=persons)
    if held.filter(ended_at__isnull=True, valid_to__gte=today()).exists():
        raise DeclarationRefusedError(Refusal.HAS_MANDATE)


def _count_link(professional: Professional, email: str) -> None:
    verdict = count_tries([(PER_PROFESSIONAL, str(professional.pk)), (PER_RECIPIENT, email.lower())])
    if not verdict.allowed:
        raise DeclarationRefusedError(Refusal.SLOW_DOWN, verdict.retry_after)


def _journal(actor: Actor, declaration: Declaration, event: str) -> None:
    """In the professional's chain, then in the declaration's own."""
    details = {"declaration": str(declaration.pk)}
    chain = f"person:{declaration.professional.person_id}"
    journal.record(actor=actor, event=event, chain=chain, details=details)
    journal.record(actor=actor, event=event, chain=declaration.chain)
