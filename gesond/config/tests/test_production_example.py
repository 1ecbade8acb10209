"""The operator's example names every variable there is, and none that is not."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent.parent
EXAMPLE = (ROOT / "deploy" / "production.env.example").read_text()
READ = set(
    re.findall(r'env\.(?!prefixed)\w+\("([A-Z0-9_]+)"', (ROOT / "gesond" / "config" / "environment.py").read_text())
)
# The demo's own: in production the server is told its address by its command line.
OF_THE_DEMO = {"BIND", "PORT"}


def named() -> set[str]:
    return set(re.findall(r"^#?GESOND_([A-Z0-9_]+)=", EXAMPLE, re.MULTILINE))


@pytest.mark.parametrize("name", sorted(READ - OF_THE_DEMO))
def test_the_example_names_the_variable(name):
    assert name in named()


def test_the_example_names_no_variable_that_nothing_reads():
    assert named() - READ == set()


def test_the_proxy_drops_headers_that_would_pass_for_its_own():
    """`X_Forwarded_For` and `X-Forwarded-For` are one name in WSGI, and the server keeps the last one sent."""
    assert re.search(r"^\trequest_header -\*_\*$", (ROOT / "deploy" / "Caddyfile").read_text(), re.MULTILINE)
