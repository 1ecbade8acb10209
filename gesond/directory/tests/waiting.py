"""For tests of two transactions that meet."""

import time

from django.db import connection


def wait_until_somebody_waits() -> None:
    """Until another connection waits for a lock of ours."""
    end = time.monotonic() + 10
    while time.monotonic() < end:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_stat_activity WHERE pg_backend_pid() = ANY(pg_blocking_pids(pid))")
            if cursor.fetchone():
                return
        time.sleep(0.02)
