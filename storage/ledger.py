"""What an archive remembers of its sources from one fetch to the next: states, fetches, visits, words.

Most polls find nothing new. A command that starts for them must not wait for the machinery that keeps
items, so this speaks to SQLite by its driver alone; `Archive` and `Writer` build on it.
"""

from __future__ import annotations

import os
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path
from threading import RLock
from time import sleep
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypedDict, Unpack

from parsers.errors import NotFoundError, SchemaError, StorageError
from storage import visits
from storage.database import open_file, read_only_error, translating
from storage.digests import with_digest
from storage.folder import DATABASE, is_pending
from storage.identity import SCHEMA, check_shape, is_current, read_created_at
from storage.lock import WRITE_LOCK, FileLock
from storage.scalars import checked, instant, seconds, storable
from storage.state_rows import FETCH_COLUMNS, STATE_COLUMNS, fetch_of, fetch_row, state_of, state_row
from storage.statements import write_insert, write_select

if TYPE_CHECKING:
    from parsers.people import Register
    from storage.archive import Archive
    from storage.state import Fetch, SourceState
    from storage.visits import Haste, Visit


THINNED = "thinned"
"""The note that counts the fetches that were taken away: so a lost one shows."""

_LOOKS, _PAUSE = 40, 0.05
"""How often, and after how many seconds, a database is looked for that is being exchanged."""


class Settings(TypedDict, total=False):
    """How an archive is opened.

    `register` says who speaks for whom in searches by speaker (default: the shipped one); `zone` is the
    time zone (IANA name) in which they count days (Europe/Brussels). `lock_timeout` are the seconds to wait
    for another writer (30); `segment_size` the bytes after which a new capture file is begun.
    """

    register: Register | None
    zone: str
    lock_timeout: float
    segment_size: int


class Entries(ABC):
    """Writes to the ledger in a transaction of whoever it belongs to."""

    @property
    @abstractmethod
    def cursor(self) -> sqlite3.Cursor:
        """A cursor of the driver, within the transaction."""

    def add_fetch(self, fetch: Fetch) -> int:
        """Write down a fetch; gives its number."""
        return int(self.cursor.execute(_ADD_FETCH, fetch_row(fetch)).lastrowid or 0)

    def set_state(self, state: SourceState) -> None:
        """Remember a source's state in place of the one before."""
        self.cursor.execute(_SET_STATE, state_row(state))

    def note_fetches(self, made: Sequence[tuple[Fetch, SourceState]]) -> None:
        """Write down many fetches with the states they left."""
        self.cursor.executemany(_ADD_FETCH, [fetch_row(fetch) for fetch, _ in made])
        self.cursor.executemany(_SET_STATE, [state_row(state) for _, state in made])

    def thin_fetches(self, before: datetime) -> int:
        """Take away old rows of "not modified", but for the last of each run.

        The last one stays because it says up to when nothing had changed: rates, gaps and their ends are
        the same afterwards.

        Args:
            before: Younger rows stay.

        Returns:
            How many went.
        """
        gone = self.cursor.execute(_THIN, (seconds(before),)).rowcount
        if gone:
            row = self.cursor.execute(_NOTE, (THINNED,)).fetchone()
            self.set_note(THINNED, str(gone + (int(row[0]) if row else 0)))
        return gone

    def add_visits(self, planned: Iterable[Visit]) -> None:
        """Plan visits to pages that are not planned yet, or whose source no longer goes to them."""
        visits.add(self.cursor, planned)

    def hasten_visits(self, wanted: Iterable[Haste]) -> None:
        """Visit pages sooner that were updated since they were visited last."""
        visits.hasten(self.cursor, wanted)

    def set_visits(self, visited: Iterable[Visit]) -> None:
        """Note what came of visits, in place of what was known."""
        visits.put(self.cursor, visited)

    def set_note(self, name: str, value: str) -> None:
        """Remember a word under a name, in place of the one before."""
        self.cursor.execute(_SET_NOTE, with_digest({"name": storable(name), "value": storable(value)}))


