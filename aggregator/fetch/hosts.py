"""Turns at a host: one connection at a time, and a pause between two."""

from __future__ import annotations

import contextlib
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aggregator.fetch.backend import Budget

from aggregator.fetch.backend import late

_MOST_REMEMBERED = 1024


@dataclass(slots=True)
class _Turn:
    """Who may speak to one host: whoever holds the lock, from `free_at` (monotonic seconds) on."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    free_at: float = 0.0


class Hosts:
    """Hands out turns; a delay of none lifts every limit but a crawl delay."""

    def __init__(self, delay: float) -> None:
        self._delay = delay
        self._turns: dict[str, _Turn] = {}
        self._lock = threading.Lock()
        self._closing = threading.Event()

    @contextlib.contextmanager
    def turn(self, origin: str, delay: float = 0.0, budget: Budget | None = None) -> Iterator[None]:
        """Wait for a turn at a host and hold it for the block.

        Args:
            origin: The "host:port".
            delay: A longer pause in seconds, which the host's robots.txt asks of crawlers.
            budget: The time the wait is taken from; None waits as long as it takes.

        Raises:
            TransportError: The budget ran out.
        """
        pause = max(self._delay, delay)
        if pause <= 0:
            yield
            return
        turn = self._turn(origin)
        if not turn.lock.acquire(timeout=budget.remaining() if budget else -1):
            raise late(budget.seconds if budget else pause)
        try:
            wait = max(0.0, turn.free_at - time.monotonic())
            self._closing.wait(min(wait, budget.remaining()) if budget else wait)
            yield
        finally:
            turn.free_at = time.monotonic() + pause
            turn.lock.release()

    def close(self) -> None:
        """Let everyone who waits go on at once."""
        self._closing.set()

    def _turn(self, origin: str) -> _Turn:
        with self._lock:
            if len(self._turns) > _MOST_REMEMBERED:
                now = time.monotonic()
                self._turns = {
                    host: turn
                    for host, turn in self._turns.items()
                    if turn.lock.locked() or turn.free_at > now
                }
            return self._turns.setdefault(origin, _Turn())
