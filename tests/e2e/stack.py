"""One real Gesond for a whole test session: `manage.py run` on a free port and a fresh data folder.

Shared by the processes of pytest-xdist: the first that needs it starts it, the last that leaves stops it.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path

import psutil
from fasteners import InterProcessLock, InterProcessReaderWriterLock

from tests.e2e.console import Console

ROOT = Path(__file__).resolve().parent.parent.parent
FOLDER = ROOT / ".gesond-test" / "e2e"
STATE = FOLDER / "stack.json"
OUTPUT = FOLDER / "run.log"
LOOKED_AT = FOLDER / "looked-at"
FIRST_PORT, LAST_PORT = 18_000, 19_000
STOP_WITHIN = 30
# Neighbours would be alike to a search that forgives slips: steps of one prime around a circle of another's length.
NUMBERS, SCATTER = 98_999, 37_579


@dataclass(frozen=True)
class Stack:
    """Where the running service is."""

    port: int
    home: str
    pid: int

    @property
    def base_url(self) -> str:
        return f"http://localhost:{self.port}"

    @property
    def simulator(self) -> str:
        """LuxTrust's."""
        return f"http://localhost:{self.port + 2}"

    def manage(self, *arguments: str) -> str:
        """What `manage.py …` prints on this stack's data."""
        return self.run(f"from django.core.management import call_command\ncall_command(*{arguments!r})")

    def run(self, script: str) -> str:
        """What a piece of Python prints on this stack's data: by a process that is started once."""
        return _console(self).run(script)

    def number(self) -> int:
        """Of five digits, and given to no other test of this run: for matricules, telephones and names."""
        counter = Path(self.home) / "e2e-number"
        with InterProcessLock(counter.with_suffix(".lock")):
            count = int(counter.read_text()) + 1 if counter.exists() else 1
            counter.write_text(str(count))
        return count * SCATTER % NUMBERS


@contextmanager
def luxtrust_as_it_is(*, alone: bool) -> Iterator[None]:
    """There is one simulator: `alone` with it, who breaks it; beside others, who needs it whole.

    Whoever waits holds the door, so that a stream of the others cannot keep one waiting for ever.
    """
    door = InterProcessLock(FOLDER / "luxtrust.door")
    lock = InterProcessReaderWriterLock(FOLDER / "luxtrust.lock")
    with door:
        lock.acquire_write_lock() if alone else lock.acquire_read_lock()
    try:
        yield
    finally:
        lock.release_write_lock() if alone else lock.release_read_lock()


@contextmanager
def shared_stack() -> Iterator[Stack]:
    """The session's stack, started if nobody did."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    lock = InterProcessLock(FOLDER / "stack.lock")
    with lock:
        stack, users = _running() or (_start(), [])
        _remember(stack, [*users, os.getpid()])
    try:
        yield stack
    finally:
        _close_console(stack)
        with lock:
            users = [user for user in (_running() or (stack, []))[1] if user != os.getpid()]
            _remember(stack, users)
            if not users:
                _stop(stack)


@cache
def _console(stack: Stack) -> Console:
    """This process's own."""
    return Console(ROOT, _environment(stack.port))


def _close_console(stack: Stack) -> None:
    if _console.cache_info().currsize:
        _console(stack).close()


def _running() -> tuple[Stack, list[int]] | None:
    """The stack that another process started and still uses."""
    if not STATE.exists():
        return None
    state = json.loads(STATE.read_text())
    stack = Stack(**state["stack"])
    users = [user for user in state["users"] if psutil.pid_exists(user)]
    if users and psutil.pid_exists(stack.pid):
        return stack, users
    _stop(stack)
    return None


def _remember(stack: Stack, users: list[int]) -> None:
    STATE.write_text(json.dumps({"stack": asdict(stack), "users": users}))


def _start() -> Stack:
    home = FOLDER / "home"
    for folder in (home, LOOKED_AT):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
    port = _free_port()
    with OUTPUT.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "manage.py", "run"],
            cwd=ROOT,
            env=_environment(port),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    stack = Stack(port=port, home=str(home), pid=process.pid)
    try:
        _wait_until_ready(process)
    except BaseException:
        _stop(stack)
        raise
    process.returncode = 0  # it goes on without us: whoever leaves last stops it
    return stack


def _wait_until_ready(process: "subprocess.Popen[bytes]") -> None:
    """`run` itself gives up after a while, and says why."""
    while "Gesond is ready" not in OUTPUT.read_text():
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.1)
        if process.returncode is not None:
            raise RuntimeError(f"Gesond did not start:\n{OUTPUT.read_text()}")


def _stop(stack: Stack) -> None:
    """As Ctrl-C does. Only the process this harness started: its command line is looked at before."""
    STATE.unlink(missing_ok=True)
    with suppress(psutil.NoSuchProcess):
        process = psutil.Process(stack.pid)
        if process.cmdline()[1:] == ["manage.py", "run"]:
            process.send_signal(signal.SIGINT)
            _wait_until_ended(process)


def _wait_until_ended(process: psutil.Process) -> None:
    """Started by another of pytest's processes, which does not wait for it: it stays a zombie for as long as that."""
    deadline = time.monotonic() + STOP_WITHIN
    while process.is_running() and process.status() != psutil.STATUS_ZOMBIE and time.monotonic() < deadline:
        time.sleep(0.05)


def _environment(port: int) -> dict[str, str]:
    ours = {name: value for name, value in os.environ.items() if not name.startswith("GESOND_")}
    return ours | {"GESOND_MODE": "demo", "GESOND_HOME": str(FOLDER / "home"), "PORT": str(port)}


def _free_port() -> int:
    """One whose neighbours are free too: pages, sockets, LuxTrust's simulator.

    Each folder begins elsewhere: a service that another folder's tests start just now is not on its port yet.
    """
    ports = range(FIRST_PORT, LAST_PORT, 3)
    first = zlib.crc32(str(ROOT).encode()) % len(ports)
    for port in (*ports[first:], *ports[:first]):
        with socket.socket() as one, socket.socket() as two, socket.socket() as three, suppress(OSError):
            for offset, probe in enumerate((one, two, three)):
                probe.bind(("127.0.0.1", port + offset))
            return port
    raise RuntimeError(f"No three free ports in a row between {FIRST_PORT} and {LAST_PORT}")