class _OwnEntries(Entries):
    """The ledger's entries in a transaction of their own."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    @property
    def cursor(self) -> sqlite3.Cursor:
        return self._connection.cursor()


class Ledger:
    """An archive as far as its sources go; opens in a tenth of the time of the whole one."""

    def __init__(self, folder: Path, **settings: Unpack[Settings]) -> None:
        """Take the settings; `open` is how a ledger is got."""
        self.folder = folder
        self.file = folder / DATABASE
        self._settings = settings
        self.zone = settings.get("zone", "Europe/Brussels")
        self.lock_timeout = settings.get("lock_timeout", 30.0)
        self.read_only = not os.access(folder, os.W_OK) or (
            self.file.exists() and not os.access(self.file, os.W_OK)
        )
        self._whole: Archive | None = None
        self._plain: sqlite3.Connection | None = None
        self._plain_inode = (0, 0)
        # One connection serves all threads, one at a time: what it is asked is answered at once.
        self._turn = RLock()

    @classmethod
    def open(cls, folder: Path | str, **settings: Unpack[Settings]) -> Self:
        """Open an archive; tables of an older natowire are brought up to date first, behind a copy.

        Args:
            folder: The archive's folder.
            **settings: See `Settings`.

        Raises:
            NotFoundError: There is no archive in the folder.
            SchemaError: It was made by a newer natowire.
            DamagedError: Its database cannot be read.
        """
        opened = cls(Path(folder), **settings)
        try:
            opened._check()
        except BaseException:
            opened.close()
            raise
        return opened

    @property
    def archive(self) -> Archive:
        """The whole archive, for whoever has something to keep; closed with the ledger."""
        if self._whole is None:
            from storage.archive import Archive  # noqa: PLC0415  the machinery a ledger does without

            self._whole = Archive(self.folder, **self._settings)
        return self._whole

    def close(self) -> None:
        """Let go of the database."""
        with self._turn:
            if self._plain is not None:
                self._plain.close()
                self._plain = None
        if self._whole is not None:
            self._whole.close()
            self._whole = None

    def __enter__(self) -> Self:
        """The open ledger itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()

    # Writing ----------------------------------------------------------------------------------

    @contextmanager
    def noting(self, command: str) -> Iterator[Entries]:
        """Write to the ledger, and nothing else, in one transaction until the block ends.

        Args:
            command: What for, in a word people know ("fetch"); shown to whoever has to wait.

        Raises:
            LockedError: Another process wrote to the end of the wait; the sentence names it.
            StorageError: The folder cannot be written.
        """
        with self._lock(command), self._looking() as connection:
            try:
                connection.execute("BEGIN IMMEDIATE")
                yield _OwnEntries(connection)
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise

    @contextmanager
    def _lock(self, command: str, *, timeout: float | None = None) -> Iterator[None]:
        """Hold the lock of whoever writes, for a job that people know by this word.

        An exchange that was interrupted is finished first: what is written beside it would go with the old.
        """
        if self.read_only:
            raise read_only_error(self.folder)
        wait = self.lock_timeout if timeout is None else timeout
        with FileLock(self.folder / WRITE_LOCK, command, timeout=wait):
            if is_pending(self.folder):
                from storage.swap import finish  # noqa: PLC0415  rarely needed

                with translating(self.folder):
                    finish(self.folder)
            yield

    # Reading ----------------------------------------------------------------------------------

    @contextmanager
    def _looking(self) -> Iterator[sqlite3.Connection]:
        """The plain connection, for one statement or one transaction."""
        with translating(self.file), self._turn:
            inode = self._inode()
            if self._plain is None or inode != self._plain_inode:
                # A restore put another file here: what is open is the one it replaced.
                if self._plain is not None:
                    self._plain.close()
                    self._plain = None
                self._plain = open_file(self.file, read_only=self.read_only, timeout=self.lock_timeout)
                self._plain_inode = inode
            yield self._plain

    def _inode(self) -> tuple[int, int]:
        """Which file stands at the database's place; during an exchange there is none for a moment."""
        for _ in range(_LOOKS):
            with suppress(FileNotFoundError):
                status = self.file.stat()
                return status.st_dev, status.st_ino
            if not is_pending(self.folder):
                break
            # Whoever holds the lock finishes it; where nobody does, they were killed.
            with suppress(StorageError), self._lock("restore", timeout=0.0):
                continue
            sleep(_PAUSE)
        status = self.file.stat()
        return status.st_dev, status.st_ino

    def _rows(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        with self._looking() as connection:
            return connection.execute(statement, values).fetchall()

    def states(self) -> dict[str, SourceState]:
        """What is remembered of each source, by id."""
        states = (state_of(dict(zip(STATE_COLUMNS, row, strict=True))) for row in self._rows(_STATES))
        return {state.source_id: state for state in states}

    def fetches(self, source_id: str = "", limit: int = 100) -> tuple[Fetch, ...]:
        """The last fetches, newest first, of one source or of all."""
        rows = self._rows(_FETCHES_OF, source_id, limit) if source_id else self._rows(_FETCHES, limit)
        return tuple(fetch_of(dict(zip(FETCH_COLUMNS, row, strict=True))) for row in rows)

    def polls(self, source_ids: Sequence[str], limit: int) -> dict[str, list[tuple[datetime, int, int]]]:
        """The last good polls of several sources, oldest first: when, how many items listed, how many new.

        Args:
            source_ids: Of which sources.
            limit: Polls of each at most.
        """
        found = {}
        with self._looking() as connection:
            for source_id in source_ids:
                rows = connection.execute(_POLLS, (source_id, limit)).fetchall()
                found[source_id] = [(instant(at), listed, new) for at, listed, new in reversed(rows)]
        return found

    def due_visits(
        self, source_ids: Sequence[str], now: datetime, *, limit: int = 200
    ) -> tuple[Visit, ...]:
        """The visits to pages of these sources' items that are due, those of the newest items first."""
        with self._looking() as connection:
            return visits.load_due(connection, source_ids, now, limit)

    def note(self, name: str) -> str:
        """The word remembered under a name, or ""."""
        rows = self._rows(_NOTE, name)
        return rows[0][0] if rows else ""

    @checked
    def id(self) -> str:
        """What tells this archive from all others."""
        return str(self._rows("SELECT id FROM origin")[0][0])

    def created_at(self) -> datetime:
        """When the archive was made."""
        return read_created_at(self.id())

    def _check(self) -> None:
        """See that there is an archive, and that its tables are ours."""
        if is_pending(self.folder) and not self.read_only:
            with self._lock("restore"):
                pass
        if not self.file.exists():
            hint = "Make one with `natowire init`."
            raise NotFoundError("There is no archive here.", hint=hint, where=str(self.folder))
        versions = self._rows("SELECT version_num FROM alembic_version")
        if is_current(versions[0][0] if versions else "", self.file):
            check_shape((row[0] for row in self._rows(SCHEMA)), self.file)
            return
        if self.read_only:
            raise SchemaError(
                "This archive was made by an older natowire and cannot be written here.",
                hint="Copy the folder to where it can be, and open it there.",
                where=str(self.folder),
            )
        from storage.migrate import migrate  # noqa: PLC0415  Alembic is needed only here, and slow to import

        with FileLock(self.folder / WRITE_LOCK, "migrate", timeout=self.lock_timeout):
            self.close()
            migrate(self.file)


_ADD_FETCH = write_insert("INSERT", "fetches", (*FETCH_COLUMNS, "digest"))
_SET_STATE = write_insert("INSERT OR REPLACE", "source_states", (*STATE_COLUMNS, "digest"))
_SET_NOTE = write_insert("INSERT OR REPLACE", "notes", ("name", "value", "digest"))
_NOTE = "SELECT value FROM notes WHERE name = ?"
_STATES = write_select(STATE_COLUMNS, "source_states ORDER BY source_id")
_FETCHES = write_select(FETCH_COLUMNS, "fetches ORDER BY id DESC LIMIT ?")
_FETCHES_OF = write_select(FETCH_COLUMNS, "fetches WHERE source_id = ? ORDER BY id DESC LIMIT ?")
_POLLS = (
    "SELECT started_at, listed, new FROM fetches WHERE source_id = ? AND outcome <> 'failed'"
    " ORDER BY id DESC LIMIT ?"
)
_THIN = (
    "DELETE FROM fetches WHERE id IN (SELECT id FROM (SELECT id, started_at, outcome,"
    " lead(outcome) OVER (PARTITION BY source_id ORDER BY id) AS later FROM fetches)"
    " WHERE outcome = 'not_modified' AND later = 'not_modified' AND started_at < ?)"
)
