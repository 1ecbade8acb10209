"""From which address a request came: what limits count and the journal keeps, so nobody may choose it."""

from dataclasses import replace

import pytest
from django.test import RequestFactory

from gesond.web.requests import client_address

PEER = "192.0.2.1"


@pytest.fixture
def seen(settings):
    def ask(forwarded: str, *, proxies: int = 1, peer: str = PEER) -> str:
        settings.ENVIRONMENT = replace(settings.ENVIRONMENT, trusted_proxies=proxies)
        headers = {"X-Forwarded-For": forwarded} if forwarded else {}
        return client_address(RequestFactory().get("/", headers=headers, REMOTE_ADDR=peer))

    return ask


def test_without_a_proxy_the_header_is_the_strangers_own_and_counts_for_nothing(seen):
    assert seen("198.51.100.9", proxies=0) == PEER


def test_what_a_stranger_puts_before_the_proxys_word_counts_for_nothing(seen):
    assert seen("198.51.100.9, 203.0.113.5") == "203.0.113.5"
    assert seen("198.51.100.9, 203.0.113.5, 10.0.0.2", proxies=2) == "203.0.113.5"


def test_fewer_hops_than_proxies_means_that_one_was_gone_round(seen):
    assert seen("198.51.100.9", proxies=2) == PEER


@pytest.mark.parametrize("odd", ["unknown", "", " , ", "203.0.113.5; DROP", "1.2.3", "a" * 5000, "_hidden", "[", ":"])
def test_what_is_no_address_is_never_taken_for_one(seen, odd):
    assert seen(odd) == PEER


@pytest.mark.parametrize(
    ("hop", "address"),
    [
        ("203.0.113.5:40312", "203.0.113.5"),
        ("[2001:db8::5]:40312", "2001:db8::5"),
        ("2001:db8::5", "2001:db8::5"),
        ("2001:DB8:0::5", "2001:db8::5"),
    ],
)
def test_a_proxy_may_name_the_port_too(seen, hop, address):
    assert seen(hop) == address


def test_an_ipv4_address_is_the_same_seen_through_ipv6(seen):
    """Else every IPv4 client of a server that listens on both would share one /64, and one limit."""
    assert seen("", peer="::ffff:203.0.113.5") == "203.0.113.5"
    assert seen("::ffff:203.0.113.5") == "203.0.113.5"


@pytest.mark.parametrize("peer", ["", "unix:", "/run/web.sock"])
def test_a_peer_without_an_address_has_none(seen, peer):
    assert seen("", peer=peer) == ""
