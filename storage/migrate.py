"""An archive of an older natowire brought up to date, behind a copy; and the rehearsal of it.

This is the only module that imports Alembic, and it is imported only when there is something to do.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from parsers.errors import DamagedError
from storage.database import copy_database, open_file
from storage.engine import build_engine, translating
from storage.folder import DATABASE

_SCRIPTS = Path(__file__).parent / "migrations"


def migrate(file: Path) -> Path:
    """Bring the tables of an archive to the present version, all steps or none.

    Args:
        file: The database; its write lock is the caller's.

    Returns:
        The copy of the database made before, which stays beside it.

    Raises:
        StorageError: The copy could not be made, or a step failed; the archive is as it was.
    """
    with translating(file):
        kept = file.with_name(f"{file.name}.before-{_stored_version(file) or 'none'}")
        copy_database(file, kept)
        _upgrade(file)
    return kept


def rehearse(folder: Path) -> str:
    """Do the same on a copy, to see that it would go well.

    Args:
        folder: An archive's folder; nothing in it is changed.

    Returns:
        The version the copy came to.

    Raises:
        StorageError: It would not go well; the sentence says why.
    """
    with TemporaryDirectory() as room, translating(folder / DATABASE):
        copy = Path(room) / DATABASE
        copy_database(folder / DATABASE, copy)
        _upgrade(copy)
        return _stored_version(copy)


def _upgrade(file: Path) -> None:
    engine = build_engine(file)
    try:
        with engine.connect() as connection:
            # A table remade under its old name would else drag along the rows that refer to it; SQLite
            # takes this setting only outside a transaction.
            connection.connection.cursor().execute("PRAGMA foreign_keys = OFF")
            with connection.begin():
                _run(connection)
            connection.detach()
    finally:
        engine.dispose()


def _run(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(_SCRIPTS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
    orphans = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    if orphans:
        raise DamagedError(f"After the migration {len(orphans)} rows would refer to nothing.")


def _stored_version(file: Path) -> str:
    with closing(open_file(file, read_only=True, timeout=30.0)) as connection:
        try:
            row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
        except sqlite3.OperationalError:
            return ""
    return str(row[0]) if row else ""
