"""Who may, where it depends on the directory."""

from typing import TypeGuard

import rules

from gesond.directory.models import Mandate, MandateFunction, Professional, ProfessionalRecord, in_force
from gesond.directory.queries.mandates import in_force_today
from gesond.identity.models import Account, Door
from gesond.identity.rules import by_luxtrust, entered_by


def in_practice(account: Account) -> bool:
    """Whether the directory has a record of the account's person that is in force today. One query."""
    return ProfessionalRecord.objects.filter(in_force(), professional__person=account.person_id).exists()


@rules.predicate
def is_professional(account: object) -> bool:
    """Entered by the professionals' door, and the directory has a record of them that is in force today. One query."""
    return isinstance(account, Account) and entered_by(Door.PROFESSIONAL)(account) and in_practice(account)


# Declaring a secretary, and whatever gives her more, needs LuxTrust: the fallback only takes away (S1-20, X5).
may_declare = by_luxtrust & is_professional


@rules.predicate
def has_mandate(account: object) -> bool:
    """A secretary, entered as such, of at least one professional today. One query."""
    return _is_secretary(account) and Mandate.objects.filter(in_force_today(), account=account).exists()


def mandate_of(account: object, professional: Professional, function: MandateFunction | str) -> Mandate | None:
    """The mandate by which this session may do `function` for `professional` today; None when it may not. One query.

    Ask at every act and never keep the answer: a mandate ends while its secretary is signed in (S3-17).
    """
    if not _is_secretary(account):
        return None
    found = Mandate.objects.filter(in_force_today(), account=account, professional=professional)
    return found.filter(functions__contains=[function]).first()


def serves(function: MandateFunction | str) -> rules.Predicate:
    """A predicate over an account and a professional: whether it may do `function` for them today."""

    @rules.predicate(f"serves:{function}")
    def may(account: object, professional: object) -> bool:
        return isinstance(professional, Professional) and mandate_of(account, professional, function) is not None

    return may


def _is_secretary(account: object) -> TypeGuard[Account]:
    """Signed in by the secretaries' door, which LuxTrust alone opens."""
    return isinstance(account, Account) and bool((entered_by(Door.SECRETARY) & by_luxtrust)(account))
