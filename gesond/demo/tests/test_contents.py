"""The demo's news, events and polls: S2-05."""

import pytest
from django.test import Client

from gesond.content.models import Event, NewsItem, Poll
from gesond.demo.contents import load_contents
from gesond.web.home import forget_home

pytestmark = pytest.mark.django_db


def test_they_are_loaded_once():
    assert load_contents()
    assert not load_contents()
    assert NewsItem.objects.count() == 3


def test_the_home_page_has_the_three_news_of_the_guide():
    """S2-05."""
    load_contents()
    forget_home()
    page = Client().get("/fr/").content.decode()
    for words in (
        "Carnet de Vaccination Electronique (CVE)",
        "don d&#39;organes",
        "remboursement accéléré des mémoires",
    ):
        assert words in page
    forget_home()


def test_some_events_are_past_some_to_come_and_one_poll_is_open():
    load_contents()
    assert {event.is_over() for event in Event.objects.all()} == {True, False}
    assert sorted(poll.is_closed() for poll in Poll.objects.all()) == [False, True]


def test_nobody_is_told_of_them_by_e_mail(sent_messages):
    from gesond.content.actions.announcing import begin_announcements

    load_contents()
    assert begin_announcements() == 0
    assert sent_messages() == []
