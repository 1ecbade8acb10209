"""Work spread over processes: results in order, memory flat, nothing left behind when the parent is killed."""

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")


@contextmanager
def worker_processes(
    count: int, *, prepare: Callable[..., None], arguments: tuple[Any, ...] = (), fresh: bool = False
) -> Iterator[ProcessPoolExecutor]:
    """`count` processes, each of which calls `prepare(*arguments)` once. Work in them touches no database.

    Forked, they start in milliseconds with settings and keys already read. `fresh` ones start from nothing, for what a
    fork breaks: libraries that keep threads, as Typst does.
    """
    context = multiprocessing.get_context("spawn" if fresh else "fork")
    pool = ProcessPoolExecutor(count, mp_context=context, initializer=_start, initargs=(prepare, arguments))
    try:
        # The first task forks them all: now, before the caller opens connections they must not share.
        pool.submit(os.getpid).result()
        yield pool
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def map_in_order(
    pool: Executor, work: Callable[[Item], Result], items: Iterable[Item], *, ahead: int
) -> Iterator[Result]:
    """`work(item)` for each item, in order. At most `ahead` items are read before their results are taken."""
    waiting: deque[Future[Result]] = deque()
    for item in items:
        waiting.append(pool.submit(work, item))
        if len(waiting) >= ahead:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


def _start(prepare: Callable[..., None], arguments: tuple[Any, ...]) -> None:
    # Ctrl-C reaches the whole group: the parent alone decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    prepare(*arguments)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)
