"""Pages through the whole of Django in one process, without a server: what they cost by themselves."""

import os
import shutil
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
WARM, TIMES = 5, 100


def start_django(name: str) -> None:
    """On a database of its own in `.gesond-test/bench-<name>`, made anew. Import models after it."""
    home = ROOT / ".gesond-test" / f"bench-{name}"
    shutil.rmtree(home, ignore_errors=True)
    (home / "static").mkdir(parents=True)
    os.environ.update(
        GESOND_HOME=str(home),
        GESOND_MODE="test",
        GESOND_LOG_LEVEL="ERROR",
        DJANGO_SETTINGS_MODULE="gesond.config.settings",
    )
    import django

    django.setup()
    from django.core.management import call_command
    from django.test.utils import setup_test_environment

    setup_test_environment()
    call_command("migrate", verbosity=0)


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
