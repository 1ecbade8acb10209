"""`manage.py worker`: runs the jobs and the periodic ones. As many of them as one likes, on as many machines."""

import asyncio
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from gesond.kernel.workers import WorkerProcess


class Command(BaseCommand):
    help = "Run the queue's jobs until stopped (SIGTERM or Ctrl-C: finishes what runs)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--concurrency", type=int, default=4, help="jobs at a time (default: 4)")
        parser.add_argument("--grace", type=float, default=30.0, help="seconds a running job has to end (default: 30)")
        parser.add_argument("--once", action="store_true", help="stop when the queue is empty")

    def handle(self, *args: Any, concurrency: int, grace: float, once: bool, **options: Any) -> None:
        asyncio.run(self._run(concurrency=concurrency, grace=grace, once=once))

    async def _run(self, *, concurrency: int, grace: float, once: bool) -> None:
        await WorkerProcess(concurrency=concurrency, wait=not once, grace_seconds=grace).run()
