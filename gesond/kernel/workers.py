"""The worker: runs the queue's jobs and defers the periodic ones, until it is told to stop.

It survives the database's restart: when the queue's own tasks fail, it is started again after a pause.
"""

import asyncio
import contextlib
import signal
from collections.abc import Callable
from typing import Any

import procrastinate
import structlog
from asgiref.sync import sync_to_async
from django.db import close_old_connections, connections
from procrastinate.contrib.django import app
from procrastinate.psycopg_connector import PsycopgConnector
from procrastinate.worker import Worker

FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 15.0
# Jobs are announced by NOTIFY and start at once; those whose hour comes (a retry) are found by looking this often.
POLL_SECONDS = 2.0

logger = structlog.get_logger(__name__)


def worker_app() -> procrastinate.App:
    """The queue's application on a connector that can wait for notifications.

    Only the worker's own reads and writes use it. The jobs keep Django's connector, so that what a job defers belongs
    to the job's transaction: replacing the connector would defer it at once, committed or not.
    """
    parameters: dict[str, Any] = connections["default"].get_connection_params()
    for ours in ("cursor_factory", "context", "pool"):
        parameters.pop(ours, None)
    connector = PsycopgConnector(kwargs={**parameters, "connect_timeout": 5}, min_size=1, max_size=4)
    own = procrastinate.App(connector=connector)
    queue: Any = app  # a proxy without types
    queue.perform_import_paths()
    own.tasks = app.tasks
    own.periodic_registry = app.periodic_registry
    return own


class WorkerProcess:
    """`run()` returns when `stop()` was called, or with `wait=False` when the queue is empty."""

    def __init__(self, *, concurrency: int, wait: bool = True, grace_seconds: float = 30.0) -> None:
        self.concurrency = concurrency
        self.wait = wait
        self.grace_seconds = grace_seconds
        self._stopping = asyncio.Event()
        self._worker: Any = None  # a Worker; its methods have no types

    def stop(self) -> None:
        """Finish the running jobs and take no other."""
        self._stopping.set()
        if self._worker:
            self._worker.stop()

    async def run(self) -> None:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self.stop)
        pause = FIRST_PAUSE_SECONDS
        while not self._stopping.is_set():
            started = loop.time()
            failed = await self._run_once()
            if not self.wait and not failed:
                return
            if loop.time() - started > LONGEST_PAUSE_SECONDS:
                pause = FIRST_PAUSE_SECONDS
            await self._rest(pause)
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)

    async def _run_once(self) -> bool:
        """Whether it ended by a failure."""
        # The periodic jobs are deferred on this process's own Django connection, which may have died.
        await sync_to_async(close_old_connections)()
        try:
            async with worker_app().open_async() as own:
                self._worker = Worker(
                    app=own,
                    concurrency=self.concurrency,
                    wait=self.wait,
                    listen_notify=self.wait,
                    fetch_job_polling_interval=POLL_SECONDS,
                    shutdown_graceful_timeout=self.grace_seconds,
                    delete_jobs="successful",
                    install_signal_handlers=False,
                    task_middleware=[with_own_connection],
                )
                await self._worker.run()
        except Exception as error:
            logger.warning("worker interrupted", error=type(error).__name__)
            return True
        finally:
            self._worker = None
            await sync_to_async(close_old_connections)()
        return False

    async def _rest(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), timeout=seconds)


def with_own_connection(call_next: Callable[[], Any], context: Any, worker: Any) -> Any:
    """Each job starts on a sound connection of its thread's and gives it back, as a request does."""
    close_old_connections()
    try:
        return call_next()
    finally:
        close_old_connections()
