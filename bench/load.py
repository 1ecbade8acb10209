"""Load on one address: wrk where it is installed, else processes that write and read plain HTTP on open connections."""

import http.client
import math
import re
import shutil
import socket
import statistics
import subprocess
import time
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import urlsplit

CONNECTIONS = 16
UNITS = {"us": 1e-3, "ms": 1.0, "s": 1e3, "m": 6e4}


@dataclass(frozen=True)
class Load:
    """Answers a second, the time under which 95 of 100 came (ms), and how many were not 200."""

    per_second: float
    p95_ms: float
    failed: int


def generator() -> str:
    return "wrk" if shutil.which("wrk") else "built in"


def put(url: str, *, seconds: float, cookie: str = "") -> Load:
    """Ask for the address as fast as it answers, on sixteen connections."""
    return (_by_wrk if shutil.which("wrk") else _by_processes)(url, seconds, cookie)


def alone(url: str, *, cookie: str = "", times: int = 60) -> float:
    """The median of one asker's answers, one after the other (ms): what a page costs, with nobody to wait for."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=60)
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        connection.request("GET", f"{parts.path}?{parts.query}", headers={"Cookie": cookie} if cookie else {})
        connection.getresponse().read()
        taken.append((time.perf_counter() - started) * 1000)
    connection.close()
    return statistics.median(taken)


def calmly(urls: list[str], *, visitors: int, pause: float, times: int) -> float:
    """The time under which 95 of 100 answers came (ms) where each visitor reads for `pause` seconds in between.

    Everybody begins at another moment and at another address, and goes on to the next one.
    """
    with ThreadPoolExecutor(visitors) as pool:
        each = pool.map(lambda number: _visit(urls, number, pause * number / visitors, pause, times), range(visitors))
        taken = sorted(one for of_visitor in each for one in of_visitor)
    return taken[int(len(taken) * 0.95)]


def _visit(urls: list[str], number: int, wait: float, pause: float, times: int) -> list[float]:
    taken = []
    parts = urlsplit(urls[0])
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=60)
    time.sleep(wait)
    for step in range(times):
        address = urlsplit(urls[(number + step) % len(urls)])
        started = time.perf_counter()
        connection.request("GET", f"{address.path}?{address.query}")
        connection.getresponse().read()
        taken.append((time.perf_counter() - started) * 1000)
        time.sleep(pause)
    connection.close()
    return taken


def _by_wrk(url: str, seconds: float, cookie: str) -> Load:
    # wrk tells quartiles, 90 and 99 only: the script asks for what is wanted.
    script = "bench/p95.lua"
    header = ["--header", f"Cookie: {cookie}"] if cookie else []
    command = ["wrk", "-t2", f"-c{CONNECTIONS}", f"-d{math.ceil(seconds)}s", "-s", script, *header, url]
    text = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    per_second = float(re.search(r"Requests/sec:\s+([\d.]+)", text).group(1))
    p95 = float(re.search(r"p95_us: ([\d.]+)", text).group(1)) / 1000
    failed = re.search(r"Non-2xx or 3xx responses: (\d+)", text)
    return Load(per_second, p95, int(failed.group(1)) if failed else 0)


def _by_processes(url: str, seconds: float, cookie: str) -> Load:
    with ProcessPoolExecutor(CONNECTIONS) as pool:
        found = list(pool.map(_ask, [url] * CONNECTIONS, [seconds] * CONNECTIONS, [cookie] * CONNECTIONS))
    times = sorted(taken for each, _ in found for taken in each)
    return Load(len(times) / seconds, times[int(len(times) * 0.95)] * 1000, sum(failed for _, failed in found))


def _ask(url: str, seconds: float, cookie: str) -> tuple[list[float], int]:
    parts = urlsplit(url)
    lines = [f"GET {parts.path}?{parts.query} HTTP/1.1", f"Host: {parts.netloc}", f"Cookie: {cookie}", "", ""]
    request = "\r\n".join(lines).encode()
    times, failed, end = [], 0, time.perf_counter() + seconds
    with socket.create_connection((parts.hostname, parts.port)) as connection:
        reader = connection.makefile("rb")
        while (started := time.perf_counter()) < end:
            connection.sendall(request)
            failed += _read(reader) != 200
            times.append(time.perf_counter() - started)
    return times, failed


def _read(reader: "socket.SocketIO") -> int:
    status = int(reader.readline().split()[1])
    length = 0
    while (line := reader.readline()) != b"\r\n":
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            length = int(value)
    reader.read(length)
    return status
