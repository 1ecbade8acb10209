"""Messages a second that a published event queues: 100,000 accounts that left the box ticked, by one worker.

Written are the outbox row (encrypted), its job and the cursor of each batch; delivery is not measured here. Prints
lines `what: value`.
"""

import os
import sys
import time
from datetime import timedelta

from bench.in_process import load_crowd, start_django

ACCOUNTS = 100_000
BATCH = 5000


def main() -> None:
    accounts = int(sys.argv[1]) if len(sys.argv) > 1 else ACCOUNTS
    _prepare(accounts)
    from gesond.content.actions.announcing import begin_announcements, tell_everybody
    from gesond.notify.models import OutboxMessage

    load = os.getloadavg()[0]
    started = time.perf_counter()
    begin_announcements()
    told = tell_everybody()
    seconds = time.perf_counter() - started
    assert told == accounts, told
    assert OutboxMessage.objects.count() == accounts
    print(f"An event told to {accounts} accounts: {seconds:.0f} s, {told / seconds:.0f}/s, load {load:.1f} before")
    print(f"The same asked again: {_again():.3f} s, nobody told twice")


def _again() -> float:
    from gesond.content.actions.announcing import begin_announcements, tell_everybody

    started = time.perf_counter()
    begin_announcements()
    assert tell_everybody() == 0
    return time.perf_counter() - started


def _prepare(accounts: int) -> None:
    load_crowd(start_django("announcements", mode="demo"), accounts)
    _open_accounts()
    _publish_event()


def _open_accounts() -> None:
    from gesond.identity.models import Account, Person
    from gesond.kernel.hashing import hasher

    hashed = hasher(purpose="account.email")
    batch = []
    for pk, language in Person.objects.values_list("pk", "language").order_by("pk"):
        email = f"person{pk}@example.org"
        batch.append(
            Account(
                person_id=pk,
                language=language,
                email=email,
                email_hash=hashed(email),
                code_channel="email",
                doors=["patient"],
            )
        )
        if len(batch) == BATCH:
            Account.objects.bulk_create(batch)
            batch = []
    Account.objects.bulk_create(batch)


def _publish_event() -> None:
    from gesond.content.actions.editing import create_content, release_content
    from gesond.content.models import Event
    from gesond.kernel.clock import now
    from gesond.kernel.journal import SYSTEM

    text = {"title": "Soirée", "summary": "Venez.", "body": "Texte", "place": "Belval"}
    starts = now() + timedelta(days=10)
    values = {"texts": {"fr": text, "de": text, "en": text}, "starts_at": starts, "ends_at": starts}
    release_content(actor=SYSTEM, item=create_content(actor=SYSTEM, model=Event, values=values))


if __name__ == "__main__":
    main()
