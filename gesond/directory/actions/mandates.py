"""Mandates begin, are confirmed every quarter, changed, suspended, ended (S3-17). Each writer locks the mandate."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

import rules
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Q, QuerySet

from gesond.directory.actions.declarations import LONGEST, check_practices
from gesond.directory.models import Declaration, Mandate, today
from gesond.directory.queries.mandates import Standing as Today
from gesond.directory.queries.mandates import is_due_soon, is_without_effect, standing_of
from gesond.directory.rules import is_professional, may_declare, sees_mandates
from gesond.directory.secretary_mail import write_mandate
from gesond.identity.models import Account
from gesond.kernel import journal
from gesond.kernel.clock import now
from gesond.kernel.journal import SYSTEM, Actor

QUARTER = timedelta(days=91)
REMINDERS = (timedelta(days=3), timedelta(days=14))  # before it lapses, the nearest first
SECRETARIES = "directory:secretaries"
Reason = Mandate.EndReason


class MandateOverError(Exception):
    """It has ended, or is not this account's."""


class Change(StrEnum):
    """What a professional does to a mandate with one button."""

    CONFIRM = "confirm"
    SUSPEND = "suspend"
    RESUME = "resume"


class MandateDatesError(ValueError):
    """The last day is past, or more than a year after the first."""


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What a professional may change. `valid_to` is included."""

    establishments: tuple[int, ...]
    functions: tuple[str, ...]
    valid_to: date


def acting_for(actor: Actor, mandate: Mandate) -> Actor:
    """« X for Y »: the actor of everything a secretary does by a mandate."""
    return Actor(actor.name, on_behalf_of=f"professional:{mandate.professional_id}", address=actor.address)


def begin_mandate(*, actor: Actor, declaration: Declaration, account: Account) -> Mandate:
    """What an accepted declaration gives, in the caller's transaction; it takes the place of a former one."""
    former = Mandate.objects.select_for_update().filter(
        account=account, professional=declaration.professional, ended_at__isnull=True
    )
    for mandate in former:
        _close(mandate, Reason.REPLACED, None)
    mandate = Mandate.objects.create(
        account=account,
        professional=declaration.professional,
        declaration=declaration,
        functions=declaration.functions,
        valid_from=declaration.valid_from,
        valid_to=declaration.valid_to,
        confirmed_until=min(max(declaration.valid_from, today()) + QUARTER, declaration.valid_to),
    )
    mandate.establishments.set(declaration.establishments.all())
    _journal(actor, mandate, "mandate.begun")
    return mandate


@transaction.atomic
def apply_change(*, actor: Actor, account: Account, mandate_id: int, change: Change) -> None:
    """Confirm for another quarter, suspend, resume. Suspending needs no LuxTrust: it only takes away.

    Raises MandateOverError, PermissionDenied.
    """
    _require(is_professional if change is Change.SUSPEND else may_declare, account)
    mandate = _lock_given(account, mandate_id)
    if change is Change.SUSPEND:
        mandate.suspended_at = mandate.suspended_at or now()
    else:
        mandate.suspended_at = None
        mandate.confirmed_until = min(max(mandate.valid_from, today()) + QUARTER, mandate.valid_to)
        mandate.lapse_told_at = None
    mandate.save()
    event = {Change.CONFIRM: "confirmed", Change.SUSPEND: "suspended", Change.RESUME: "resumed"}[change]
    _journal(actor, mandate, f"mandate.{event}")
    if change is not Change.CONFIRM:
        write_mandate(mandate, mandate.account, event)


@transaction.atomic
def change_terms(*, actor: Actor, account: Account, mandate_id: int, terms: Terms) -> None:
    """Other practices, functions or last day.

    Raises MandateOverError, MandateDatesError, DeclarationRefusedError (practices), PermissionDenied.
    """
    _require(may_declare, account)
    mandate = _lock_given(account, mandate_id)
    if not max(today(), mandate.valid_from) <= terms.valid_to <= max(today(), mandate.valid_from) + LONGEST:
        raise MandateDatesError
    check_practices(mandate.professional, terms.establishments)
    mandate.functions, mandate.valid_to = sorted(set(terms.functions)), terms.valid_to
    mandate.confirmed_until = min(mandate.confirmed_until, terms.valid_to)
    mandate.save()
    mandate.establishments.set(terms.establishments)
    _journal(actor, mandate, "mandate.changed")
    write_mandate(mandate, mandate.account, "changed")


@transaction.atomic
def end_mandate(*, actor: Actor, account: Account, mandate_id: int) -> None:
    """By the professional, at any time, LuxTrust or not. Raises MandateOverError, PermissionDenied."""
    _require(is_professional, account)
    mandate = _lock_given(account, mandate_id)
    _close(mandate, Reason.BY_PROFESSIONAL, account)
    _journal(actor, mandate, "mandate.ended")
    write_mandate(mandate, mandate.account, "ended")


