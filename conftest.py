"""Tests run on a real PostgreSQL: one embedded server, one database a worker, cloned from a migrated template."""

import hashlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

# Before anything reads the settings: that is why pyproject.toml does not name them to pytest-django, which reads them
# before it reads this file.
TEST_HOME = Path(__file__).parent / ".gesond-test"
os.environ["GESOND_MODE"] = "test"
os.environ["GESOND_HOME"] = str(TEST_HOME)
os.environ["DJANGO_SETTINGS_MODULE"] = "gesond.config.settings"

import django  # noqa: E402
import psycopg  # noqa: E402
import pytest  # noqa: E402
from django.conf import settings  # noqa: E402
from django.contrib.auth.hashers import Argon2PasswordHasher  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.utils import translation  # noqa: E402
from fasteners import InterProcessLock  # noqa: E402
from hypothesis import settings as examples  # noqa: E402

from gesond.web.catalogues import compile_changed  # noqa: E402

# The same examples each time, and no test fails because the machine is busy.
examples.register_profile("same", derandomize=True, database=None, deadline=None)
examples.load_profile("same")


def pytest_configure(config: pytest.Config) -> None:
    """Pages are read in three languages: what is translated must be compiled, once, before the workers start."""
    if not hasattr(config, "workerinput"):
        compile_changed()
        (TEST_HOME / "static").mkdir(parents=True, exist_ok=True)
    django.setup()


@pytest.fixture(scope="session")
def django_db_setup(django_db_blocker: Any, worker_id: str) -> Iterator[None]:
    """This worker's own database, copied from the template in a tenth of a second."""
    database = connection.settings_dict
    name = f"test_{os.getpid()}_{worker_id}"
    with django_db_blocker.unblock(), _admin() as admin, InterProcessLock(TEST_HOME / ".template.lock"):
        template = _ensure_template(admin)
        admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    database["NAME"] = name
    yield
    connection.close()
    with _admin() as admin:
        admin.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


@pytest.fixture(autouse=True, scope="session")
def passwords_are_hashed_cheaply() -> Iterator[None]:
    """Argon2 as it is, but in 64 kB instead of 100 MB: what is tested is that it is asked, not that it is slow."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Argon2PasswordHasher, "memory_cost", 64)
        patch.setattr(Argon2PasswordHasher, "parallelism", 1)
        yield


@pytest.fixture(autouse=True, scope="session")
def journal_can_be_emptied_between_tests() -> Iterator[None]:
    """A test that commits ends by emptying every table, which the journal's triggers refuse: go round them."""
    flush = connection.ops.sql_flush
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            type(connection.ops),
            "sql_flush",
            lambda operations, *args, **kwargs: [
                "SET LOCAL session_replication_role = replica;",
                *flush(*args, **kwargs),
            ],
        )
        yield


def _admin() -> "psycopg.Connection[Any]":
    database = connection.settings_dict
    return psycopg.connect(
        host=database["HOST"],
        port=database["PORT"] or None,
        user=database["USER"] or None,
        password=database["PASSWORD"] or None,
        dbname="postgres",
        autocommit=True,
    )


def _ensure_template(admin: "psycopg.Connection[Any]") -> str:
    """The name of a database migrated once for each state of the migrations."""
    name = f"template_{_migrations_digest()}"
    if not admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone():
        admin.execute(f'DROP DATABASE IF EXISTS "{name}_making" WITH (FORCE)')
        admin.execute(f'CREATE DATABASE "{name}_making"')
        database = connection.settings_dict
        before, database["NAME"] = database["NAME"], f"{name}_making"
        call_command("migrate", verbosity=0)
        connection.close()
        database["NAME"] = before
        # A closed connection's backend may linger a moment; a database in use can be neither renamed nor copied.
        admin.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s", (f"{name}_making",)
        )
        admin.execute(f'ALTER DATABASE "{name}_making" RENAME TO "{name}"')
    return name


def _migrations_digest() -> str:
    digest = hashlib.sha256()
    for path in sorted(Path(__file__).parent.glob("gesond/*/migrations/*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


@pytest.fixture(autouse=True)
def _each_test_starts_in_french() -> Iterator[None]:
    """A request leaves its language behind in its thread, and the next test would read its page in it."""
    with translation.override(settings.LANGUAGE_CODE):
        yield


@pytest.fixture(autouse=True)
def _each_test_reads_for_itself_what_is_kept() -> None:
    """Professions, specialities and terms of use are kept in the process; a test's own are rolled back with it."""
    from gesond.directory.queries.vocabulary import forget_vocabulary
    from gesond.identity.queries.terms import forget_shown_terms

    forget_vocabulary()
    forget_shown_terms()


@pytest.fixture(autouse=True)
def _no_job_outlives_its_test(request: pytest.FixtureRequest, django_db_blocker: Any) -> Iterator[None]:
    """Django empties its own tables after a test that commits; the queue's are not its own."""
    yield
    marker = request.node.get_closest_marker("django_db")
    commits = (marker and marker.kwargs.get("transaction")) or "transactional_db" in request.fixturenames
    if commits:
        with django_db_blocker.unblock(), connection.cursor() as cursor:
            cursor.execute("TRUNCATE procrastinate_jobs, procrastinate_workers CASCADE")


@pytest.fixture
def solved_captcha(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The captcha has tests of its own; it counts as solved here, but for a test marked `real_captcha`."""
    if "real_captcha" not in request.keywords:
        from gesond.web.captcha import CaptchaField

        monkeypatch.setattr(CaptchaField, "clean", lambda *_: "")
        monkeypatch.setattr(CaptchaField, "spend", lambda *_: True)


@pytest.fixture
def run_jobs(db: None) -> Callable[[], list[str]]:
    """Run what is queued and due, in this test's own connection and transaction, until nothing is left.

    Returns the names of the tasks it ran, in order. A job's exception is the test's: nothing is retried. What is
    scheduled for later stays queued; travel with time_machine and call it again.
    """
    from gesond.kernel.tests.queue import run_due_jobs

    return run_due_jobs


@pytest.fixture
def sent_messages(run_jobs: Callable[[], list[str]]) -> Callable[..., list[Any]]:
    """Run the queue, then list what was sent, oldest first: `sent_messages(to="a@b.lu", channel="email")`.

    Each is an `OutboxMessage`: `.recipient`, `.language`, `.template`, `.content["subject" | "text" | "html"]`.
    """
    from gesond.notify.models import OutboxMessage, State, comparable

    def sent(*, to: str = "", channel: str = "") -> list[Any]:
        run_jobs()
        rows = OutboxMessage.objects.filter(state=State.SENT).order_by("created_at")
        return [
            row
            for row in rows
            if (not to or comparable(row.recipient) == comparable(to)) and (not channel or row.channel == channel)
        ]

    return sent
