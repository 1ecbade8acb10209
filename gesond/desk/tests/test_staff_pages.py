"""Naming staff, changing roles, ending access, on the desk's pages."""

import pytest
from django.urls import reverse

from gesond.desk.tests.staff import at_the_desk, staff_account
from gesond.identity.models import Role, StaffMember
from gesond.identity.tests.factories import AccountFactory, PersonFactory
from gesond.kernel.models import JournalEntry

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk():
    return at_the_desk(Role.SECURITY)


def test_a_member_is_named_by_matricule(desk):
    account = AccountFactory()
    desk.post(
        reverse("desk:staff_name"), {"matricule": str(account.person.matricule), "roles": ["helpdesk", "letters"]}
    )
    assert StaffMember.objects.get(account=account).roles == ["helpdesk", "letters"]


def test_a_matricule_without_an_account_is_told_beside_the_field(desk):
    page = desk.post(reverse("desk:staff_name"), {"matricule": "1950010101922", "roles": ["helpdesk"]}).content.decode()
    assert "nhsuk-error-message" in page
    assert 'value="1950010101922"' in page


@pytest.mark.parametrize("has_account", [True, False])
def test_whether_a_matricule_has_an_account_is_not_tried_unseen(desk, has_account):
    person = AccountFactory().person if has_account else PersonFactory()
    desk.post(reverse("desk:staff_name"), {"matricule": str(person.matricule)})
    entry = JournalEntry.objects.get(chain=f"staff:{desk.account.pk}", event="person.searched")
    assert entry.details["found"] == int(has_account)
    assert str(person.matricule) not in str(entry.details)


def test_a_weak_account_is_refused_with_what_to_do(desk):
    account = AccountFactory(phone=None, email="a@example.org", code_channel="email")
    given = {"matricule": str(account.person.matricule), "roles": ["helpdesk"]}
    assert "nhsuk-error-message" in desk.post(reverse("desk:staff_name"), given).content.decode()
    assert not StaffMember.objects.filter(account=account).exists()


def test_roles_change_and_access_ends(desk):
    member = staff_account(Role.HELPDESK).staff_member
    desk.post(reverse("desk:staff_roles", args=[member.pk]), {"roles": ["content"]})
    member.refresh_from_db()
    assert member.roles == ["content"]
    desk.post(reverse("desk:staff_end", args=[member.pk]))
    member.refresh_from_db()
    assert member.ended_at is not None


def test_own_roles_stay(desk):
    member = desk.account.staff_member
    for name, given in (("staff_roles", {"roles": [role.value for role in Role]}), ("staff_end", {})):
        desk.post(reverse(f"desk:{name}", args=[member.pk]), given)
    member.refresh_from_db()
    assert (member.roles, member.ended_at) == (["security"], None)


def test_the_list_takes_as_many_queries_however_many_members(desk, django_assert_num_queries):
    for _number in range(5):
        staff_account(Role.CONTENT)
    with django_assert_num_queries(4):  # session, staff, count, members
        desk.get(reverse("desk:staff"))