@transaction.atomic
def give_up(*, actor: Actor, account: Account, mandate_id: int) -> None:
    """By the secretary. Raises MandateOverError, PermissionDenied."""
    _require(sees_mandates, account)
    mandate = _lock(Mandate.objects.filter(account=account), mandate_id)
    _close(mandate, Reason.GIVEN_UP, account)
    _journal(actor, mandate, "mandate.given_up")
    write_mandate(mandate, mandate.declaration.declared_by, "given_up", page=SECRETARIES)


def remind_and_end(*, actor: Actor) -> int:
    """Every day's work: ask for confirmations, tell of lapses, close what has had its last day; return how many.

    The rights themselves end by the days alone: `rules.in_force_today`.
    """
    soon = today() + max(REMINDERS)
    due = Mandate.objects.filter(ended_at__isnull=True, confirmed_until__lte=soon).values_list("pk", flat=True)
    return sum(_attend(actor, mandate_id) for mandate_id in list(due))


@transaction.atomic
def end_mandates_of_the_deceased(*, actor: Actor) -> int:
    """After a registry import: nobody serves who has died, nor acts as if they did; return how many ended.

    Their accounts are closed by then, so that nothing could be done by these mandates. The other of the two is told.
    """
    died = Q(account__person__deceased=True) | Q(professional__person__deceased=True)
    over = Mandate.objects.filter(died, ended_at__isnull=True).order_by("pk").values_list("pk", flat=True)
    ended = [_lock(Mandate.objects.all(), mandate_id, past=True) for mandate_id in list(over)]
    for mandate in ended:
        _close(mandate, Reason.DECEASED, None)
        _journal(actor, mandate, "mandate.ended")
        _tell_survivor(mandate)
    return len(ended)


def end_mandates_after_import(**_: Any) -> None:
    """Listens to `registry_imported`."""
    end_mandates_of_the_deceased(actor=SYSTEM)


def _tell_survivor(mandate: Mandate) -> None:
    if not mandate.account.person.deceased:
        write_mandate(mandate, mandate.account, "over")
    if not mandate.professional.person.deceased:
        write_mandate(mandate, mandate.declaration.declared_by, "over_professional", page=SECRETARIES)


@transaction.atomic
def _attend(actor: Actor, mandate_id: int) -> bool:
    mandate = _lock(Mandate.objects.all(), mandate_id, past=True)
    standing = standing_of(mandate)
    if standing is Today.ENDED:
        _close(mandate, Reason.ITS_DAY, None)
        _journal(actor, mandate, "mandate.ended")
        _tell_both(mandate, "its_day")
    elif is_without_effect(mandate):  # nobody can confirm it now, and nothing lapses that has no effect
        return False
    elif standing is Today.UNCONFIRMED and mandate.lapse_told_at is None:
        mandate.lapse_told_at = now()
        mandate.save(update_fields=["lapse_told_at"])
        _journal(actor, mandate, "mandate.lapsed")
        _tell_both(mandate, "lapsed")
    elif standing is not Today.UNCONFIRMED and is_due_soon(mandate):
        _remind(mandate)
    else:
        return False
    return True


def _remind(mandate: Mandate) -> None:
    """Once for each of the two reminders of a quarter, on whatever day the job runs."""
    left = mandate.confirmed_until - today()
    step = next(reminder for reminder in REMINDERS if left <= reminder)
    key = f"mandate:{mandate.pk}:{mandate.confirmed_until.isoformat()}:{step.days}"
    write_mandate(mandate, mandate.declaration.declared_by, "confirm", dedupe_key=key, page=SECRETARIES)


def _tell_both(mandate: Mandate, event: str) -> None:
    write_mandate(mandate, mandate.account, event)
    write_mandate(mandate, mandate.declaration.declared_by, f"{event}_professional", page=SECRETARIES)


def _close(mandate: Mandate, reason: Mandate.EndReason, by: Account | None) -> None:
    mandate.ended_at, mandate.end_reason, mandate.ended_by = now(), reason, by
    mandate.save(update_fields=["ended_at", "end_reason", "ended_by"])


def _lock_given(account: Account, mandate_id: int) -> Mandate:
    return _lock(Mandate.objects.filter(professional__person=account.person_id), mandate_id)


def _lock(rows: QuerySet[Mandate], mandate_id: int, *, past: bool = False) -> Mandate:
    """Not ended; `past`: its last day may be over. Raises MandateOverError."""
    related = rows.select_related("account__person", "professional__person", "declaration__declared_by")
    mandate = related.select_for_update(of=("self",)).filter(pk=mandate_id, ended_at__isnull=True).first()
    if mandate is None or (mandate.valid_to < today() and not past):
        raise MandateOverError
    return mandate


def _require(rule: rules.Predicate, account: Account) -> None:
    if not rule(account):
        raise PermissionDenied


def _journal(actor: Actor, mandate: Mandate, event: str) -> None:
    """In the chains of both, always in one order."""
    details = {"mandate": mandate.pk}
    for person_id in sorted({mandate.account.person_id, mandate.professional.person_id}):
        journal.record(actor=actor, event=event, chain=f"person:{person_id}", details=details)
