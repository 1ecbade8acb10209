"""The desk's first page."""

import pytest
from django.urls import reverse

from gesond.desk.tests.staff import at_the_desk
from gesond.identity.models import LetterBatch, Role

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
