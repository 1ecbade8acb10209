"""The desk's queue of identity checks with 20,000 that wait and 20,000 that are over: p95 of its pages.

Through the whole of Django in one process, without a server: what the pages themselves cost. Prints `what: value`.
"""

import os
import sys

from bench.in_process import report, start_django, vacuum

CHECKS = 20_000
QUEUE = "/fr/desk/identity-checks/"


def main() -> None:
    checks = int(sys.argv[1]) if len(sys.argv) > 1 else CHECKS
    client, number, matricule = _prepare(checks)
    print(f"Identity checks: {checks} wait, as many are over, load {os.getloadavg()[0]:.1f} before")
    pages = {
        "first page": lambda: client.get(QUEUE),
        "last page": lambda: client.get(QUEUE, {"page": 9999}),
        "overdue": lambda: client.get(QUEUE, {"which": "overdue"}),
        "with me": lambda: client.get(QUEUE, {"which": "mine"}),
        "over": lambda: client.get(QUEUE, {"which": "over"}),
        "found by number": lambda: client.post(f"{QUEUE}find/", {"sought": number}, follow=True),
        "found by matricule": lambda: client.post(f"{QUEUE}find/", {"sought": matricule}),
    }
    report("Identity checks", pages)


def _prepare(checks: int):
    start_django("identity-checks")
    from django.test import Client

    from gesond.identity.models import IdentityCheck
    from gesond.identity.tests.check_steps import a_check, staff
    from gesond.identity.tests.luxtrust_steps import signed_in_by

    by = staff()
    one = a_check()
    _multiply(one, checks, by)
    vacuum("identity_identitycheck")
    assert IdentityCheck.objects.count() > checks
    return signed_in_by(Client(), by, door="staff", method="totp"), one.number, str(one.person.matricule)


def _multiply(one, checks: int, by) -> None:
    """Copies of every age; each fifth is somebody's, half of them are over."""
    from datetime import timedelta

    from django.db.models import F

    from gesond.identity.models import IdentityCheck
    from gesond.kernel.clock import now

    rows, moment = [], now()
    for number in range(2 * checks):
        row = IdentityCheck.objects.get(pk=one.pk) if not rows else _copy(rows[0])
        row.id = IdentityCheck._meta.pk.default()
        row.number, row.reference = f"IV{number:010}", f"bench {number}"
        row.due_at = moment + timedelta(days=60, minutes=number - checks // 2)
        if number % 2:
            row.state, row.withdrawn_at = "withdrawn", moment
        elif number % 10 == 0:
            row.taken_by, row.taken_at = by, moment
        rows.append(row)
    IdentityCheck.objects.bulk_create(rows, batch_size=1000)
    opened = IdentityCheck.objects.filter(reference__startswith="bench")
    opened.update(opened_at=moment - timedelta(days=40), due_at=F("due_at") - timedelta(days=60))


def _copy(row):
    from copy import copy

    fresh = copy(row)
    fresh._state = copy(row._state)
    fresh.state, fresh.withdrawn_at, fresh.taken_by, fresh.taken_at = "open", None, None, None
    return fresh


if __name__ == "__main__":
    main()
