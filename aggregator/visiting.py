"""The pages of listed items: which are to be visited, and when again."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from parsers.errors import LayoutError, NatowireError
from parsers.model import Capture, Detail
from parsers.urls import host_of
from schedules import policy
from schedules.sources import Source
from storage.visits import Haste, Visit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from aggregator.merging.tally import Tally
    from aggregator.polling import Answer
    from parsers.model import Item

AT_ONCE = 50
"""Pages visited as soon as their items are listed; what else a long listing shows waits its turn."""
BACKLOG_PACE = timedelta(seconds=72)
"""One page every so often of what lay there before anyone looked: a cycle is for what is new."""


def visits_of(source: Source, tally: Tally, now: datetime) -> tuple[Visit, ...]:
    """The pages of items that a source is to go to: those on its own host or one that it may write."""
    unread = [item for item in _within_reach(source, tally, tally.items) if item.detail < Detail.PAGE]
    return tuple(
        Visit(
            url=tally.addresses[item.id],
            source_id=source.id,
            item_id=item.id,
            planned_at=now if place < AT_ONCE else min(now, item.published.latest or now),
            due_at=_turn(place, now),
        )
        for place, item in enumerate(unread)
    )


def hastened(source: Source, tally: Tally, now: datetime) -> tuple[Haste, ...]:
    """The pages whose listing says that they were updated: what was visited before that is out of date."""
    moments = [
        (item, item.updated.latest or item.updated.best)
        for item in _within_reach(source, tally, tally.changed)
        if item.updated is not None
    ]
    stated = [(item, moment) for item, moment in moments if moment is not None]
    return tuple(
        Haste(url=tally.addresses[item.id], updated_at=moment, due_at=_turn(place, now))
        for place, (item, moment) in enumerate(stated)
    )


def _within_reach(source: Source, tally: Tally, items: Iterable[Item]) -> list[Item]:
    """Those of a document's items whose pages its source goes to."""
    if not source.details:
        return []
    hosts = {host_of(source.url), *source.trusts}
    return [item for item in items if host_of(tally.addresses[item.id]) in hosts]


def _turn(place: int, now: datetime) -> datetime:
    """When the page in that place of a listing is due."""
    return now + BACKLOG_PACE * max(0, place - AT_ONCE + 1)


def next_visit(visit: Visit, answer: Answer, now: datetime) -> Visit:
    """What to remember of an item's page after a visit, and when to go there again."""
    failures = visit.failures + 1 if answer.error else 0
    visit = replace(
        visit,
        visited_at=answer.started_at,
        failures=failures,
        error=str(answer.error) if answer.error else "",
        due_at=policy.next_visit(now, url=visit.url, planned_at=visit.planned_at, failures=failures),
    )
    if answer.error or not isinstance(answer.came, Capture):
        return visit
    return replace(
        visit, etag=answer.came.header("etag"), last_modified=answer.came.header("last-modified")
    )


def visit_model(visit: Visit, error: NatowireError | None, now: datetime) -> tuple[Visit, ...]:
    """The other way to what a page of nato.int says, once the page itself shows none of it: its model."""
    if not isinstance(error, LayoutError):
        return ()
    from parsers.nato_paths import model_address  # noqa: PLC0415  needed for few pages

    url = model_address(visit.url)
    model = replace(
        visit, url=url, due_at=now, visited_at=None, etag="", last_modified="", failures=0, error=""
    )
    return (model,) if url else ()
