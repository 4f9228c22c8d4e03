"""The archive's items made anew from its captures: a draft beside the archive, then put in its place.

The draft is a database over the same captures, at first without items. Whoever folds the captures into
it may stop and go on later; searches and fetches use the archive as it is until the draft is adopted.
"""

from __future__ import annotations

import mmap
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert

from parsers.errors import DamagedError, NotFoundError, StorageError
from storage.archive import Archive
from storage.capture_rows import capture_row, decision_row, segment_row
from storage.chain import chain_digest, genesis
from storage.database import open_file
from storage.engine import build_engine, translating
from storage.folder import CAPTURES, DATABASE
from storage.identity import is_archive_id
from storage.lock import WRITE_LOCK, FileLock
from storage.schema import create_database
from storage.segments import Segment, list_segments
from storage.swap import exchange
from storage.tables import captures, segments
from storage.warc import Record, groups_of, is_torn, read_capture, read_decision, read_records, read_terms

DRAFT = "rebuilding"
DRAFT_LOCK = "rebuilding.lock"

_STAGED = "rebuilt"
_KEPT = ("fetches", "source_states", "visits", "notes")


def open_draft(archive: Archive) -> Archive:
    """Begin a draft of an archive, or go on with the one begun before.

    Args:
        archive: Open.

    Returns:
        An archive of the same captures and decisions. It takes items, no captures; `Writer.set_note` can
        keep how far the fold came, in the same transaction as the items.
    """
    folder = archive.folder / DRAFT
    with translating(folder):
        if not _fits(archive, folder / DATABASE):
            drop_draft(archive)
            _begin(folder, archive.id())
        _catch_up(archive.file, folder / DATABASE)
    draft = Archive.open(folder, register=archive.register, zone=archive.zone)
    draft.takes_captures = False
    return draft


@contextmanager
def drafting(archive: Archive) -> Iterator[None]:
    """Be the one who works on the draft of an archive until the block ends.

    Raises:
        LockedError: Another process does; the sentence names it.
    """
    with FileLock(archive.folder / DRAFT_LOCK, "reparse", timeout=0.3):
        yield


def drop_draft(archive: Archive) -> None:
    """Throw a draft away; the archive stays as it is."""
    with translating(archive.folder):
        shutil.rmtree(archive.folder / DRAFT, ignore_errors=True)


def adopt(archive: Archive, draft: Archive) -> bool:
    """Put a draft in place of the archive's database; what is remembered of sources is taken over.

    Args:
        archive: Open.
        draft: All its captures folded; it is closed by this.

    Returns:
        False when captures came meanwhile and nothing was replaced: open the draft again and fold them.

    Raises:
        LockedError: Another process wrote to the end of the wait.
    """
    draft.close()
    file = archive.folder / DRAFT / DATABASE
    with (
        FileLock(archive.folder / WRITE_LOCK, "reparse", timeout=archive.lock_timeout),
        translating(archive.folder),
    ):
        if _catch_up(archive.file, file):
            return False
        _take_over(archive.file, file)
        staged = archive.folder / _STAGED
        shutil.rmtree(staged, ignore_errors=True)
        staged.mkdir()
        file.rename(staged / DATABASE)
        exchange(archive.folder, staged)
        shutil.rmtree(archive.folder / DRAFT)
    return True


def item_digests(archive: Archive) -> dict[str, bytes]:
    """For each item, by id, a digest of all that is said of it: equal ones are equal items."""
    with archive.reading() as connection:
        return {row[0]: row[1] for row in connection.exec_driver_sql("SELECT id, digest FROM items")}


def recover(folder: Path) -> None:
    """Make the database of an archive anew from its capture files alone; it then has no items yet.

    Args:
        folder: An archive's folder without a database: a damaged one is moved away first.

    Raises:
        NotFoundError: There are no captures.
        DamagedError: A record is damaged; the sentence says which.
        StorageError: There is a database.
    """
    if (folder / DATABASE).exists():
        raise StorageError("There is a database already.", hint="Move it away first.", where=str(folder))
    files = list_segments(folder / CAPTURES)
    if not files:
        raise NotFoundError("There are no captures to make an archive of.", where=str(folder / CAPTURES))
    staged = folder / _STAGED
    with translating(folder), FileLock(folder / WRITE_LOCK, "recover", timeout=0.0):
        shutil.rmtree(staged, ignore_errors=True)
        staged.mkdir()
        create_database(staged / DATABASE, _read_archive_id(next(iter(files.values()))))
        engine = build_engine(staged / DATABASE)
        try:
            with engine.begin() as connection:
                _fill(connection, files)
        finally:
            engine.dispose()
        exchange(folder, staged)


