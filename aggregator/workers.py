"""Reading documents under guard: in worker processes with bounded time and memory.

A hostile page can kill a worker, never a run. Workers hand back values and never raise: an
exception that cannot be unpickled would break the whole pool.

Every worker is a pool of one. So nothing waits inside a pool, where nobody could tell waiting from reading;
what a document does to its own costs no other; and time is kept here, by a clock that nobody sets.
"""

from __future__ import annotations

import os
import resource
import signal
from concurrent.futures import Future
from concurrent.futures import TimeoutError as Late
from math import ceil
from multiprocessing import get_context
from queue import Empty, LifoQueue
from threading import Lock, Thread
from time import monotonic
from types import TracebackType
from typing import Self, TypeVar

from pebble import ProcessExpired, ProcessPool

from parsers.errors import LayoutError, NatowireError, ParseError, StoppedError
from parsers.model import Capture, Parsed
from parsers.registry import read

SECONDS = 10.0
"""Wall time for one document."""
MEGABYTES = 250
"""Address space of a worker; it takes about 45 before the first document."""
MOST_WORKERS = 4
TRIES = 3
"""A pool that broke is made anew so often for one document."""
TASKS_A_WORKER = 2_000
"""A worker is replaced after so many documents, so that what libraries leak stays small."""
START_SECONDS = 30.0
"""How long a worker may take to be there, which on a busy machine is longer than any document."""
END_SECONDS = 5.0
GRACE = 5
"""Seconds after its time in which a worker ends itself: whoever let it read may have been killed."""
_LOOK = 0.25
"""Seconds between two looks whether a pool still lives: it does not say so when it dies of itself."""

T = TypeVar("T")


class Workers:
    """A few worker processes that read captures, started when needed. Use as a context manager."""

    def __init__(self, count: int = 0, *, seconds: float = SECONDS, megabytes: int = MEGABYTES) -> None:
        """Settle the limits; no process is started yet.

        Args:
            count: Worker processes at most, such as the number of documents; 0 means as many as are ever
                of use: one a core, at most 4.
            seconds: Wall time for one document.
            megabytes: Memory for one worker.
        """
        useful = min(os.cpu_count() or 1, MOST_WORKERS)
        self._seconds, self._closed = seconds, False
        self._slots = [_Slot(megabytes, seconds) for _ in range(min(count, useful) if count else useful)]
        # The last one used is the next: as few are started as there are documents at a time.
        self._free = LifoQueue[_Slot]()
        for slot in self._slots:
            self._free.put(slot)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closed = True
        for slot in self._slots:
            slot.end()
        for slot in self._slots:
            slot.wait()

    def read(self, capture: Capture, /, within: float | None = None) -> Parsed | NatowireError:
        """Read a capture by its parser. Thread-safe.

        Args:
            capture: What to read.
            within: Seconds until there has to be an answer, those of waiting for a free worker too; None
                is as long as it takes to get one.

        Returns:
            What was read, or the ParseError that says why not: never raises on a document.

        Raises:
            StoppedError: The workers were closed meanwhile.
        """
        until = None if within is None else monotonic() + within
        slot = self._take(until)
        if slot is None:
            return _not_read(capture, "all readers were busy")
        try:
            return self._read(slot, capture, until)
        finally:
            if self._closed:
                slot.end()
            self._free.put(slot)

    def _take(self, until: float | None) -> _Slot | None:
        """The next free worker, or None when there is none in time."""
        while True:
            self._check_open()
            left = _LOOK if until is None else min(_LOOK, until - monotonic())
            if left <= 0:
                return None
            try:
                return self._free.get(timeout=left)
            except Empty:
                continue

    def _read(self, slot: _Slot, capture: Capture, until: float | None) -> Parsed | NatowireError:
        reason = ""
        for _ in range(TRIES):
            try:
                if not self._begin(slot, until):
                    return _not_read(capture, "its reader took too long to start")
                result = self._let_read(slot, capture, until)
            except ProcessExpired:
                return _too_much(capture, "made its reader crash")
            except (OSError, RuntimeError, MemoryError) as error:
                # A worker that dies between two documents (the system is short of memory) breaks its pool;
                # so does one that cannot be started.
                slot.end()
                reason = str(error.__cause__ or error)
                continue
            return result.error() if isinstance(result, _Failure) else result
        return _not_read(capture, f"its readers end one after another ({reason})")

    def _let_read(self, slot: _Slot, capture: Capture, until: float | None) -> Parsed | _Failure:
        seconds = self._seconds if until is None else min(self._seconds, until - monotonic())
        try:
            return self._wait(slot, slot.give(capture), seconds)
        except Late:
            slot.end()
            return _Failure(_too_much(capture, f"took more than {max(seconds, 0):.3g} s to read"))

    def _begin(self, slot: _Slot, until: float | None) -> bool:
        """Have the worker of a slot ready: its start is no part of the reading."""
        started = slot.begin()
        if started is None:
            return True
        try:
            self._wait(slot, started, START_SECONDS if until is None else until - monotonic())
        except Late:
            slot.end()
            return False
        return True

    def _wait(self, slot: _Slot, future: Future[T], seconds: float) -> T:
        """What comes of a task, within so many seconds.

        Raises:
            TimeoutError: Nothing did.
            RuntimeError: Nothing will: its pool is dead.
            StoppedError: The workers were closed.
        """
        until = monotonic() + seconds
        while True:
            self._check_open()
            left = until - monotonic()
            try:
                return future.result(timeout=max(0.0, min(_LOOK, left)))
            except Late:
                if left <= _LOOK:
                    raise
                slot.check()

    def _check_open(self) -> None:
        if self._closed:
            raise StoppedError("natowire is stopping.")


