"""Documents read by several workers at once, and given back in their order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from aggregator.fetch.judge import judge
from aggregator.polling import Reader
from parsers.errors import NatowireError
from parsers.model import Capture, Parsed

AHEAD, READERS = 32, 8
"""Documents being read while others are used, and threads that wait for them."""
MOST_HELD = 64 << 20
"""Bytes of documents that wait; one more document is read ahead however large it is."""

One = TypeVar("One")
Reading = Parsed | NatowireError | None


def read_ahead(
    ones: Iterable[One], read: Reader, capture_of: Callable[[One], Capture | None]
) -> Iterator[tuple[One, Reading]]:
    """Read documents in parallel, a few of them ahead.

    Args:
        ones: Whatever has a document, or none.
        read: Reads it.
        capture_of: Gives its document.

    Yields:
        Each, in order, with what was read of its document or why it is no content; None without one.
    """
    coming = iter(ones)
    waiting: deque[tuple[One, int, Future[Reading]]] = deque()
    held = 0
    with ThreadPoolExecutor(max_workers=READERS) as pool:
        try:
            while True:
                while len(waiting) < AHEAD and held <= MOST_HELD:
                    try:
                        one = next(coming)
                    except StopIteration:
                        break
                    capture = capture_of(one)
                    size = len(capture.body) if capture else 0
                    waiting.append((one, size, pool.submit(_read, capture, read)))
                    held += size
                if not waiting:
                    return
                one, size, future = waiting.popleft()
                held -= size
                yield one, future.result()
        finally:
            pool.shutdown(wait=False, cancel_futures=True)


def _read(capture: Capture | None, read: Reader) -> Reading:
    """What a cycle would have read of it, or why it would have refused it."""
    return None if capture is None else judge(capture) or read(capture)
