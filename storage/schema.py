"""Which tables an archive has: and how they are made."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from sqlalchemy import Connection, insert

from parsers.errors import StorageError
from storage import search
from storage.database import open_file
from storage.engine import build_engine, translating
from storage.folder import sync_folder
from storage.identity import VERSIONS
from storage.tables import metadata, origin, version


def create_database(file: Path, archive_id: str) -> None:
    """Make the database of a new archive, stamped with the version of this code.

    Args:
        file: Must not exist.
        archive_id: What tells this archive from others.

    Raises:
        StorageError: There is such a file already, or it cannot be written.
    """
    if file.exists():
        raise StorageError(
            "There is an archive here already.",
            hint="Use it, or choose another folder.",
            where=str(file.parent),
        )
    # Made under another name: a half-made archive is none, and the next attempt begins anew.
    draft = file.with_name(file.name + ".new")
    with translating(file):
        draft.unlink(missing_ok=True)
        draft.touch()
        _fill(draft, archive_id)
        draft.rename(file)
        sync_folder(file.parent)


def _fill(file: Path, archive_id: str) -> None:
    with closing(open_file(file, read_only=False, timeout=0.0)) as plain:
        plain.execute("PRAGMA journal_mode = WAL")
    engine = build_engine(file)
    try:
        with engine.begin() as connection:
            create_tables(connection)
            connection.execute(insert(origin), {"id": archive_id})
    finally:
        engine.dispose()


def create_tables(connection: Connection) -> None:
    """Make all tables of the present version and stamp them with it."""
    metadata.create_all(connection)
    search.create_tables(connection)
    connection.execute(insert(version), {"version_num": VERSIONS[-1]})
