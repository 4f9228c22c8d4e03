"""The capture files: numbered WARC segments that only ever grow at their end.

A segment's bytes count as stored when the database row that names them is committed; until then
they are a tail, which the next writer moves out of the way.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import BinaryIO, Self

from parsers.errors import DamagedError, StorageError
from storage.folder import SET_ASIDE, sync_folder
from storage.scalars import checked
from storage.warc import groups_of, is_torn, read_records, write_head

SEGMENT_SIZE = 256 * 1024 * 1024

_NAME = re.compile(r"natowire-(\d{5,})\.warc\.gz")


@dataclass(frozen=True, slots=True)
class Location:
    """Where a group of records stands: segment number, first byte, bytes."""

    segment: int
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment file: its number, and the length and SHA-256 of the `warcinfo` record it begins with."""

    number: int
    head_length: int
    head_digest: bytes


@dataclass(frozen=True, slots=True)
class End:
    """Where the committed bytes end: in segment `number` (0: there is none yet), after `size` bytes."""

    number: int
    size: int


def segment_name(number: int) -> str:
    """The file name of a segment."""
    return f"natowire-{number:05}.warc.gz"


def list_segments(folder: Path) -> dict[int, Path]:
    """The segment files there are in a captures folder, by number, in order."""
    if not folder.is_dir():
        return {}
    found = ((_NAME.fullmatch(path.name), path) for path in folder.iterdir())
    return dict(sorted((int(match[1]), path) for match, path in found if match))


def refuse_captures(folder: Path) -> None:
    """See that there are no captures yet where a new archive is to be made.

    Raises:
        StorageError: There are.
    """
    if list_segments(folder):
        raise StorageError(
            "There are captures here already, of an archive whose database is missing.",
            hint="Make it anew with `natowire reparse`, or choose another folder.",
            where=str(folder),
        )


def read_bytes(folder: Path, location: Location) -> bytes:
    """Read a group's bytes.

    Raises:
        DamagedError: The segment is missing or too short.
    """
    with Reels(folder) as reels:
        return reels.read(location)


class Reels:
    """Capture files open for reading, the last one used at a time. Use as a context manager."""

    def __init__(self, folder: Path) -> None:
        """Open nothing yet."""
        self._folder = folder
        self._number = 0
        self._file: BinaryIO | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()

    @checked
    def read(self, location: Location) -> bytes:
        """Read a group's bytes.

        Raises:
            DamagedError: The segment is missing or too short.
        """
        path = self._folder / segment_name(location.segment)
        file = self._open(path, location.segment)
        # Asked before it is read: of a damaged row the length may be more than there is memory.
        size = os.fstat(file.fileno()).st_size
        if location.offset < 0 or not 0 <= location.length <= size - location.offset:
            raise DamagedError(f"A capture file ends at byte {size}, inside a record.", where=str(path))
        file.seek(location.offset)
        content = file.read(location.length)
        if len(content) != location.length:
            raise DamagedError("A capture file became shorter while it was read.", where=str(path))
        return content

    def _open(self, path: Path, number: int) -> BinaryIO:
        if self._file is not None and self._number == number:
            return self._file
        if self._file is not None:
            self._file.close()
            self._file = None
        try:
            # Without a buffer: each group is read whole, and what was appended meanwhile is there.
            self._file, self._number = path.open("rb", buffering=0), number
        except FileNotFoundError:
            raise DamagedError("A capture file is missing.", where=str(path)) from None
        return self._file


class Tape:
    """The end of the last segment, open for appending. One writer at a time (the write lock)."""

    def __init__(self, folder: Path, archive_id: str, *, segment_size: int = SEGMENT_SIZE) -> None:
        """Stand at no segment yet; `settle` says where the committed bytes end.

        Args:
            folder: The captures folder; made when missing.
            archive_id: Written into each `warcinfo`.
            segment_size: Bytes after which a new segment is begun.
        """
        self._folder, self._archive_id, self._limit = folder, archive_id, segment_size
        self._end = End(0, 0)
        self._descriptor = -1
        self._unsynced = False

    def settle(self, end: End) -> None:
        """Make the files end where the committed rows end, and open the last one there.

        Bytes behind that are of captures nobody was told are stored: torn records are dropped, whole
        ones are moved to the folder `set-aside`, for nothing received is thrown away.

        Args:
            end: Where the committed bytes end.

        Raises:
            DamagedError: Committed bytes are missing.
        """
        self.close()
        self._folder.mkdir(exist_ok=True)
        files = list_segments(self._folder)
        if end.number and end.number not in files:
            raise DamagedError(
                "A capture file is missing.", where=str(self._folder / segment_name(end.number))
            )
        for number, path in files.items():
            if number > end.number:
                self._set_aside(path, 0)
                path.unlink()
        self._end = end
        if end.number:
            self._reopen(files[end.number])

    def append(self, group: bytes) -> Location:
        """Write a group at the end; it is safe on disk only after `sync`.

        Args:
            group: Records, one gzip member each.

        Returns:
            Where it stands.
        """
        location = Location(self._end.number, self._end.size, len(group))
        self._write(group)
        return location

    def roll(self) -> Segment | None:
        """Begin a new segment if the last one is full or there is none.

        Returns:
            The new segment, to be written down with the rows of its captures; None when it goes on.
        """
        if self._end.number and self._end.size < self._limit:
            return None
        self.sync()
        self.close()
        number = self._end.number + 1
        path = self._folder / segment_name(number)
        self._descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)
        self._end = End(number, 0)
        head = write_head(path.name, self._archive_id, datetime.now(UTC))
        self._write(head)
        sync_folder(self._folder)
        return Segment(number, len(head), sha256(head).digest())

    def sync(self) -> None:
        """Bring all that was appended safely to disk; a row may be committed only after that."""
        if self._unsynced:
            os.fsync(self._descriptor)
            self._unsynced = False

    def close(self) -> None:
        """Let go of the file."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
            self._unsynced = False

    def _write(self, content: bytes) -> None:
        self._unsynced = True
        left = memoryview(content)
        while left:
            left = left[os.write(self._descriptor, left) :]
        self._end = End(self._end.number, self._end.size + len(content))

    def _reopen(self, path: Path) -> None:
        size = path.stat().st_size
        if size < self._end.size:
            raise DamagedError(
                f"A capture file ends at byte {size}; {self._end.size} were stored.",
                hint="Run `natowire verify` to see what is missing, and `natowire restore` with a backup.",
                where=str(path),
            )
        if size > self._end.size:
            self._set_aside(path, self._end.size)
            os.truncate(path, self._end.size)
        self._descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC)

    def _set_aside(self, path: Path, start: int) -> None:
        """Keep the whole captures behind `start` as a file of their own."""
        with path.open("rb") as file:
            file.seek(start)
            tail = file.read()
        length = _whole_length(tail)
        if length:
            folder = self._folder.parent / SET_ASIDE
            folder.mkdir(exist_ok=True)
            stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%S%fZ")
            kept = folder / f"{path.name.removesuffix('.warc.gz')}-{start}-{stamp}.warc.gz"
            with kept.open("wb") as out:
                out.write(tail[:length])
                out.flush()
                os.fsync(out.fileno())


def _whole_length(tail: bytes) -> int:
    """Bytes up to the end of the last whole capture in a tail; 0 when there is none.

    All of a tail that no interrupted writer left like that: it may hold more than can be read here.
    """
    length = 0
    try:
        for group in groups_of(read_records(tail)):
            if group[0].headers.get("warc-type") != "warcinfo":
                length = group[-1].end
    except DamagedError as error:
        return length if is_torn(error) else len(tail)
    return length
