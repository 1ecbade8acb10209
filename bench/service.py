"""The whole service, started as `make run` does, for the time of a measurement."""

import os
import signal
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class Service:
    base_url: str
    home: Path
    pid: int
    ready_after: float

    def memory(self) -> dict[str, float]:
        """MB that each kind of process holds for itself alone (its shared pages are counted once, in none of them)."""
        found: dict[str, float] = defaultdict(float)
        for process in psutil.Process(self.pid).children(recursive=True):
            found[_kind(process.cmdline())] += process.memory_full_info().uss / 2**20
        return dict(found)


@contextmanager
def running(home: Path, port: int) -> Iterator[Service]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GESOND_")} | {
        "GESOND_HOME": str(home),
        "PORT": str(port),
        "DJANGO_SETTINGS_MODULE": "bench.settings",
    }
    started = time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "manage.py", "run"], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            for line in process.stdout:
                if "Gesond is ready" in line:
                    yield Service(f"http://localhost:{port}", home, process.pid, time.perf_counter() - started)
                    break
        finally:
            process.send_signal(signal.SIGINT)
            process.stdout.read()


def _kind(command: list[str]) -> str:
    words = " ".join(command)
    for kind, mark in (("web", "config.wsgi"), ("sockets", "config.asgi"), ("worker", "manage.py worker")):
        if mark in words:
            return kind
    return "other"
