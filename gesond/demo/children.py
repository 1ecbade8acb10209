"""The processes of one demo. The next one is one more `Child` in the list."""

import os
import sys
from pathlib import Path

from gesond.config.environment import Environment
from gesond.demo.luxtrust import settings as luxtrust
from gesond.demo.supervisor import Child

MANAGE = Path(__file__).resolve().parent.parent.parent / "manage.py"
WEB_WORKERS_AT_MOST = 4
THREADS_OF_A_WORKER = 4


def children(env: Environment, database_url: str) -> list[Child]:
    """Web, sockets, worker and, unless the operator has a provider, LuxTrust's simulator; all on one database."""
    simulated = luxtrust.is_wanted(env)
    shared = {"GESOND_DATABASE_URL": database_url} | (luxtrust.provider_settings(env) if simulated else {})
    counted = shared | {"PROMETHEUS_MULTIPROC_DIR": str(metrics_folder(env))}
    found = [
        Child(name="web", command=web_command(env), environment=counted),
        Child(name="sockets", command=sockets_command(env), environment=shared),
        Child(name="worker", command=[sys.executable, str(MANAGE), "worker"], environment=shared),
    ]
    return [*found, Child(name="luxtrust", command=luxtrust_command(env), environment=shared)] if simulated else found


def web_command(env: Environment) -> list[str]:
    workers = min(max(1, (os.cpu_count() or 1) // 2), WEB_WORKERS_AT_MOST)
    return [
        *_granian(env.bind, env.port, "wsgi", "gesond.config.wsgi:application"),
        *("--workers", str(workers)),
        *("--blocking-threads", str(THREADS_OF_A_WORKER)),
    ]


def sockets_command(env: Environment) -> list[str]:
    return _granian(env.bind, env.port + 1, "asginl", "gesond.config.asgi:application")


def luxtrust_command(env: Environment) -> list[str]:
    """One process: its codes are in memory. Threads enough that an answer kept waiting keeps nobody else waiting."""
    port = luxtrust.simulator_port(env)
    return [*_granian(env.bind, port, "wsgi", "gesond.demo.luxtrust.wsgi:application"), "--blocking-threads", "16"]


def metrics_folder(env: Environment) -> Path:
    """Where the web workers share what they count; emptied at each start."""
    return env.home / "metrics"


def _granian(host: str, port: int, interface: str, application: str) -> list[str]:
    return [
        *(sys.executable, "-m", "granian", application),
        *("--interface", interface, "--host", host, "--port", str(port)),
        *("--log-level", "warning", "--workers-kill-timeout", "2"),
        *("--working-dir", str(MANAGE.parent)),
    ]
