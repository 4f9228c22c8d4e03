"""Reading documents under guard: in worker processes with bounded time and memory.

A hostile page can kill a worker, never a run. Workers hand back values and never raise: an
exception that cannot be unpickled would break the whole pool.
"""

from __future__ import annotations

import os
import resource
from concurrent.futures import CancelledError
from concurrent.futures import TimeoutError as Late
from multiprocessing import get_context
from threading import Lock
from types import TracebackType
from typing import Self

from pebble import ProcessExpired, ProcessPool

from parsers.errors import LayoutError, NatowireError, ParseError
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


class Workers:
    """A small pool that reads captures; started at the first one. Use as a context manager."""

    def __init__(self, count: int = 0, *, seconds: float = SECONDS, megabytes: int = MEGABYTES) -> None:
        """Settle the limits; no process is started yet.

        Args:
            count: Worker processes at most, such as the number of documents; 0 means as many as are ever
                of use: one a core, at most 4.
            seconds: Wall time for one document.
            megabytes: Memory for one worker.
        """
        useful = min(os.cpu_count() or 1, MOST_WORKERS)
        self._count = min(count, useful) if count else useful
        self._seconds = seconds
        self._megabytes = megabytes
        self._pool: ProcessPool | None = None
        self._closed = False
        self._starting = Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closed = True
        if self._pool is not None:
            _end(self._pool)

    def read(self, capture: Capture) -> Parsed | NatowireError:
        """Read a capture by its parser. Thread-safe.

        Returns:
            What was read, or the ParseError that says why not: never raises on a document.
        """
        for _ in range(TRIES):
            pool = self._start()
            try:
                result: Parsed | _Failure = pool.schedule(
                    _read, args=(capture,), timeout=self._seconds
                ).result()
            except Late:
                return _too_much(capture, f"took more than {self._seconds:g} s to read")
            except ProcessExpired:
                return _too_much(capture, "made its reader crash")
            except (CancelledError, RuntimeError):
                # A worker that dies between two documents (the system is short of memory) breaks the pool.
                if self._closed:
                    raise
                self._drop(pool)
                continue
            return result.error() if isinstance(result, _Failure) else result
        return _too_much(capture, "could not be read: its readers end one after another")

    def _drop(self, broken: ProcessPool) -> None:
        """Let the next document start another pool; the first who saw this one break ends it."""
        with self._starting:
            first = self._pool is broken
            if first:
                self._pool = None
        if first:
            _end(broken)

    def _start(self) -> ProcessPool:
        """The pool: one, whichever thread asks first."""
        with self._starting:
            if self._pool is None:
                self._pool = ProcessPool(
                    max_workers=self._count,
                    max_tasks=TASKS_A_WORKER,
                    initializer=_limit,
                    initargs=(self._megabytes,),
                    context=get_context("spawn"),
                )
            return self._pool


def _end(pool: ProcessPool) -> None:
    pool.stop()  # type: ignore[no-untyped-call]  # pebble types only half of itself
    pool.join()


def _too_much(capture: Capture, what: str) -> ParseError:
    return ParseError(
        f"The document {what}.",
        url=capture.final_url,
        hint="It is kept as a capture. If the site is honest, please report the page.",
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


def _read(capture: Capture) -> Parsed | _Failure:
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
