"""Slowing down guessing."""

from datetime import timedelta

import pytest
import time_machine

from gesond.identity.credentials.throttle import Limit, count_tries, count_try, forget_tries, network_of
from gesond.identity.models import Throttle
from gesond.kernel.clock import now

TWO = Limit("test.two", 2, timedelta(minutes=10))
FIVE = Limit("test.five", 5, timedelta(minutes=30))


@pytest.mark.django_db
class TestCounting:
    def test_past_the_limit_is_told_how_long_to_wait(self):
        with time_machine.travel(now(), tick=False):
            assert [count_try(TWO, "a").allowed for _ in range(3)] == [True, True, False]
            assert count_try(TWO, "a").retry_after == 600

    def test_sources_and_scopes_are_counted_apart(self):
        for _ in range(3):
            count_try(TWO, "a")
        assert count_try(TWO, "b").allowed
        assert count_try(FIVE, "a").allowed

    def test_the_window_ends_however_hard_one_tries(self):
        moment = now()
        with time_machine.travel(moment, tick=False):
            for _ in range(100):
                count_try(TWO, "a")
        with time_machine.travel(moment + timedelta(minutes=10), tick=False):
            assert count_try(TWO, "a").allowed

    def test_several_limits_are_counted_in_one_statement(self, django_assert_num_queries):
        with django_assert_num_queries(1):
            assert count_tries([(TWO, "a"), (FIVE, "a")]).count == 1

    def test_the_longest_wait_of_several_counts(self):
        with time_machine.travel(now(), tick=False):
            for _ in range(5):
                count_tries([(TWO, "a"), (FIVE, "a")])
            assert count_tries([(TWO, "a"), (FIVE, "a")]).retry_after == 1800

    def test_one_limit_passed_is_enough(self):
        for _ in range(2):
            count_tries([(TWO, "a"), (FIVE, "a")])
        assert not count_tries([(TWO, "a"), (FIVE, "b")]).allowed

    def test_who_has_proved_oneself_starts_again(self):
        for _ in range(3):
            count_try(TWO, "a")
        forget_tries(TWO, "a")
        assert count_try(TWO, "a").allowed

    def test_sources_are_kept_only_hashed(self):
        count_try(TWO, "clara@example.lu")
        assert b"clara" not in bytes(Throttle.objects.get().source_hash)


def test_an_ipv6_subscriber_counts_as_one_whatever_address_they_take():
    assert network_of("2001:db8:1:2::1") == network_of("2001:db8:1:2:ffff::9")
    assert network_of("2001:db8:1:2::1") != network_of("2001:db8:1:3::1")
    assert network_of("192.0.2.1") != network_of("192.0.2.2")
    assert network_of("not an address") == "not an address"
