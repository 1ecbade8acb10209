"""Pages of long lists."""

from django.template.loader import get_template
from django.test import RequestFactory

from gesond.web.pagination import address_with, page_of


def request(query=""):
    return RequestFactory().get(f"/list/{query}")


def drawn(page, asked):
    return str(get_template("web/components/pagination.jinja").template.module.pagination(page, asked))


def test_a_number_nobody_has_is_the_first_or_the_last():
    rows = list(range(60))
    assert next(iter(page_of(request("?page=x"), rows))) == 0
    assert list(page_of(request("?page=99"), rows)) == list(range(50, 60))


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
