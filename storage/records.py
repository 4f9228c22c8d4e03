"""From a row of `captures` to what it stands for, with its bytes checked on the way."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from sqlalchemy import Connection, RowMapping, select

from parsers.errors import DamagedError, NotFoundError
from parsers.model import Capture
from storage.folder import CAPTURES
from storage.reads import PAGE
from storage.segments import Location, Reels, segment_name
from storage.state import Decision
from storage.tables import captures
from storage.warc import Record, read_capture, read_decision, read_records


def load_capture(connection: Connection, folder: Path, capture_id: int) -> Capture:
    """Read a capture exactly as it was added.

    Args:
        connection: A connection to read with.
        folder: The archive's folder.
        capture_id: Its place in the order of arrival.

    Raises:
        NotFoundError: There is no such capture.
        DamagedError: Its bytes are missing or changed.
    """
    row = _find(connection, "capture", capture_id)
    original = _find(connection, "capture", row["body_of"]) if row["body_of"] is not None else None
    with Reels(folder / CAPTURES) as reels:
        return _read(reels, row, original)


def load_page(connection: Connection, after: int) -> list[tuple[RowMapping, RowMapping | None]]:
    """The next page of captures in the order of arrival, to be read by `read_page`.

    Returns:
        Their rows, each with the row that has its body where that is another.
    """
    wanted = select(captures).where(captures.c.kind == "capture", captures.c.id > after)
    page = connection.execute(wanted.order_by(captures.c.id).limit(PAGE)).mappings().all()
    owners = {row["body_of"] for row in page if row["body_of"] is not None}
    found = connection.execute(select(captures).where(captures.c.id.in_(owners))).mappings()
    by_id = {row["id"]: row for row in found}
    return [(row, by_id.get(row["body_of"])) for row in page]


def read_page(
    folder: Path, page: list[tuple[RowMapping, RowMapping | None]]
) -> Iterator[tuple[int, Capture]]:
    """Read captures one by one, each with its place in the order of arrival.

    Raises:
        DamagedError: The bytes of one are missing or changed.
    """
    with Reels(folder / CAPTURES) as reels:
        for row, original in page:
            yield row["id"], _read(reels, row, original)


def _read(reels: Reels, row: RowMapping, original: RowMapping | None) -> Capture:
    body = read_capture(_group(reels, original)).body if original is not None else None
    capture = read_capture(_group(reels, row), body)
    if sha256(capture.body).digest() != row["payload_digest"]:
        raise DamagedError("The body of a capture was changed.", where=f"capture {row['id']}")
    return capture


def load_decision(connection: Connection, folder: Path, number: int) -> Decision:
    """Read a decision by its place in the order of arrival.

    Raises:
        NotFoundError: There is none at that place.
        DamagedError: Its bytes are missing or changed.
    """
    return read_decision(load_group(folder, _find(connection, "decision", number)))


def next_decisions(connection: Connection, after: int) -> list[int]:
    """The next page of places in the order of arrival that hold decisions."""
    wanted = select(captures.c.id).where(captures.c.kind == "decision", captures.c.id > after)
    return list(connection.execute(wanted.order_by(captures.c.id).limit(PAGE)).scalars())


def load_group(folder: Path, row: RowMapping) -> list[Record]:
    """Read the records a row stands for, and check them against its digest.

    Raises:
        DamagedError: They are missing or changed.
    """
    with Reels(folder / CAPTURES) as reels:
        return _group(reels, row)


def load_bytes(folder: Path, row: RowMapping) -> bytes:
    """Read the bytes a row stands for, and check them against its digest.

    Raises:
        DamagedError: They are missing or changed.
    """
    with Reels(folder / CAPTURES) as reels:
        return _bytes(reels, row)


def _group(reels: Reels, row: RowMapping) -> list[Record]:
    return list(read_records(_bytes(reels, row), row["offset"]))


def _bytes(reels: Reels, row: RowMapping) -> bytes:
    place = Location(row["segment"], row["offset"], row["length"])
    content = reels.read(place)
    if sha256(content).digest() != row["record_digest"]:
        raise DamagedError(
            "The bytes of a capture were changed.",
            where=f"{segment_name(place.segment)}, bytes {place.offset} to {place.offset + place.length}",
        )
    return content


def _find(connection: Connection, kind: str, number: int) -> RowMapping:
    row = (
        connection.execute(select(captures).where(captures.c.id == number, captures.c.kind == kind))
        .mappings()
        .first()
    )
    if row is None:
        raise NotFoundError(f"There is no {kind} {number}.", where=str(number))
    return row
