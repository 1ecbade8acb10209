"""What every answer tells the browser it may not do."""

import os
import subprocess
import sys

import pytest


@pytest.fixture
def answer(client):
    return client.get("/fr/")


def test_no_script_or_style_runs_but_our_own_files(answer):
    policy = dict(part.strip().partition(" ")[::2] for part in answer["Content-Security-Policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self'"
    assert policy["style-src"] == "'self'"
    assert policy["base-uri"] == "'none'"
    assert policy["form-action"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert "unsafe" not in answer["Content-Security-Policy"]


def test_nobody_frames_sniffs_or_learns_where_one_came_from(answer):
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"


def test_error_pages_are_guarded_too(client):
    assert "script-src 'self'" in client.get("/fr/nowhere/")["Content-Security-Policy"]


PRINT_PRODUCTION_SETTINGS = """
from django.conf import settings as s
print(s.SECURE_HSTS_SECONDS, s.SECURE_HSTS_INCLUDE_SUBDOMAINS, s.SECURE_SSL_REDIRECT)
print(s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE, s.LANGUAGE_COOKIE_SECURE, s.SESSION_COOKIE_HTTPONLY)
print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.DEBUG)
"""
PRODUCTION = {
    "GESOND_MODE": "production",
    "GESOND_SECRET_KEY": "k" * 50,
    "GESOND_ENCRYPTION_KEYS": "a:" + "A" * 43 + "=",
    "GESOND_HASH_KEYS": "a:" + "B" * 43 + "=",
    "GESOND_JOURNAL_KEY": "C" * 43 + "=",
    "GESOND_DATABASE_URL": "postgresql://nobody@localhost/none",
    "GESOND_ALLOWED_HOSTS": "gesond.example",
    "GESOND_BASE_URL": "https://gesond.example",
    "GESOND_SMTP_URL": "smtp://mail.example",
    "GESOND_SMS_URL": "smpp://sms.example",
}


def test_production_speaks_https_only():
    environment = {**os.environ, **PRODUCTION, "DJANGO_SETTINGS_MODULE": "gesond.config.settings"}
    said = subprocess.run(
        [sys.executable, "-c", PRINT_PRODUCTION_SETTINGS], env=environment, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    assert said == [
        f"{365 * 24 * 3600} True True",
        "True True True True",
        "__Host-gesond_session __Host-gesond_csrf False",
    ]
