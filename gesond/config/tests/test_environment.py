"""Production refuses each unsafe value by the name of its variable; a malformed value is refused everywhere."""

import os
import subprocess
import sys

import pytest

from gesond.config.environment import DEMO_SECRET, Environment, Mode, new_key

SAFE = {
    "GESOND_MODE": "production",
    "GESOND_SECRET_KEY": "x" * 64,
    "GESOND_ENCRYPTION_KEYS": f"2026:{new_key()}",
    "GESOND_HASH_KEYS": f"2026:{new_key()}",
    "GESOND_JOURNAL_KEY": new_key(),
    "GESOND_DATABASE_URL": "postgresql://gesond@db/gesond",
    "GESOND_ALLOWED_HOSTS": "gesond.example",
    "GESOND_BASE_URL": "https://gesond.example",
    "GESOND_SMTP_URL": "smtp://mail.example",
    "GESOND_SMS_URL": "smpp://sms.example",
}
LUXTRUST = {
    "GESOND_LUXTRUST_ISSUER": "https://luxtrust.example",
    "GESOND_LUXTRUST_CLIENT_ID": "gesond",
    "GESOND_LUXTRUST_CLIENT_SECRET": "secret",
}


@pytest.fixture(autouse=True)
def _production(monkeypatch):
    for name in [name for name in os.environ if name.startswith("GESOND_") or name == "PORT"]:
        monkeypatch.delenv(name)
    for name, value in SAFE.items():
        monkeypatch.setenv(name, value)


def test_production_starts_with_safe_values():
    env = Environment.read()

    assert env.mode is Mode.PRODUCTION
    assert env.refusals() == []


@pytest.mark.parametrize("name", sorted(set(SAFE) - {"GESOND_MODE"}))
def test_production_refuses_to_start_without_a_value_and_names_it(monkeypatch, name):
    monkeypatch.delenv(name)

    reasons = Environment.read().refusals()

    assert len(reasons) == 1
    assert reasons[0].startswith(name)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GESOND_SECRET_KEY", DEMO_SECRET),
        ("GESOND_SECRET_KEY", "too-short"),
        ("GESOND_DEBUG", "true"),
        ("GESOND_BASE_URL", "http://gesond.example"),
        ("GESOND_SMTP_URL", "outbox:"),
        ("GESOND_SMS_URL", "outbox:"),
        ("GESOND_KEEP_MESSAGE_BODIES", "true"),
        ("GESOND_LUXTRUST_ISSUER", "http://localhost:8002"),
        ("GESOND_LUXTRUST_ISSUER", "luxtrust.example"),
        ("GESOND_DOORS", "patient,window"),
        ("GESOND_METRICS_TOKEN", "short"),
        ("GESOND_ALLOWED_HOSTS", "*"),
    ],
)
def test_production_refuses_an_unsafe_value_and_names_it(monkeypatch, name, value):
    monkeypatch.setenv(name, value)

    reasons = Environment.read().refusals()

    assert len(reasons) == 1
    assert reasons[0].startswith(name)
    assert value not in reasons[0].replace(name, "") or value in {"outbox:", "*", "patient,window"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GESOND_LUXTRUST_CLIENT_ID", ""),
        ("GESOND_LUXTRUST_CLIENT_SECRET", ""),
        ("GESOND_LUXTRUST_SCOPES", "profile"),
        ("GESOND_LUXTRUST_CLAIMS", '{"matricule": "ssn"}'),
        ("GESOND_LUXTRUST_CLAIMS", '{"subject": ""}'),
        ("GESOND_LUXTRUST_ACR_MAP", "{}"),
        ("GESOND_LUXTRUST_ACR_MAP", '{"urn:lux": "enormous"}'),
        ("GESOND_LUXTRUST_LEAST_ASSURANCE", "low"),
        ("GESOND_LUXTRUST_DEVICE_MAP", '{"eid": "passport"}'),
        ("GESOND_LUXTRUST_SKEW_SECONDS", "3600"),
        ("GESOND_LUXTRUST_TIMEOUT_SECONDS", "60"),
    ],
)
def test_production_refuses_half_a_luxtrust_and_names_what_is_wrong(monkeypatch, name, value):
    for variable, given in LUXTRUST.items():
        monkeypatch.setenv(variable, given)
    assert Environment.read().refusals() == []

    monkeypatch.setenv(name, value)

    assert [reason.split()[0] for reason in Environment.read().refusals()] == [name]


def test_a_client_that_signs_needs_no_secret(monkeypatch):
    for variable, given in LUXTRUST.items():
        monkeypatch.setenv(variable, given)
    monkeypatch.delenv("GESOND_LUXTRUST_CLIENT_SECRET")
    monkeypatch.setenv("GESOND_LUXTRUST_CLIENT_KEY", "/run/secrets/luxtrust.pem")

    assert Environment.read().refusals() == []


