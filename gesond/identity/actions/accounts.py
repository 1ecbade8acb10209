"""What the agency may do to an account: suspend it, open it again, close it, end its sessions. Never its password.

Nobody at the desk removes a second factor either: codes to the confirmed mobile or address always remain (every account
has one), and with them the person removes a lost one. Why: docs/adr/0020-desk.md.
"""

import re

from django.db import transaction

from gesond.identity.actions.notices import tell_account
from gesond.identity.actions.staff import StaffError, check_may_shut
from gesond.identity.models import Account, AccountState, Person, Session
from gesond.kernel import journal
from gesond.kernel.journal import Actor

# Why, for the journal: one of these, never free text.
SUSPENSION_REASONS = frozenset({"person_asked", "suspected_theft", "wrong_identity", "investigation"})
CLOSING_REASONS = frozenset({"person_asked", "wrong_identity", "deceased"})
WORD = re.compile(r"[a-z_]{1,40}")


class AccountError(ValueError):
    """What was asked for is not possible for the account as it is now; the message says why."""


@transaction.atomic
def suspend_account(*, actor: Actor, account_id: int, reason: str) -> Account:
    """Shut an open account: its sessions end at once and the person is told. Raises AccountError."""
    _check_reason(reason, SUSPENSION_REASONS)
    _check_may_shut(actor, account_id)
    account = _lock(account_id)
    _refuse_own(actor, account)
    if account.state != AccountState.ACTIVE:
        raise AccountError("only an open account can be suspended")
    _move(actor, account, AccountState.SUSPENDED, "account.suspended", reason)
    tell_account(account, change="suspended")
    return account


@transaction.atomic
def reopen_account(*, actor: Actor, account_id: int) -> Account:
    """Open a suspended or closed account again, with nothing left of its old sessions. Raises AccountError."""
    account = _lock(account_id)
    _refuse_own(actor, account)
    if account.state == AccountState.ACTIVE:
        raise AccountError("the account is open")
    if account.person.deceased:
        raise AccountError("the registry says that the person has died")
    _move(actor, account, AccountState.ACTIVE, "account.reopened", "")
    tell_account(account, change="reopened")
    return account


@transaction.atomic
def close_account(*, actor: Actor, account_id: int, reason: str) -> Account:
    """Close an account that is not closed yet. Its data stay; the person is told. Raises AccountError."""
    _check_reason(reason, CLOSING_REASONS)
    _check_may_shut(actor, account_id)
    account = _lock(account_id)
    _refuse_own(actor, account)
    if account.state == AccountState.CLOSED:
        raise AccountError("the account is closed already")
    _move(actor, account, AccountState.CLOSED, "account.closed", reason)
    tell_account(account, change="closed")
    return account


@transaction.atomic
def end_all_sessions(*, actor: Actor, account_id: int) -> int:
    """Sign every device of the account out; how many. The person is told when there were any."""
    account = _lock(account_id)
    ended = _end_sessions(account)
    details = {"account": account.pk, "sessions": ended}
    journal.record(actor=actor, event="account.signed_out", chain=f"person:{account.person_id}", details=details)
    if ended:
        tell_account(account, change="signed_out")
    return ended


def close_accounts_of_the_deceased(*, actor: Actor) -> int:
    """After a registry import, in its transaction: nobody signs in as somebody who has died. How many were closed.

    Nobody is told: the number or address may be another person's by now.
    """
    persons = Person.objects.filter(deceased=True, account__isnull=False).exclude(account__state=AccountState.CLOSED)
    accounts = list(persons.order_by("pk").values_list("account", flat=True))
    for account_id in accounts:
        _move(actor, _lock(account_id), AccountState.CLOSED, "account.closed", "deceased")
    return len(accounts)


def _lock(account_id: int) -> Account:
    """The account, its person's registry data at hand. Raises Account.DoesNotExist."""
    return Account.objects.select_related("person").select_for_update(of=("self",)).get(pk=account_id)


def _move(actor: Actor, account: Account, state: AccountState, event: str, reason: str) -> None:
    account.state = state
    account.save(update_fields=["state"])
    details = {"account": account.pk, "sessions": _end_sessions(account)} | ({"reason": reason} if reason else {})
    journal.record(actor=actor, event=event, chain=f"person:{account.person_id}", details=details)


def _end_sessions(account: Account) -> int:
    ended, _models = Session.objects.filter(account=account).delete()
    return ended


def _refuse_own(actor: Actor, account: Account) -> None:
    if actor.name == f"staff:{account.pk}":
        raise AccountError("nobody decides about their own account")


def _check_may_shut(actor: Actor, account_id: int) -> None:
    try:
        check_may_shut(actor=actor, account_id=account_id)
    except StaffError as error:
        raise AccountError(
            "staff are shut out by security, and never the last who may open an account again"
        ) from error


def _check_reason(reason: str, known: frozenset[str]) -> None:
    if not WORD.fullmatch(reason) or reason not in known:
        raise ValueError(f"{reason!r} is no reason: {', '.join(sorted(known))}")
