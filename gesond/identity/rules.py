"""Who may: predicates over the account of a request, deny by default. Every app adds its own `rules.py`."""

import rules

from gesond.identity.models import Account, Door, Role
from gesond.identity.sessions.standing import standing_of


def entered_by(*doors: Door) -> rules.Predicate:
    """Whether the session was opened at one of these doors."""

    @rules.predicate(f"entered_by:{'|'.join(doors)}")
    def entered(account: object) -> bool:
        return isinstance(account, Account) and standing_of(account).door in doors

    return entered


@rules.predicate
def by_luxtrust(account: object) -> bool:
    """Whether the session was opened with LuxTrust: what the fallback may not do asks for it (S1-20)."""
    return standing_of(account).by_luxtrust


@rules.predicate
def is_staff(account: object) -> bool:
    """At the agency's desk, and not ended since. One query, once a request."""
    return entered_by(Door.STAFF)(account) and bool(roles_of(account))


def has_role(*roles: Role) -> rules.Predicate:
    """Staff with one of these roles."""

    @rules.predicate(f"has_role:{'|'.join(roles)}")
    def has(account: object) -> bool:
        return is_staff(account) and not roles_of(account).isdisjoint(roles)

    return has


def roles_of(account: object) -> set[str]:
    """What a member of staff may do; nothing for anybody else."""
    member = getattr(account, "staff_member", None)
    return set() if member is None or member.ended_at is not None else set(member.roles)