def test_claims_left_out_keep_openid_connects_names(monkeypatch):
    monkeypatch.setenv("GESOND_LUXTRUST_CLAIMS", '{"subject": "ssn"}')

    claims = Environment.read().luxtrust_claims

    assert (claims["subject"], claims["family_name"]) == ("ssn", "family_name")


@pytest.mark.parametrize("name", ["GESOND_ENCRYPTION_KEYS", "GESOND_HASH_KEYS"])
def test_production_refuses_the_demos_key_even_behind_another(monkeypatch, name):
    demo_keys = _demo_environment(monkeypatch)
    monkeypatch.setenv(name, f"{SAFE[name]},{getattr(demo_keys, name.removeprefix('GESOND_').lower())[0]}")

    assert [reason.split()[0] for reason in Environment.read().refusals()] == [name]


@pytest.mark.parametrize("name", ["GESOND_ENCRYPTION_KEYS", "GESOND_HASH_KEYS", "GESOND_JOURNAL_KEY"])
@pytest.mark.parametrize("taken_from", ["encryption_keys", "hash_keys"])
def test_production_knows_the_demos_keys_under_any_name_and_in_any_place(monkeypatch, name, taken_from):
    well_known = getattr(_demo_environment(monkeypatch), taken_from)[0].partition(":")[2]
    monkeypatch.setenv(name, well_known if name == "GESOND_JOURNAL_KEY" else f"ours:{well_known}")

    assert [reason.split()[0] for reason in Environment.read().refusals()] == [name]


@pytest.mark.parametrize("name", ["GESOND_ENCRYPTION_KEYS", "GESOND_HASH_KEYS", "GESOND_JOURNAL_KEY"])
@pytest.mark.parametrize("value", ["", "2026:", "2026:c2hvcnQ=", "no key at all", "2026:!!!", ":", ","])
def test_production_refuses_keys_nobody_can_use_and_does_not_repeat_them(monkeypatch, name, value):
    """At start, and not when the first person's first value is to be encrypted."""
    monkeypatch.setenv(name, value)

    reasons = Environment.read().refusals()

    assert [reason.split()[0] for reason in reasons] == [name]
    assert "c2hvcnQ=" not in reasons[0]
    assert "no key at all" not in reasons[0]


def test_production_refuses_one_key_for_two_uses(monkeypatch):
    monkeypatch.setenv("GESOND_JOURNAL_KEY", SAFE["GESOND_HASH_KEYS"].partition(":")[2])

    assert [reason.split()[0] for reason in Environment.read().refusals()] == ["GESOND_JOURNAL_KEY"]


def test_production_refuses_the_demos_journal_key(monkeypatch):
    monkeypatch.setenv("GESOND_JOURNAL_KEY", _demo_environment(monkeypatch).journal_key)

    assert [reason.split()[0] for reason in Environment.read().refusals()] == ["GESOND_JOURNAL_KEY"]


def test_every_refusal_is_told_at_once(monkeypatch):
    for name in set(SAFE) - {"GESOND_MODE"}:
        monkeypatch.delenv(name)

    assert len(Environment.read().refusals()) == len(SAFE) - 1


def test_the_demo_starts_with_nothing_set(monkeypatch):
    env = _demo_environment(monkeypatch)

    assert env.mode is Mode.DEMO
    assert env.refusals() == []
    assert env.base_url == "http://localhost:8000"


def test_the_port_gives_the_address(monkeypatch):
    monkeypatch.setenv("PORT", "8123")
    monkeypatch.delenv("GESOND_BASE_URL")

    assert Environment.read().base_url == "http://localhost:8123"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GESOND_MODE", "staging"),
        ("GESOND_DEBUG", "perhaps"),
        ("PORT", "eight thousand"),
        ("GESOND_TRUSTED_PROXIES", "one"),
        ("GESOND_ONE_TIME_CODE_MINUTES", "15min"),
        ("GESOND_DATABASE_POOL_MAX", ""),
        ("GESOND_LUXTRUST_ACR_MAP", "substantial"),
        ("GESOND_LUXTRUST_ACR_MAP", '["substantial"]'),
        ("GESOND_LUXTRUST_CLAIMS", '{"subject": 7}'),
    ],
)
def test_a_malformed_value_is_refused_by_name(monkeypatch, name, value):
    monkeypatch.setenv(name, value)

    with pytest.raises(ValueError, match=name):
        Environment.read()


def test_the_command_line_of_production_says_every_reason_and_starts_nothing():
    environment = {"PATH": os.environ["PATH"], "GESOND_MODE": "production"}

    ended = subprocess.run(
        [sys.executable, "manage.py", "check"], env=environment, capture_output=True, text=True, check=False
    )

    assert ended.returncode != 0
    assert "Gesond refuses to start in production" in ended.stderr
    for name in set(SAFE) - {"GESOND_MODE"}:
        assert name in ended.stderr


def _demo_environment(monkeypatch) -> Environment:
    with monkeypatch.context() as patch:
        for name in SAFE:
            patch.delenv(name)
        return Environment.read()
