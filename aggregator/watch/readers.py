"""The daemon's readers: worker processes that are sent home while there is nothing to read."""

from __future__ import annotations

import threading
import time

from aggregator.workers import Workers
from parsers.errors import NatowireError
from parsers.model import Capture, Parsed

IDLE_SECONDS = 30.0


class Readers:
    """Reads captures like `Workers`, for years: idle workers cost memory and, waiting, a little CPU."""

    def __init__(self, *, idle_seconds: float = IDLE_SECONDS) -> None:
        """No process is started before the first document.

        Args:
            idle_seconds: How long they wait for another one.
        """
        self._idle_seconds = idle_seconds
        self._workers = Workers()
        self._reading = 0
        self._used_at: float | None = None
        self._lock = threading.Lock()

    def read(self, capture: Capture, /, within: float | None = None) -> Parsed | NatowireError:
        """Read a capture by its parser. Thread-safe.

        Args:
            capture: What to read.
            within: Seconds until there has to be an answer.

        Raises:
            StoppedError: The readers were closed meanwhile.
        """
        with self._lock:
            self._reading += 1
            workers = self._workers
        try:
            return workers.read(capture, within)
        finally:
            with self._lock:
                self._reading -= 1
                self._used_at = time.monotonic()

    def rest(self) -> None:
        """Send the workers home if nothing was read for a while."""
        with self._lock:
            idle = self._used_at is not None and time.monotonic() - self._used_at > self._idle_seconds
            if self._reading or not idle:
                return
            old, self._workers, self._used_at = self._workers, Workers(), None
        with old:
            pass

    def close(self) -> None:
        """End them, whatever they read."""
        with self._workers:
            pass
