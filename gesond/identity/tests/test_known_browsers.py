"""Browsers a person has signed in with before."""

from datetime import timedelta

import pytest
import time_machine
from django.http import HttpResponse
from django.test import RequestFactory

from gesond.identity.models import Account
from gesond.identity.sessions.known_browsers import MOST_ACCOUNTS, KnownBrowser, cookie_name
from gesond.kernel.clock import now


def request_with(browser: KnownBrowser):
    response = HttpResponse()
    browser.set_cookie(response)
    request = RequestFactory().get("/")
    request.COOKIES[cookie_name()] = response.cookies[cookie_name()].value
    return request


def test_a_browser_without_cookie_knows_nobody():
    assert not KnownBrowser.of(RequestFactory().get("/")).knows(Account(pk=1))


def test_a_browser_knows_the_accounts_it_has_seen_and_no_other():
    browser = KnownBrowser.of(request_with(KnownBrowser("b").having_seen(Account(pk=1)).having_seen(Account(pk=2))))
    assert browser.knows(Account(pk=1))
    assert browser.knows(Account(pk=2))
    assert not browser.knows(Account(pk=12))


def test_seeing_an_account_again_keeps_it_once():
    assert len(KnownBrowser("b").having_seen(Account(pk=1)).having_seen(Account(pk=1)).accounts) == 1


def test_the_account_seen_longest_ago_is_forgotten_first():
    browser = KnownBrowser("b")
    for number in range(MOST_ACCOUNTS + 1):
        browser = browser.having_seen(Account(pk=number))
    assert not browser.knows(Account(pk=0))
    assert browser.knows(Account(pk=1))


def test_a_cookie_is_good_for_a_year():
    request = request_with(KnownBrowser("b").having_seen(Account(pk=1)))
    with time_machine.travel(now() + timedelta(days=366)):
        assert not KnownBrowser.of(request).knows(Account(pk=1))


@pytest.mark.parametrize("value", ["", "x", "a:b:c", "WyJiIixbIjAwIl1d:1:x"])
def test_a_cookie_that_was_tampered_with_knows_nobody(value):
    request = RequestFactory().get("/")
    request.COOKIES[cookie_name()] = value
    assert KnownBrowser.of(request).accounts == ()
