"""`manage.py run`: the whole of Gesond on this machine, for trying it out."""

import contextlib
import shutil
import socket
import time
import urllib.error
import urllib.request
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from fasteners import InterProcessLock

from gesond.config.environment import Environment
from gesond.demo import preparation
from gesond.demo.children import children, metrics_folder
from gesond.demo.luxtrust import settings as luxtrust
from gesond.demo.supervisor import ChildError, Supervisor, stopped_by_signals
from gesond.identity.actions.luxtrust_walks import ask_for_provider

READY_WITHIN = 60.0


class Command(BaseCommand):
    help = "Start the database, the web server, sockets, worker and LuxTrust's simulator; stop all with Ctrl-C."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        env: Environment = settings.ENVIRONMENT
        started = time.monotonic()
        with contextlib.suppress(KeyboardInterrupt), stopped_by_signals(), _alone(env):
            refuse_taken_ports(env)
            self._prepare(env)
            self._supervise(env, started)
        self.stdout.write("\nGesond has stopped.")

    def _prepare(self, env: Environment) -> None:
        self._url = preparation.database_url(env)
        preparation.join_database(env, self._url)
        preparation.compile_translations()
        if preparation.collect_static():
            self._tell("Styles and scripts are in place.")
        if preparation.migrate():
            self._tell("The database is up to date.")
        call_command("load_demo")
        shutil.rmtree(metrics_folder(env), ignore_errors=True)
        metrics_folder(env).mkdir(parents=True)

    def _supervise(self, env: Environment, started: float) -> None:
        supervisor = Supervisor(children(env, self._url), log_folder=env.home / "log", tell=self._tell)
        try:
            supervisor.start()
            supervisor.wait_until(lambda: _is_ready(env), within=READY_WITHIN)
            ask_for_provider()
            self._announce(env, time.monotonic() - started)
            supervisor.watch()
        except ChildError as failure:
            raise CommandError(str(failure)) from None
        finally:
            supervisor.stop()

    def _announce(self, env: Environment, seconds: float) -> None:
        self._tell(f"Gesond is ready: {env.base_url}")
        call_command("people", stdout=self.stdout)
        if luxtrust.is_wanted(env):
            self._tell(f"LuxTrust's simulator: {luxtrust.issuer(env)}/simulator")
        self._tell(f"Messages it sends: {env.base_url}/demo/outbox/")
        self._tell(f"Ready in {seconds:.1f} s. Logs: {env.home / 'log'}. Stop with Ctrl-C.")

    def _tell(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()


@contextlib.contextmanager
def _alone(env: Environment) -> Any:
    """Two runs must not share one data folder: the second is told to take another."""
    env.home.mkdir(parents=True, exist_ok=True)
    lock = InterProcessLock(env.home / ".run.lock")
    if not lock.acquire(blocking=False):
        raise CommandError(f"Gesond already runs on {env.home}. Give this one another GESOND_HOME and PORT.")
    try:
        yield
    finally:
        lock.release()


def refuse_taken_ports(env: Environment) -> None:
    """Raises CommandError for the first of the demo's ports that something else listens on."""
    taken = [(env.port, "PORT"), (env.port + 1, "PORT + 1, for live pages")]
    if luxtrust.is_wanted(env):
        taken.append((luxtrust.simulator_port(env), "PORT + 2, for LuxTrust's simulator"))
    for port, of_what in taken:
        if not preparation.port_is_free(env.bind, port):
            raise CommandError(
                f"Port {port} ({of_what}) is in use. Stop what uses it, or choose another: PORT={port + 10} make run"
            )


def _is_ready(env: Environment) -> bool:
    with contextlib.suppress(OSError, urllib.error.URLError):
        others = [env.port + 1, *([luxtrust.simulator_port(env)] if luxtrust.is_wanted(env) else [])]
        for port in others:
            with socket.create_connection((_reached_at(env), port), timeout=1):
                pass
        with urllib.request.urlopen(f"http://{_reached_at(env)}:{env.port}/health/ready", timeout=5) as answer:
            return bool(answer.status == 200)  # noqa: PLR2004 - HTTP's own number
    return False


def _reached_at(env: Environment) -> str:
    return "127.0.0.1" if env.bind == "0.0.0.0" else env.bind  # noqa: S104 - compared, not bound