def _begin(folder: Path, archive_id: str) -> None:
    folder.mkdir()
    (folder / CAPTURES).symlink_to(Path("..") / CAPTURES, target_is_directory=True)
    create_database(folder / DATABASE, archive_id)


def _fits(archive: Archive, file: Path) -> bool:
    """Tell whether a draft is one of this archive, by this version."""
    if not file.exists():
        return False
    try:
        with Archive.open(file.parent) as draft:
            return draft.id() == archive.id()
    except StorageError:
        return False


def _catch_up(present: Path, draft: Path) -> int:
    """Bring the rows of captures that the draft has not into it; gives how many."""
    with closing(_attach(present, draft)) as connection, connection:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(
            "INSERT INTO segments SELECT * FROM present.segments "
            "WHERE number > (SELECT coalesce(max(number), 0) FROM segments)"
        )
        return connection.execute(
            "INSERT INTO captures SELECT * FROM present.captures "
            "WHERE id > (SELECT coalesce(max(id), 0) FROM captures) ORDER BY id"
        ).rowcount


def _take_over(present: Path, draft: Path) -> None:
    """Keep what no capture tells: fetches, states, visits and notes."""
    with closing(_attach(present, draft)) as connection, connection:
        connection.execute("BEGIN IMMEDIATE")
        for table in _KEPT:
            connection.execute(f"DELETE FROM {table}")  # noqa: S608 a constant
            connection.execute(f"INSERT INTO {table} SELECT * FROM present.{table}")  # noqa: S608 a constant


def _attach(present: Path, draft: Path) -> sqlite3.Connection:
    connection = open_file(draft, read_only=False, timeout=30.0)
    connection.execute("ATTACH ? AS present", (str(present),))
    return connection


def _read_archive_id(path: Path) -> str:
    head = next((group[0] for group in _groups(path)), None)
    for line in head.block.decode("utf-8", "replace").splitlines() if head else ():
        name, _, value = line.partition(": ")
        archive_id = value.rpartition(":")[2]
        if name == "isPartOf" and is_archive_id(archive_id):
            return archive_id
    raise DamagedError(
        "The first capture file does not say which archive it is of.",
        hint="Move it away; where there is no other, `natowire init` makes a new archive.",
        where=path.name,
    )


def _fill(connection: Connection, files: dict[int, Path]) -> None:
    """Write down every segment and every group of records, in order, linked anew."""
    link = genesis(str(connection.exec_driver_sql("SELECT id FROM origin").scalar_one()))
    digests: dict[int, tuple[bytes, int]] = {}
    for number, path in files.items():
        if path.stat().st_size == 0:
            continue  # An interrupted writer had just begun it.
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            for group in _groups(path):
                place = group[0].start
                written = content[place : group[-1].end]
                if place == 0:
                    head = Segment(number, len(written), sha256(written).digest())
                    connection.execute(insert(segments), segment_row(head))
                    continue
                row = _row_of(group, digests)
                row |= {"segment": number, "offset": place, "length": len(written)}
                row["record_digest"] = sha256(written).digest()
                row["chain"] = link = chain_digest(link, row)
                digests[row["id"]] = (row["payload_digest"], row["size"])
                connection.execute(insert(captures), row)


def _row_of(group: list[Record], digests: dict[int, tuple[bytes, int]]) -> dict[str, Any]:
    terms = read_terms(group)
    if terms["natowire"] == "decision":
        return {"id": terms["number"], **decision_row(read_decision(group))}
    row = capture_row(read_capture(group), terms["body_of"])
    if terms["body_of"] is not None:
        if terms["body_of"] not in digests:
            raise DamagedError(
                f"Capture {terms['number']} has its body in capture {terms['body_of']}, which is missing.",
                hint="Bring back the missing capture file; or make a new archive by `natowire init` "
                "elsewhere, and bring the files that are left into it by `natowire ingest`.",
            )
        row["payload_digest"], row["size"] = digests[terms["body_of"]]
    return {"id": terms["number"], **row}


def _groups(path: Path) -> Iterator[list[Record]]:
    """The groups of a segment; what an interrupted writer left at its end is none."""
    content = path.read_bytes()
    try:
        yield from groups_of(read_records(content))
    except DamagedError as error:
        if not is_torn(error):
            raise DamagedError(error.message, where=f"{path.name}, byte {error.where}") from error
