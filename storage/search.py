"""The search index: what is kept of an item for searching, and how it stays true to the items.

```
documents             rowid = at << 20 | n; one row an item: its present text, bounds of its date, marks
└ documents_folded    a view: the same text with its letters folded (`storage.fold`)
  └ documents_index   FTS5 over that view as external content: text, title, summary, marks
```

Row ids are in time order, so the newest answers to any query are the first that FTS5 yields backwards,
and a range of dates is a range of row ids. The index begins with the text: of a word in any other column
FTS5 notes the column too, at two bytes a word. An item moves when its date gets better; everything else in
the archive therefore refers to `item_key`. This, `storage.match`, its other half, and `storage.nearby` are
the only files that speak a dialect: SQLite with FTS5, 3.40 or later.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import DatabaseError

from parsers.errors import QueryError, StorageError
from storage.days import OPEN
from storage.fold import fold, fold_sql
from storage.match import EDITED, EVERY, SHIFT, reach_mark, seconds, token, write_selects
from storage.query import Query
from storage.scalars import storable

__all__ = (
    "EDITED",
    "Document",
    "Found",
    "check",
    "create_index",
    "create_tables",
    "differing",
    "drop_index",
    "find",
    "put",
    "rebuild",
    "remove",
    "token",
)

_T = TypeVar("_T")
_BATCH = 1_000
_RANKED = 2_000
_HINDRANCES = ("SQLITE_READONLY", "SQLITE_BUSY", "SQLITE_LOCKED")
_FIELDS = "rowid, item_key, earliest, latest, first_seen, undated, title, summary, text, marks"
_values, _rowid = attrgetter(*_FIELDS.split(", ")), attrgetter("rowid")
_ADD = "INSERT INTO documents_index(rowid, text, title, summary, marks) VALUES (?, ?, ?, ?, ?)"
_LAST = """SELECT value, (SELECT max(rowid) FROM documents WHERE rowid BETWEEN value AND value + ?)
    FROM json_each(?)"""
_NOWHERE = 1 << 63
_TAKE_OUT = """INSERT INTO documents_index(documents_index, rowid, text, title, summary, marks)
    VALUES ('delete', ?, ?, ?, ?, ?)"""
_SCHEMA = (
    """CREATE TABLE documents (
        rowid INTEGER PRIMARY KEY,
        item_key INTEGER NOT NULL UNIQUE,
        earliest INTEGER,
        latest INTEGER,
        first_seen INTEGER NOT NULL,
        undated INTEGER NOT NULL,
        title TEXT NOT NULL,
        summary TEXT NOT NULL,
        text TEXT NOT NULL,
        marks TEXT NOT NULL
    )""",
    "CREATE INDEX documents_first_seen ON documents (first_seen)",
    "CREATE VIEW documents_folded AS "
    + fold_sql(("title", "summary", "text"), f"rowid AS id, '{EVERY} ' || marks AS marks", "documents"),
    """CREATE VIRTUAL TABLE documents_index USING fts5(
        text, title, summary, marks, content='documents_folded', content_rowid='id',
        tokenize='unicode61 remove_diacritics 2'
    )""",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What is searched of one item. Instants are whole seconds since 1970, negative before.

    `item_key` is the item's stable integer key; `at` the instant it is sorted by (its best point; first
    seen when it has none). `earliest` and `latest` bound its publication, None where nothing does; an
    `undated` item without a `latest` was published by `first_seen` at the latest. `tokens` are made by
    `token`, or `EDITED`.
    """

    item_key: int
    at: int
    earliest: int | None
    latest: int | None
    first_seen: int
    undated: bool
    title: str
    summary: str
    text: str
    tokens: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """Stable keys of items in order; `cursor` is the `before` of the next page, None where there is
    none.
    """

    keys: tuple[int, ...]
    more: bool
    cursor: int | None = None


@dataclass(frozen=True, slots=True)
class _Row:
    """One row of `documents`, in the order of `_FIELDS`."""

    rowid: int
    item_key: int
    earliest: int | None
    latest: int | None
    first_seen: int
    undated: int
    title: str
    summary: str
    text: str
    marks: str

    def indexed(self) -> tuple[int, str, str, str, str]:
        """What the index knows of the row: when this stays, the index stays."""
        return (self.rowid, self.title, self.summary, self.text, self.marks)

    def folded(self) -> tuple[int, str, str, str, str]:
        """The same as `documents_folded` has it, which takes SQLite many times as long to say."""
        words = fold(self.text), fold(self.title), fold(self.summary)
        return (self.rowid, *words, f"{EVERY} {self.marks}")


