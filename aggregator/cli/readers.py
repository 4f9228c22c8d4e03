"""Readers that are there, and imported, once there is something to read: most cycles bring nothing."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from types import TracebackType

    from aggregator.workers import Workers
    from parsers.errors import NatowireError
    from parsers.model import Capture, Parsed


class LateReaders:
    """`Workers` that begin with the first document; use as a context manager."""

    def __init__(self, count: int) -> None:
        """Settle how many; see `Workers`."""
        self._count = count
        self._workers: Workers | None = None
        self._lock = Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._workers is not None:
            self._workers.__exit__(kind, error, trace)

    def read(self, capture: Capture, /, within: float | None = None) -> Parsed | NatowireError:
        """Read a capture as `Workers.read` does."""
        with self._lock:
            if self._workers is None:
                from aggregator.workers import Workers

                self._workers = Workers(self._count)
        return self._workers.read(capture, within)
