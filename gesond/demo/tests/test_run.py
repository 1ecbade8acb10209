"""`manage.py run` says what keeps it from running; the stack as a whole runs in tests/e2e."""

import os
import socket
import subprocess
import sys
from dataclasses import replace

import pytest
from django.conf import settings
from django.core.management.base import CommandError
from fasteners import InterProcessLock

from gesond.demo import children, preparation
from gesond.demo.management.commands.run import refuse_taken_ports

pytestmark = pytest.mark.usefixtures("socket_enabled")


def run(home, port: int) -> "subprocess.CompletedProcess[str]":
    environment = os.environ | {"GESOND_HOME": str(home), "PORT": str(port), "GESOND_MODE": "demo"}
    return subprocess.run(
        [sys.executable, "manage.py", "run"], env=environment, capture_output=True, text=True, check=False, timeout=60
    )


@pytest.fixture
def taken():
    """A listening socket of somebody else's; its port."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield listening.getsockname()[1]


def test_a_port_in_use_is_said_in_one_sentence_and_nothing_is_started(taken, tmp_path):
    ended = run(tmp_path, taken)

    assert ended.returncode == 1
    assert f"Port {taken} (PORT) is in use." in ended.stderr
    assert f"PORT={taken + 10} make run" in ended.stderr
    assert not (tmp_path / "postgres").exists()


def test_the_port_of_the_sockets_must_be_free_too(taken, tmp_path):
    ended = run(tmp_path, taken - 1)

    assert ended.returncode == 1
    assert f"Port {taken} (PORT + 1, for live pages) is in use." in ended.stderr


def test_the_port_of_the_simulator_must_be_free_too(monkeypatch):
    env = replace(settings.ENVIRONMENT, port=8200)
    monkeypatch.setattr(preparation, "port_is_free", lambda host, port: port != 8202)

    with pytest.raises(CommandError, match=r"Port 8202 \(PORT \+ 2, for LuxTrust's simulator\) is in use"):
        refuse_taken_ports(env)


def test_an_operators_own_provider_leaves_that_port_alone(monkeypatch):
    env = replace(settings.ENVIRONMENT, port=8200, luxtrust_issuer="https://luxtrust.example")
    monkeypatch.setattr(preparation, "port_is_free", lambda host, port: port != 8202)

    refuse_taken_ports(env)


def test_two_runs_do_not_share_a_data_folder(tmp_path):
    with InterProcessLock(tmp_path / ".run.lock"):
        ended = run(tmp_path, 8990)

    assert ended.returncode == 1
    assert f"Gesond already runs on {tmp_path}. Give this one another GESOND_HOME and PORT." in ended.stderr


def test_the_children_are_given_the_one_database_and_ports_of_their_own():
    env = replace(settings.ENVIRONMENT, port=8200, bind="127.0.0.1", base_url="http://localhost:8200")

    found = {child.name: child for child in children.children(env, "postgresql:///here")}

    assert list(found) == ["web", "sockets", "worker", "luxtrust"]
    assert {child.environment["GESOND_DATABASE_URL"] for child in found.values()} == {"postgresql:///here"}
    assert "8200" in found["web"].command
    assert "8201" in found["sockets"].command
    assert "8202" in found["luxtrust"].command
    assert {child.environment["GESOND_LUXTRUST_ISSUER"] for child in found.values()} == {"http://localhost:8202"}


def test_an_operators_own_provider_is_used_in_place_of_the_simulator():
    env = replace(settings.ENVIRONMENT, port=8200, luxtrust_issuer="https://luxtrust.example")

    found = {child.name: child for child in children.children(env, "postgresql:///here")}

    assert list(found) == ["web", "sockets", "worker"]
    assert not any("GESOND_LUXTRUST_ISSUER" in child.environment for child in found.values())


def test_styles_are_collected_once_and_again_when_one_changes(settings, tmp_path):
    source = tmp_path / "source"
    source.mkdir()
    (source / "page.css").write_text("body {}")
    settings.STATICFILES_DIRS = [source]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STATIC_ROOT = tmp_path / "collected"

    assert preparation.collect_static()
    assert not preparation.collect_static()
    (source / "page.css").write_text("body { margin: 0 }")
    assert preparation.collect_static()
    assert (tmp_path / "collected" / "page.css").read_text() == "body { margin: 0 }"


@pytest.mark.django_db
def test_a_migrated_database_needs_no_migration():
    assert not preparation.migrate()