class _Slot:
    """The place of one worker process; the process is another after every document that broke it."""

    def __init__(self, megabytes: int, seconds: float) -> None:
        self._megabytes, self._seconds = megabytes, seconds
        self._pool: ProcessPool | None = None
        self._ending: list[Thread] = []
        self._lock = Lock()

    def begin(self) -> Future[bool] | None:
        """Start the worker if it is not there; what is returned is done when it is."""
        if self._pool is not None:
            return None
        self._pool = ProcessPool(
            max_workers=1,
            max_tasks=TASKS_A_WORKER,
            initializer=_limit,
            initargs=(self._megabytes,),
            context=get_context("spawn"),
        )
        return self._pool.schedule(_be_ready)

    def give(self, capture: Capture) -> Future[Parsed | _Failure]:
        """Let the worker read a capture."""
        if self._pool is None:
            raise RuntimeError("The worker was ended.")
        return self._pool.schedule(_read, args=(capture, self._seconds))

    def check(self) -> None:
        """See that the pool still lives; one whose own threads died would keep its tasks for ever."""
        if self._pool is None or not self._pool.active:
            raise RuntimeError("The worker was ended.")

    def end(self) -> None:
        """End the worker, whatever it does; nobody waits for that here."""
        with self._lock:
            pool, self._pool = self._pool, None
        if pool is None:
            return
        pool.stop()  # type: ignore[no-untyped-call]  # pebble types only half of itself
        ending = Thread(target=pool.join, name="end of a worker", daemon=True)
        self._ending = [*(one for one in self._ending if one.is_alive()), ending]
        try:
            ending.start()
        except RuntimeError:
            # No thread can be had. Its loops have ended by themselves or will; this is soon done.
            self._ending.remove(ending)
            pool.join()

    def wait(self) -> None:
        """Wait for the workers that were ended, a few seconds at most."""
        for ending in self._ending:
            ending.join(END_SECONDS)


def _too_much(capture: Capture, what: str) -> ParseError:
    return ParseError(
        f"The document {what}.",
        url=capture.final_url,
        hint="It is kept as a capture. If the site is honest, please report the page.",
    )


def _not_read(capture: Capture, why: str) -> ParseError:
    return ParseError(
        f"The document could not be read: {why}.",
        url=capture.final_url,
        hint="That is no fault of the site's: see whether this machine is short of memory or too busy.",
    )


class _Failure:
    """A ParseError in parts, which pickle and unpickle whatever the error's constructor asks for."""

    def __init__(self, error: ParseError) -> None:
        self.layout = isinstance(error, LayoutError)
        self.message, self.url, self.hint = error.message, error.url, error.hint

    def error(self) -> ParseError:
        return (LayoutError if self.layout else ParseError)(self.message, url=self.url, hint=self.hint)


def _limit(megabytes: int) -> None:
    most = megabytes * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    # Pebble's way to end goes through Python, which a worker that is lost in a library never comes back to.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _be_ready() -> bool:
    return True


def _read(capture: Capture, seconds: float) -> Parsed | _Failure:
    signal.alarm(ceil(seconds) + GRACE)
    try:
        return read(capture)
    except ParseError as error:
        return _Failure(error)
    except MemoryError:
        return _Failure(_too_much(capture, "needs more memory than one document may take"))
    except RecursionError:
        return _Failure(_too_much(capture, "is nested too deeply"))
    except Exception as error:  # noqa: BLE001 (the one place where a parser's own fault stays its source's)
        return _Failure(
            _too_much(capture, f"made its parser fail ({type(error).__name__}: {error!s:.200})")
        )
    finally:
        signal.alarm(0)
