"""One SQLite file: how it is opened and copied, and what its errors mean."""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import quote

from parsers.errors import DamagedError, LockedError, StorageError


def open_file(file: Path, *, read_only: bool, timeout: float) -> sqlite3.Connection:
    """Open one SQLite connection with the settings every connection of an archive has."""
    address = f"file:{quote(str(file.absolute()))}?mode={'ro' if read_only else 'rw'}"
    if read_only and not os.access(file.parent, os.W_OK) and not _has_wal(file):
        # A WAL database in a folder that cannot be written opens only as one that nobody changes;
        # without a WAL beside it all that was committed is in the file itself.
        address += "&immutable=1"
    connection = sqlite3.connect(
        address, uri=True, timeout=timeout, isolation_level=None, check_same_thread=False
    )
    try:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA temp_store = MEMORY")
        # Names lie all over their index: in 2 MB, SQLite's own measure, little of it would stay at hand.
        connection.execute("PRAGMA cache_size = -16000")
        # A page that changes in many commits is copied into the database once for all of them.
        connection.execute("PRAGMA wal_autocheckpoint = 4000")
    except BaseException:
        connection.close()
        raise
    return connection


def copy_database(file: Path, copy: Path) -> None:
    """Copy a database as it is at one moment, while others read and write it.

    Args:
        file: The database.
        copy: Where to; replaced when it is there.
    """
    draft = copy.with_name(copy.name + ".part")
    draft.unlink(missing_ok=True)
    with (
        closing(open_file(file, read_only=True, timeout=30.0)) as source,
        closing(sqlite3.connect(draft)) as target,
    ):
        source.backup(target)
    draft.replace(copy)


def _has_wal(file: Path) -> bool:
    """Tell whether committed pages may wait in a WAL beside the file."""
    wal = file.with_name(file.name + "-wal")
    return wal.exists() and wal.stat().st_size > 0


@contextmanager
def translating(where: Path) -> Iterator[None]:
    """Turn what SQLite and the file system raise into our own errors.

    Args:
        where: The file or folder a person is told about.

    Raises:
        LockedError: Another program holds the database.
        DamagedError: The database is malformed.
        StorageError: The disk is full, the folder read-only, or the disk fails.
    """
    try:
        yield
    except sqlite3.Error as error:
        raise _explain(error, where) from error
    except OSError as error:
        raise _explain_file(error, where) from error


_FULL = ("The disk is full: nothing more was stored.", "Free some space; natowire then goes on by itself.")
_READ_ONLY = ("The archive cannot be written here.", "Make the folder and its files writable, or copy it.")
_DAMAGED = (
    "The archive's database is damaged.",
    "Run `natowire verify`, then `natowire restore` with a backup, or rebuild it by `natowire reparse`.",
)


def read_only_error(where: Path) -> StorageError:
    """The error that says that an archive can be read here, but not written."""
    message, hint = _READ_ONLY
    return StorageError(message, hint=hint, where=str(where))


_BY_CODE: dict[int, tuple[type[StorageError], tuple[str, str]]] = {
    sqlite3.SQLITE_BUSY: (
        LockedError,
        ("Another program holds the archive's database.", "Close it and try again."),
    ),
    sqlite3.SQLITE_LOCKED: (
        LockedError,
        ("Another program holds the archive's database.", "Close it and try again."),
    ),
    sqlite3.SQLITE_FULL: (StorageError, _FULL),
    sqlite3.SQLITE_READONLY: (StorageError, _READ_ONLY),
    sqlite3.SQLITE_CORRUPT: (DamagedError, _DAMAGED),
    sqlite3.SQLITE_NOTADB: (DamagedError, _DAMAGED),
    sqlite3.SQLITE_CANTOPEN: (
        StorageError,
        ("The archive's database cannot be opened.", "Check that its folder exists and may be read."),
    ),
    sqlite3.SQLITE_IOERR: (
        StorageError,
        ("The disk failed while the archive was read or written.", "Check it (`natowire doctor`)."),
    ),
}


def _explain(error: BaseException | None, where: Path) -> StorageError:
    """Say in our words what a database error means; the low byte of its code is its kind."""
    code = getattr(error, "sqlite_errorcode", 0) or 0
    found = _BY_CODE.get(code & 0xFF)
    if found is None:
        if "no such table" in str(error) or "no such column" in str(error):
            found = (DamagedError, _DAMAGED)
        else:
            return StorageError(f"The archive's database refused: {error}.", where=str(where))
    kind, (message, hint) = found
    return kind(message, hint=hint, where=str(where))


def _explain_file(error: OSError, where: Path) -> StorageError:
    """Say in our words what an error of the file system means."""
    message, hint = (
        f"The archive's files failed: {error.strerror or error}.",
        "Check the disk and the folder.",
    )
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        message, hint = _FULL
    elif error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        message, hint = _READ_ONLY
    return StorageError(message, hint=hint, where=str(error.filename or where))
