"""Many fetches over threads, so that a slow or hanging host costs only its own slot."""

from __future__ import annotations

import queue
import threading
from collections import deque
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

T = TypeVar("T")
R = TypeVar("R")


def each(
    jobs: Iterable[T], work: Callable[[T], R], *, workers: int, lane: Callable[[T], str] | None = None
) -> Iterator[tuple[T, R]]:
    """Do every job in a pool of threads and give the results as they come.

    Jobs of one lane are done one after another by one thread, so that no thread stands in line for
    a host another one is talking to. The threads are daemons: leaving the loop early, as Ctrl-C does,
    waits for none of them, and no new job begins.

    Args:
        jobs: What to do.
        work: Does one; it must not raise. An error it raises is raised here and ends the run.
        workers: Threads at most.
        lane: The host of a job; a job without one ("") goes at once.

    Yields:
        Each job with its result, in the order they are done.
    """
    lanes: dict[object, deque[T]] = {}
    for number, job in enumerate(jobs):
        lanes.setdefault((lane(job) if lane else "") or number, deque()).append(job)
    total = sum(len(entries) for entries in lanes.values())
    line: queue.SimpleQueue[deque[T] | None] = queue.SimpleQueue()
    done: queue.SimpleQueue[tuple[T, R] | BaseException] = queue.SimpleQueue()
    for entries in sorted(
        lanes.values(), key=len, reverse=True
    ):  # The longest lane decides when all is done.
        line.put(entries)
    stopped = threading.Event()
    count = min(workers, len(lanes))
    for _ in range(count):
        line.put(None)
        threading.Thread(target=_serve, args=(line, done, work, stopped), name="fetch", daemon=True).start()
    try:
        for _ in range(total):
            result = done.get()
            if isinstance(result, BaseException):
                raise result
            yield result
    finally:
        stopped.set()


def _serve(
    line: queue.SimpleQueue[deque[T] | None],
    done: queue.SimpleQueue[tuple[T, R] | BaseException],
    work: Callable[[T], R],
    stopped: threading.Event,
) -> None:
    while (entries := line.get()) is not None:
        for job in entries:
            if stopped.is_set():
                return
            try:
                done.put((job, work(job)))
            except BaseException as error:  # noqa: BLE001 -- raised again by `each`, in the caller's thread
                done.put(error)
                return
