"""The one door to an archive: a folder with a database, the captures, and the locks."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from sqlalchemy import Connection, select

from parsers.errors import NotFoundError, SchemaError
from parsers.model import Alias, Capture, Item
from storage import counts, hits, reads, visits
from storage.database import DATABASE, build_engine, read_only_error, translating
from storage.hits import Page, Sayings
from storage.lock import WRITE_LOCK, FileLock
from storage.query import Query
from storage.records import load_capture, load_decision, load_page, next_decisions, read_page
from storage.schema import create_database, is_current, new_archive_id, read_created_at
from storage.segments import CAPTURES, SEGMENT_SIZE, Tape, refuse_captures
from storage.state import Decision, Fetch, Head, Merge, SourceState, SpeakerCount, Stats, Withdrawal
from storage.state_rows import fetch_of, merge_of, state_of, withdrawal_of
from storage.swap import finish, is_pending
from storage.tables import (
    fetches,
    merges,
    notes,
    origin,
    source_states,
    withdrawals,
)
from storage.visits import Visit
from storage.writer import Writer, read_link

if TYPE_CHECKING:
    from parsers.people import Register

_PAGE = 200


class Archive:
    """An open archive: many readers, and one writer at a time, in this and other processes.

    Reading never waits for a writer. A folder that cannot be written can still be read.
    """

    def __init__(
        self,
        folder: Path,
        *,
        register: Register | None = None,
        zone: str = "Europe/Brussels",
        lock_timeout: float = 30.0,
        segment_size: int = SEGMENT_SIZE,
    ) -> None:
        """Take the settings; `open` and `create` are how an archive is got."""
        self.folder = folder
        self.file = folder / DATABASE
        self.zone = zone
        self._register = register
        self.lock_timeout, self._segment_size = lock_timeout, segment_size
        self.takes_captures = True
        self.read_only = not os.access(folder, os.W_OK) or (
            self.file.exists() and not os.access(self.file, os.W_OK)
        )
        self._engine = build_engine(self.file, read_only=self.read_only, timeout=lock_timeout)
        self._inode = (0, 0)

    @classmethod
    def create(cls, folder: Path | str, **settings: object) -> Self:
        """Make an empty archive and open it; the folder may exist, an archive in it may not.

        Args:
            folder: Where it is to live.
            **settings: As for `open`.

        Raises:
            StorageError: There is an archive already, or the folder cannot be written.
        """
        folder = Path(folder)
        with translating(folder):
            (folder / CAPTURES).mkdir(parents=True, exist_ok=True)
        if not (folder / DATABASE).exists():
            refuse_captures(folder / CAPTURES)
        with FileLock(folder / WRITE_LOCK, "init", timeout=0.0):
            create_database(folder / DATABASE, new_archive_id(datetime.now(UTC)))
        return cls.open(folder, **settings)  # type: ignore[arg-type]  # the same settings, passed on

    @classmethod
    def open(
        cls,
        folder: Path | str,
        *,
        register: Register | None = None,
        zone: str = "Europe/Brussels",
        lock_timeout: float = 30.0,
        segment_size: int = SEGMENT_SIZE,
    ) -> Self:
        """Open an archive; tables of an older natowire are brought up to date first, behind a copy.

        Args:
            folder: The archive's folder.
            register: Who speaks for whom, for searches by speaker.
            zone: The time zone (IANA name) in which searches count days.
            lock_timeout: Seconds to wait for another writer.
            segment_size: Bytes after which a new capture file is begun.

        Raises:
            NotFoundError: There is no archive in the folder.
            SchemaError: It was made by a newer natowire.
            DamagedError: Its database cannot be read.
        """
        archive = cls(
            Path(folder),
            register=register,
            zone=zone,
            lock_timeout=lock_timeout,
            segment_size=segment_size,
        )
        try:
            archive._check()
        except BaseException:
            archive.close()
            raise
        return archive

    @property
    def register(self) -> Register:
        """Who held which office when: the one given, else the shipped one."""
        if self._register is None:
            from storage.offices import read_register  # noqa: PLC0415  most commands need no register

            self._register = read_register()
        return self._register

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        """The archive itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        self.close()

    # Writing ----------------------------------------------------------------------------------

    @contextmanager
    def writing(self, command: str) -> Iterator[Writer]:
        """Be the one writer until the block ends.

        Args:
            command: What for, in a word people know ("fetch"); shown to whoever has to wait.

        Raises:
            LockedError: Another process wrote to the end of the wait; the sentence names it.
            StorageError: The folder cannot be written.
        """
        if self.read_only:
            raise read_only_error(self.folder)
        with FileLock(self.folder / WRITE_LOCK, command, timeout=self.lock_timeout):
            tape = Tape(self.folder / CAPTURES, self.id(), segment_size=self._segment_size)
            try:
                writer = Writer(self._engine, self.folder, tape if self.takes_captures else None)
                # An empty transaction mends what an interrupted writer left behind.
                with writer.transaction():
                    pass
                yield writer
            finally:
                tape.close()

    # Reading ----------------------------------------------------------------------------------

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that sees one moment of the archive, for the modules of `storage`."""
        with translating(self.file):
            status = self.file.stat()
            if (status.st_dev, status.st_ino) != self._inode:
                # A restore put another file here: what is open is the one it replaced.
                self._engine.dispose()
                self._inode = (status.st_dev, status.st_ino)
            with self._engine.connect() as connection:
                yield connection

    def item(self, item_id: str) -> Item:
        """One item whole: with statements, evidence, all revisions and observations.

        Raises:
            NotFoundError: There is no such item.
        """
        with self.reading() as connection:
            found = reads.load_whole(connection, item_id)
        if found is None:
            hint = "Ids and addresses stand in the answers of `natowire search WORDS`."
            raise NotFoundError(f"There is no item {item_id!r} in this archive.", hint=hint, where=item_id)
        return found

    def items(self, *, newest: bool = False) -> Iterator[Item]:
        """All items, without revisions and observations: as they came in, or the newest first."""
        last = (1 << 63) - 1 if newest else 0
        while True:
            with self.reading() as connection:
                page = reads.next_keys(connection, last, newest=newest)
                found = reads.load_items(connection, page.values())
            if not page:
                return
            last = list(page)[-1]
            yield from found.values()

    def find(self, aliases: Sequence[Alias]) -> tuple[Item, ...]:
        """The items known under any of these aliases."""
        with self.reading() as connection:
            return reads.find_many(connection, [aliases])[0]

    def search(
        self,
        text: str = "",
        *,
        limit: int = 10,
        sort: str = "date",
        before_cursor: int | None = None,
        now: datetime | None = None,
        **filters: str,
    ) -> Page:
        """Answer a query in the query language (docs/search.md), newest first.

        Args:
            text: What is sought; anything a person may type.
            limit: Hits at most.
            sort: `date` or `rank`.
            before_cursor: The `cursor` of the page before, for the next one.
            now: What "today" means; default: this moment.
            **filters: As in the language: `speaker`, `office`, `after`, `before`, `source`, `kind` …

        Raises:
            QueryError: An unknown filter or order: a mistake of the calling program.
        """
        with self.reading() as connection:
            query = self._understand(connection, text, now, filters)
            return hits.find_page(connection, query, limit=limit, sort=sort, before=before_cursor)

    def select(
        self, text: str = "", *, limit: int | None = None, now: datetime | None = None, **filters: str
    ) -> Iterator[Item]:
        """All items that a query finds, newest first; arguments as for `search`."""
        with self.reading() as connection:
            query = self._understand(connection, text, now, filters)
            yield from hits.find_items(connection, query, limit)

    def statements(
        self, text: str = "", *, limit: int = 10, now: datetime | None = None, **filters: str
    ) -> Sayings:
        """Who said what in the items that a query finds, newest first; arguments as for `search`."""
        with self.reading() as connection:
            query = self._understand(connection, text, now, filters)
            return hits.find_statements(connection, query, limit)

    def _understand(
        self, connection: Connection, text: str, now: datetime | None, filters: dict[str, str]
    ) -> Query:
        moment = now or datetime.now(UTC)
        return hits.understand(connection, text, self.register, self.zone, moment, **filters)

    def capture(self, capture_id: int) -> Capture:
        """A capture exactly as it was added.

        Raises:
            NotFoundError: There is no such capture.
            DamagedError: Its bytes are missing or changed.
        """
        with self.reading() as connection:
            return load_capture(connection, self.folder, capture_id)

    def captures(self, after: int = 0) -> Iterator[tuple[int, Capture]]:
        """All captures in order of arrival, behind the given id."""
        while True:
            with self.reading() as connection:
                page = load_page(connection, after)
            if not page:
                return
            yield from read_page(self.folder, page)
            after = page[-1][0]["id"]

    def decisions(self, after: int = 0) -> Iterator[tuple[int, Decision]]:
        """What people decided, each with its place in the order of arrival of the captures."""
        while True:
            with self.reading() as connection:
                page = next_decisions(connection, after)
                found = [(number, load_decision(connection, self.folder, number)) for number in page]
            if not page:
                return
            after = page[-1]
            yield from found

    def seen_in(self, capture_id: int) -> tuple[str, ...]:
        """The ids of the items that were seen in a capture."""
        with self.reading() as connection:
            rows = connection.exec_driver_sql(
                "SELECT items.id FROM observations JOIN items ON items.key = item_key "
                "WHERE capture_id = ? ORDER BY item_key",
                (capture_id,),
            )
            return tuple(row[0] for row in rows)

    def states(self) -> dict[str, SourceState]:
        """What is remembered of each source, by id."""
        with self.reading() as connection:
            rows = connection.execute(select(source_states).order_by(source_states.c.source_id))
            return {row["source_id"]: state_of(row) for row in rows.mappings()}

    def fetches(self, source_id: str = "", limit: int = 100) -> tuple[Fetch, ...]:
        """The last fetches, newest first, of one source or of all."""
        of_source = [fetches.c.source_id == source_id] if source_id else []
        wanted = select(fetches).where(*of_source).order_by(fetches.c.id.desc()).limit(limit)
        with self.reading() as connection:
            return tuple(fetch_of(row) for row in connection.execute(wanted).mappings())

    def due_visits(
        self, source_ids: Sequence[str], now: datetime, *, limit: int = 200
    ) -> tuple[Visit, ...]:
        """The visits to pages of these sources' items that are due, the longest due first."""
        with self.reading() as connection:
            return visits.load_due(connection, source_ids, now, limit)

    def merges(self) -> tuple[Merge, ...]:
        """All recorded merges, oldest first, those undone too."""
        with self.reading() as connection:
            rows = connection.execute(select(merges).order_by(merges.c.id)).mappings()
            return tuple(merge_of(row) for row in rows)

    def withdrawals(self, item_id: str = "") -> tuple[Withdrawal, ...]:
        """All recorded withdrawals, oldest first, of one item or of all."""
        of_item = [withdrawals.c.item_id == item_id] if item_id else []
        wanted = select(withdrawals).where(*of_item).order_by(withdrawals.c.id)
        with self.reading() as connection:
            return tuple(withdrawal_of(row) for row in connection.execute(wanted).mappings())

    def speakers(self) -> tuple[SpeakerCount, ...]:
        """Everyone with a statement in the archive, those with most statements first."""
        with self.reading() as connection:
            return counts.count_speakers(connection)

    def stats(self) -> Stats:
        """How much is in the archive."""
        with self.reading() as connection:
            return counts.count_all(connection, self.folder)

    def note(self, name: str) -> str:
        """The word remembered under a name, or ""."""
        with self.reading() as connection:
            return connection.execute(select(notes.c.value).where(notes.c.name == name)).scalar() or ""

    def head(self) -> Head:
        """The end of the chain of captures; kept elsewhere, it proves later that none is missing."""
        with self.reading() as connection:
            link = read_link(connection)
        return Head(capture_id=link.capture_id, chain=link.chain.hex())

    def created_at(self) -> datetime:
        """When the archive was made."""
        return read_created_at(self.id())

    def id(self) -> str:
        """What tells this archive from all others."""
        with self.reading() as connection:
            return str(connection.execute(select(origin.c.id)).scalar_one())

    def _check(self) -> None:
        """See that there is an archive, and that its tables are ours."""
        if is_pending(self.folder) and not self.read_only:
            with FileLock(self.folder / WRITE_LOCK, "restore", timeout=self.lock_timeout):
                if is_pending(self.folder):
                    finish(self.folder)
        if not self.file.exists():
            hint = "Make one with `natowire init`."
            raise NotFoundError("There is no archive here.", hint=hint, where=str(self.folder))
        with self.reading() as connection:
            if is_current(connection, self.file):
                return
        if self.read_only:
            raise SchemaError(
                "This archive was made by an older natowire and cannot be written here.",
                hint="Copy the folder to where it can be, and open it there.",
                where=str(self.folder),
            )
        from storage.migrate import migrate  # noqa: PLC0415  Alembic is needed only here, and slow to import

        with FileLock(self.folder / WRITE_LOCK, "migrate", timeout=self.lock_timeout):
            self._engine.dispose()
            migrate(self.file)
