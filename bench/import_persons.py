"""Lines a second of `manage.py import_persons`, on a database that survives a power cut, and the memory it takes.

`python -m bench.import_persons 100000 1000000` for other sizes. Prints lines `what: value`.
"""

import csv
import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from bench.in_process import start_django

SIZES = (100_000,)


def main() -> None:
    sizes = [int(word) for word in sys.argv[1:]] or SIZES
    home = start_django("import", mode="demo")
    from django.conf import settings

    print(f"Import: {settings.ENVIRONMENT.import_processes} worker processes, load {os.getloadavg()[0]:.1f} before")
    for size in sizes:
        _measure(home, size)


def _measure(home: Path, size: int) -> None:
    from django.db import connection

    from gesond.demo.crowd import write_crowd

    path = home / f"{size}.csv"
    write_crowd(path, size)
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE identity_person CASCADE")
        cursor.execute("CHECKPOINT")
    connection.close()
    _report(f"Check and encrypt {size} lines, one process", size, lambda: _seal_all(path))
    _report(f"Import {size} new persons", size, lambda: _import(path, "new"))
    _report(f"Import {size} unchanged persons", size, lambda: _import(path, "unchanged"))
    _report(f"Import {size} persons, one in ten changed", size, lambda: _import(_changed(path), "changed"))


def _report(what: str, size: int, work: object) -> None:
    with _peak_memory() as memory:
        started = time.perf_counter()
        work()  # type: ignore[operator]
        seconds = time.perf_counter() - started
    print(f"{what}: {size / seconds:.0f} lines/s, {seconds:.1f} s, peak {memory[0]:.0f} MB of its own, all processes")


def _seal_all(path: Path) -> None:
    from gesond.identity.registry.persons_copy import LineSealer
    from gesond.identity.registry.persons_csv import LAYOUT
    from gesond.kernel.csv_files import CsvFile

    with CsvFile(path, LAYOUT) as file:
        sealer = LineSealer(file.columns, file.delimiter)
        for block in file.blocks():
            sealer.seal(block)


def _import(path: Path, name: str) -> None:
    from gesond.identity.actions.registry import import_persons
    from gesond.kernel.journal import SYSTEM

    result = import_persons(actor=SYSTEM, path=path, report=path.with_suffix(f".{name}.refused"))
    assert result.refused == 0, result


def _changed(path: Path) -> Path:
    changed = path.with_suffix(".changed.csv")
    with path.open(encoding="utf-8") as source, changed.open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target)
        for number, row in enumerate(csv.reader(source)):
            writer.writerow([*row[:-2], "FR", ""] if number % 10 == 1 else row)
    return changed


@contextmanager
def _peak_memory() -> Iterator[list[float]]:
    """The most that this process and its workers held for themselves alone, in MB, looked at ten times a second."""
    peak, ended = [0.0], threading.Event()

    def watch() -> None:
        me = psutil.Process()
        while not ended.wait(0.1):
            peak[0] = max(peak[0], sum(_own_memory(process) for process in [me, *me.children(recursive=True)]))

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield peak
    finally:
        ended.set()
        watcher.join()


def _own_memory(process: psutil.Process) -> float:
    try:
        if "postgres" in process.name():
            return 0.0
        return process.memory_full_info().uss / 2**20
    except psutil.Error:
        return 0.0


if __name__ == "__main__":
    main()
