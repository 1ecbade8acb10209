"""Django in this process, on a database of its own: for what is measured without a server."""

import os
import shutil
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
WARM, TIMES = 5, 100


def start_django(name: str, *, mode: str = "test") -> Path:
    """On a database in `.gesond-test/bench-<name>`, made anew; that folder. Import models after it.

    What is written is safe from a power cut in the mode `demo` only.
    """
    home = ROOT / ".gesond-test" / f"bench-{name}"
    shutil.rmtree(home, ignore_errors=True)
    (home / "static").mkdir(parents=True)
    os.environ.update(
        GESOND_HOME=str(home),
        GESOND_MODE=mode,
        GESOND_LOG_LEVEL="ERROR",
        DJANGO_SETTINGS_MODULE="gesond.config.settings",
    )
    import django

    django.setup()
    from django.core.management import call_command
    from django.test.utils import setup_test_environment

    if mode == "test":
        setup_test_environment()
    call_command("migrate", verbosity=0)
    return home


def load_crowd(home: Path, persons: int) -> None:
    """So many synthetic people, imported as the registry's file is."""
    from gesond.demo.crowd import write_crowd
    from gesond.identity.actions.registry import import_persons
    from gesond.kernel.journal import SYSTEM

    write_crowd(home / "crowd.csv", persons)
    import_persons(actor=SYSTEM, path=home / "crowd.csv", report=home / "refused.csv")


def vacuum(table: str) -> None:
    """As the server does by itself after many rows."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(f"VACUUM ANALYZE {table}")


def report(title: str, pages: dict[str, Callable[[], Any]]) -> None:
    """Ask for each page a hundred times and print its p95 and median in milliseconds."""
    for name, ask in pages.items():
        median, p95 = _measure(ask)
        print(f"{title}, {name}: p95 {p95:.1f} ms, median {median:.1f} ms")


def _measure(ask: Callable[[], Any]) -> tuple[float, float]:
    for _ in range(WARM):
        ask()
    times = []
    for _ in range(TIMES):
        started = time.perf_counter()
        answer = ask()
        times.append((time.perf_counter() - started) * 1000)
        assert answer.status_code in {200, 302}
    return statistics.median(times), sorted(times)[int(TIMES * 0.95)]
