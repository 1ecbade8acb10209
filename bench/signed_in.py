"""The cookie of somebody who has really signed in: password, then the code from the demo's outbox."""

import http.client
import json
import os
import re
import subprocess
import sys
import time
from typing import Any
from urllib.parse import urlencode, urlsplit

from bench.service import ROOT, Service

CSRF = "a" * 32
PASSWORD_PAGE, CODE_PAGE, WHO = "/fr/sign-in/patient/password/", "/fr/sign-in/code/", "active"


def patient(service: Service) -> str:
    """Sign the demo's patient in; the `Cookie` header a browser would send from then on."""
    person = next(row for row in _manage(service, "people") if row["key"] == WHO)
    typed = {"identifier": person["matricule"], "password": person["password"]}
    session = _post(service, PASSWORD_PAGE, typed)
    session = _post(service, CODE_PAGE, {"code": _code(service, person["phone"])}, session)
    return f"gesond_session={session}; gesond_csrf={CSRF}"


# A member of staff signs in at the desk: the same session as that leaves, without the way to it.
STAFF_SESSION = """
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from gesond.demo.models import DemoPerson
from gesond.identity.models import Account
from gesond.identity.sessions.store import SessionStore
from gesond.identity.sessions.standing import Standing, keep_standing
account = Account.objects.get(person__in=DemoPerson.objects.filter(key="staff").values("person"))
session = SessionStore()
session[SESSION_KEY], session[HASH_SESSION_KEY] = str(account.pk), account.get_session_auth_hash()
session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
keep_standing(session, Standing("staff", "code"))
session.create()
session.save()
print("SESSION", session.session_key)
"""


def staff(service: Service) -> str:
    """The `Cookie` header of the demo's member of staff with every role."""
    key = re.search(r"SESSION (\S+)", shell(service, STAFF_SESSION))[1]
    return f"gesond_session={key}; gesond_csrf={CSRF}"


def shell(service: Service, code: str) -> str:
    """Run lines in the service's own environment; what they print."""
    command = [sys.executable, "manage.py", "shell", "--command", code]
    environment = os.environ | {"GESOND_HOME": str(service.home), "GESOND_MODE": "demo"}
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True).stdout


def _code(service: Service, phone: str) -> str:
    """The worker writes the message a moment after it was asked for."""
    end = time.monotonic() + 10
    while time.monotonic() < end:
        for message in _manage(service, "outbox", "--to", phone):
            if found := re.search(r"\b\d{7}\b", message["text"] or ""):
                return found[0]
        time.sleep(0.2)
    sys.exit("no one-time code was sent")


def _manage(service: Service, *words: str) -> list[dict[str, Any]]:
    command = [sys.executable, "manage.py", *words, "--json"]
    environment = os.environ | {"GESOND_HOME": str(service.home), "GESOND_MODE": "demo"}
    ended = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
    return json.loads(ended.stdout)


def _post(service: Service, path: str, typed: dict[str, str], session: str = "") -> str:
    """The session's key after a step that was accepted."""
    parts = urlsplit(service.base_url)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=60)
    headers = {
        "Cookie": f"gesond_csrf={CSRF}" + (f"; gesond_session={session}" if session else ""),
        "Content-Type": "application/x-www-form-urlencoded",
    }
    connection.request("POST", path, urlencode({**typed, "csrfmiddlewaretoken": CSRF}), headers)
    answer = connection.getresponse()
    cookies = " ".join(answer.headers.get_all("Set-Cookie") or [])
    connection.close()
    if answer.status != 302:
        sys.exit(f"signing in: {path} answered {answer.status}")
    return re.search(r"gesond_session=([^;]+)", cookies)[1]
