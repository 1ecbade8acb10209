"""Who may, where it depends on the directory."""

from typing import TypeGuard

import rules
from django.db.models import Exists, OuterRef, Q

from gesond.directory.models import Mandate, MandateFunction, Professional, ProfessionalRecord, in_force, today
from gesond.identity.models import Account, AccountState, Door
from gesond.identity.rules import by_luxtrust, entered_by


def listed_today(professional: str) -> Exists:
    """Whether the directory has a record in force of the professional that the column `professional` names."""
    return Exists(ProfessionalRecord.objects.filter(in_force(), professional=OuterRef(professional)))


def account_is_open(professional: str) -> Exists:
    """Whether that professional's account may enter by the professionals' door: not suspended, not closed."""
    accounts = Account.objects.filter(state=AccountState.ACTIVE, doors__contains=[Door.PROFESSIONAL])
    return Exists(accounts.filter(person__professional=OuterRef(professional)))


def stands_behind(professional: str = "professional") -> Q:
    """Rows whose professional can answer today for what is done in their name: in force, with an open account.

    Without it no declaration goes on and no mandate has any effect, for as long as it lasts (S3-17): a suspended
    account may have been stolen, and who has left the directory serves nobody by others.
    """
    return Q(listed_today(professional)) & Q(account_is_open(professional))


def in_force_today() -> Q:
    """Mandates by which something may be done today. It asks the days and the professional, and remembers nothing."""
    day = today()
    dates = Q(valid_from__lte=day, valid_to__gte=day, confirmed_until__gte=day)
    return Q(ended_at__isnull=True, suspended_at__isnull=True) & dates & stands_behind()


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
def sees_mandates(account: object) -> bool:
    """Who may look at « Mes mandats » and give them up: a secretary, by her own door or by the professionals'.

    One page of « Connexion » leads to both doors, and to a professional's own first: a professional who serves another
    as a secretary keeps the mandates there (S3-17).
    """
    if not isinstance(account, Account) or Door.SECRETARY not in account.doors:
        return False
    return bool(entered_by(Door.SECRETARY, Door.PROFESSIONAL)(account))


@rules.predicate
def has_mandate(account: object) -> bool:
    """A secretary of at least one professional today, by LuxTrust. One query."""
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
    """Nothing is done by a mandate without LuxTrust, whichever of the two doors was entered by."""
    return isinstance(account, Account) and bool((sees_mandates & by_luxtrust)(account))
