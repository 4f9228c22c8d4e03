"""The one who writes: captures, items and what is kept beside them, in transactions."""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, cast

from sqlalchemy import Connection, Engine, Table, insert, select, update

from parsers.errors import NotFoundError, StorageError
from parsers.model import Alias, Capture, Item, Observation
from storage import absences, arrivals, asides, reads
from storage.capture_rows import capture_row, decision_row, segment_row
from storage.chain import Link, chain_digest, genesis
from storage.detaching import detach
from storage.engine import translating
from storage.ledger import Entries
from storage.puts import Put, put_items
from storage.scalars import checked, instant
from storage.segments import End, Tape
from storage.state import Decision, Merge
from storage.state_rows import merge_of, merge_row
from storage.tables import (
    captures,
    merges,
    origin,
    segments,
    sources,
)
from storage.warc import Original, write_capture, write_decision


class Writer(Entries):
    """Writes to one archive while its write lock is held; made by `Archive.writing`.

    Everything is written inside `transaction()`. What a transaction stored is safe on disk when its
    `with` block ends without an error, and gone as a whole when it ends with one.
    """

    def __init__(self, engine: Engine, folder: Path, tape: Tape | None) -> None:
        """Take the parts; the lock is the caller's. Without a tape, captures cannot be added."""
        self._engine = engine.execution_options(immediate=True)
        self._folder, self._tape = folder, tape
        self._open: Connection | None = None
        self._settled = False
        self._link = Link(0, b"")
        self._source_keys: dict[str, int] = {}

    @contextmanager
    def transaction(self) -> Iterator[Writer]:
        """Store all of what follows, or nothing. The records reach the disk before the rows commit.

        Raises:
            StorageError: The disk is full, the folder read-only; or another, as its class says.
        """
        if self._open is not None:
            raise StorageError("A transaction is open already; one must end before the next begins.")
        with translating(self._folder):
            try:
                with self._engine.begin() as connection:
                    self._start(connection)
                    yield self
                    if self._tape is not None:
                        self._tape.sync()
            except BaseException:
                # Whether the commit went through is not known here: the rows will tell.
                self._settled = False
                raise
            finally:
                self._open = None

    def _start(self, connection: Connection) -> None:
        """Stand at the end of what is committed."""
        if not self._settled:
            if self._tape is not None:
                self._tape.settle(read_end(connection))
            self._link = read_link(connection)
            self._source_keys = {row.id: row.key for row in connection.execute(select(sources))}
            self._settled = True
        self._open = connection

    @property
    def _connection(self) -> Connection:
        if self._open is None:
            raise StorageError(
                "Nothing is written outside a transaction.", hint="Use `writer.transaction()`."
            )
        return self._open

    @property
    def cursor(self) -> sqlite3.Cursor:
        """A cursor of the driver, within the open transaction."""
        return cast("sqlite3.Cursor", self._connection.connection.cursor())

    # Captures ---------------------------------------------------------------------------------

    def add_capture(self, capture: Capture) -> int:
        """Append a capture.

        Args:
            capture: What was received. A body that an earlier capture holds is not stored again.

        Returns:
            Its id: its place in the order of arrival.
        """
        original = self._find_original(sha256(capture.body).digest()) if capture.body else None
        row = capture_row(capture, original.capture_id if original else None)
        return self._append(row, write_capture(capture, self._link.capture_id + 1, original))

    def holds(self, capture: Capture) -> bool:
        """Tell whether the archive has this capture: the same body from the same address and moment."""
        return arrivals.is_held(self._connection, capture)

    def add_decision(self, decision: Decision) -> int:
        """Append what a person decided; it takes a place in the order of arrival.

        Returns:
            That place.
        """
        return self._append(decision_row(decision), write_decision(decision, self._link.capture_id + 1))

    def _append(self, row: dict[str, Any], group: bytes) -> int:
        connection = self._connection
        if self._tape is None:
            raise StorageError("A draft of an archive takes no captures of its own.")
        segment = self._tape.roll()
        if segment is not None:
            connection.execute(insert(segments), segment_row(segment))
        place = self._tape.append(group)
        row |= {
            "id": self._link.capture_id + 1,
            "segment": place.segment,
            "offset": place.offset,
            "length": place.length,
            "record_digest": sha256(group).digest(),
        }
        row["chain"] = chain_digest(self._link.chain, row)
        connection.execute(insert(captures), row)
        self._link = Link(row["id"], row["chain"])
        return self._link.capture_id

    def _find_original(self, digest: bytes) -> Original | None:
        row = self._connection.execute(
            select(captures.c.id, captures.c.final_url, captures.c.fetched_at)
            .where(captures.c.payload_digest == digest, captures.c.body_of.is_(None))
            .order_by(captures.c.id)
            .limit(1)
        ).first()
        return None if row is None else Original(row.id, row.final_url, instant(row.fetched_at))

    # Items ------------------------------------------------------------------------------------

    def find(self, aliases: Sequence[Alias]) -> tuple[Item, ...]:
        """The items known under any of these aliases, as this transaction left them."""
        return self.find_many([aliases])[0]

    def find_many(self, groups: Sequence[Sequence[Alias]]) -> list[tuple[Item, ...]]:
        """The same for many entries at once: for each group of aliases its items."""
        return reads.find_many(self._connection, groups)

    def find_named(self, groups: Sequence[Sequence[Alias]]) -> list[tuple[tuple[Alias, Item], ...]]:
        """For each group of aliases the items known under them, each with the alias that led to it."""
        return reads.find_by_alias(self._connection, groups)

    def find_like(self, groups: Sequence[Sequence[Alias]]) -> list[tuple[Item, ...]]:
        """For each group of aliases that many items may bear the few that share most of them."""
        return reads.find_like(self._connection, groups)

    def items(self, item_ids: Sequence[str]) -> dict[str, Item]:
        """Those of these items that there are, by id, without revisions and observations."""
        return asides.load_by_id(self._connection, item_ids)

    def listings_around(self, capture_id: int, capture: Capture) -> tuple[int | None, int | None]:
        """The listings before and after a capture in time, of the same source and address, if any."""
        return arrivals.find_listings(self._connection, capture_id, capture)

    def final_urls(self, capture_ids: Sequence[int]) -> dict[int, str]:
        """The addresses from which these captures really came, by number."""
        return arrivals.find_final_urls(self._connection, capture_ids)

    def seen_in(self, capture_id: int) -> tuple[Item, ...]:
        """The items seen in a capture, in the order in which they came into the archive."""
        return asides.load_seen_in(self._connection, capture_id)

    def item(self, item_id: str) -> Item:
        """One item whole, as this transaction left it.

        Raises:
            NotFoundError: There is no such item.
        """
        found = reads.load_whole(self._connection, item_id)
        if found is None:
            raise NotFoundError("There is no such item.", where=item_id)
        return found

    def put(
        self, item: Item, *, aliases: Sequence[Alias] = (), observation: Observation | None = None
    ) -> None:
        """Insert an item or bring it up to date (by its id); for many, `put_many` is cheaper.

        Args:
            item: As it is to stand. With a higher revision than the stored one, the stored text is
                kept among the revisions; `item.revisions` fills in numbers between.
            aliases: Names it is known under from now on, beside those it has.
            observation: The sighting that made it so.
        """
        self.put_many([Put(item, aliases, observation)])

    def put_many(self, puts: Sequence[Put]) -> None:
        """Insert items or bring them up to date, in this order."""
        put_items(self._connection, puts, self._source_keys)

    def detach(self, item_id: str, *, source_id: str, aliases: Sequence[Alias]) -> None:
        """Take from an item what a mistaken merge gave it: a source's sightings, and names.

        Args:
            item_id: The item; what its other sources say of it stays.
            source_id: The source whose sightings were of something else.
            aliases: The names of that other thing.

        Raises:
            NotFoundError: There is no such item.
        """
        detach(self._connection, self.item(item_id), source_id, aliases)

    # Beside the items -------------------------------------------------------------------------

    def add_merge(self, merge: Merge) -> int:
        """Record a merge across sources; gives its id."""
        return self._insert(merges, merge_row(merge))

    def merges_of(self, item_ids: Sequence[str], source_id: str) -> tuple[Merge, ...]:
        """The recorded merges of a source's entries into these items, those undone too."""
        return asides.load_merges(self._connection, item_ids, source_id)

    def mark_undone(self, merge_id: int, at: datetime) -> Merge:
        """Mark a merge as undone in the table only, as a rebuild does when it comes to that decision.

        Raises:
            NotFoundError: There is no such merge.
        """
        row = self._connection.execute(select(merges).where(merges.c.id == merge_id)).mappings().first()
        if row is None:
            raise NotFoundError("There is no such merge.", hint="`natowire merges list` shows them.")
        undone = replace(merge_of(row), undone_at=at)
        self._connection.execute(update(merges).where(merges.c.id == merge_id).values(merge_row(undone)))
        return undone

    def undo_merge(self, merge_id: int, at: datetime) -> Merge:
        """Mark a merge as undone, in the table and, for a rebuild, among the captures.

        The item still has what the merge gave it: see `detach`.

        Returns:
            The merge, now marked.

        Raises:
            NotFoundError: There is no such merge.
        """
        undone = self.mark_undone(merge_id, at)
        terms = (
            ("item", undone.item_id),
            ("source", undone.source_id),
            ("capture", str(undone.capture_id)),
            ("url", undone.url),
            ("title", undone.title),
        )
        self.add_decision(Decision(kind="merge_undone", decided_at=at, terms=terms))
        return undone

    def add_absences(self, shown: Sequence[absences.Absence]) -> None:
        """Record which items a capture showed to be no longer there; see `settle_withdrawals`."""
        absences.add(self._connection, shown)

    def answers_at(self, urls: Collection[str], before: int) -> tuple[absences.Answer, ...]:
        """What arrived before a capture and may tell of a page that is gone from one of these addresses."""
        return absences.find_answers(self._connection, urls, before)

    def move_unlisted(self, source_id: str, item_id: str, to_id: str) -> None:
        """Let what a source's listings dropped be another item, for which it was taken by mistake."""
        absences.move_unlisted(self._connection, source_id, item_id, to_id)

    def settle_withdrawals(self, item_ids: Collection[str]) -> None:
        """Bring the withdrawals of items in line with all absences and sightings of them."""
        absences.settle(self._connection, item_ids)

    def _insert(self, table: Table, row: dict[str, Any]) -> int:
        return int(self._connection.execute(insert(table), row).lastrowid)


def read_end(connection: Connection) -> End:
    """Where the committed bytes of the captures end."""
    last = connection.execute(select(segments).order_by(segments.c.number.desc()).limit(1)).first()
    if last is None:
        return End(0, 0)
    size = connection.exec_driver_sql(
        'SELECT "offset" + length FROM captures WHERE segment = ? ORDER BY id DESC LIMIT 1', (last.number,)
    ).scalar()
    return End(last.number, last.head_length if size is None else int(size))


@checked
def read_link(connection: Connection) -> Link:
    """The last link of the chain of captures.

    Raises:
        DamagedError: It is none.
    """
    last = connection.execute(
        select(captures.c.id, captures.c.chain).order_by(captures.c.id.desc()).limit(1)
    ).first()
    if last is not None:
        return Link(last.id, b"" + last.chain)  # nothing but bytes can be a link
    return Link(0, genesis(connection.execute(select(origin.c.id)).scalar_one()))
