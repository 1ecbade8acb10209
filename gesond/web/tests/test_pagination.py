"""Pages of long lists."""

from unittest.mock import patch

import pytest
from captcha.models import CaptchaStore
from django.template.loader import get_template
from django.test import RequestFactory

from gesond.web.pagination import LAST_PAGE, address_with, counted_page, page_number, page_of


def request(query=""):
    return RequestFactory().get(f"/list/{query}")


def drawn(page, asked):
    return str(get_template("web/components/pagination.jinja").template.module.pagination(page, asked))


def test_a_number_nobody_has_is_the_first_or_the_last():
    rows = list(range(60))
    assert next(iter(page_of(request("?page=x"), rows))) == 0
    assert list(page_of(request("?page=99"), rows)) == list(range(50, 60))


@pytest.mark.django_db
@pytest.mark.parametrize("far", [0, 30, 500])
def test_pages_from_either_end_make_the_whole_list(far, django_assert_num_queries):
    rows = CaptchaStore.objects.order_by("-response", "pk")
    for number in range(108):
        CaptchaStore.objects.create(challenge="A", response=f"{number % 7}", hashkey=f"k{number}")
    found = []
    with patch("gesond.web.pagination.FAR", far):
        for number in range(1, 6):
            with django_assert_num_queries(2):
                found += page_of(request(f"?page={number}"), rows)
    assert found == list(rows)


@pytest.mark.django_db
def test_a_list_without_rows_has_one_empty_page(django_assert_num_queries):
    with django_assert_num_queries(1):
        assert list(page_of(request("?page=3"), CaptchaStore.objects.order_by("pk"))) == []


@pytest.mark.parametrize(("asked", "number"), [("", 1), ("?page=3", 3), ("?page=x", 1), ("?page=0", LAST_PAGE)])
def test_a_page_is_asked_for_by_its_number(asked, number):
    assert page_number(request(asked)) == number


def test_rows_counted_as_they_were_read_make_a_page():
    page = counted_page(["last"], number=LAST_PAGE, count=41, per_page=20)
    assert (page.number, page.paginator.num_pages, list(page)) == (3, 3, ["last"])
    assert (page.start_index(), page.end_index()) == (41, 41)


def test_links_keep_the_filters():
    asked = request("?state=open&page=1")
    page = drawn(page_of(asked, list(range(60))), asked)
    assert "state=open" in page
    assert "page=3" in page


def test_one_page_shows_no_pages():
    asked = request()
    assert drawn(page_of(asked, [1]), asked).strip() == ""


def test_an_address_is_quoted():
    assert address_with(request("?q=%26%22"), page=2) == "?q=%26%22&page=2"
    assert address_with(request("?q=1&page=2"), page="") == "?q=1"
