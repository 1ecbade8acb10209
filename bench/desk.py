"""The desk's pages at 100,000 persons: the time under which 95 of 100 answers come, four members of staff at once.

`python -m bench.desk 100000` for another size. Prints lines `what: value`.
"""

import http.client
import os
import shutil
import statistics
import subprocess
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from urllib.parse import urlencode, urlsplit

from bench import signed_in
from bench.service import ROOT, Service, running

HOME = ROOT / ".gesond-test" / "bench-desk"
PORT = int(os.environ.get("PORT", "8000"))
PERSONS, REQUESTS, ENTRIES = 100_000, 2_000, 1_000_000
STAFF, ASKED = 4, 100
NAMES = ("mus", "Echantillon", "kläng", "probst-muster jean", "anna", "Modele Käthe", "félix spec", "zzz")
PAGES = [
    ("start page", "/fr/desk/"),
    ("requests for a letter", "/fr/desk/letter-requests/"),
    ("requests for a letter, last page", "/fr/desk/letter-requests/?page=9999"),
    ("letters", "/fr/desk/letters/"),
    ("messages", "/fr/desk/outbox/"),
    ("statistics of a year", "/fr/desk/statistics/?period=365"),
    ("journal, newest", "/fr/desk/journal/"),
    ("journal of a chain", "/fr/desk/journal/?chain=person:77"),
    ("journal of an event's beginning", "/fr/desk/journal/?event=account."),
    ("journal of an actor", "/fr/desk/journal/?actor=system"),
    ("a person's page", "/fr/desk/persons/500/"),
]
PREPARE = f"""
from django.db import connection
cursor = connection.cursor()
cursor.execute('''INSERT INTO kernel_journalentry
    (chain, sequence, at, actor, on_behalf_of, address, event, details, previous_hash, hash)
    SELECT 'person:' || 200 + n % 90000, 1000 + n / 90000, now() - n * interval '30 seconds',
           CASE WHEN n % 3 = 0 THEN 'system' ELSE 'account:' || n % 50000 END, '', '10.0.0.1',
           (ARRAY['code.sent', 'code.confirmed', 'sign_in.succeeded', 'letter.issued', 'sign_in.failed'])[1 + n % 5],
           '{{}}', '', '' FROM generate_series(1, {ENTRIES}) n''')
cursor.execute("ANALYZE")
from gesond.demo.models import DemoPerson
from gesond.identity.actions.staff_looks import open_look
from gesond.identity.models import Account, LookReason, Person
from gesond.kernel.journal import Actor
from gesond.identity.models import LetterRequest
from gesond.kernel.hashing import keyed_hash
LetterRequest.objects.bulk_create(
    LetterRequest(
        matricule=one.matricule,
        matricule_hash=keyed_hash(one.matricule, purpose="person.matricule"),
        language="fr",
        person=one,
    )
    for one in Person.objects.filter(pk__gt=1000).order_by("pk")[:{REQUESTS}]
)
staff = Account.objects.get(person__in=DemoPerson.objects.filter(key="staff").values("person"))
person = Person.objects.get(pk=500)
open_look(actor=Actor(f"staff:{{staff.pk}}"), staff=staff, person=person, reason=LookReason.PERSON_ASKED)
"""


def main() -> None:
    persons = int(sys.argv[1]) if len(sys.argv) > 1 else PERSONS
    shutil.rmtree(HOME, ignore_errors=True)
    HOME.mkdir(parents=True)
    with running(HOME, PORT) as service:
        _prepare(service, persons)
        cookie = signed_in.staff(service)
        print(f"Desk: {persons} persons, {ENTRIES} entries, {STAFF} at once, load {os.getloadavg()[0]:.1f} before")
        _report("search by name and its results", service, cookie, "")
        for what, path in PAGES:
            _report(what, service, cookie, path)


def _prepare(service: Service, persons: int) -> None:
    environment = os.environ | {"GESOND_HOME": str(service.home), "GESOND_MODE": "demo"}
    command = [sys.executable, "manage.py", "load_demo", "--crowd", str(persons)]
    subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=True)
    signed_in.shell(service, PREPARE)


def _report(what: str, service: Service, cookie: str, path: str) -> None:
    with ProcessPoolExecutor(STAFF) as pool:
        found = list(pool.map(_ask, [service.base_url] * STAFF, [cookie] * STAFF, [path] * STAFF))
    times = sorted(taken for each in found for taken in each)
    p95, middle = times[int(len(times) * 0.95)] * 1000, statistics.median(times) * 1000
    alone = statistics.median(_ask(service.base_url, cookie, path)) * 1000
    print(f"Desk {what}: p95 {p95:.0f} ms and median {middle:.0f} ms with {STAFF} staff, median {alone:.0f} ms alone")


def _ask(base_url: str, cookie: str, path: str) -> list[float]:
    """The times of each answer; a search is its form sent and its results read."""
    parts = urlsplit(base_url)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=60)
    times = []
    for number in range(ASKED):
        started = time.perf_counter()
        if path:
            _answer(connection, path, cookie)
        else:
            typed = urlencode({"query": NAMES[number % len(NAMES)], "csrfmiddlewaretoken": signed_in.CSRF})
            _answer(connection, "/fr/desk/persons/", cookie, typed)
            _answer(connection, "/fr/desk/persons/found/", cookie)
        times.append(time.perf_counter() - started)
    return times


def _answer(connection: http.client.HTTPConnection, path: str, cookie: str, typed: str = "") -> None:
    """A page read, or a form sent that leads on."""
    method, expected = ("POST", 302) if typed else ("GET", 200)
    headers = {"Cookie": cookie, "Content-Type": "application/x-www-form-urlencoded"}
    connection.request(method, path, typed or None, headers)
    answer = connection.getresponse()
    answer.read()
    if answer.status != expected:
        sys.exit(f"{method} {path} answered {answer.status}")


if __name__ == "__main__":
    main()
