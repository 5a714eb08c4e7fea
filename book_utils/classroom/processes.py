"""Work through a large class in several processes: the same results, in the same order, as one process gives."""

import contextlib
import multiprocessing
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import chain, islice
from typing import Any

ALONE = 5  # chunks that are done before others can have started
AHEAD = 1  # chunks that wait for each process: flat memory
MOST = 8  # processes; each holds some MB, and more would wait for the one that keeps the results
_work: Callable | None = None  # in a process that was started for it


def in_order(make: Callable, arguments: tuple, chunks: Iterable) -> Iterator[Any]:
    """Give `make(*arguments)(chunk)` for each of the chunks, in their order.

    Other processes are started where there are more than a few chunks and this machine has two processors or more.
    Where they cannot be started, or one of them is killed, the rest is done here.

    >>> list(in_order(int, (), [])), list(in_order(lambda more: more.__add__, (1,), [1, 2]))
    ([], [2, 3])
    """
    chunks, work = iter(chunks), make(*arguments)
    yield from map(work, islice(chunks, ALONE))
    rest = list(islice(chunks, 1))
    processes = min(len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1, MOST)
    if not rest or processes == 1:
        yield from map(work, chain(rest, chunks))
        return
    waiting: deque = deque()  # (chunk, its result to come)
    with _pool(processes, make, arguments) as pool:
        for chunk in chain(rest, chunks):
            waiting.append((chunk, _given_to(pool, chunk)))
            while waiting and (len(waiting) > AHEAD * processes or waiting[0][1] is None or waiting[0][1].done()):
                yield _done(work, *waiting.popleft())
        while waiting:
            yield _done(work, *waiting.popleft())


@contextlib.contextmanager
def _pool(processes: int, make: Callable, arguments: tuple) -> Iterator[ProcessPoolExecutor | None]:
    how = multiprocessing.get_context("fork" if sys.platform == "linux" else None)  # a fork has imported all already
    try:
        pool = ProcessPoolExecutor(processes, how, _begin, (make, arguments))
    except (ImportError, NotImplementedError, OSError):  # a system without what processes need to wait for each other
        yield None
        return
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def _given_to(pool: ProcessPoolExecutor | None, chunk) -> Future | None:
    try:
        return pool.submit(_in_a_process, chunk) if pool else None
    except (BrokenProcessPool, OSError):  # one was killed, or none can be started
        return None


def _done(work: Callable, chunk, result: Future | None):
    if result:
        with contextlib.suppress(BrokenProcessPool):
            return result.result()
    return work(chunk)


def _begin(make: Callable, arguments: tuple) -> None:
    global _work
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to all; the process that was asked ends the others
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _work = make(*arguments)


def _end_with_parent() -> None:
    """End this process when the one that started it has ended, even if it was killed."""
    parent = multiprocessing.parent_process()
    if parent:
        parent.join()
        os._exit(1)


def _in_a_process(chunk):
    assert _work is not None
    return _work(chunk)
