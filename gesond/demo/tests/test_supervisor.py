"""Real processes are started, watched and stopped."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from gesond.demo.supervisor import Child, ChildError, Supervisor

SLEEPER = "import time; time.sleep(600)"
# A server with a worker, as Granian is: ending the first must end the second.
PARENT = f"""
import subprocess, sys, pathlib, time
worker = subprocess.Popen([sys.executable, "-c", {SLEEPER!r}])
pathlib.Path(sys.argv[1]).write_text(str(worker.pid))
time.sleep(600)
"""
STUBBORN = """
import pathlib, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
pathlib.Path(sys.argv[1]).write_text("ready")
time.sleep(600)
"""
# A supervisor in a process of its own, so that it can be killed or asked to stop.
SUPERVISING = f"""
import pathlib, sys
from gesond.demo.supervisor import Child, Supervisor, stopped_by_signals
folder = pathlib.Path(sys.argv[1])
parent = Child(name="parent", command=[sys.executable, "-c", {PARENT!r}, str(folder / "worker.pid")])
supervisor = Supervisor([parent], log_folder=folder, tell=print)
try:
    with stopped_by_signals():
        supervisor.start()
        supervisor.wait_until((folder / "worker.pid").exists, within=20)
        print("watching", flush=True)
        supervisor.watch()
except KeyboardInterrupt:
    print("stopping", flush=True)
finally:
    supervisor.stop()
"""


@pytest.fixture
def told():
    return []


@pytest.fixture
def supervise(tmp_path, told):
    """A supervisor of Python snippets, each given the path of a file to write; stopped after the test."""
    supervisors = []

    def make(**snippets: str) -> Supervisor:
        children = [
            Child(name=name, command=[sys.executable, "-c", code, str(tmp_path / name)])
            for name, code in snippets.items()
        ]
        supervisors.append(Supervisor(children, log_folder=tmp_path / "log", tell=told.append))
        supervisors[-1].start()
        return supervisors[-1]

    yield make
    for supervisor in supervisors:
        supervisor.stop()


@pytest.fixture
def supervising(tmp_path):
    """A supervisor in its own process, watching a parent and its worker; and the worker's process id."""
    process = subprocess.Popen(
        [sys.executable, "-c", SUPERVISING, str(tmp_path)], stdout=subprocess.PIPE, text=True, start_new_session=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "watching\n"
    worker = psutil.Process(int((tmp_path / "worker.pid").read_text()))
    yield process, worker.pid
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    with suppress(psutil.NoSuchProcess):
        worker.kill()  # it outlives a supervisor and a parent that were killed
    process.wait()
    process.stdout.close()


def wait_for(condition, seconds: float = 20) -> bool:
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
    return bool(condition())


def is_running(pid: int) -> bool:
    with suppress(psutil.NoSuchProcess):
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    return False


def written(path: Path) -> bool:
    return path.exists() and path.read_text() != ""


def test_stopping_ends_the_child_and_what_it_started(supervise, tmp_path):
    supervisor = supervise(parent=PARENT)
    assert wait_for(lambda: written(tmp_path / "parent"))
    worker = int((tmp_path / "parent").read_text())

    supervisor.stop()

    assert wait_for(lambda: not is_running(worker))


def test_stopping_leaves_other_processes_alone(supervise):
    other = subprocess.Popen([sys.executable, "-c", SLEEPER])
    try:
        supervise(child=SLEEPER).stop()

        assert other.poll() is None
    finally:
        other.kill()
        other.wait()


def test_a_child_deaf_to_the_polite_signal_is_ended_all_the_same(supervise, tmp_path, monkeypatch):
    monkeypatch.setattr("gesond.demo.supervisor.STOP_WITHIN", 0.3)
    supervisor = supervise(stubborn=STUBBORN)
    assert wait_for(lambda: written(tmp_path / "stubborn"))
    [process] = [running.process for running in supervisor._running]

    supervisor.stop()

    assert process.returncode == -signal.SIGKILL


def test_a_child_that_ends_is_started_again_and_a_line_says_so(supervise, tmp_path, told, monkeypatch):
    monkeypatch.setattr("gesond.demo.supervisor.FIRST_PAUSE", 0.01)
    started = tmp_path / "child"
    supervisor = supervise(child='import sys; open(sys.argv[1], "a").write("."); sys.exit(3)')

    def tended_twice() -> bool:
        for running in supervisor._running:
            supervisor._tend(running)
        return started.exists() and len(started.read_text()) >= 3

    assert wait_for(tended_twice)
    assert told[0].startswith("child ended with exit code 3 (see ")
    assert "Starting it again in" in told[0]


def test_the_pause_before_a_restart_doubles_up_to_its_longest(supervise, monkeypatch):
    monkeypatch.setattr("gesond.demo.supervisor.LONGEST_PAUSE", 4.0)
    supervisor = supervise(child="")
    [running] = supervisor._running
    pauses = []
    for _ in range(4):
        running.process.wait()
        supervisor._tend(running)
        pauses.append(running.pause)
        running.start_again_at = 0.0
        supervisor._tend(running)

    assert pauses == [2.0, 4.0, 4.0, 4.0]


def test_a_child_that_ends_before_all_is_ready_is_told_with_the_end_of_its_log(supervise):
    supervisor = supervise(child='raise SystemExit("no such table")')

    with pytest.raises(ChildError, match=r"child ended with exit code 1[^$]*no such table"):
        supervisor.wait_until(lambda: False, within=20)


def test_waiting_for_readiness_has_an_end(supervise):
    supervisor = supervise(child=SLEEPER)

    with pytest.raises(ChildError, match="not ready within 0 seconds"):
        supervisor.wait_until(lambda: False, within=0.1)


def test_a_child_gets_its_own_environment_on_top_of_ours(tmp_path):
    code = "import os, sys; open(sys.argv[1], 'w').write(os.environ['ADDED'] + os.environ['PATH'])"
    child = Child(
        name="child", command=[sys.executable, "-c", code, str(tmp_path / "seen")], environment={"ADDED": "!"}
    )
    supervisor = Supervisor([child], log_folder=tmp_path, tell=print)
    supervisor.start()

    assert wait_for(lambda: written(tmp_path / "seen"))
    supervisor.stop()
    assert (tmp_path / "seen").read_text() == "!" + os.environ["PATH"]


def test_a_long_log_is_put_aside_at_the_next_start(supervise, tmp_path, monkeypatch):
    monkeypatch.setattr("gesond.demo.supervisor.LOG_KEPT", 3)
    (tmp_path / "log").mkdir()
    (tmp_path / "log" / "child.log").write_text("yesterday")

    supervise(child=SLEEPER)

    assert (tmp_path / "log" / "child.log.1").read_text() == "yesterday"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_to_the_supervisor_stops_everything_it_started(supervising, number):
    process, worker = supervising

    process.send_signal(number)

    assert process.wait(20) == 0
    assert not is_running(worker)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent died")
def test_children_end_when_the_supervisor_is_killed(supervising):
    process, _ = supervising
    [child] = psutil.Process(process.pid).children()

    process.kill()

    assert wait_for(lambda: not is_running(child.pid))
