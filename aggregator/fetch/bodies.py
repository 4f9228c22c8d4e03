"""What answers carry: on disk while it is large, brought into memory a few at a time."""

from __future__ import annotations

import threading
from io import BytesIO
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import ExitStack

    import httpx

    from aggregator.fetch.backend import Budget
    from aggregator.fetch.hops import Hop

from aggregator.fetch.backend import too_large
from aggregator.fetch.coding import PIECE, read_codings, undo
from aggregator.fetch.manners import values_of
from parsers.errors import TooLargeError, TransportError

MOST_CHUNKS = 100_000
"""A body in more pieces than this is sent so to cost time."""
_IN_MEMORY = 1 << 20
_LARGE_AT_ONCE = 2
_PATIENCE = 5
"""Seconds that a large body waits for its place in memory."""


def receive(response: httpx.Response, budget: Budget, files: ExitStack) -> IO[bytes]:
    """Read a body as it is sent into a file, which `files` closes; in memory while it is small.

    Raises:
        TooLargeError: It is longer than its budget, or comes in too many pieces.
    """
    wire: IO[bytes] = BytesIO()
    length = response.headers.get("content-length", "")
    if length.isdigit() and int(length[:18]) > budget.max_wire:
        raise too_large(budget.max_wire)
    for number, chunk in enumerate(response.iter_raw()):
        if number > MOST_CHUNKS:
            raise TooLargeError("The answer comes in too many pieces.", hint="The server is at fault.")
        if number == 0:
            wire = files.enter_context(_spool())
        wire.write(chunk)
    return wire


class Bodies:
    """Brings bodies into memory, large ones that are to be held only while few others are there."""

    def __init__(self, most: int, check_open: Callable[[], None]) -> None:
        """Settle the limit.

        Args:
            most: Bytes of a body at most.
            check_open: Raises when waiting is in vain, since the run is to end.
        """
        self._most, self._check_open = most, check_open
        self._room = threading.Semaphore(_LARGE_AT_ONCE)
        self._held: dict[int, bytes] = {}
        self._lock = threading.Lock()

    def unpack(self, hop: Hop, *, hold: bool) -> bytes:
        """Undo the content codings of a body, on disk while it is large, then bring it into memory.

        Args:
            hop: The answer.
            hold: Count a large one among those in memory until `release` is told.

        Raises:
            TooLargeError: It is larger than allowed.
            TransportError: Its codings cannot be undone, or it found no room in memory for some seconds.
        """
        codings = read_codings(values_of(hop.exchange.headers, "content-encoding"))
        size = hop.wire.tell()
        hop.wire.seek(0)
        if not size or not codings:
            return self._take(hop.wire, size, hold=hold)
        with _spool() as plain:
            for piece in undo(iter(lambda: hop.wire.read(PIECE), b""), codings, self._most):
                plain.write(piece)
            size = plain.tell()
            plain.seek(0)
            return self._take(plain, size, hold=hold)

    def release(self, body: bytes) -> None:
        """Say that a held body is done with; anything else is let pass."""
        with self._lock:
            held = self._held.pop(id(body), None) is not None
        if held:
            self._room.release()

    def _take(self, file: IO[bytes], size: int, *, hold: bool) -> bytes:
        if size > self._most:
            raise too_large(self._most)
        if not hold or size <= _IN_MEMORY:
            return file.read()
        self._wait_for_room()
        body = file.read()
        with self._lock:
            self._held[id(body)] = body
        return body

    def _wait_for_room(self) -> None:
        for _ in range(_PATIENCE):
            if self._room.acquire(timeout=1):
                return
            self._check_open()
        raise TransportError("Too many large answers came at once.", hint="It is asked again later.")


def _spool() -> IO[bytes]:
    import tempfile  # noqa: PLC0415 -- slow to import, and most answers have no body

    return tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)