def create_tables(connection: Connection) -> None:
    """Make the tables, the view and the index; they must not exist yet.

    Args:
        connection: In the transaction that makes the schema.
    """
    for statement in _SCHEMA:
        connection.exec_driver_sql(statement)


def drop_index(connection: Connection) -> None:
    """Take away index and view, for a migration that changes `documents` and then calls `create_index`."""
    connection.exec_driver_sql("DROP TABLE documents_index")
    connection.exec_driver_sql("DROP VIEW documents_folded")


def create_index(connection: Connection) -> None:
    """Make view and index over an existing `documents` and fill the index."""
    for statement in _SCHEMA[2:]:
        connection.exec_driver_sql(statement)
    rebuild(connection)


def put(connection: Connection, documents: Sequence[Document]) -> None:
    """Add documents, or bring those there are up to date, moving each whose sort instant changed.

    Everything happens in the caller's transaction; when this raises, roll it back. An unchanged document
    costs one look; changed bounds leave the index alone.

    Args:
        connection: With a transaction open for writing.
        documents: In any order; of several for one item the last one counts.

    Raises:
        StorageError: More than a million documents share one second.
    """
    latest = {document.item_key: document for document in documents}
    ordered = sorted(latest.values(), key=lambda document: (document.at, document.item_key))
    for batch in _batches(ordered):
        _put_batch(connection, batch)


def remove(connection: Connection, item_keys: Iterable[int]) -> None:
    """Take items out of the search; unknown keys are none.

    Args:
        connection: With a transaction open for writing.
        item_keys: Stable keys.
    """
    for batch in _batches(sorted(set(item_keys))):
        _drop(connection, list(_read_rows(connection, batch).values()))


def check(connection: Connection) -> list[str]:
    """Compare the index with the documents, word for word.

    Args:
        connection: Able to write (FTS5 checks by a special insert, which stores nothing).

    Returns:
        One sentence for each problem; empty when index and documents agree.

    Raises:
        DatabaseError: The check could not be made: the database is read-only or locked.
    """
    try:
        connection.exec_driver_sql(
            "INSERT INTO documents_index(documents_index, rank) VALUES('integrity-check', 1)"
        )
    except DatabaseError as error:
        if getattr(error.orig, "sqlite_errorname", "").startswith(_HINDRANCES):
            raise
        return [f"The search index does not agree with the documents ({error.orig}); rebuild it."]
    return []


def differing(connection: Connection, documents: Sequence[Document]) -> list[int]:
    """The item keys of those documents that do not stand here as `put` would leave them."""
    present = _read_rows(connection, [document.item_key for document in documents])
    return [
        document.item_key
        for document in documents
        if (row := present.get(document.item_key)) is None
        or row.rowid >> SHIFT != document.at
        or row != _make_row(document, row.rowid)
    ]


def rebuild(connection: Connection) -> None:
    """Make the index anew from the documents."""
    connection.exec_driver_sql("INSERT INTO documents_index(documents_index) VALUES('rebuild')")


def find(
    connection: Connection,
    query: Query,
    *,
    limit: int,
    sort: str = "date",
    before: int | None = None,
    offset: int = 0,
) -> Found:
    """Answer a query.

    Args:
        connection: Reading.
        query: As `parse_query` made it; a refused one finds nothing.
        limit: Answers wanted at most.
        sort: `date`, newest first; or `rank`, the best of the newest 2,000 matches first (a query without
            words has no rank and comes by date).
        before: With `date`: the cursor of the page before.
        offset: Answers to skip; by date a `before` costs less.

    Returns:
        Stable keys in order, whether there are more, and where the next page begins.

    Raises:
        QueryError: No such order, or a negative limit or offset.
    """
    if sort not in {"date", "rank"} or limit < 0 or offset < 0:
        raise QueryError(f"A search has no order {sort!r}, limit {limit} or offset {offset}.")
    bounds = None if query.refused else _bound(connection, query, before)
    if bounds is None:
        return Found((), more=False)
    ranked = sort == "rank" and bool(query.words)
    depth = _RANKED if ranked else offset + limit + 1
    rows: dict[int, tuple[float, int]] = {}
    for sql, values in write_selects(query, bounds, ranked=ranked):
        rows.update((row[0], (row[2], row[1])) for row in connection.exec_driver_sql(sql, (*values, depth)))
        if query.published.latest is None and len(rows) >= depth:
            break  # what reaches further than the first statement's range is older than all of these
    order = sorted(rows, key=lambda rowid: (rows[rowid][0], -rowid))
    page = order[offset : offset + limit]
    return Found(
        keys=tuple(rows[rowid][1] for rowid in page),
        more=len(order) > offset + limit,
        cursor=page[-1] if page and not ranked else None,
    )


