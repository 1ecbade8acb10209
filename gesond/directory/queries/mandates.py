"""Mandates: which are in force, a professional's, a secretary's own."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from django.db.models import Prefetch, QuerySet

from gesond.directory.models import (
    Establishment,
    EstablishmentRecord,
    Mandate,
    MandateFunction,
    ProfessionalRecord,
    in_force,
    today,
)
from gesond.directory.rules import account_is_open, listed_today, stands_behind
from gesond.identity.models import Account

CONFIRM_SOON = timedelta(days=14)


class Standing(StrEnum):
    """What a mandate is today, in the order in which a list shows it."""

    UNCONFIRMED = "unconfirmed"  # its quarter is over: suspended until the professional confirms it
    RUNNING = "running"
    LATER = "later"
    # Without effect for as long as the professional cannot answer for it.
    NOT_LISTED = "not_listed"
    ACCOUNT_SHUT = "account_shut"
    SUSPENDED = "suspended"
    ENDED = "ended"


COUNTING = (Standing.RUNNING, Standing.LATER)


@dataclass(frozen=True, kw_only=True)
class MandateFacts:
    """One mandate as a page shows it. `who`: the secretary for the professional, the professional for the secretary."""

    id: int
    who: str
    places: tuple[str, ...]
    functions: tuple[str, ...]
    valid_from: date
    valid_to: date
    confirmed_until: date
    standing: Standing
    end_reason: str
    confirm_soon: bool


def mandates_given(professional_id: int) -> list[MandateFacts]:
    """A professional's, those that still count first. Three queries."""
    rows = _with_places(Mandate.objects.filter(professional=professional_id).select_related("account__person"))
    return _in_order([facts_of(row, row.account.person.full_name) for row in rows])


def mandates_held(account: Account) -> list[MandateFacts]:
    """A secretary's own. Four queries."""
    current = Prefetch("professional__records", ProfessionalRecord.objects.filter(in_force()), to_attr="current")
    rows = _with_places(Mandate.objects.filter(account=account).select_related("professional__person"))
    return _in_order([facts_of(row, _professional_name(row)) for row in rows.prefetch_related(current)])


def facts_of(mandate: Mandate, who: str) -> MandateFacts:
    """As shown: functions and places in words."""
    places = (record.name for place in mandate.establishments.all() for record in _current(place))
    standing = _standing_with_professional(mandate)
    return MandateFacts(
        id=mandate.pk,
        who=who,
        places=tuple(sorted(places)),
        functions=tuple(str(MandateFunction(one).label) for one in mandate.functions),
        valid_from=mandate.valid_from,
        valid_to=mandate.valid_to,
        confirmed_until=mandate.confirmed_until,
        standing=standing,
        end_reason=mandate.get_end_reason_display() if mandate.end_reason else "",
        confirm_soon=standing is Standing.UNCONFIRMED or (standing in COUNTING and is_due_soon(mandate)),
    )


def standing_of(mandate: Mandate) -> Standing:
    """What it is today, by its days: no job needs to have run."""
    day = today()
    if mandate.ended_at or mandate.valid_to < day:
        return Standing.ENDED
    if mandate.suspended_at:
        return Standing.SUSPENDED
    if mandate.confirmed_until < day:
        return Standing.UNCONFIRMED
    return Standing.LATER if mandate.valid_from > day else Standing.RUNNING


def _standing_with_professional(mandate: Mandate) -> Standing:
    """That the professional cannot answer for it comes first: it is what its secretary would otherwise not know."""
    standing = standing_of(mandate)
    if standing is Standing.ENDED:
        return standing
    if not mandate.is_listed:  # type: ignore[attr-defined] # annotated
        return Standing.NOT_LISTED
    return standing if mandate.account_is_open else Standing.ACCOUNT_SHUT  # type: ignore[attr-defined] # annotated


def is_without_effect(mandate: Mandate) -> bool:
    """Whether its professional cannot answer for it today. One query."""
    return not Mandate.objects.filter(stands_behind(), pk=mandate.pk).exists()


def is_due_soon(mandate: Mandate) -> bool:
    """Whether the professional is asked to confirm it now; not in its last quarter, which ends it."""
    if standing_of(mandate) in (Standing.ENDED, Standing.SUSPENDED):
        return False
    return mandate.confirmed_until < mandate.valid_to and mandate.confirmed_until - today() <= CONFIRM_SOON


def with_places(mandate_id: int) -> Mandate | None:
    """One mandate with what its page shows."""
    rows = Mandate.objects.filter(pk=mandate_id).select_related("account__person", "professional__person")
    return _with_places(rows).first()


def _with_places(rows: QuerySet[Mandate]) -> QuerySet[Mandate]:
    current = Prefetch("records", EstablishmentRecord.objects.filter(in_force()), to_attr="current")
    places = Prefetch("establishments", Establishment.objects.prefetch_related(current))
    rows = rows.annotate(is_listed=listed_today("professional"), account_is_open=account_is_open("professional"))
    return rows.prefetch_related(places).order_by("-created_at", "-pk")


def _current(place: Establishment) -> list[EstablishmentRecord]:
    found: list[EstablishmentRecord] = place.current  # type: ignore[attr-defined] # prefetched: one or none
    return found


def _professional_name(mandate: Mandate) -> str:
    person = mandate.professional.person
    records: list[ProfessionalRecord] = mandate.professional.current  # type: ignore[attr-defined] # prefetched
    title = records[0].title if records else ""
    return f"{title} {person.full_name}".strip()


def _in_order(found: list[MandateFacts]) -> list[MandateFacts]:
    return sorted(found, key=lambda one: list(Standing).index(one.standing))
