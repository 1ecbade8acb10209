"""Sign-ins a second, against the ceiling: one Argon2 check each, on every processor at once, on the same machine.

A sign-in is the password's POST and the code's POST through the real server, workers and database; twelve people sign
in side by side, each at their own step, as they do. Rounds of sign-ins and of the ceiling take turns, so that a noisy
machine disturbs both alike. Prints lines `what: value`.
"""

import http.client
import os
import re
import shutil
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

ROOT = Path(__file__).resolve().parent.parent
HOME = ROOT / ".gesond-test" / "bench-sign-ins"
ROUNDS, PEOPLE, CONNECTIONS = 3, 60, 12
CEILING_SECONDS = 3
PASSWORD = "Sonnenblume7"
CSRF = "a" * 32
PASSWORD_PAGE, CODE_PAGE = "/fr/sign-in/patient/password/", "/fr/sign-in/code/"


def main() -> None:
    _prepare()
    rates, ratios = [], []
    with _web() as port:
        for number in range(ROUNDS + 1):
            ceiling = _ceiling()
            rate = _sign_ins(port, number)
            if number:  # the first round warms
                rates.append(rate)
                ratios.append(rate / ceiling)
    print(f"Sign-ins: {statistics.median(rates):.1f}/s, {statistics.median(ratios):.0%} of the Argon2 ceiling")
    print(f"Statements of a sign-in: {_statements()}")


def _prepare() -> None:
    """An empty database of its own, with people."""
    shutil.rmtree(HOME, ignore_errors=True)
    os.environ.update(GESOND_HOME=str(HOME), GESOND_MODE="demo", DJANGO_SETTINGS_MODULE="gesond.config.settings")
    import django

    django.setup()
    from django.core.management import call_command

    for folder in ("static",):
        (HOME / folder).mkdir(parents=True, exist_ok=True)
    call_command("collectstatic", interactive=False, verbosity=0)
    call_command("migrate", verbosity=0)
    from django.contrib.auth.hashers import make_password

    from gesond.identity.tests.factories import AccountFactory

    AccountFactory.create_batch(PEOPLE * (ROUNDS + 1) + 1, password=make_password(PASSWORD))


@contextmanager
def _web() -> Iterator[int]:
    """The web server as in the demo, on a free port; each sign-in comes from an address of its own."""
    from django.conf import settings

    from gesond.demo.children import web_command

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = web_command(settings.ENVIRONMENT)
    command[command.index("--port") + 1] = str(port)
    environment = os.environ | {
        "GESOND_TRUSTED_PROXIES": "1",
        "GESOND_LOG_LEVEL": "WARNING",
        "GESOND_DATABASE_URL": _database_url(),
    }
    with subprocess.Popen(command, cwd=ROOT, env=environment) as server:
        try:
            _wait_until_ready(port)
            yield port
        finally:
            server.terminate()


def _database_url() -> str:
    from django.db import connection

    database = connection.settings_dict
    host, port = database["HOST"], database["PORT"]
    return f"postgresql://{database['USER']}:{database['PASSWORD']}@:{port}/{database['NAME']}?host={host}"


def _wait_until_ready(port: int) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            if _ask(port, "GET", "/health/live", {})[0] == 200:
                return
        except OSError:
            time.sleep(0.2)
    sys.exit("the web server did not start")


def _sign_ins(port: int, number: int) -> float:
    """Sign-ins a second of one round."""
    from gesond.identity.models import Account

    accounts = list(Account.objects.select_related("person").order_by("pk")[number * PEOPLE : (number + 1) * PEOPLE])
    people = [(port, f"10.{number}.0.{index}", account) for index, account in enumerate(accounts)]
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        started = time.perf_counter()
        list(pool.map(lambda person: _sign_in(*person), people))
        rate = PEOPLE / (time.perf_counter() - started)
    print(f"  round {number}: {rate:.1f}/s", file=sys.stderr)
    return rate


def _sign_in(port: int, address: str, account: object) -> None:
    session = _password(port, address, account)
    _code(port, address, session, _code_sent_to(account.phone))


def _password(port: int, address: str, account: object) -> str:
    typed = {"identifier": account.person.matricule, "password": PASSWORD}
    status, headers = _ask(port, "POST", PASSWORD_PAGE, typed, address)
    assert (status, headers["Location"]) == (302, CODE_PAGE), (status, headers)
    return _session(headers)


def _code(port: int, address: str, session: str, code: str) -> None:
    status, headers = _ask(port, "POST", CODE_PAGE, {"code": code}, address, session)
    assert (status, headers["Location"]) == (302, "/fr/services/"), (status, headers)


def _session(headers: http.client.HTTPMessage) -> str:
    cookies = " ".join(headers.get_all("Set-Cookie") or [])
    return re.search(r"gesond_session=([^;]+)", cookies)[1]


def _ask(  # noqa: PLR0917 - a request has these parts
    port: int, method: str, path: str, typed: dict[str, str], address: str = "10.255.0.1", session: str = ""
) -> tuple[int, http.client.HTTPMessage]:
    connection = http.client.HTTPConnection("localhost", port, timeout=60)
    headers = {
        "Cookie": f"gesond_csrf={CSRF}" + (f"; gesond_session={session}" if session else ""),
        "Content-Type": "application/x-www-form-urlencoded",
        "X-Forwarded-For": address,
    }
    connection.request(method, path, urlencode({**typed, "csrfmiddlewaretoken": CSRF}), headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status, answer.headers


def _code_sent_to(phone: str) -> str:
    from django.db import connection

    from gesond.kernel.hashing import keyed_hash
    from gesond.notify.models import OutboxMessage, comparable

    own = OutboxMessage.objects.filter(recipient_hash=keyed_hash(comparable(phone), purpose="outbox.recipient"))
    message = own.filter(template="identity/one_time_code").latest("created_at")
    connection.close()  # each thread has its own
    return re.findall(r"\b\d{7}\b", message.content["text"])[-1]


def _ceiling() -> float:
    processes = os.cpu_count() or 1
    with ProcessPoolExecutor(processes) as pool:
        return sum(pool.map(_checks, [CEILING_SECONDS] * processes)) / CEILING_SECONDS


def _checks(seconds: float) -> int:
    from argon2 import PasswordHasher
    from django.contrib.auth.hashers import Argon2PasswordHasher

    cost = Argon2PasswordHasher()
    hasher = PasswordHasher(cost.time_cost, cost.memory_cost, cost.parallelism)
    stored = hasher.hash(PASSWORD)
    done, end = 0, time.perf_counter() + seconds
    while time.perf_counter() < end:
        hasher.verify(stored, PASSWORD)
        done += 1
    return done


def _statements() -> str:
    """SQL statements of the two POSTs, counted without a server."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from gesond.identity.models import Account

    account = Account.objects.select_related("person").order_by("pk").last()
    client = Client(SERVER_NAME="localhost")
    with CaptureQueriesContext(connection) as password:
        client.post(PASSWORD_PAGE, {"identifier": account.person.matricule, "password": PASSWORD})
    code = _code_sent_to(account.phone)
    with CaptureQueriesContext(connection) as second:
        client.post(CODE_PAGE, {"code": code})
    if "-v" in sys.argv:
        for query in [*password, *second]:
            print("   ", query["sql"][:110], file=sys.stderr)
    return f"{len(password)} with the password, {len(second)} with the code"


if __name__ == "__main__":
    main()
