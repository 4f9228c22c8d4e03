"""One address asked once: what to ask, what came of it, and when to ask again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from time import monotonic
from typing import TypeAlias

from aggregator.absorb import Tally
from aggregator.fetch import Fetcher, NotModified, Request, judge
from parsers.errors import FetchError, LayoutError, NatowireError, StatusError
from parsers.model import Capture, Detail, Item, Parsed, Problem
from parsers.urls import canonical_url, host_of
from schedules.sources import Source
from storage.archive import Archive
from storage.state import Fetch, SourceState
from storage.visits import Visit

Reader: TypeAlias = Callable[[Capture], Parsed | NatowireError]
"""Reads a capture; an error is a value, so that a worker process can hand it back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """One address to ask for: a source's own, or (`visit`) the page of one of its items."""

    source: Source
    request: Request
    state: SourceState
    visit: Visit | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came of a poll. `parsed` is None where nothing was to be read."""

    came: Capture | NotModified | FetchError
    started_at: datetime
    seconds: float
    parsed: Parsed | None = None
    error: NatowireError | None = None

    @property
    def outcome(self) -> str:
        """`fetched`, `not_modified` or `failed`."""
        if self.error is not None:
            return "failed"
        return "not_modified" if isinstance(self.came, NotModified) else "fetched"

    @property
    def status(self) -> int | None:
        """The HTTP status, or None when no answer came."""
        if isinstance(self.came, Capture):
            return self.came.status
        return 304 if isinstance(self.came, NotModified) else None


def plan(archive: Archive, sources: Sequence[Source], now: datetime, *, visiting: bool) -> list[Poll]:
    """What to ask for: the sources' own addresses, or the pages of their items that are due."""
    states = archive.states()
    if not visiting:
        return [_poll_source(source, states.get(source.id)) for source in sources]
    detailed = {source.id: source for source in sources if source.details}
    return [
        _poll_page(detailed[visit.source_id], visit) for visit in archive.due_visits(list(detailed), now)
    ]


def _poll_source(source: Source, state: SourceState | None) -> Poll:
    state = state or SourceState(source_id=source.id)
    request = Request(
        url=source.url,
        source_id=source.id,
        parser=source.parser,
        zone=source.zone,
        language=source.language,
        trusts=source.trusts,
        etag=state.etag,
        last_modified=state.last_modified,
    )
    return Poll(source=source, request=request, state=state)


def _poll_page(source: Source, visit: Visit) -> Poll:
    request = Request(
        url=visit.url,
        source_id=source.id,
        zone=source.zone,
        language=source.language,
        trusts=source.trusts,
        etag=visit.etag,
        last_modified=visit.last_modified,
    )
    return Poll(source=source, request=request, state=SourceState(source_id=source.id), visit=visit)


def lane_of(poll: Poll) -> str:
    """The host a poll goes to: one of them after the other."""
    return host_of(poll.request.url)


def ask(poll: Poll, fetcher: Fetcher, read: Reader, clock: Callable[[], datetime]) -> Answer:
    """Fetch an address and read what comes; never raises for what a server does."""
    started_at, start = clock(), monotonic()
    try:
        came: Capture | NotModified | FetchError = fetcher.get(poll.request)
    except FetchError as error:
        came = error
    answer = Answer(came=came, started_at=started_at, seconds=0.0)
    if isinstance(came, FetchError):
        answer = replace(answer, error=came)
    elif isinstance(came, Capture):
        answer = _judged(answer, came, read, poll)
    return replace(answer, seconds=round(monotonic() - start, 3))


def _judged(answer: Answer, capture: Capture, read: Reader, poll: Poll) -> Answer:
    failure = judge(capture)
    if failure is not None:
        return replace(answer, error=failure)
    parsed = read(capture)
    if isinstance(parsed, NatowireError):
        return replace(answer, error=parsed)
    if poll.visit is not None and parsed.page.listing:
        moved = LayoutError("The item's page shows a list now.", url=capture.final_url)
        return replace(answer, error=moved)
    return replace(answer, parsed=parsed)
