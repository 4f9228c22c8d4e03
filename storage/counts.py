"""Counts over the whole archive: who speaks in it, and how much it holds."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection

from storage.folder import CAPTURES, DATABASE
from storage.scalars import instant_or_none
from storage.segments import list_segments
from storage.state import SpeakerCount, Stats

_SPEAKERS = """SELECT person_id, max(person) AS name, count(*) AS statements,
    count(DISTINCT item_key) AS items, group_concat(DISTINCT office_id) AS offices
    FROM statements WHERE person_id != '' GROUP BY person_id ORDER BY 3 DESC, 1"""
_STATS = """SELECT (SELECT count(*) FROM items) AS items,
    (SELECT count(*) FROM captures WHERE kind = 'capture') AS captures,
    (SELECT count(*) FROM revisions) + (SELECT count(*) FROM items) AS revisions,
    (SELECT count(*) FROM sources) AS sources,
    (SELECT count(*) FROM statements) AS statements,
    (SELECT count(*) FROM observations) AS observations,
    (SELECT count(*) FROM merges WHERE undone_at IS NULL) AS merges,
    (SELECT count(*) FROM withdrawals WHERE returned_at IS NULL) AS withdrawals,
    (SELECT min(first_seen) FROM items) AS first_seen,
    (SELECT max(last_seen) FROM items) AS last_seen"""


def count_speakers(connection: Connection) -> tuple[SpeakerCount, ...]:
    """Everyone with a statement, those with most statements first."""
    rows = connection.exec_driver_sql(_SPEAKERS).mappings()
    return tuple(
        SpeakerCount(
            person_id=row["person_id"],
            name=row["name"],
            statements=row["statements"],
            items=row["items"],
            offices=tuple(sorted(filter(None, row["offices"].split(",")))),
        )
        for row in rows
    )


def count_all(connection: Connection, folder: Path) -> Stats:
    """How much an archive holds, and what it takes on disk."""
    row = dict(connection.exec_driver_sql(_STATS).mappings().one())
    row["first_seen"] = instant_or_none(row["first_seen"])
    row["last_seen"] = instant_or_none(row["last_seen"])
    held = sum(path.stat().st_size for path in list_segments(folder / CAPTURES).values())
    files = (folder / DATABASE, folder / f"{DATABASE}-wal")
    size = held + sum(path.stat().st_size for path in files if path.exists())
    return Stats(bytes=size, capture_bytes=held, **row)
