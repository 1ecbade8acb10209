"""Letters a second of `manage.py issue_letters`: code, tagged PDF on the disk, database, journal, manifest.

With 1, 2 and 4 printing processes, in turns, so that a noisy machine disturbs all alike. Prints lines `what: value`.
"""

import os
import statistics
import sys
import time
from dataclasses import replace

from bench.in_process import load_crowd, start_django

LETTERS, ROUNDS, PROCESSES = 1500, 3, (1, 2, 4)


def main() -> None:
    letters = int(sys.argv[1]) if len(sys.argv) > 1 else LETTERS
    load_crowd(start_django("letters", mode="demo"), letters)
    print(f"Letters: batches of {letters}, load {os.getloadavg()[0]:.1f} before")
    rates: dict[int, list[float]] = {count: [] for count in PROCESSES}
    for _ in range(ROUNDS):
        for count in PROCESSES:
            rates[count].append(_batch(letters, count))
    for count, found in rates.items():
        print(f"Letters with {count} printing processes: {statistics.median(found):.0f}/s, best {max(found):.0f}/s")


def _batch(letters: int, processes: int) -> float:
    from django.conf import settings

    from gesond.identity.actions.letters import issue_letters
    from gesond.identity.letters.selection import REISSUE, LetterSelection
    from gesond.kernel.journal import SYSTEM

    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, letter_processes=processes)
    started = time.perf_counter()
    batch = issue_letters(actor=SYSTEM, selection=LetterSelection(kind=REISSUE))
    assert batch.printed == letters, batch.printed
    return letters / (time.perf_counter() - started)


if __name__ == "__main__":
    main()
