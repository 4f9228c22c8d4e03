"""Reads a whole archive and says what in it contradicts itself. Nothing is fetched, nothing changed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Connection, Engine

from parsers.errors import ConfigError, StorageError
from storage import search
from storage.archive import Archive
from storage.database import copy_database
from storage.engine import build_engine, translating
from storage.folder import DATABASE
from storage.state import Damage, Head
from storage.verify_beside import check_counts, check_rows, check_withdrawals
from storage.verify_captures import check_chain, check_segments
from storage.verify_items import check_items, check_sightings

_STEPS = "SELECT (SELECT count(*) FROM captures) + (SELECT count(*) FROM items)"

Check = Callable[[Connection, Path], Iterator[Damage]]
Teller = Callable[[str, int], None]
"""Is told what is read, in a word, and how many more captures or items were."""


def _ignore(_what: str, _steps: int) -> None:
    """Tell nobody."""


def verify(archive: Archive, head: Head | None = None, tell: Teller = _ignore) -> tuple[Damage, ...]:
    """Read everything and list what is wrong.

    Checked are: every record whole and as its row says, every row with its record and every record
    with its row, every body as its digest says, the chain from the first capture to the last, every
    item, text, statement, witness and alias as its digest says, that no fetch, merge or withdrawal is
    missing, the search index, the database itself.

    Args:
        archive: Open; others may write meanwhile.
        head: A head exported earlier: the chain must still lead through it.
        tell: See `Teller`; all of it is as many as `count_steps` gives.

    Returns:
        What is wrong, in that order; nothing when all is well.
    """
    found: list[Damage] = []
    of_items = (
        partial(check_items, tell=tell),
        check_sightings,
        check_rows,
        check_counts,
        check_withdrawals,
    )
    tell("database", 0)
    for check in (_check_database, partial(check_segments, tell=tell), check_chain, *of_items):
        found += _run(archive, check)
    if head is not None:
        found += _run(archive, lambda connection, folder: _check_head(connection, folder, head))
    tell("search index", 0)
    found += _run_search(archive)
    return tuple(found)


def count_steps(archive: Archive) -> int:
    """How many captures and items `verify` has to read; nothing where they cannot be counted."""
    try:
        with archive.reading() as connection:
            return int(connection.exec_driver_sql(_STEPS).scalar() or 0)
    except StorageError:
        return 0


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
            "This is no head of an archive.",
            value=text[:80],
            hint="`natowire verify --export-head FILE` writes one.",
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


def _check_head(connection: Connection, _folder: Path, head: Head) -> Iterator[Damage]:
    chain = connection.exec_driver_sql(
        "SELECT chain FROM captures WHERE id = ?", (head.capture_id,)
    ).scalar()
    where = f"capture {head.capture_id}"
    if chain is None and head.capture_id:
        yield Damage(kind="head", where=where, what="The head names a capture that is not there any more.")
    elif chain is not None and chain != bytes.fromhex(head.chain):
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
