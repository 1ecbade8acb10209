"""A list that says it is no longer the newest."""

import re

from django.core.paginator import Paginator
from django.template.loader import get_template
from django.test import RequestFactory

from gesond.web.list_news import ListNews, mark_of, news_of


class Rows:
    """A list of which three rows came after the moment asked about."""

    def __init__(self):
        self.asked = []

    def filter(self, **condition):
        self.asked.append(condition)
        return self

    def count(self):
        return 3


def mark(*states, total=None):
    return mark_of(Paginator(list(range(total or len(states) or 1)), 25).page(1), states)


def news(shown, now, rows=None, at=None):
    asked = RequestFactory().get("/news/", {"at": shown.at if at is None else at, "shown": shown.shown})
    return news_of(asked, rows or Rows(), came="changed_at", now=now)


def test_a_list_that_shows_the_same_has_no_news_and_asks_nothing():
    rows = Rows()
    assert news(mark("a"), mark("a"), rows) == ListNews()
    assert rows.asked == []


def test_a_row_that_came_is_counted_from_the_moment_of_the_page():
    rows, shown = Rows(), mark("a")
    assert news(shown, mark("a", "b"), rows) == ListNews(new=3, changed=True)
    assert [f"{one['changed_at__gt'].timestamp():.6f}" for one in rows.asked] == [shown.at]


def test_what_changes_beyond_the_page_is_a_change_too():
    assert mark("a", total=30).shown != mark("a", total=31).shown
    assert mark("a").shown != mark("b").shown


def test_an_address_with_a_mark_of_nobody_says_nothing():
    for at in ("", "yesterday", "nan", "1e999", "-9e30"):
        assert news(mark("a"), mark("b"), at=at) == ListNews(), at


def test_the_place_holds_what_is_said_and_a_link_that_works_without_script():
    words = get_template("web/list_news.jinja").template.module
    place = str(words.news_place("help-requests", "/fr/desk/requests/news/?at=1&shown=x", "/fr/desk/requests/?"))
    assert 'role="status"' in place
    assert 'aria-live="polite"' in place
    assert 'data-live-topic="help-requests"' in place
    assert ">Actualiser la liste</a>" in place
    said = str(words.news_answer(ListNews(new=2, changed=True), "2 nouvelles demandes", "/fr/desk/requests/?"))
    assert "2 nouvelles demandes" in said
    assert 'href="/fr/desk/requests/?">Afficher</a>' in said


def test_without_news_the_answer_is_what_the_place_holds_already_so_that_nothing_is_read_out():
    words = get_template("web/list_news.jinja").template.module
    place = str(words.news_place("help-requests", "/news/", "/fr/desk/requests/?"))
    answer = str(words.news_answer(ListNews(), "", "/fr/desk/requests/?"))
    assert inner(answer) == inner(place)


def inner(drawn):
    return re.search(r"<div[^>]*>(.*)</div>", drawn, re.DOTALL)[1]
