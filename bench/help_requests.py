"""The helpdesk's queue with 50,000 requests, half of them open: p95 of its pages.

Through the whole of Django in one process, without a server: what the pages themselves cost. Prints `what: value`.
"""

import os
import sys

from bench.in_process import report, start_django, vacuum

REQUESTS = 50_000
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
    report("Requests for help", pages)


def _prepare(requests: int):
    start_django("help-requests")
    from django.test import Client

    from gesond.helpdesk.tests.steps import EMAIL, a_request
    from gesond.identity.models import Role
    from gesond.identity.tests.check_steps import staff
    from gesond.identity.tests.factories import AccountFactory
    from gesond.identity.tests.luxtrust_steps import signed_in_by

    by, account = staff(Role.HELPDESK), AccountFactory()
    one = a_request(account)
    _multiply(a_request(), requests, by)
    vacuum("helpdesk_helprequest")
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


if __name__ == "__main__":
    main()
