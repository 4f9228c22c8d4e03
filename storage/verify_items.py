"""Checks what is stored of items against the digests beside it, and against the captures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from parsers.model import Item
from storage import names, search
from storage.digests import NAME_SIZES, NO_NAMES, Row, add_name, item_digest, seal_of
from storage.puts import read_parts, read_seen_in
from storage.reads import next_keys
from storage.rows import document_of, item_of, span_of
from storage.state import Damage
from storage.tables import evidence, statements

_ITEMS = """SELECT items.*, documents.title, documents.summary, documents.text
    FROM items LEFT JOIN documents ON documents.item_key = items.key
    WHERE items.key BETWEEN ? AND ? ORDER BY items.key"""
_SIGHTINGS = """SELECT item_key, count(*), max(seen_at) FROM observations
    WHERE item_key BETWEEN ? AND ? GROUP BY item_key"""
_KEPT = """SELECT item_key, count(*) FROM revisions
    WHERE item_key BETWEEN ? AND ? GROUP BY item_key"""
_STRAY_SIGHTINGS = """SELECT observations.item_key, observations.capture_id
    FROM observations
    LEFT JOIN captures ON captures.id = observations.capture_id
    LEFT JOIN sources ON sources.key = observations.source_key
    WHERE captures.id IS NULL OR captures.fetched_at != observations.seen_at
        OR sources.id IS NULL OR captures.source_id != sources.id"""
_STRAY_DOCUMENTS = """SELECT item_key FROM documents
    WHERE item_key NOT IN (SELECT key FROM items)"""


def check_items(
    connection: Connection, _folder: Path, tell: Callable[[str, int], None]
) -> Iterator[Damage]:
    """Compare every item, and all that hangs on it, with its digests.

    Args:
        connection: A connection to read with.
        tell: Is told of the items that were read.
    """
    names = _sum_names(connection)
    last = 0
    while page := next_keys(connection, last, newest=False):
        first, last = min(page), max(page)
        yield from _check_page(connection, first, last, names)
        tell("items", len(page))
    count = connection.exec_driver_sql("SELECT count(*) FROM items").scalar() or 0
    given = connection.exec_driver_sql("SELECT seq FROM sqlite_sequence WHERE name = 'items'").scalar() or 0
    if count != given:
        yield Damage(kind="item", where="items", what=f"{given - count} items are missing.")
    for (key,) in connection.exec_driver_sql(_STRAY_DOCUMENTS):
        yield Damage(kind="item", where=f"documents {key}", what="A searchable text belongs to no item.")


def _check_page(connection: Connection, first: int, last: int, names: dict[int, bytes]) -> Iterator[Damage]:
    rows = connection.exec_driver_sql(_ITEMS, (first, last)).mappings().all()
    keys = [row["key"] for row in rows]
    witnesses = read_parts(connection, evidence.name, keys)
    said = read_parts(connection, statements.name, keys)
    seen = {row[0]: (row[1], row[2]) for row in connection.exec_driver_sql(_SIGHTINGS, (first, last))}
    kept = {row[0]: row[1] for row in connection.exec_driver_sql(_KEPT, (first, last))}
    read: dict[int, Item] = {}
    for row in rows:
        key = row["key"]
        if row["title"] is None:
            yield Damage(kind="item", where=row["id"], what="Its text is missing.")
            continue
        parts = (witnesses.get(key, []), said.get(key, []))
        problem = _find_change(row, parts, names.get(key, NO_NAMES), seen.get(key, (0, None)))
        if not problem and kept.get(key, 0) != row["kept"]:
            problem = "Revisions of it are missing, or were added."
        if problem:
            yield Damage(kind="item", where=str(row["id"]), what=problem)
            continue
        read[key] = _assemble(row, *parts)
        yield from _check_statements(read[key])
    yield from _check_documents(connection, read)


def _find_change(
    row: Row,
    parts: tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]],
    names: bytes,
    seen: tuple[int, int | None],
) -> str:
    if item_digest(row, *parts, row) != row["digest"]:
        return "Its values, text, witnesses or statements were changed."
    if seal_of(row) != row["seal"]:
        return "Its times or sightings were changed."
    if names != row["names"]:
        return "The names it is known under were changed."
    sightings, latest = seen
    if sightings != row["sightings"] or (latest is not None and latest > row["last_seen"]):
        return "Sightings of it are missing, or were added."
    return ""


def _assemble(row: Row, witnesses: list[tuple[Any, ...]], said: list[tuple[Any, ...]]) -> Item:
    """The item, from rows without their keys."""
    witness_names = [column.name for column in evidence.columns][1:]
    statement_names = [column.name for column in statements.columns][1:]
    return item_of(
        row,
        [dict(zip(witness_names, one, strict=True)) for one in witnesses],
        [dict(zip(statement_names, one, strict=True)) for one in said],
    )


def _check_statements(item: Item) -> Iterator[Damage]:
    for number, statement in enumerate(item.statements):
        if not statement.text or span_of(item, statement) != statement.text:
            where = f"{item.id}, statement {number}"
            yield Damage(kind="statement", where=where, what="Its words are not those of the item there.")


def _check_documents(connection: Connection, read: dict[int, Item]) -> Iterator[Damage]:
    sources = read_seen_in(connection, list(read))
    documents = [document_of(item, key, sources.get(key, ())) for key, item in read.items()]
    for key in search.differing(connection, documents):
        yield Damage(kind="index", where=read[key].id, what="What is searched of it is not what it is.")


def _sum_names(connection: Connection) -> dict[int, bytes]:
    sums: dict[int, bytes] = {}
    for name, key in names.load_all(connection):
        if isinstance(name, bytes) and len(name) in NAME_SIZES:
            sums[key] = add_name(sums.get(key, NO_NAMES), name)
        else:
            sums[key] = b""
    return sums


def check_sightings(connection: Connection, _folder: Path) -> Iterator[Damage]:
    """Compare every sighting with the capture it was made in.

    Args:
        connection: A connection to read with.
    """
    for key, capture_id in connection.exec_driver_sql(_STRAY_SIGHTINGS):
        where = f"item {key} in capture {capture_id}"
        yield Damage(kind="row", where=where, what="A sighting does not fit its capture.")
