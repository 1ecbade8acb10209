import json

import pytest
from django.db import OperationalError, connection

from gesond.web import health

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _forget(monkeypatch, settings, tmp_path):
    """Nothing is remembered from another test, and files go to a folder of this one's."""
    fresh = {
        name: health.Remembered(check._check, check._seconds) if isinstance(check, health.Remembered) else check
        for name, check in health.CHECKS.items()
    }
    monkeypatch.setattr(health, "CHECKS", fresh)
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(tmp_path / "files")},
        }
    }


@pytest.fixture
def worker():
    """A worker that has just told it lives."""
    execute("INSERT INTO procrastinate_workers DEFAULT VALUES")


def execute(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def queue_job(scheduled: str) -> None:
    execute(
        "INSERT INTO procrastinate_jobs (queue_name, task_name, args, status, scheduled_at)"
        f" VALUES ('notify', 'notify.deliver', '{{}}', 'todo', {scheduled})"
    )


def parts(client) -> tuple[int, dict[str, str]]:
    response = client.get("/health/ready")
    return response.status_code, response.json()["parts"]


def test_the_process_says_it_lives_without_asking_the_database(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        response = client.get("/health/live")

    assert response.json() == {"status": "live"}
    assert "no-store" in response["Cache-Control"]


def test_all_is_ready_when_each_part_is_well(client, worker):
    response = client.get("/health/ready")

    assert response.status_code == 200
    assert response.json() == {
        "status": "ready",
        "parts": {"database": "ok", "migrations": "ok", "queue": "ok", "storage": "ok"},
    }


def test_readiness_costs_two_queries_once_it_knows_the_migrations(client, worker, django_assert_num_queries):
    client.get("/health/ready")

    with django_assert_num_queries(2):
        client.get("/health/ready")


def test_no_worker_is_not_ready(client):
    assert parts(client) == (503, {"database": "ok", "migrations": "ok", "queue": "no worker", "storage": "ok"})


def test_a_worker_silent_for_long_does_not_count(client):
    execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 minute')")

    assert parts(client)[1]["queue"] == "no worker"


@pytest.mark.parametrize(
    ("scheduled", "state"),
    [
        ("now() - interval '6 minutes'", "late"),
        ("now() - interval '1 minute'", "ok"),
        ("now() + interval '1 hour'", "ok"),
        ("NULL", "ok"),
    ],
)
def test_the_queue_is_late_when_a_job_is_overdue(client, worker, scheduled, state):
    queue_job(scheduled)

    assert parts(client)[1]["queue"] == state


def test_a_job_to_be_done_at_once_is_late_by_when_it_was_queued(client, worker):
    queue_job("NULL")
    execute("UPDATE procrastinate_events SET at = now() - interval '6 minutes'")

    assert parts(client)[1]["queue"] == "late"


def test_a_pending_migration_is_not_ready(client, worker):
    execute("DELETE FROM django_migrations WHERE app = 'web' OR app = 'notify'")

    assert parts(client)[1]["migrations"] == "pending"


def test_a_storage_that_cannot_be_written_is_not_ready_and_says_no_more(client, worker, settings, tmp_path):
    (tmp_path / "files").write_text("a file where the folder should be")

    response = client.get("/health/ready")

    assert response.status_code == 503
    assert response.json()["parts"]["storage"] == "failed"
    assert str(tmp_path) not in json.dumps(response.json())


def test_no_file_is_left_behind_by_the_storage_check(client, worker, tmp_path):
    client.get("/health/ready")

    assert [path for path in (tmp_path / "files").rglob("*") if path.is_file()] == []


def test_a_database_that_does_not_answer_is_not_ready_and_says_no_more(client, worker, monkeypatch):
    def refuse() -> str:
        raise OperationalError("connection to server at db.internal failed: password authentication failed")

    monkeypatch.setitem(health.CHECKS, "database", refuse)

    response = client.get("/health/ready")

    assert response.status_code == 503
    assert response.json()["parts"]["database"] == "failed"
    assert "db.internal" not in response.content.decode()


def test_a_bad_answer_is_never_remembered():
    answers = iter(["pending", health.WELL, "never asked"])
    check = health.Remembered(lambda: next(answers), seconds=float("inf"))

    assert [check(), check(), check()] == ["pending", health.WELL, health.WELL]
