"""What stands beside the items, asked on an open connection for a batch of items at a time."""

from __future__ import annotations

import json
from collections.abc import Sequence

from sqlalchemy import Connection

from parsers.model import Item
from storage.reads import load_items
from storage.scalars import storable
from storage.state import Merge
from storage.state_rows import merge_of

_KEYS = "SELECT key FROM items WHERE id IN (SELECT value FROM json_each(?)) ORDER BY key"
_SEEN_IN = "SELECT item_key FROM observations WHERE capture_id = ? ORDER BY item_key"
_MERGES = """SELECT * FROM merges
    WHERE item_id IN (SELECT value FROM json_each(?)) AND source_id = ? ORDER BY id"""


def load_by_id(connection: Connection, item_ids: Sequence[str]) -> dict[str, Item]:
    """The items with these ids, by id, oldest first; without revisions and observations."""
    keys = connection.exec_driver_sql(_KEYS, (json.dumps(list(item_ids)),)).scalars().all()
    return {item.id: item for item in load_items(connection, keys).values()}


def load_seen_in(connection: Connection, capture_id: int) -> tuple[Item, ...]:
    """The items seen in a capture, oldest first; without revisions and observations."""
    keys = connection.exec_driver_sql(_SEEN_IN, (capture_id,)).scalars().all()
    return tuple(load_items(connection, keys).values())


def load_merges(connection: Connection, item_ids: Sequence[str], source_id: str) -> tuple[Merge, ...]:
    """The merges of a source's entries into these items, oldest first."""
    rows = connection.exec_driver_sql(_MERGES, (json.dumps(list(item_ids)), storable(source_id)))
    return tuple(merge_of(row) for row in rows.mappings())
