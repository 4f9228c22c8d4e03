"""From a row of `captures` to what it stands for, with its bytes checked on the way."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

from sqlalchemy import Connection, RowMapping, select

from parsers.errors import DamagedError, NotFoundError
from parsers.model import Capture
from storage.reads import PAGE
from storage.segments import CAPTURES, Location, read_bytes, segment_name
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
    capture = read_capture(load_group(folder, row))
    if row["body_of"] is not None:
        original = _find(connection, "capture", row["body_of"])
        body = read_capture(load_group(folder, original)).body
        capture = read_capture(load_group(folder, row), body)
    if sha256(capture.body).digest() != row["payload_digest"]:
        raise DamagedError("The body of a capture was changed.", where=f"capture {capture_id}")
    return capture


def load_decision(connection: Connection, folder: Path, number: int) -> Decision:
    """Read a decision by its place in the order of arrival.

    Raises:
        NotFoundError: There is none at that place.
        DamagedError: Its bytes are missing or changed.
    """
    return read_decision(load_group(folder, _find(connection, "decision", number)))


def next_numbers(connection: Connection, kind: str, after: int) -> list[int]:
    """The next page of places in the order of arrival that hold captures, or decisions."""
    wanted = select(captures.c.id).where(captures.c.kind == kind, captures.c.id > after)
    return list(connection.execute(wanted.order_by(captures.c.id).limit(PAGE)).scalars())


def load_group(folder: Path, row: RowMapping) -> list[Record]:
    """Read the records a row stands for, and check them against its digest.

    Raises:
        DamagedError: They are missing or changed.
    """
    return list(read_records(load_bytes(folder, row), row["offset"]))


def load_bytes(folder: Path, row: RowMapping) -> bytes:
    """Read the bytes a row stands for, and check them against its digest.

    Raises:
        DamagedError: They are missing or changed.
    """
    place = Location(row["segment"], row["offset"], row["length"])
    content = read_bytes(folder / CAPTURES, place)
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
