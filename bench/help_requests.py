"""The helpdesk's queue with 50,000 requests, half of them open: p95 of its pages.

Through the whole of Django in one process, without a server: what the pages themselves cost. Prints `what: value`.
"""

import os
import shutil
import statistics
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / ".gesond-test" / "bench-help-requests"
REQUESTS, TIMES = 50_000, 100
QUEUE = "/fr/desk/requests/"


def main() -> None:
    requests = int(sys.argv[1]) if len(sys.argv) > 1 else REQUESTS
    client, own, number, email, matricule = _prepare(requests)
    print(f"Requests for help: {requests}, half of them open, load {os.getloadavg()[0]:.1f} before")
    pages = {
        "first page": lambda: client.get(QUEUE),
        "last page": lambda: client.get(QUEUE, {"page": 9999}),
        "one category": lambda: client.get(QUEUE, {"category": "letter"}),
        "overdue": lambda: client.get(QUEUE, {"queue": "overdue"}),
        "with me": lambda: client.get(QUEUE, {"queue": "mine"}),
        "waiting": lambda: client.get(QUEUE, {"queue": "waiting"}),
        "closed": lambda: client.get(QUEUE, {"queue": "closed"}),
        "one request": lambda: client.get(f"{QUEUE}{number}/"),
        "found by e-mail": lambda: client.post(f"{QUEUE}search/", {"text": email}),
        "found by matricule": lambda: client.post(f"{QUEUE}search/", {"text": matricule}),
        "own requests": lambda: own.get("/fr/helpdesk/requests/"),
    }
    for name, ask in pages.items():
        median, p95 = _measure(ask)
        print(f"Requests for help, {name}: p95 {p95:.1f} ms, median {median:.1f} ms")


def _prepare(requests: int):
    shutil.rmtree(HOME, ignore_errors=True)
    (HOME / "static").mkdir(parents=True)
    os.environ.update(
        GESOND_HOME=str(HOME),
        GESOND_MODE="test",
        GESOND_LOG_LEVEL="ERROR",
        DJANGO_SETTINGS_MODULE="gesond.config.settings",
    )
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection
    from django.test import Client
    from django.test.utils import setup_test_environment

    setup_test_environment()
    call_command("migrate", verbosity=0)
    from gesond.helpdesk.tests.steps import EMAIL, a_request
    from gesond.identity.models import Role
    from gesond.identity.tests.check_steps import staff
    from gesond.identity.tests.factories import AccountFactory
    from gesond.identity.tests.luxtrust_steps import signed_in_by

    by, account = staff(Role.HELPDESK), AccountFactory()
    one = a_request(account)
    _multiply(a_request(), requests, by)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE helpdesk_helprequest")  # as the server does by itself
    desk = signed_in_by(Client(), by, door="staff", method="totp")
    own = signed_in_by(Client(), account, door="patient")
    return desk, own, one.number, EMAIL, str(account.person.matricule)


def _multiply(one, requests: int, by) -> None:
    """Copies of every age and category; half are closed, each fifth is somebody's, each seventh waits."""
    from copy import copy
    from datetime import timedelta

    from gesond.helpdesk.models import Category, HelpRequest
    from gesond.kernel.clock import now
    from gesond.kernel.hashing import keyed_hash

    rows, moment = [], now()
    for number in range(requests):
        row = copy(one)
        row._state = copy(one._state)
        row.pk, row._state.adding = None, True
        row.category = Category.values[number % len(Category.values)]
        row.email = f"n{number}@example.lu"
        row.email_hash = keyed_hash(row.email, purpose="help_request.email")
        row.created_at = row.changed_at = moment - timedelta(minutes=number)
        row.due_at = row.created_at + timedelta(days=10)
        if number % 2:
            row.state, row.closed_at, row.due_at = "closed", moment, None
        elif number % 7 == 0:
            row.state, row.assigned_to_id, row.due_at = "waiting", by.pk, None
        elif number % 5 == 0:
            row.state, row.assigned_to_id = "open", by.pk
        rows.append(row)
    HelpRequest.objects.bulk_create(rows, batch_size=1000)


def _measure(ask) -> tuple[float, float]:
    for _ in range(5):
        ask()
    times = []
    for _ in range(TIMES):
        started = time.perf_counter()
        answer = ask()
        times.append((time.perf_counter() - started) * 1000)
        assert answer.status_code in {200, 302}
    return statistics.median(times), sorted(times)[int(TIMES * 0.95)]


if __name__ == "__main__":
    main()
