"""Reads a whole archive and says what in it contradicts itself. Nothing is fetched, nothing changed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Connection, Engine, Table, select

from parsers.errors import ConfigError, StorageError
from storage import search
from storage.archive import Archive
from storage.database import copy_database
from storage.digests import row_digest
from storage.engine import build_engine, translating
from storage.folder import DATABASE
from storage.state import Damage, Head
from storage.tables import fetches, merges, revisions, source_states, withdrawals
from storage.verify_captures import check_chain, check_segments
from storage.verify_items import check_items, check_sightings

_GUARDED = (revisions, merges, withdrawals, fetches, source_states)

Check = Callable[[Connection, Path], Iterator[Damage]]


def verify(archive: Archive, head: Head | None = None) -> tuple[Damage, ...]:
    """Read everything and list what is wrong.

    Checked are: every record whole and as its row says, every row with its record and every record
    with its row, every body as its digest says, the chain from the first capture to the last, every
    item, text, statement, witness and alias as its digest says, the search index, the database itself.

    Args:
        archive: Open; others may write meanwhile.
        head: A head exported earlier: the chain must still lead through it.

    Returns:
        What is wrong, in that order; nothing when all is well.
    """
    found: list[Damage] = []
    for check in (_check_database, check_segments, check_chain, *_ITEM_CHECKS):
        found += _run(archive, check)
    if head is not None:
        found += _run(archive, lambda connection, folder: _check_head(connection, folder, head))
    found += _run_search(archive)
    return tuple(found)


def read_head(text: str) -> Head:
    """Read a head that was exported earlier (`str(head)`).

    Raises:
        ConfigError: It is none.
    """
    try:
        terms = json.loads(text)
        bytes.fromhex(terms["chain"])
        return Head(capture_id=int(terms["capture"]), chain=terms["chain"])
    except (ValueError, KeyError, TypeError) as error:
        raise ConfigError(
            "This is no head of an archive.", value=text[:80], hint="`natowire verify --json` prints one."
        ) from error


def _run(archive: Archive, check: Check) -> list[Damage]:
    """Run one check on one moment of the archive; where it cannot go on, that is its last finding."""
    found: list[Damage] = []
    try:
        with archive.reading() as connection:
            found.extend(check(connection, archive.folder))
    except StorageError as error:
        found.append(Damage(kind="database", where=error.where or DATABASE, what=error.message))
    except (ValueError, TypeError, KeyError, AttributeError, ArithmeticError) as error:
        # A changed value can be of any type or size; what cannot even be read is damaged.
        found.append(Damage(kind="row", where=DATABASE, what=f"A stored value cannot be read: {error!r}."))
    return found


def _check_database(connection: Connection, _folder: Path) -> Iterator[Damage]:
    for (message,) in connection.exec_driver_sql("PRAGMA integrity_check"):
        if message != "ok":
            yield Damage(kind="database", where=DATABASE, what=str(message))
    for table, rowid, parent, _ in connection.exec_driver_sql("PRAGMA foreign_key_check"):
        where = table if rowid is None else f"{table} {rowid}"
        yield Damage(kind="row", where=where, what=f"It refers to a row of {parent} that is not there.")


def _check_rows(connection: Connection, _folder: Path) -> Iterator[Damage]:
    """Compare the rows that carry a digest of themselves."""
    for table in _GUARDED:
        for row in connection.execute(select(table)).mappings():
            if row_digest(dict(row)) != row["digest"]:
                yield Damage(kind="row", where=_name_row(table, dict(row)), what="Its values were changed.")


def _name_row(table: Table, row: dict[str, object]) -> str:
    return " ".join([table.name, *(str(row[column.name]) for column in table.primary_key)])


_ITEM_CHECKS: tuple[Check, ...] = (check_items, check_sightings, _check_rows)


def _check_head(connection: Connection, _folder: Path, head: Head) -> Iterator[Damage]:
    chain = connection.exec_driver_sql(
        "SELECT chain FROM captures WHERE id = ?", (head.capture_id,)
    ).scalar()
    where = f"capture {head.capture_id}"
    if chain is None and head.capture_id:
        yield Damage(kind="head", where=where, what="The head names a capture that is not there any more.")
    elif chain is not None and bytes(chain).hex() != head.chain:
        yield Damage(kind="head", where=where, what="The chain does not lead through the head.")


def _run_search(archive: Archive) -> list[Damage]:
    try:
        with _writable(archive) as engine, engine.connect() as connection:
            problems = search.check(connection)
            connection.rollback()
    except StorageError as error:
        return [Damage(kind="index", where=DATABASE, what=error.message)]
    return [Damage(kind="index", where=DATABASE, what=problem) for problem in problems]


@contextmanager
def _writable(archive: Archive) -> Iterator[Engine]:
    """The index is checked by a statement that SQLite takes for a change, so on a copy if need be."""
    with translating(archive.file):
        if not archive.read_only:
            engine = build_engine(archive.file)
            try:
                yield engine
            finally:
                engine.dispose()
            return
        with TemporaryDirectory() as room:
            copy = Path(room) / DATABASE
            copy_database(archive.file, copy)
            engine = build_engine(copy)
            try:
                yield engine
            finally:
                engine.dispose()
