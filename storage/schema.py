"""Which tables an archive has: made anew, recognised, or brought up to date."""

from __future__ import annotations

import re
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from sqlalchemy import Connection, insert, select

from parsers.errors import SchemaError, StorageError
from storage import search
from storage.database import build_engine, open_file, translating
from storage.segments import sync_folder
from storage.tables import VERSIONS, metadata, origin, version

_STAMP = "%Y%m%dT%H%M%SZ"


def new_archive_id(created_at: datetime) -> str:
    """What tells a new archive from all others; it begins with when it was made."""
    return f"{created_at.astimezone(UTC):{_STAMP}}-{uuid4().hex}"


def is_archive_id(text: str) -> bool:
    """Tell whether a text is the id of an archive."""
    return re.fullmatch(r"\d{8}T\d{6}Z-[0-9a-f]{32}", text) is not None


def read_created_at(archive_id: str) -> datetime:
    """When an archive was made, from its id."""
    return datetime.strptime(archive_id.partition("-")[0], _STAMP).replace(tzinfo=UTC)


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


def is_current(connection: Connection, file: Path) -> bool:
    """Tell whether an archive's tables are of this version, or older ones.

    Args:
        connection: A connection to read with.
        file: The database, to name in an error.

    Raises:
        SchemaError: They are of a version this code does not know.
    """
    stored = connection.execute(select(version.c.version_num)).scalar()
    if stored not in VERSIONS:
        raise SchemaError(
            "This archive was made by a newer natowire.",
            hint="Install the newest natowire to use it.",
            where=str(file),
        )
    return bool(stored == VERSIONS[-1])
