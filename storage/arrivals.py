"""What arrived before a capture, asked on an open connection.

All of it goes by the final address, whose captures are few beside those of a source; the plus before a
column keeps SQLite from choosing another index.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from hashlib import sha256

from sqlalchemy import Connection

from parsers.model import Capture
from storage.scalars import seconds, storable

_SAME = """SELECT 1 FROM captures WHERE final_url = ? AND url = ? AND fetched_at = ? AND status = ?
    AND +payload_digest = ? AND +source_id = ? AND parser = ? LIMIT 1"""
_LISTING = """SELECT id FROM captures WHERE final_url = ? AND url = ? AND +source_id = ?
    AND fetched_at {0}= ? AND (fetched_at {0} ? OR id {0} ?)
    AND EXISTS (SELECT 1 FROM observations WHERE capture_id = captures.id)
    ORDER BY fetched_at {1}, id {1} LIMIT 1"""
_ADDRESSES = "SELECT id, final_url FROM captures WHERE id IN (SELECT value FROM json_each(?))"


def is_held(connection: Connection, capture: Capture) -> bool:
    """Whether there is this capture already: the same body from the same address and moment."""
    asked = (
        storable(capture.final_url),
        storable(capture.url),
        seconds(capture.fetched_at),
        capture.status,
        sha256(capture.body).digest(),
        storable(capture.source_id),
        storable(capture.parser),
    )
    return connection.exec_driver_sql(_SAME, asked).first() is not None


def find_listings(
    connection: Connection, capture_id: int, capture: Capture
) -> tuple[int | None, int | None]:
    """The last before and the first after a capture of those of its source and address that showed items.

    Before and after in time, whenever they came into the archive.
    """
    at = seconds(capture.fetched_at)
    place = (storable(capture.final_url), storable(capture.url), storable(capture.source_id))
    asked = (*place, at, at, capture_id)
    before = connection.exec_driver_sql(_LISTING.format("<", "DESC"), asked).scalar()
    return before, connection.exec_driver_sql(_LISTING.format(">", "ASC"), asked).scalar()


def find_final_urls(connection: Connection, capture_ids: Sequence[int]) -> dict[int, str]:
    """The final addresses of captures, by number."""
    asked = (json.dumps(list(capture_ids)),)
    return {row[0]: row[1] for row in connection.exec_driver_sql(_ADDRESSES, asked)}
