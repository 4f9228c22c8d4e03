"""The one door to an archive: a folder with a database, the captures, and the locks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Self, Unpack

from sqlalchemy import Connection, Engine, select

from parsers.errors import NotFoundError
from parsers.model import Alias, Capture, Item
from storage import counts, hits, nearby, reads
from storage.engine import build_engine, translating
from storage.folder import CAPTURES, DATABASE
from storage.grammar import Note
from storage.hits import Page, Sayings
from storage.identity import new_archive_id
from storage.ledger import Ledger, Settings
from storage.lock import WRITE_LOCK, FileLock
from storage.query import Query
from storage.records import load_capture, load_decision, load_page, next_decisions, read_page
from storage.schema import create_database
from storage.segments import SEGMENT_SIZE, Tape, refuse_captures
from storage.state import Decision, Head, Merge, SpeakerCount, Stats, Withdrawal
from storage.state_rows import merge_of, withdrawal_of
from storage.tables import merges, withdrawals
from storage.writer import Writer, read_link

if TYPE_CHECKING:
    from parsers.people import Register

_PAGE = 200


class Archive(Ledger):
    """An open archive: many readers, and one writer at a time, in this and other processes.

    Reading never waits for a writer. A folder that cannot be written can still be read.
    """

    def __init__(self, folder: Path, **settings: Unpack[Settings]) -> None:
        """Take the settings; `open` and `create` are how an archive is got."""
        super().__init__(folder, **settings)
        self.takes_captures = True
        self._engine = build_engine(self.file, read_only=self.read_only, timeout=self.lock_timeout)
        self._engine_inode = (0, 0)
        self._register = settings.get("register")

    @classmethod
    def create(cls, folder: Path | str, **settings: Unpack[Settings]) -> Self:
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
        return cls.open(folder, **settings)

    @property
    def register(self) -> Register:
        """Who held which office when: the one given, else the shipped one."""
        if self._register is None:
            from storage.offices import read_register  # noqa: PLC0415  most commands need no register

            self._register = read_register()
        return self._register

    @property
    def archive(self) -> Self:
        """This archive: the whole one."""
        return self

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()
        super().close()

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
        with self._lock(command):
            size = self._settings.get("segment_size", SEGMENT_SIZE)
            tape = Tape(self.folder / CAPTURES, self.id(), segment_size=size)
            try:
                with translating(self.file):
                    engine = self._present_engine()
                writer = Writer(engine, self.folder, tape if self.takes_captures else None)
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
        with translating(self.file), self._present_engine().connect() as connection:
            yield connection

    def _present_engine(self) -> Engine:
        """The engine, without the connections to a file that stands here no more."""
        inode = self._inode()
        if inode != self._engine_inode:
            # A restore put another file here: what is open is the one it replaced.
            self._engine.dispose()
            self._engine_inode = inode
        return self._engine

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

    def complete(self, beginning: str, limit: int = 5) -> tuple[str, ...]:
        """The ids that begin so, in their order; `limit` of them at most."""
        with self.reading() as connection:
            rows = connection.exec_driver_sql(
                "SELECT id FROM items WHERE id BETWEEN ? AND ? ORDER BY id LIMIT ?",
                (beginning, beginning + "\x7f", limit),
            )
            return tuple(row[0] for row in rows)

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

    def suggest(self, query: Query) -> tuple[Note, ...]:
        """What may have been meant by the words of a query that found nothing."""
        with self.reading() as connection:
            return nearby.suggest(connection, query)

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

    def merges(self, item_id: str = "") -> tuple[Merge, ...]:
        """All recorded merges, oldest first, those undone too, into one item or into any."""
        of_item = [merges.c.item_id == item_id] if item_id else []
        wanted = select(merges).where(*of_item).order_by(merges.c.id)
        with self.reading() as connection:
            return tuple(merge_of(row) for row in connection.execute(wanted).mappings())

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

    def head(self) -> Head:
        """The end of the chain of captures; kept elsewhere, it proves later that none is missing."""
        with self.reading() as connection:
            link = read_link(connection)
        return Head(capture_id=link.capture_id, chain=link.chain.hex())
