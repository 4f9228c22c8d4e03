"""A look at sources: fetched and read as a cycle would, and nothing stored."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from aggregator.config import FetchSettings
from aggregator.fetch import Fetcher, each
from aggregator.polling import Answer, Poll, ask, poll_source
from aggregator.render.shapes import Json, shape_entry, shape_error, shape_problem
from aggregator.workers import Workers
from parsers.errors import NatowireError
from parsers.model import Entry, Problem
from schedules.sources import Source

SHOWN = 3
"""Entries shown of each source."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a source gave: how it was read, how many entries, the first of them; or why not."""

    source: Source
    status: int | None
    seconds: float
    parser: str = ""
    listed: int = 0
    dated: int = 0
    first: tuple[Entry, ...] = ()
    problems: tuple[Problem, ...] = ()
    error: NatowireError | None = None

    def shape(self) -> Json:
        """The report as JSON."""
        return {
            "id": self.source.id,
            "url": self.source.url,
            "status": self.status,
            "seconds": self.seconds,
            "parser": self.parser,
            "listed": self.listed,
            "dated": self.dated,
            "entries": [shape_entry(entry) for entry in self.first],
            "problems": [shape_problem(problem) for problem in self.problems],
            "error": shape_error(self.error) if self.error else None,
        }


def check_sources(
    sources: Sequence[Source],
    settings: FetchSettings,
    clock: Callable[[], datetime],
    tell: Callable[[str, int], None],
) -> tuple[Report, ...]:
    """Fetch and read sources, in their order; a failing one is a report like the others."""
    with Workers(len(sources)) as readers, Fetcher(settings, clock) as fetcher:
        polls = [poll_source(source, None) for source in sources]
        answers = each(
            polls,
            lambda poll: ask(poll, fetcher, readers.read, clock),
            workers=settings.workers,
            lane=lambda poll: fetcher.lane(poll.request.url),
        )
        reports: dict[str, Report] = {}
        for poll, answer in answers:
            reports[poll.source.id] = _report(poll, answer)
            fetcher.release(answer.came)
            tell(poll.source.id, len(polls) - len(reports))
    return tuple(reports[source.id] for source in sources)


def _report(poll: Poll, answer: Answer) -> Report:
    parsed = answer.parsed
    entries = parsed.entries if parsed else ()
    return Report(
        source=poll.source,
        status=answer.status,
        seconds=answer.seconds,
        parser=parsed.parser if parsed else "",
        listed=len(entries),
        dated=sum(entry.published is not None for entry in entries),
        first=entries[:SHOWN],
        problems=parsed.problems if parsed else (),
        error=answer.error,
    )
