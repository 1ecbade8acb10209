import dataclasses
from io import StringIO

import pytest
from django.apps import apps
from django.core.management import call_command

from gesond.kernel import keys
from gesond.kernel.keys import KeyRing, KeyRingError
from gesond.kernel.tests.keyrings import pair, use

SECRET = pair("x").partition(":")[2]


def test_the_first_key_is_in_use_and_all_are_read():
    ring = KeyRing.parse((pair("2027"), pair("2026")))
    assert ring.current[0] == "2027"
    assert list(ring.keys) == ["2027", "2026"]


@pytest.mark.parametrize(
    "pairs",
    [(), (SECRET,), (":" + SECRET,), ("a:short",), ("a:%%%",), ("a:",), (pair("a"), pair("a")), (pair("n" * 33),)],
)
def test_a_malformed_ring_is_refused_without_showing_the_secret(pairs):
    with pytest.raises(KeyRingError) as caught:
        KeyRing.parse(pairs)
    assert SECRET not in str(caught.value)


def test_the_refusal_names_the_variable_at_start(settings):
    settings.ENVIRONMENT = dataclasses.replace(settings.ENVIRONMENT, hash_keys=("a:short",))
    with pytest.raises(KeyRingError, match="GESOND_HASH_KEYS: key 'a' must be 32 bytes"):
        apps.get_app_config("kernel").ready()


def test_a_short_journal_key_is_refused_at_start(settings):
    settings.ENVIRONMENT = dataclasses.replace(settings.ENVIRONMENT, journal_key="c2hvcnQ=")
    with pytest.raises(KeyRingError, match="GESOND_JOURNAL_KEY must be 32 bytes"):
        apps.get_app_config("kernel").ready()


def test_a_change_of_ring_is_seen(settings):
    use(settings, encryption=("one",))
    assert keys.encryption_ring().current[0] == "one"
    use(settings, encryption=("two", "one"))
    assert keys.encryption_ring().current[0] == "two"


def test_the_command_prints_a_fresh_key():
    printed = []
    for _ in range(2):
        out = StringIO()
        call_command("new_key", stdout=out)
        printed.append(out.getvalue().strip())
    assert KeyRing.parse((f"a:{printed[0]}",)).current[0] == "a"
    assert printed[0] != printed[1]
