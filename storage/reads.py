"""Questions about items, asked on an open connection: one or two indexed statements for a whole batch."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import groupby

from sqlalchemy import Connection, select

from parsers.model import Alias, Item
from storage import names
from storage.digests import Row, alias_name
from storage.rows import item_of, observation_of, present_revision, revision_of
from storage.scalars import storable
from storage.tables import evidence, items, revisions, statements

PAGE = 200

_ITEMS = """SELECT items.*, documents.title, documents.summary, documents.text
    FROM items JOIN documents ON documents.item_key = items.key
    WHERE items.key IN (SELECT value FROM json_each(?))"""
_PARTS = "SELECT * FROM {} WHERE item_key IN (SELECT value FROM json_each(?)) ORDER BY item_key, n"
_OBSERVATIONS = """SELECT observations.*, sources.id AS source_id
    FROM observations JOIN sources ON sources.key = observations.source_key
    WHERE item_key = ? ORDER BY capture_id"""


def load_items(connection: Connection, keys: Iterable[int]) -> dict[int, Item]:
    """Read items by key, with evidence and statements, without revisions and observations.

    Returns:
        The items there are, by key, in the order asked.
    """
    wanted = list(keys)
    asked = (json.dumps(wanted),)
    rows = {row["key"]: row for row in _fetch(connection, _ITEMS, asked)}
    witnesses = _load_parts(connection, evidence.name, asked)
    said = _load_parts(connection, statements.name, asked)
    return {
        key: item_of(rows[key], witnesses.get(key, ()), said.get(key, ())) for key in wanted if key in rows
    }


def _fetch(connection: Connection, sql: str, asked: tuple[str]) -> list[Row]:
    """Rows as SQLite gives them: with many columns a third of the cost of rows by SQLAlchemy."""
    if not connection.in_transaction():
        connection.begin()  # All that is read on a connection is of one moment.
    cursor = connection.connection.cursor()
    try:
        cursor.execute(sql, asked)
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    finally:
        cursor.close()


def _load_parts(connection: Connection, table: str, asked: tuple[str]) -> dict[int, list[Row]]:
    rows = _fetch(connection, _PARTS.format(table), asked)
    return {key: list(group) for key, group in groupby(rows, key=lambda row: int(row["item_key"]))}


def load_whole(connection: Connection, item_id: str) -> Item | None:
    """Read one item with everything kept of it, or None when there is none."""
    key = find_key(connection, storable(item_id))
    if key is None:
        return None
    item = load_items(connection, [key])[key]
    older = connection.execute(
        # A text that came back stands there under its old number: it is the present one now.
        select(revisions)
        .where(revisions.c.item_key == key, revisions.c.number != item.revision)
        .order_by(revisions.c.number)
    ).mappings()
    seen = connection.exec_driver_sql(_OBSERVATIONS, (key,)).mappings()
    return replace(
        item,
        revisions=(*(revision_of(row, item.id) for row in older), present_revision(item)),
        observations=tuple(observation_of(row, item.id) for row in seen),
    )


def next_keys(connection: Connection, last: int, *, newest: bool) -> dict[int, int]:
    """The next page of item keys, by where they stand in the order: behind `last`, or before it."""
    sql = (
        "SELECT rowid, item_key FROM documents WHERE rowid < ? ORDER BY rowid DESC LIMIT ?"
        if newest
        else "SELECT key, key FROM items WHERE key > ? ORDER BY key LIMIT ?"
    )
    return {row[0]: row[1] for row in connection.exec_driver_sql(sql, (last, PAGE))}


def find_key(connection: Connection, item_id: str) -> int | None:
    """The key of an item, or None."""
    return connection.execute(select(items.c.key).where(items.c.id == item_id)).scalar()


def find_like(
    connection: Connection, groups: Sequence[Sequence[Alias]], *, newest: int = 48, best: int = 6
) -> list[tuple[Item, ...]]:
    """Find the items that share most aliases of each group, where an alias may be borne by very many.

    Args:
        connection: A connection to read with.
        groups: For each entry the bands of its fingerprint.
        newest: Of those that bear one alias, so many are looked at, the newest.
        best: So many items a group at most.

    Returns:
        For each group its items, those that share most first; no further one is loaded.
    """
    wanted = [[alias_name(alias) for alias in group] for group in groups]
    keys = names.find_newest(connection, {name for group in wanted for name in group}, newest)
    chosen = []
    for group in wanted:
        votes = Counter(key for name in group for key in keys.get(name, ()))
        chosen.append(sorted(votes, key=lambda key: (-votes[key], -key))[:best])
    found = load_items(connection, dict.fromkeys(key for group in chosen for key in group))
    return [tuple(found[key] for key in group) for group in chosen]


def find_by_alias(
    connection: Connection, groups: Sequence[Sequence[Alias]]
) -> list[tuple[tuple[Alias, Item], ...]]:
    """Find the items known under any alias of each group, and by which.

    Returns:
        For each group pairs of an alias and an item, in the order of the aliases, oldest items first.
    """
    wanted = [[alias_name(alias) for alias in group] for group in groups]
    keys = names.find(connection, (name for group in wanted for name in group))
    found = load_items(connection, dict.fromkeys(key for named in keys.values() for key in named))
    return [
        tuple(
            (alias, found[key])
            for alias, name in zip(group, group_names, strict=True)
            for key in keys.get(name, ())
        )
        for group, group_names in zip(groups, wanted, strict=True)
    ]


def find_many(connection: Connection, groups: Sequence[Sequence[Alias]]) -> list[tuple[Item, ...]]:
    """Find the items known under any alias of each group.

    Args:
        connection: A connection to read with.
        groups: For each entry its aliases, the most telling first.

    Returns:
        For each group its items, each once, in the order of the aliases that led to them.
    """
    return [
        tuple({item.id: item for _, item in pairs}.values()) for pairs in find_by_alias(connection, groups)
    ]
