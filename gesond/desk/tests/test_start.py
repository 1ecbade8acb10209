"""The desk's first page."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from gesond.desk.tests.staff import at_the_desk
from gesond.helpdesk.tests.steps import a_request
from gesond.identity.models import LetterBatch, Role
from gesond.identity.tests.check_steps import a_check

pytestmark = pytest.mark.django_db


def test_what_waits_is_that_of_one_s_roles():
    LetterBatch.objects.create(created_by="system", selection={}, requested=1)
    letters = at_the_desk(Role.LETTERS).get(reverse("desk:start")).content.decode()
    content = at_the_desk(Role.CONTENT).get(reverse("desk:start")).content.decode()
    assert reverse("desk:letters") in letters
    assert "ges-figure--waiting" in letters
    assert "ges-figure" not in content.replace("ges-figures", "")


@pytest.mark.parametrize(
    ("name", "here"),
    [("start", "start"), ("letters_order", "letters"), ("persons", "persons"), ("staff_name", "staff")],
)
def test_the_menu_marks_the_page_one_is_on(name, here):
    page = at_the_desk(*Role).get(reverse(f"desk:{name}")).content.decode()
    assert page.count('aria-current="page"') == 2  # the menu beside and the folded one
    assert f'href="{reverse(f"desk:{here}")}" aria-current="page"' in page


def test_what_the_helpdesk_owes_and_which_identities_wait_is_said_at_once():
    a_request(email="a@example.lu")
    a_check()
    helpdesk = at_the_desk(Role.HELPDESK).get(reverse("desk:start")).content.decode()
    assert f'{reverse("helpdesk:desk_requests")}?queue=new"' in helpdesk
    assert reverse("helpdesk:identity_checks") not in helpdesk
    checking = at_the_desk(Role.IDENTITY_CHECKS).get(reverse("desk:start")).content.decode()
    assert f'{reverse("helpdesk:identity_checks")}?which=free"' in checking
    assert checking.count("ges-figure--waiting") == 1


def test_the_first_page_takes_as_many_queries_whatever_waits(django_assert_num_queries):
    desk = at_the_desk(*Role)
    desk.get(reverse("desk:start"))
    with CaptureQueriesContext(connection) as before:
        desk.get(reverse("desk:start"))
    for number in range(4):
        a_request(email=f"{number}@example.lu")
        a_check()
    with django_assert_num_queries(len(before)):
        desk.get(reverse("desk:start"))
