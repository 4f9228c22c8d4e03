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
_LISTING = """SELECT id FROM captures WHERE final_url = ? AND url = ? AND +source_id = ? AND id < ?
    AND EXISTS (SELECT 1 FROM observations WHERE capture_id = captures.id) ORDER BY id DESC LIMIT 1"""
_ADDRESSES = "SELECT id, final_url FROM captures WHERE id IN (SELECT value FROM json_each(?))"
_LAST = "SELECT fetched_at FROM captures WHERE final_url = ? AND id < ? ORDER BY id DESC LIMIT 1"


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


def find_listing(connection: Connection, capture_id: int, capture: Capture) -> int | None:
    """The last capture before of the same source and address in which items were seen, or None."""
    asked = (
        storable(capture.final_url),
        storable(capture.url),
        storable(capture.source_id),
        capture_id,
    )
    return connection.exec_driver_sql(_LISTING, asked).scalar()


def find_final_urls(connection: Connection, capture_ids: Sequence[int]) -> dict[int, str]:
    """The final addresses of captures, by number."""
    asked = (json.dumps(list(capture_ids)),)
    return {row[0]: row[1] for row in connection.exec_driver_sql(_ADDRESSES, asked)}


def is_late(connection: Connection, capture_id: int, capture: Capture) -> bool:
    """Whether what arrived last from the same address was fetched later than this."""
    before = connection.exec_driver_sql(_LAST, (storable(capture.final_url), capture_id)).scalar()
    return before is not None and before > seconds(capture.fetched_at)
