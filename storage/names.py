"""Which items bear which names (see `digests.alias_name`): the only file that knows where they stand.

Names are digests, so every new one belongs somewhere else in their index. Put there at once, the names of
one item would touch as many pages as there are names, all over a large file. So new names stand in a
small table first, `recent_names`, from where they move into `aliases` in the order of that index, a part
of it at a time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from heapq import nlargest
from typing import TypeVar

from sqlalchemy import Connection

BATCH = 500

T = TypeVar("T")

PARTS = 16
"""The index is served in so many parts, by the first byte of a name."""
STEP = 256
"""After so many new items a part is served: names are recent for 4,096 items."""

_NAMED = """SELECT name, item_key FROM aliases WHERE name IN ({0})
    UNION SELECT name, item_key FROM recent_names WHERE name IN ({0}) ORDER BY name, item_key"""
_NEWEST = """WITH asked(name) AS (VALUES {})
    SELECT name, (SELECT group_concat(item_key) FROM (SELECT item_key FROM aliases
        WHERE aliases.name = asked.name ORDER BY item_key DESC LIMIT ?1)),
    (SELECT group_concat(item_key) FROM (SELECT item_key FROM recent_names
        WHERE recent_names.name = asked.name ORDER BY item_key DESC LIMIT ?1)) FROM asked"""
_BEARERS = """WITH asked(name, item_key) AS (VALUES {})
    SELECT name, item_key FROM asked CROSS JOIN aliases USING (name, item_key)
    UNION SELECT name, item_key FROM asked CROSS JOIN recent_names USING (name, item_key)"""


def find(connection: Connection, names: Iterable[bytes]) -> dict[bytes, list[int]]:
    """Find the items that bear names.

    Returns:
        For each name that is known the keys of its items, oldest first.
    """
    found: dict[bytes, list[int]] = {}
    for asked in _batches(set(names)):
        marks = ", ".join(f"?{number}" for number in range(1, len(asked) + 1))
        for name, key in connection.exec_driver_sql(_NAMED.format(marks), tuple(asked)):
            found.setdefault(name, []).append(key)
    return found


def find_newest(connection: Connection, names: Iterable[bytes], limit: int) -> dict[bytes, list[int]]:
    """Find the newest items that bear names which very many may bear.

    Returns:
        For each name that is known the keys of its items, the newest first, so many at most.
    """
    found: dict[bytes, list[int]] = {}
    for asked in _batches(names):
        marks = ", ".join(f"(?{number})" for number in range(2, len(asked) + 2))
        for name, *parts in connection.exec_driver_sql(_NEWEST.format(marks), (limit, *asked)):
            keys = {int(key) for part in parts if part for key in part.split(",")}
            if keys:
                found[name] = nlargest(limit, keys)
    return found


def find_bearers(connection: Connection, pairs: Iterable[tuple[bytes, int]]) -> set[tuple[bytes, int]]:
    """Those of these pairs of a name and an item's key that are so; a name may have very many bearers."""
    found: set[tuple[bytes, int]] = set()
    for asked in _batches(pairs):
        rows = connection.exec_driver_sql(
            _BEARERS.format(", ".join(["(?, ?)"] * len(asked))),
            tuple(value for pair in asked for value in pair),
        )
        found.update((row[0], row[1]) for row in rows)
    return found


def load_all(connection: Connection) -> Iterator[tuple[object, int]]:
    """Every name, whatever stands there for one, with the key of an item that bears it, in no order."""
    for table in ("aliases", "recent_names"):
        rows = connection.exec_driver_sql(f"SELECT name, item_key FROM {table}")  # noqa: S608 a constant
        yield from ((row[0], row[1]) for row in rows)


def add(connection: Connection, pairs: Sequence[tuple[bytes, int]]) -> None:
    """Note names that are new to their items."""
    if pairs:
        connection.exec_driver_sql("INSERT INTO recent_names (name, item_key) VALUES (?, ?)", list(pairs))


def drop(connection: Connection, names: Iterable[bytes], key: int) -> None:
    """Take names from an item."""
    pairs = [(name, key) for name in names]
    for table in ("aliases", "recent_names"):
        for pair in pairs:
            connection.exec_driver_sql(f"DELETE FROM {table} WHERE name = ? AND item_key = ?", pair)  # noqa: S608 a constant


def settle(connection: Connection, last: int, newest: int) -> None:
    """Move recent names to where they stay, a part of the index for so many new items.

    Args:
        connection: In a transaction open for writing.
        last: The highest key of an item before this transaction added any.
        newest: The highest since.
    """
    for number in range(last // STEP + 1, newest // STEP + 1)[-PARTS:]:
        part = number % PARTS
        bounds = (bytes([part * 256 // PARTS]), bytes([(part + 1) * 256 // PARTS - 1]) + b"\xff" * 16)
        connection.exec_driver_sql(
            "INSERT OR IGNORE INTO aliases (name, item_key) SELECT name, item_key FROM recent_names"
            " WHERE name BETWEEN ? AND ? ORDER BY name, item_key",
            bounds,
        )
        connection.exec_driver_sql("DELETE FROM recent_names WHERE name BETWEEN ? AND ?", bounds)


def _batches(values: Iterable[T]) -> Iterator[list[T]]:
    wanted = list(values)
    for start in range(0, len(wanted), BATCH):
        yield wanted[start : start + BATCH]
