"""The pages of items that are to be visited: each address, when next, and its validators."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from storage.digests import with_digest
from storage.scalars import checked, instant, instant_or_none, seconds, seconds_or_none, storable
from storage.statements import write_insert, write_select

_LEFT = timedelta(days=3)
"""Whoever is to go to a page and is so late was renamed, disabled or removed: others may go there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """An item's own page, and when natowire goes there.

    `planned_at` is when the item was first listed, or when it came out where that was long before;
    `failures` counts failed visits since the last good one, `error` says what the last of them met.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Haste:
    """A page that its listing says was updated at `updated_at`: when it is to be visited for that."""

    url: str
    updated_at: datetime
    due_at: datetime


_COLUMNS = tuple(Visit.__slots__)
_PUT = write_insert("INSERT OR REPLACE", "visits", (*_COLUMNS, "digest"))
_PLAN = write_insert("INSERT OR IGNORE", "visits", (*_COLUMNS, "digest"))
_OF_THESE = write_select(_COLUMNS, "visits WHERE url IN (SELECT value FROM json_each(?))")


def load_due(
    connection: sqlite3.Connection, source_ids: Sequence[str], now: datetime, limit: int
) -> tuple[Visit, ...]:
    """The visits of some sources that are due, those of the newest items first."""
    sources = ", ".join("?" * len(source_ids))
    due = f"visits WHERE due_at <= ? AND source_id IN ({sources}) ORDER BY planned_at DESC, due_at LIMIT ?"
    rows = connection.execute(write_select(_COLUMNS, due), (seconds(now), *source_ids, limit))
    return tuple(_visit(dict(zip(_COLUMNS, row, strict=True))) for row in rows)


@checked
def _visit(row: dict[str, Any]) -> Visit:
    moments = {
        "planned_at": instant(row["planned_at"]),
        "due_at": instant(row["due_at"]),
        "visited_at": instant_or_none(row["visited_at"]),
    }
    return Visit(**{**row, **moments})


def add(cursor: sqlite3.Cursor, planned: Iterable[Visit]) -> None:
    """Plan visits to pages that are not planned yet, or whose source no longer goes to them."""
    rows = {storable(visit.url): visit for visit in planned}
    cursor.executemany(_PLAN, [_row(visit) for visit in rows.values()])
    left = [one for one in _load_these(cursor, rows) if _is_left(one, rows[one.url])]
    put(cursor, [replace(one, source_id=rows[one.url].source_id) for one in left])


def hasten(cursor: sqlite3.Cursor, wanted: Iterable[Haste]) -> None:
    """Bring visits forward to pages that were updated since; those that fail keep their pause."""
    rows = {storable(one.url): one for one in wanted}
    old = [
        one
        for one in _load_these(cursor, rows)
        if one.visited_at is not None and one.visited_at < rows[one.url].updated_at and not one.failures
    ]
    put(cursor, [replace(one, due_at=min(one.due_at, rows[one.url].due_at)) for one in old])


def _load_these(cursor: sqlite3.Cursor, urls: Iterable[str]) -> list[Visit]:
    known = cursor.execute(_OF_THESE, (json.dumps(list(urls)),)).fetchall()
    return [_visit(dict(zip(_COLUMNS, row, strict=True))) for row in known]


def _is_left(known: Visit, planned: Visit) -> bool:
    return known.source_id != planned.source_id and known.due_at + _LEFT < planned.due_at


def put(cursor: sqlite3.Cursor, visited: Iterable[Visit]) -> None:
    """Note what came of visits, in place of what was known."""
    cursor.executemany(_PUT, [_row(visit) for visit in visited])


def _row(visit: Visit) -> dict[str, object]:
    row: dict[str, object] = {
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
    return with_digest(row)
