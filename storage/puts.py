"""Items into rows: a whole batch at a time, and only what changed."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, insert, select

from parsers.model import Alias, Item, Observation, Revision
from storage import names, search
from storage.digests import NO_NAMES, Row, add_name, alias_name, item_digest, seal_of
from storage.rows import document_of, evidence_rows, item_row, revision_of, revision_row, statement_rows
from storage.scalars import seconds, storable
from storage.tables import evidence, items, revisions, sources, statements

_STORED = """SELECT key, id, digest, revision, revised_at, silent, last_seen, sightings, names, kept
    FROM items WHERE id IN (SELECT value FROM json_each(?))"""
_SEEN_IN = """SELECT asked.value AS item_key, sources.id AS source_id
    FROM json_each(?) AS asked CROSS JOIN sources
    WHERE EXISTS (SELECT 1 FROM observations
        WHERE item_key = asked.value AND source_key = sources.key)"""
_SEEN = """SELECT capture_id, item_key FROM observations
    WHERE capture_id IN (SELECT value FROM json_each(?)) AND item_key IN (SELECT value FROM json_each(?))"""
_ADD_SIGHTING = """INSERT INTO observations (capture_id, item_key, source_key, seen_at)
    VALUES (?, ?, ?, ?)"""
_COLUMNS = tuple(column.name for column in items.columns)
_MOVING = ("last_seen", "sightings", "names", "kept", "seal")


def _write_update(names: Iterable[str]) -> str:
    return f"UPDATE items SET {', '.join(f'{name} = :{name}' for name in names)} WHERE key = :key"  # noqa: S608 constants


_ADD_ITEM = f"INSERT INTO items ({', '.join(_COLUMNS)}) VALUES (:{', :'.join(_COLUMNS)})"  # noqa: S608 constants
_CHANGE_ITEM, _MOVE_ITEM = _write_update(_COLUMNS[1:]), _write_update(_MOVING)


@dataclass(frozen=True, slots=True)
class Put:
    """An item as it is to stand, its names, and the sighting that made it so (None: no new one)."""

    item: Item
    aliases: Sequence[Alias] = ()
    observation: Observation | None = None


@dataclass(slots=True)
class _Draft:
    """What becomes of one item in one batch."""

    put: Put
    key: int
    stored: Row | None
    row: dict[str, Any]
    evidence: list[tuple[Any, ...]]
    statements: list[tuple[Any, ...]]
    new_names: list[bytes] = field(default_factory=list)
    new_sighting: bool = False
    new_source: bool = False
    superseded: int = 0

    @property
    def changed(self) -> bool:
        """Whether the item itself is new or another than the stored one."""
        return self.stored is None or self.stored["digest"] != self.row["digest"]


def put_items(connection: Connection, puts: Iterable[Put], source_keys: dict[str, int]) -> None:
    """Insert items or bring them up to date, in the order given.

    Args:
        connection: In a transaction open for writing.
        puts: An item may come several times: each state of it counts.
        source_keys: The keys of `sources` by id; new ones are added to table and mapping.
    """
    batch: dict[str, Put] = {}
    for put in puts:
        if put.item.id in batch:
            _put_batch(connection, list(batch.values()), source_keys)
            batch = {}
        batch[put.item.id] = put
    if batch:
        _put_batch(connection, list(batch.values()), source_keys)


def source_key(connection: Connection, source_id: str, keys: dict[str, int]) -> int:
    """The key of a source, made at first sight."""
    if source_id not in keys:
        row = {"id": storable(source_id)}
        known = connection.execute(select(sources.c.key).where(sources.c.id == row["id"])).scalar()
        if known is None:
            known = int(connection.execute(insert(sources), row).lastrowid)
        keys[source_id] = known
    return keys[source_id]


def _put_batch(connection: Connection, puts: Sequence[Put], source_keys: dict[str, int]) -> None:
    drafts = _draft(connection, puts)
    _note_names(connection, drafts)
    seen_in = _note_sightings(connection, drafts)
    new = [draft for draft in drafts if draft.stored is None]
    changed = [draft for draft in drafts if draft.stored is not None and draft.changed]
    superseded = _find_superseded(connection, new, changed)
    _seal(drafts)
    _write_items(connection, drafts, new, changed)
    if superseded:
        connection.execute(insert(revisions), superseded)
    _write_parts(connection, evidence.name, [(one.key, one.evidence) for one in new], changed)
    _write_parts(connection, statements.name, [(one.key, one.statements) for one in new], changed)
    _write_names(connection, drafts)
    _write_sightings(connection, drafts, source_keys)
    shown = [draft for draft in drafts if draft.changed or draft.new_source]
    search.put(connection, [document_of(one.put.item, one.key, seen_in.get(one.key, ())) for one in shown])


def _draft(connection: Connection, puts: Sequence[Put]) -> list[_Draft]:
    asked = json.dumps([put.item.id for put in puts])
    stored = {row["id"]: row for row in connection.exec_driver_sql(_STORED, (asked,)).mappings()}
    next_key = 1 + (connection.exec_driver_sql("SELECT max(key) FROM items").scalar() or 0)
    drafts = []
    for put in puts:
        row, old = item_row(put.item), stored.get(storable(put.item.id))
        witnesses, said = evidence_rows(put.item), statement_rows(put.item)
        texts = {name: storable(getattr(put.item, name)) for name in ("title", "summary", "text")}
        row["digest"] = item_digest(row, witnesses, said, texts)
        key = next_key if old is None else int(old["key"])
        next_key += old is None
        drafts.append(_Draft(put, key, old, row, witnesses, said))
    return drafts


def _note_names(connection: Connection, drafts: Sequence[_Draft]) -> None:
    """Find the aliases that are new to their items."""
    wanted = [list(dict.fromkeys(alias_name(alias) for alias in draft.put.aliases)) for draft in drafts]
    known = names.find_bearers(
        connection,
        [
            (name, draft.key)
            for draft, named in zip(drafts, wanted, strict=True)
            for name in named
            if draft.stored is not None
        ],
    )
    for draft, named in zip(drafts, wanted, strict=True):
        draft.new_names = [name for name in named if (name, draft.key) not in known]


def _note_sightings(connection: Connection, drafts: Sequence[_Draft]) -> dict[int, set[str]]:
    """Find the sightings that are new, and those in a source new to the item.

    Returns:
        For each item the ids of all sources it was seen in, this time included.
    """
    keys = json.dumps([draft.key for draft in drafts])
    captures = json.dumps(sorted({one.put.observation.capture_id for one in drafts if one.put.observation}))
    seen = {tuple(row) for row in connection.exec_driver_sql(_SEEN, (captures, keys))}
    seen_in = read_seen_in(connection, [draft.key for draft in drafts if draft.stored is not None])
    for draft in drafts:
        sighting = draft.put.observation
        if sighting is not None:
            known = seen_in.setdefault(draft.key, set())
            draft.new_sighting = (sighting.capture_id, draft.key) not in seen
            draft.new_source = storable(sighting.source_id) not in known
            known.add(storable(sighting.source_id))
    return seen_in


def read_seen_in(connection: Connection, keys: Sequence[int]) -> dict[int, set[str]]:
    """The ids of all sources that items were seen in, by item key."""
    found: dict[int, set[str]] = {}
    for key, source in connection.exec_driver_sql(_SEEN_IN, (json.dumps(keys),)):
        found.setdefault(key, set()).add(source)
    return found


def _seal(drafts: Iterable[_Draft]) -> None:
    """Fill in the columns that move with every sighting."""
    for draft in drafts:
        moments = [seconds(draft.put.item.last_seen)]
        names, sightings = NO_NAMES, int(draft.new_sighting)
        if draft.put.observation is not None:
            moments.append(seconds(draft.put.observation.seen_at))
        if draft.stored is not None:
            moments.append(draft.stored["last_seen"])
            names, sightings = draft.stored["names"], sightings + draft.stored["sightings"]
        for name in draft.new_names:
            names = add_name(names, name)
        kept = draft.superseded + (draft.stored["kept"] if draft.stored is not None else 0)
        draft.row.update(last_seen=max(moments), sightings=sightings, names=names, kept=kept)
        draft.row["seal"] = seal_of(draft.row)


def _find_superseded(
    connection: Connection, new: Sequence[_Draft], changed: Sequence[_Draft]
) -> list[dict[str, Any]]:
    """The texts that give way, and those between that came and went within one batch."""
    older = {draft.key: (draft, _between(draft.put.item, 0)) for draft in new}
    revised = {
        draft.key: draft
        for draft in changed
        if draft.stored is not None and draft.put.item.revision != draft.stored["revision"]
    }
    for draft, row in _texts_of(connection, revised):
        stored = revision_of(row, draft.put.item.id)
        older[draft.key] = (draft, [stored, *_between(draft.put.item, stored.number)])
    held = _held_numbers(connection, list(revised))
    rows = []
    for draft, texts in older.values():
        fresh = [one for one in texts if (draft.key, one.number) not in held]
        draft.superseded = len(fresh)
        rows += [revision_row(one, draft.key) for one in fresh]
    return rows


def _held_numbers(connection: Connection, keys: Sequence[int]) -> set[tuple[int, int]]:
    rows = connection.exec_driver_sql(
        "SELECT item_key, number FROM revisions WHERE item_key IN (SELECT value FROM json_each(?))",
        (json.dumps(keys),),
    )
    return {(row[0], row[1]) for row in rows}


def _between(item: Item, number: int) -> list[Revision]:
    return [one for one in item.revisions if number < one.number < item.revision]


def _texts_of(connection: Connection, drafts: dict[int, _Draft]) -> list[tuple[_Draft, Row]]:
    if not drafts:
        return []
    rows = connection.exec_driver_sql(
        "SELECT items.key, revision AS number, revised_at AS seen_at, silent, title, summary, text "
        "FROM items JOIN documents ON item_key = key WHERE key IN (SELECT value FROM json_each(?))",
        (json.dumps(list(drafts)),),
    ).mappings()
    return [(drafts[row["key"]], row) for row in rows]


def _write_items(
    connection: Connection, drafts: Sequence[_Draft], new: Sequence[_Draft], changed: Sequence[_Draft]
) -> None:
    if new:
        connection.exec_driver_sql(_ADD_ITEM, [{"key": draft.key, **draft.row} for draft in new])
    if changed:
        connection.exec_driver_sql(_CHANGE_ITEM, [{"key": draft.key, **draft.row} for draft in changed])
    moved = [
        {"key": draft.key, **{name: draft.row[name] for name in _MOVING}}
        for draft in drafts
        if draft.stored is not None
        and not draft.changed
        and any(draft.row[name] != draft.stored[name] for name in _MOVING[:3])
    ]
    if moved:
        connection.exec_driver_sql(_MOVE_ITEM, moved)


def _write_parts(
    connection: Connection,
    table: str,
    fresh: Iterable[tuple[int, list[tuple[Any, ...]]]],
    changed: Sequence[_Draft],
) -> None:
    """Write the rows of `evidence` or `statements`; those of a stored item only if they differ."""
    rows = [(key, *row) for key, part in fresh for row in part]
    if changed:
        stored = read_parts(connection, table, [draft.key for draft in changed])
        differing = [one for one in changed if stored.get(one.key, []) != getattr(one, table)]
        connection.exec_driver_sql(
            f"DELETE FROM {table} WHERE item_key IN (SELECT value FROM json_each(?))",  # noqa: S608 a constant
            (json.dumps([draft.key for draft in differing]),),
        )
        rows += [(draft.key, *row) for draft in differing for row in getattr(draft, table)]
    if rows:
        marks = ", ".join("?" * len(rows[0]))
        connection.exec_driver_sql(f"INSERT INTO {table} VALUES ({marks})", rows)  # noqa: S608 a constant


def read_parts(
    connection: Connection, table: str, keys: Collection[int]
) -> dict[int, list[tuple[Any, ...]]]:
    """The rows of `evidence` or `statements` of items, by item key, without that key."""
    rows = connection.exec_driver_sql(
        f"SELECT * FROM {table} WHERE item_key IN (SELECT value FROM json_each(?)) "  # noqa: S608 a constant
        "ORDER BY item_key, n",
        (json.dumps(list(keys)),),
    )
    parts: dict[int, list[tuple[Any, ...]]] = {}
    for key, *row in rows:
        parts.setdefault(key, []).append(tuple(row))
    return parts


def _write_names(connection: Connection, drafts: Iterable[_Draft]) -> None:
    names.add(connection, [(name, draft.key) for draft in drafts for name in draft.new_names])
    new = [draft.key for draft in drafts if draft.stored is None]
    if new:
        names.settle(connection, min(new) - 1, max(new))


def _write_sightings(connection: Connection, drafts: Iterable[_Draft], source_keys: dict[str, int]) -> None:
    rows = []
    for draft in drafts:
        sighting = draft.put.observation
        if sighting is not None and draft.new_sighting:
            key = source_key(connection, sighting.source_id, source_keys)
            rows.append((sighting.capture_id, draft.key, key, seconds(sighting.seen_at)))
    if rows:
        connection.exec_driver_sql(_ADD_SIGHTING, rows)
