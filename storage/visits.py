"""The pages of items that are to be visited: each address, when next, and its validators."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select
from sqlalchemy.dialects.sqlite import insert

from storage.scalars import instant, instant_or_none, seconds, seconds_or_none, storable
from storage.tables import visits

_LEFT_SECONDS = 3 * 86_400
"""Whoever is to go to a page and is so late was renamed, disabled or removed: others may go there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """An item's own page, and when natowire goes there.

    `planned_at` is when the item was first listed; `failures` counts failed visits since the last
    good one, `error` says what the last of them met.
    """

    url: str
    source_id: str
    item_id: str
    planned_at: datetime
    due_at: datetime
    visited_at: datetime | None = None
    etag: str = ""
    last_modified: str = ""
    failures: int = 0
    error: str = ""


def load_due(
    connection: Connection, source_ids: Sequence[str], now: datetime, limit: int
) -> tuple[Visit, ...]:
    """The visits of some sources that are due, the longest due first."""
    rows = connection.execute(
        select(visits)
        .where(visits.c.due_at <= seconds(now), visits.c.source_id.in_(source_ids))
        .order_by(visits.c.due_at)
        .limit(limit)
    ).mappings()
    return tuple(
        Visit(
            **{
                **row,
                "planned_at": instant(row["planned_at"]),
                "due_at": instant(row["due_at"]),
                "visited_at": instant_or_none(row["visited_at"]),
            }
        )
        for row in rows
    )


def add(connection: Connection, planned: Iterable[Visit]) -> None:
    """Plan visits to pages that are not planned yet, or whose source no longer goes to them."""
    rows = [_row(visit) for visit in planned]
    if rows:
        wanted = insert(visits)
        left = (visits.c.source_id != wanted.excluded.source_id) & (
            visits.c.due_at + _LEFT_SECONDS < wanted.excluded.due_at
        )
        taken = {"source_id": wanted.excluded.source_id}
        connection.execute(
            wanted.on_conflict_do_update(index_elements=["url"], set_=taken, where=left), rows
        )


def put(connection: Connection, visit: Visit) -> None:
    """Note what came of a visit, in place of what was known."""
    connection.execute(insert(visits).prefix_with("OR REPLACE"), _row(visit))


def _row(visit: Visit) -> dict[str, object]:
    return {
        "url": storable(visit.url),
        "source_id": storable(visit.source_id),
        "item_id": visit.item_id,
        "planned_at": seconds(visit.planned_at),
        "due_at": seconds(visit.due_at),
        "visited_at": seconds_or_none(visit.visited_at),
        "etag": storable(visit.etag),
        "last_modified": storable(visit.last_modified),
        "failures": visit.failures,
        "error": storable(visit.error),
    }