def _bound(connection: Connection, query: Query, before: int | None) -> tuple[int, int] | None:
    """The row ids an answer may have, as far as they can be told beforehand; None when there are none."""
    first, last = -(1 << 63), (1 << 63) - 1 if before is None else before - 1
    if query.seen == OPEN:
        return first, last
    start, end = seconds(query.seen)
    low, high = connection.exec_driver_sql(
        "SELECT min(rowid), max(rowid) FROM documents WHERE first_seen BETWEEN ? AND ?", (start, end)
    ).one()
    return None if low is None else (max(low, first), min(high, last))


def _put_batch(connection: Connection, batch: Sequence[Document]) -> None:
    present = _read_rows(connection, [document.item_key for document in batch])
    wanted = _place(connection, batch, present)
    changed = [
        row
        for row in wanted
        if (old := present.get(row.item_key)) is None or old.indexed() != row.indexed()
    ]
    moved = {row.item_key for row in changed}
    bounds = [row for row in wanted if row.item_key not in moved and row != present[row.item_key]]
    if bounds:
        connection.exec_driver_sql(
            "UPDATE documents SET earliest = ?, latest = ?, first_seen = ?, undated = ? WHERE rowid = ?",
            [(row.earliest, row.latest, row.first_seen, row.undated, row.rowid) for row in bounds],
        )
    _drop(connection, [present[key] for key in moved if key in present])
    if changed:
        changed.sort(key=_rowid)
        connection.exec_driver_sql(
            f"INSERT INTO documents ({_FIELDS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608 constants
            [_values(row) for row in changed],
        )
        _index(connection, _ADD, changed)


def _drop(connection: Connection, rows: list[_Row]) -> None:
    """Take rows as they are stored out of the index, which must be told what it knows of them."""
    if not rows:
        return
    _index(connection, _TAKE_OUT, sorted(rows, key=_rowid))
    connection.exec_driver_sql("DELETE FROM documents WHERE rowid = ?", [(row.rowid,) for row in rows])


def _index(connection: Connection, sql: str, rows: Iterable[_Row]) -> None:
    """Tell the index of rows in ascending order: FTS5 flushes its buffer at each step back."""
    connection.exec_driver_sql(sql, [row.folded() for row in rows])


def _read_rows(connection: Connection, item_keys: Iterable[int]) -> dict[int, _Row]:
    rows = connection.exec_driver_sql(
        f"SELECT {_FIELDS} FROM documents WHERE item_key IN (SELECT value FROM json_each(?))",  # noqa: S608 constants
        (json.dumps(list(item_keys)),),
    )
    return {row[1]: _Row(*row) for row in rows}


def _place(connection: Connection, batch: Sequence[Document], present: dict[int, _Row]) -> list[_Row]:
    """Rows for documents: those whose second stays keep their row id, the others get the next free one."""
    stays = {key: row.rowid for key, row in present.items()}
    moving = {one.at for one in batch if stays.get(one.item_key, _NOWHERE) >> SHIFT != one.at}
    taken = _last_rowids(connection, moving)
    rows = []
    for document in batch:
        rowid = stays.get(document.item_key, _NOWHERE)
        if rowid >> SHIFT != document.at:
            rowid = taken[document.at] = taken[document.at] + 1
            if rowid >> SHIFT != document.at:
                raise StorageError(f"More than a million items are dated to the second {document.at}.")
        rows.append(_make_row(document, rowid))
    return rows


def _last_rowids(connection: Connection, moments: Iterable[int]) -> dict[int, int]:
    """The last row id given in each of these seconds, or the one before the first."""
    firsts = json.dumps([at << SHIFT for at in moments])
    rows = connection.exec_driver_sql(_LAST, ((1 << SHIFT) - 1, firsts))
    return {first >> SHIFT: first - 1 if last is None else last for first, last in rows}


def _make_row(document: Document, rowid: int) -> _Row:
    latest = document.first_seen if document.undated and document.latest is None else document.latest
    marks = (
        reach_mark(_reach(document.at, document.earliest, latest)),
        *sorted(set(document.tokens)),
    )
    return _Row(
        rowid=rowid,
        item_key=document.item_key,
        earliest=document.earliest,
        latest=latest,
        first_seen=document.first_seen,
        undated=int(document.undated),
        title=storable(document.title),
        summary=storable(document.summary),
        text=storable(document.text),
        marks=" ".join(filter(None, marks)),
    )


def _reach(at: int, earliest: int | None, latest: int | None) -> int | None:
    return None if earliest is None or latest is None else max(abs(at - earliest), abs(latest - at))


def _batches(values: Sequence[_T]) -> Iterator[Sequence[_T]]:
    for start in range(0, len(values), _BATCH):
        yield values[start : start + _BATCH]
