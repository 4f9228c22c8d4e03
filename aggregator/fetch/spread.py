"""Many fetches over threads, so that a slow or hanging host costs only its own slot."""

from __future__ import annotations

import queue
import threading
from collections import deque
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_LOOK = 0.005
"""Seconds between two looks whether more threads are of use."""
_QUICK = 2
"""Threads that do more jobs each from one look to the next hardly wait."""

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
    pool = _Pool(work, lanes.values())
    try:
        pool.start(min(workers, len(lanes)))
        for _ in range(pool.total):
            result = pool.done.get()
            if isinstance(result, BaseException):
                raise result
            yield result
    finally:
        pool.stopped.set()


class _Pool(Generic[T, R]):
    """Threads that work off a line of lanes; there are more of them while those there are wait."""

    def __init__(self, work: Callable[[T], R], lanes: Iterable[deque[T]]) -> None:
        self._work = work
        self._line: queue.SimpleQueue[deque[T]] = queue.SimpleQueue()
        # The longest lane decides when all is done.
        waiting = sorted(lanes, key=len, reverse=True)
        for jobs in waiting:
            self._line.put(jobs)
        self.total = sum(map(len, waiting))
        self.done: queue.SimpleQueue[tuple[T, R] | BaseException] = queue.SimpleQueue()
        self.stopped = threading.Event()
        self._served = 0

    def start(self, most: int) -> None:
        """Begin, with one thread of so many."""
        if most > 0:
            self._start(self._serve)
        if most > 1:
            self._start(self._grow, most)

    def _start(self, target: Callable[..., None], *args: int) -> None:
        threading.Thread(target=target, args=args, name="fetch", daemon=True).start()

    def _grow(self, most: int) -> None:
        """Start further threads while those there are wait for their servers.

        Threads that hardly wait stand in each other's way: where answers come at once, few are quicker.
        """
        started, before = 1, 0
        while started < most and not self._line.empty() and not self.stopped.wait(_LOOK):
            now = self._served
            if now - before < _QUICK * started:
                try:
                    self._start(self._serve)
                except RuntimeError:
                    return  # The system has no room for another.
                started += 1
            before = now

    def _serve(self) -> None:
        while True:
            try:
                jobs = self._line.get_nowait()
            except queue.Empty:
                return
            for job in jobs:
                if self.stopped.is_set():
                    return
                try:
                    self.done.put((job, self._work(job)))
                except BaseException as error:  # noqa: BLE001 -- raised again by `each`, in the caller's thread
                    self.done.put(error)
                    return
                self._served += 1  # One more or less does not matter: nobody locks it.
