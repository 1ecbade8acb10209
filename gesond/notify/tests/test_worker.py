"""The worker, as a process of its own and inside the test."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from django.conf import settings as django_settings
from django.db import connection, transaction
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from gesond.kernel.clock import now
from gesond.kernel.workers import WorkerProcess
from gesond.notify import sweeping
from gesond.notify.delivery import LEASE
from gesond.notify.models import OutboxMessage, State
from gesond.notify.tests.factories import queued
from gesond.notify.tests.test_email import server  # noqa: F401 - a fixture

PATIENCE_SECONDS = 40
NAME = "worker-under-test"


@pytest.fixture
def worker():
    """Start `manage.py worker` on this test's database; stop what was started."""
    processes = []

    def start(**environment):
        process = subprocess.Popen(
            [sys.executable, "manage.py", "worker", "--concurrency", "2"],
            cwd=Path(django_settings.PACKAGE).parent,
            env={**os.environ, "GESOND_DATABASE_URL": database_url(), "PGAPPNAME": NAME, **environment},
        )
        processes.append(process)
        return process

    yield start
    for process in processes:
        process.kill()
        process.wait()


def database_url():
    parts = connection.settings_dict
    host = parts["HOST"]
    user = f"{quote(parts['USER'])}:{quote(parts['PASSWORD'])}" if parts["USER"] else ""
    return f"postgresql://{user}@/{parts['NAME']}?host={quote(host)}" + (
        f"&port={parts['PORT']}" if parts["PORT"] else ""
    )


def wait_until(true):
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not true():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def state_of(message):
    return OutboxMessage.objects.values_list("state", flat=True).get(pk=message.pk)


@pytest.mark.django_db(transaction=True)
def test_the_worker_sends_survives_the_loss_of_its_connections_and_stops_when_asked(worker):
    process = worker()
    first = queued()
    wait_until(lambda: state_of(first) == State.SENT)

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = %s", [NAME]
        )
        assert cursor.fetchone()[0] >= 1
    second = queued()
    wait_until(lambda: state_of(second) == State.SENT)

    process.send_signal(signal.SIGTERM)
    assert process.wait(PATIENCE_SECONDS) == 0


@pytest.mark.django_db(transaction=True)
@pytest.mark.allow_hosts(["127.0.0.1"])
def test_a_worker_killed_after_the_server_took_the_message_loses_nothing(worker, server, run_jobs):  # noqa: F811
    mailbox = server()
    never_answered = mailbox.handle_DATA

    async def take_and_keep_silent(*arguments):
        await never_answered(*arguments)
        await asyncio.sleep(PATIENCE_SECONDS)

    mailbox.handle_DATA = take_and_keep_silent
    process = worker(GESOND_SMTP_URL=django_settings.ENVIRONMENT.smtp_url)
    message = queued()
    wait_until(lambda: mailbox.taken)
    process.kill()
    process.wait()
    assert state_of(message) == State.SENDING

    mailbox = server()
    OutboxMessage.objects.update(claimed_at=now() - LEASE - timedelta(seconds=1))
    sweeping.sweep()
    run_jobs()
    assert state_of(message) == State.SENT
    assert [letter["Message-ID"] for letter in mailbox.letters] == [f"<{message.pk}@esante.example>"]


@pytest.mark.django_db(transaction=True)
def test_once_the_queue_is_empty_a_single_run_ends():
    messages = [queued() for _ in range(5)]
    asyncio.run(WorkerProcess(concurrency=3, wait=False).run())
    assert {state_of(message) for message in messages} == {State.SENT}
    assert not ProcrastinateJob.objects.filter(task_name="notify.deliver").exists()


@pytest.mark.django_db(transaction=True)
def test_what_a_job_defers_belongs_to_the_jobs_transaction():
    seen = []

    @app.task(name="test.changes_its_mind", queue="test")
    def changes_its_mind():
        with transaction.atomic():
            queued()
            transaction.set_rollback(True)
        seen.append(True)

    changes_its_mind.defer()
    try:
        asyncio.run(WorkerProcess(concurrency=1, wait=False).run())
    finally:
        del app.tasks["test.changes_its_mind"]
    assert seen == [True]
    assert not ProcrastinateJob.objects.filter(task_name="notify.deliver").exists()


def test_the_periodic_jobs_are_registered():
    names = {periodic.task.name for periodic in app.periodic_registry.periodic_tasks.values()}
    assert {"notify.sweep", "notify.prune", "kernel.retry_stalled", "kernel.forget_finished"} <= names


@pytest.mark.django_db(transaction=True)
def test_a_job_whose_worker_died_is_given_back(run_jobs):
    queued()
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - interval '1 hour') RETURNING id"
        )
        (dead,) = cursor.fetchone()
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing', worker_id = %s", [dead])
    app.configure_task("kernel.retry_stalled").defer(timestamp=0)
    assert run_jobs() == ["kernel.retry_stalled", "notify.deliver"]
    assert OutboxMessage.objects.get().state == State.SENT
