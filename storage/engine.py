"""SQLAlchemy over an archive's SQLite file: how a transaction begins, what its errors mean."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.pool import QueuePool

from parsers.errors import StorageError
from storage import database
from storage.database import open_file


def build_engine(file: Path, *, read_only: bool = False, timeout: float = 30.0) -> Engine:
    """Make the engine over one SQLite file; nothing is opened yet.

    Transactions are begun by us (`BEGIN`, or `BEGIN IMMEDIATE` under the execution option
    `immediate`): the driver would begin one only at the first change, and a reader of several
    tables would not see one moment.

    Args:
        file: The database file.
        read_only: Never write, not even the WAL's companion files.
        timeout: Seconds to wait for another SQLite program that holds the file.
    """

    def connect() -> sqlite3.Connection:
        return open_file(file, read_only=read_only, timeout=timeout)

    engine = create_engine("sqlite://", creator=connect, poolclass=QueuePool, pool_size=8, max_overflow=24)

    def begin(connection: Connection) -> None:
        immediate = connection.get_execution_options().get("immediate", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")

    event.listen(engine, "begin", begin)
    return engine


@contextmanager
def translating(where: Path) -> Iterator[None]:
    """Turn what SQLAlchemy, SQLite and the file system raise into our own errors.

    Args:
        where: The file or folder a person is told about.

    Raises:
        StorageError: As `storage.database.translating` says.
    """
    with database.translating(where):
        try:
            yield
        except DBAPIError as error:
            raise error.orig or error from None
        except SQLAlchemyError as error:
            raise StorageError(f"The archive could not be read: {error}.", where=str(where)) from error
