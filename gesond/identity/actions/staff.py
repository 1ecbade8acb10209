"""Who works at the desk: named, given other roles, ended. Nobody decides about themselves, and security stays held."""

from collections.abc import Iterable

from django.db import transaction

from gesond.identity.actions.notices import tell_account
from gesond.identity.models import Account, Door, Role, StaffMember
from gesond.identity.queries.staff import has_strong_second_factor
from gesond.kernel import journal
from gesond.kernel.clock import now
from gesond.kernel.journal import Actor


class StaffError(ValueError):
    """Not possible as things are. `code`: own, unknown_role, no_role, inactive, weak_factor, last_security, ended,
    not_security."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@transaction.atomic
def name_staff(*, actor: Actor, account_id: int, roles: Iterable[str]) -> StaffMember:
    """Let an account enter the desk; one that was ended before is named again. Raises StaffError.

    A second factor that is not e-mail is asked for: whoever reads the agency's mail must not enter its desk.
    """
    chosen = _checked(roles)
    account = _lock(account_id)
    _refuse_own(actor, account)
    if not account.is_active:
        raise StaffError("inactive")
    if not has_strong_second_factor(account):
        raise StaffError("weak_factor")
    member, _created = StaffMember.objects.update_or_create(
        account=account, defaults={"roles": chosen, "named_at": now(), "ended_at": None}
    )
    account.doors = [*(door for door in account.doors if door != Door.STAFF), Door.STAFF.value]
    account.save(update_fields=["doors"])
    _tell(actor, account, "staff.named", chosen)
    return member


@transaction.atomic
def change_roles(*, actor: Actor, member_id: int, roles: Iterable[str]) -> StaffMember:
    """Give a member other roles. Raises StaffError, StaffMember.DoesNotExist."""
    chosen = _checked(roles)
    member = _lock_member(actor, member_id)
    if Role.SECURITY not in chosen:
        _keep_security(member)
    member.roles = chosen
    member.save(update_fields=["roles"])
    _tell(actor, member.account, "staff.roles_changed", chosen)
    return member


@transaction.atomic
def end_staff(*, actor: Actor, member_id: int) -> StaffMember:
    """Shut the desk to a member; their open pages stop at once. Raises StaffError, StaffMember.DoesNotExist."""
    member = _lock_member(actor, member_id)
    _keep_security(member)
    member.ended_at = now()
    member.save(update_fields=["ended_at"])
    account = member.account
    # A session of a door that was shut goes no further. An account always keeps one.
    account.doors = [door for door in account.doors if door != Door.STAFF] or account.doors
    account.save(update_fields=["doors"])
    _tell(actor, account, "staff.ended", [])
    return member


def check_may_shut(*, actor: Actor, account_id: int) -> None:
    """Before an account is suspended or closed, in that transaction: who works at the desk is shut out by security.

    Otherwise the helpdesk could lock out everybody who may open an account again. Raises StaffError (`not_security`,
    `last_security`). Locks the members, as everything here does before an account.
    """
    if not StaffMember.objects.filter(account=account_id, ended_at__isnull=True).exists():
        return
    members = {each.account_id: each for each in _lock_members()}
    member = members.get(account_id)
    if member is None:
        return
    if actor.name.startswith("staff:"):
        own = members.get(int(actor.name.removeprefix("staff:")))
        if own is None or Role.SECURITY not in own.roles:
            raise StaffError("not_security")
    _keep_security(member)


def _checked(roles: Iterable[str]) -> list[str]:
    chosen = sorted({str(role) for role in roles})
    if not chosen:
        raise StaffError("no_role")
    if not set(chosen) <= set(Role.values):
        raise StaffError("unknown_role")
    return chosen


def _lock(account_id: int) -> Account:
    return Account.objects.select_related("person").select_for_update(of=("self",)).get(pk=account_id)


def _lock_member(actor: Actor, member_id: int) -> StaffMember:
    """The member, still at work, and every other one who holds security: two who end each other must not both win."""
    member = {each.pk: each for each in _lock_members()}.get(member_id)
    if member is None:
        raise StaffError("ended") if StaffMember.objects.filter(pk=member_id).exists() else StaffMember.DoesNotExist
    member.account = _lock(member.account_id)
    _refuse_own(actor, member.account)
    return member


def _lock_members() -> list[StaffMember]:
    """All who are at work, in one order."""
    return list(StaffMember.objects.filter(ended_at__isnull=True).select_for_update().order_by("pk"))


def _keep_security(member: StaffMember) -> None:
    """Somebody else whose account is open must hold the role that names others."""
    if Role.SECURITY not in member.roles:
        return
    holders = StaffMember.objects.filter(
        ended_at__isnull=True, roles__contains=[Role.SECURITY], account__state="active"
    )
    if not holders.exclude(pk=member.pk).exists():
        raise StaffError("last_security")


def _refuse_own(actor: Actor, account: Account) -> None:
    if actor.name in {f"staff:{account.pk}", f"account:{account.pk}"}:
        raise StaffError("own")


def _tell(actor: Actor, account: Account, event: str, roles: list[str]) -> None:
    details = {"account": account.pk, "roles": roles}
    journal.record(actor=actor, event=event, chain=f"person:{account.person_id}", details=details)
    tell_account(account, change=event.replace(".", "_"))
