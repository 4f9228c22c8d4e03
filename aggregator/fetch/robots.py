"""What a site's robots.txt lets a crawler do.

It governs pages that natowire finds by itself, not addresses a person configured. Source: RFC 9309: a
robots.txt that is not there (4xx) allows all; one that cannot be reached (5xx, no answer) forbids all
until it can.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from protego import Protego

if TYPE_CHECKING:
    from collections.abc import Callable

from aggregator.fetch.door import Fetcher, NotModified, Request
from parsers.errors import FetchError

AGENT = "natowire"
KEPT = timedelta(days=1)
KEPT_UNREACHED = timedelta(hours=1)
MOST_BYTES = 512 << 10
LONGEST_DELAY = 60.0
"""Seconds; a site that asks for more between two pages is asked no faster than this."""

_MOST_SITES = 512


@dataclass(frozen=True, slots=True)
class _Rules:
    """The rules of one site until `until`; without any, `open` says whether all or nothing is allowed."""

    until: datetime
    rules: Protego | None
    open: bool


class Robots:
    """The rules of the sites a run crawls, each asked for once a day."""

    def __init__(self, fetcher: Fetcher, clock: Callable[[], datetime]) -> None:
        """Begin with nothing known.

        Args:
            fetcher: The door robots.txt is fetched through.
            clock: The present moment, aware.
        """
        self._fetcher, self._clock = fetcher, clock
        self._sites: dict[str, _Rules] = {}
        self._lock = threading.Lock()

    def allows(self, url: str) -> bool:
        """Whether the site lets natowire crawl an address."""
        site = self._site(url)
        return site.rules.can_fetch(url, AGENT) if site.rules else site.open

    def delay(self, url: str) -> float:
        """The pause between two pages that the site asks for, in seconds; 0 where it asks for none."""
        rules = self._site(url).rules
        asked = rules.crawl_delay(AGENT) if rules else None
        # `min` also answers a NaN or an infinity of a hostile file.
        return min(LONGEST_DELAY, asked) if asked and asked > 0 else 0.0

    def _site(self, url: str) -> _Rules:
        parts = urlsplit(url)
        root = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
        now = self._clock()
        with self._lock:
            known = self._sites.get(root)
        if known is None or known.until <= now:
            known = self._ask(f"{root}/robots.txt", now)
            with self._lock:
                if len(self._sites) >= _MOST_SITES:
                    self._sites.clear()
                self._sites[root] = known
        return known

    def _ask(self, url: str, now: datetime) -> _Rules:
        try:
            answer = self._fetcher.get(Request(url=url, source_id="robots.txt"))
        except FetchError:
            return _Rules(now + KEPT_UNREACHED, None, open=False)
        if isinstance(answer, NotModified) or answer.status >= 500 or answer.status == 429:
            return _Rules(now + KEPT_UNREACHED, None, open=False)
        if answer.status != 200:
            return _Rules(now + KEPT, None, open=True)
        text = answer.body[:MOST_BYTES].decode("utf-8-sig", "replace")
        return _Rules(now + KEPT, Protego.parse(text), open=True)
