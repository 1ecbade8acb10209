"""The public search at 100,000 persons, 5,000 professionals and 10,000 practices: p95 of each way to search.

Twice: sixteen visitors who never pause, which is how many pages the machine answers (their p95 is the queue they make
of themselves); and forty who read what they found for a second, each searching in another way, which is what people
wait.

`python -m bench.directory 100000 5000` for other sizes. Prints lines `what: value`.
"""

import os
import shutil
import subprocess
import sys
import time
from urllib.parse import urlencode

from bench import load
from bench.service import ROOT, Service, running

HOME = ROOT / ".gesond-test" / "bench-directory"
PORT = int(os.environ.get("PORT", "8000"))
PERSONS, PROFESSIONALS = 100_000, 5_000
SECONDS = 3
# The first visitors after a start find each process with one connection and nothing compiled: they are not measured.
WARM_SECONDS = 4
CALM_VISITORS, PAUSE, CALM_TIMES = 40, 1.0, 10
SEARCHES = [
    # what is sought, its tab, what is filled in
    ("by name", "", {"name": "muster"}),
    ("by name and given name", "", {"name": "mus éli"}),
    ("by speciality", "", {"what": "specialist/cardiology"}),
    ("by place", "", {"place": "esch"}),
    ("by language", "", {"language": "fr"}),
    ("by all of them", "", {"name": "m", "what": "nurse", "place": "luxembourg", "language": "fr"}),
    ("its last page", "", {"language": "fr", "page": "9999"}),
    ("of pharmacies", "establishments/", {"kind": "pharmacy", "place": "esch"}),
]


def main() -> None:
    sizes = [int(word) for word in sys.argv[1:]] or [PERSONS, PROFESSIONALS]
    shutil.rmtree(HOME, ignore_errors=True)
    HOME.mkdir(parents=True)
    with running(HOME, PORT) as service:
        seconds = _fill(*sizes)
        print(
            f"Directory: {sizes[0]} persons, {sizes[1]} professionals, loaded in {seconds:.0f} s, "
            f"load {os.getloadavg()[0]:.1f} before"
        )
        for what, tab, asked in SEARCHES:
            _measure(service, what, _path(tab, asked))
        _measure_calm(service)


def _fill(persons: int, professionals: int) -> float:
    started = time.perf_counter()
    command = [sys.executable, "manage.py", "load_demo", "--crowd", str(persons), "--professionals", str(professionals)]
    environment = os.environ | {"GESOND_HOME": str(HOME), "GESOND_MODE": "demo", "PORT": str(PORT)}
    subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=True)
    return time.perf_counter() - started


def _path(tab: str, asked: dict[str, str]) -> str:
    return f"/fr/directory/{tab}?{urlencode(asked)}"


def _measure_calm(service: Service) -> None:
    urls = [service.base_url + _path(tab, asked) for _, tab, asked in SEARCHES]
    p95 = load.calmly(urls, visitors=CALM_VISITORS, pause=PAUSE, times=CALM_TIMES)
    print(f"Search by {CALM_VISITORS} visitors who read for {PAUSE:.0f} s: p95 {p95:.1f} ms, all ways to search")


def _measure(service: Service, what: str, path: str) -> None:
    load.put(service.base_url + path, seconds=WARM_SECONDS)
    found = load.put(service.base_url + path, seconds=SECONDS)
    failed = f", {found.failed} FAILED" if found.failed else "" if found.per_second else ", NO ANSWER in time"
    print(
        f"Search {what}: {found.per_second:.0f}/s, p95 {found.p95_ms:.1f} ms with {load.CONNECTIONS} visitors, "
        f"median {load.alone(service.base_url + path):.1f} ms alone{failed}"
    )


if __name__ == "__main__":
    main()
