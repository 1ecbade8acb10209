"""Starts the processes of one Gesond beside each other, keeps them running, and stops them, and nothing else.

Each child leads a process group of its own, so that stopping it stops what it started too. A child that ends is
started again after a pause that doubles. Should the supervisor itself be killed, the kernel ends its children (Linux).
"""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0
STEADY_AFTER = 60.0
STOP_WITHIN = 10.0
LOG_KEPT = 5 * 1024 * 1024
PR_SET_PDEATHSIG = 1


class ChildError(Exception):
    """A child ended before everything was ready."""


@dataclass(frozen=True, kw_only=True)
class Child:
    """One process to keep running: its name (of its log, too), its command line, what its environment adds."""

    name: str
    command: list[str]
    environment: dict[str, str] = field(default_factory=dict)


@dataclass(kw_only=True)
class _Running:
    child: Child
    process: subprocess.Popen[bytes]
    started_at: float
    pause: float = FIRST_PAUSE
    start_again_at: float | None = None


class Supervisor:
    """`start()`, then `wait_until()` it is ready, then `watch()` until a signal; `stop()` in any case."""

    def __init__(self, children: list[Child], *, log_folder: Path, tell: Callable[[str], object]) -> None:
        self._children = children
        self._log_folder = log_folder
        self._tell = tell
        self._running: list[_Running] = []

    def start(self) -> None:
        """Start every child at once; none waits for another."""
        self._log_folder.mkdir(parents=True, exist_ok=True)
        for child in self._children:
            self._running.append(_Running(child=child, process=self._spawn(child), started_at=time.monotonic()))

    def wait_until(self, ready: Callable[[], bool], *, within: float) -> None:
        """Return once `ready()` holds. Raises ChildError, with the end of its log, when a child ends before."""
        deadline = time.monotonic() + within
        while not ready():
            for running in self._running:
                if running.process.poll() is not None:
                    raise ChildError(self._obituary(running) + self._end_of_log(running.child))
            if time.monotonic() > deadline:
                logs = "".join(self._end_of_log(child) for child in self._children)
                raise ChildError(f"Gesond was not ready within {within:.0f} seconds.{logs}")
            time.sleep(0.05)

    def watch(self) -> None:
        """Keep the children running, for ever: only a signal ends it."""
        while True:
            for running in self._running:
                self._tend(running)
            time.sleep(0.2)

    def stop(self) -> None:
        """Ask every child to end, then make those that did not."""
        self._running = [running for running in self._running if running.start_again_at is None]
        for running in self._running:
            _signal_group(running.process, signal.SIGTERM)
        deadline = time.monotonic() + STOP_WITHIN
        for running in self._running:
            with suppress(subprocess.TimeoutExpired):
                running.process.wait(max(0.0, deadline - time.monotonic()))
        for running in self._running:
            _signal_group(running.process, signal.SIGKILL)
            running.process.wait()
        self._running.clear()

    def _tend(self, running: _Running) -> None:
        now = time.monotonic()
        if running.process.poll() is None:
            return
        if running.start_again_at is None:
            if now - running.started_at > STEADY_AFTER:
                running.pause = FIRST_PAUSE
            _signal_group(running.process, signal.SIGKILL)  # what it started must not outlive it
            running.start_again_at = now + running.pause
            self._tell(f"{self._obituary(running)} Starting it again in {running.pause:.0f} s.")
            running.pause = min(running.pause * 2, LONGEST_PAUSE)
        elif now >= running.start_again_at:
            running.process = self._spawn(running.child)
            running.started_at, running.start_again_at = now, None

    def _spawn(self, child: Child) -> subprocess.Popen[bytes]:
        path = self._log_of(child)
        if path.exists() and path.stat().st_size > LOG_KEPT:
            path.replace(path.with_suffix(".log.1"))
        with path.open("ab") as log:
            return subprocess.Popen(
                child.command,
                env=os.environ | child.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                process_group=0,
                # Nothing else runs in this process: no thread of ours can hold a lock across the fork.
                preexec_fn=_die_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509
            )

    def _log_of(self, child: Child) -> Path:
        return self._log_folder / f"{child.name}.log"

    def _obituary(self, running: _Running) -> str:
        code = running.process.returncode
        how = f"was ended by {signal.Signals(-code).name}" if code < 0 else f"ended with exit code {code}"
        return f"{running.child.name} {how} (see {self._log_of(running.child)})."

    def _end_of_log(self, child: Child) -> str:
        lines = self._log_of(child).read_text("utf-8", errors="replace").splitlines()[-25:]
        return f"\n--- {self._log_of(child)}\n" + "\n".join(lines)


@contextmanager
def stopped_by_signals() -> Iterator[None]:
    """Ctrl-C, SIGTERM and a closed terminal raise KeyboardInterrupt inside the block, once: it may then clean up."""
    signals = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)

    def stop(*_: object) -> None:
        for number in signals:
            signal.signal(number, signal.SIG_IGN)
        raise KeyboardInterrupt

    for number in signals:
        signal.signal(number, stop)
    yield


_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def _die_with_parent() -> None:
    if _LIBC:
        _LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _signal_group(process: subprocess.Popen[bytes], number: int) -> None:
    """To the child and all it started: its group outlives it as long as one of them runs."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)
