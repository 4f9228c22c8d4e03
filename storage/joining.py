"""What joins records of one file: redirects and where they led, revisits and what they speak of."""

from __future__ import annotations

import tempfile
import zlib
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import BinaryIO, Self
from urllib.parse import urldefrag, urljoin

from parsers.model import Capture, Exchange
from storage.warc import Record

REDIRECTS = frozenset((301, 302, 303, 307, 308))

_MOST_HOPS, _MOST_WAITING, _LATEST = 20, 256, timedelta(hours=1)
_MOST_KNOWN = 100_000

Head = tuple[tuple[str, str], ...]
"""A response's status ("200 OK") under the name "", and its headers."""


Finder = Callable[[Record], tuple[Head, bytes] | None]
"""Finds the status, headers and body that a revisit speaks of."""


class Chains:
    """Redirects that wait for the response they lead to."""

    def __init__(self) -> None:
        self._waiting: OrderedDict[str, tuple[Exchange, ...]] = OrderedDict()

    def join(self, capture: Capture) -> Iterator[Capture]:
        """Give a response with the redirects that led to it; keep a redirect until its target comes."""
        led = self._waiting.pop(_place(capture.final_url), ())
        if led and not timedelta(0) <= capture.fetched_at - led[-1].started_at <= _LATEST:
            yield _alone(led)
            led = ()
        location = capture.header("location")
        if capture.status not in REDIRECTS or not location or len(led) >= _MOST_HOPS:
            yield _led_to(capture, led)
            return
        try:
            target = _place(urljoin(capture.final_url, location))
        except ValueError:
            yield _led_to(capture, led)
            return
        older = self._waiting.pop(target, ())
        self._waiting[target] = (*led, _exchange(capture))
        if older:
            yield _alone(older)
        if len(self._waiting) > _MOST_WAITING:
            yield _alone(self._waiting.popitem(last=False)[1])

    def end(self) -> Iterator[Capture]:
        """Those whose target never came: responses of their own."""
        yield from map(_alone, self._waiting.values())


def _place(url: str) -> str:
    return urldefrag(url)[0]


def _exchange(capture: Capture) -> Exchange:
    return Exchange(
        method="GET",
        url=capture.final_url,
        request_headers=(),
        status=capture.status,
        reason=capture.reason,
        headers=capture.headers,
        body=capture.body,
        started_at=capture.fetched_at,
        ip=capture.ip,
    )


def _led_to(capture: Capture, led: tuple[Exchange, ...]) -> Capture:
    return replace(capture, url=led[0].url, redirects=led) if led else capture


def _alone(led: tuple[Exchange, ...]) -> Capture:
    last = led[-1]
    capture = Capture(
        source_id="",
        parser="",
        url=last.url,
        final_url=last.url,
        fetched_at=last.started_at,
        status=last.status,
        reason=last.reason,
        headers=last.headers,
        body=last.body,
        ip=last.ip,
    )
    return _led_to(capture, led[:-1])


class Bodies:
    """The documents met so far, on disk, for the revisits that speak of them."""

    def __init__(self, spool: BinaryIO, elsewhere: Finder) -> None:
        self._spool, self._elsewhere = spool, elsewhere
        self._places: OrderedDict[str, tuple[int, int, Head]] = OrderedDict()

    @classmethod
    @contextmanager
    def opened(cls, elsewhere: Finder | None = None) -> Iterator[Self]:
        """Open the spool; it is gone when the block ends.

        Args:
            elsewhere: Finds the document of a revisit that was not met; default: it is not to be had.
        """
        with tempfile.TemporaryFile() as spool:
            yield cls(spool, elsewhere or (lambda _revisit: None))

    def keep(self, record: Record, head: Head, body: bytes) -> None:
        """Keep a document under the names that revisits may call it by."""
        packed = zlib.compress(body, 1)
        place = self._spool.seek(0, 2)
        self._spool.write(packed)
        for name in _names(record, "warc-target-uri", "warc-date"):
            self._places[name] = (place, len(packed), head)
        while len(self._places) > _MOST_KNOWN:
            self._places.popitem(last=False)

    def find(self, revisit: Record) -> tuple[Head, bytes] | None:
        """The document a revisit speaks of: its status and headers, and its body."""
        names = _names(revisit, "warc-refers-to-target-uri", "warc-refers-to-date")
        found = next((self._places[name] for name in names if name in self._places), None)
        if found is None:
            return self._elsewhere(revisit)
        place, length, head = found
        self._spool.seek(place)
        return head, zlib.decompress(self._spool.read(length))


def _names(record: Record, url: str, date: str) -> list[str]:
    digest = record.headers.get("warc-payload-digest", "").lower()
    address, at = record.headers.get(url, "").strip("<>"), record.headers.get(date, "")
    return [*([digest] if digest else []), *([f"{at} {address}"] if at and address else [])]
