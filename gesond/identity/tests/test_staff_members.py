"""Who may enter the desk: named, changed, ended."""

import threading

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from gesond.identity.actions.staff import StaffError, change_roles, end_staff, name_staff
from gesond.identity.models import Account, Role, StaffMember
from gesond.identity.tests.factories import AccountFactory
from gesond.kernel.identifiers import Matricule
from gesond.kernel.journal import SYSTEM, Actor
from gesond.kernel.models import JournalEntry
from gesond.notify.models import OutboxMessage

pytestmark = pytest.mark.django_db


def named(*roles, **account):
    return name_staff(actor=SYSTEM, account_id=AccountFactory(**account).pk, roles=roles)


def actor_of(member):
    return Actor(f"staff:{member.account_id}")


def test_a_named_member_may_enter_the_desk_and_is_told():
    member = named(Role.HELPDESK)
    assert "staff" in Account.objects.get(pk=member.account_id).doors
    assert OutboxMessage.objects.filter(template="identity/account_notice").count() == 1
    assert JournalEntry.objects.get(event="staff.named").details["roles"] == ["helpdesk"]


def test_email_alone_is_no_second_factor_for_the_desk():
    with pytest.raises(StaffError, match="weak_factor"):
        named(Role.HELPDESK, phone=None, email="a@example.org", code_channel="email")


@pytest.mark.parametrize("state", ["suspended", "closed"])
def test_an_account_that_is_not_open_is_not_named(state):
    with pytest.raises(StaffError, match="inactive"):
        named(Role.HELPDESK, state=state)


@pytest.mark.parametrize(("roles", "code"), [([], "no_role"), (["king"], "unknown_role")])
def test_roles_are_known_ones(roles, code):
    with pytest.raises(StaffError, match=code):
        named(*roles)


def test_nobody_changes_their_own_roles():
    member = named(Role.SECURITY)
    named(Role.SECURITY)
    for attempt in (
        lambda: change_roles(actor=actor_of(member), member_id=member.pk, roles=list(Role)),
        lambda: end_staff(actor=actor_of(member), member_id=member.pk),
        lambda: name_staff(actor=actor_of(member), account_id=member.account_id, roles=list(Role)),
    ):
        with pytest.raises(StaffError, match="own"):
            attempt()


def test_the_last_one_with_security_stays():
    member = named(Role.SECURITY)
    with pytest.raises(StaffError, match="last_security"):
        end_staff(actor=SYSTEM, member_id=member.pk)
    with pytest.raises(StaffError, match="last_security"):
        change_roles(actor=SYSTEM, member_id=member.pk, roles=[Role.LETTERS])


def test_one_whose_account_is_suspended_does_not_count_as_security():
    member, other = named(Role.SECURITY), named(Role.SECURITY)
    Account.objects.filter(pk=other.account_id).update(state="suspended")
    with pytest.raises(StaffError, match="last_security"):
        end_staff(actor=SYSTEM, member_id=member.pk)


def test_ending_shuts_the_door_and_naming_again_opens_it():
    named(Role.SECURITY)
    member = named(Role.HELPDESK)
    end_staff(actor=SYSTEM, member_id=member.pk)
    assert Account.objects.get(pk=member.account_id).doors == ["patient"]
    with pytest.raises(StaffError, match="ended"):
        end_staff(actor=SYSTEM, member_id=member.pk)
    again = name_staff(actor=SYSTEM, account_id=member.account_id, roles=[Role.LETTERS])
    assert (again.pk, again.ended_at, again.roles) == (member.pk, None, ["letters"])


def test_the_command_names_the_first_one(capsys):
    account = AccountFactory()
    call_command("name_staff", "--matricule", str(account.person.matricule), "--roles", "security", "registry")
    assert StaffMember.objects.get().roles == ["registry", "security"]
    with pytest.raises(CommandError, match="nobody"):
        call_command("name_staff", "--matricule", Matricule.build(1984, 5, 17, 1).value, "--roles", "security")


@pytest.mark.django_db(transaction=True)
def test_two_who_end_each_other_do_not_both_win():
    first, second = named(Role.SECURITY), named(Role.SECURITY)
    start = threading.Barrier(2)
    outcomes = []

    def end(actor, member):
        start.wait()
        try:
            end_staff(actor=actor_of(actor), member_id=member.pk)
            outcomes.append("ended")
        except StaffError as error:
            outcomes.append(error.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=end, args=pair) for pair in ((first, second), (second, first))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["ended", "last_security"]
    assert StaffMember.objects.filter(ended_at__isnull=True).count() == 1
