"""Checks the capture files against the rows of `captures`, and the chain that binds those."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

from sqlalchemy import Connection, select

from parsers.errors import DamagedError
from storage.chain import chain_digest, genesis
from storage.digests import Row
from storage.folder import CAPTURES
from storage.segments import Location, list_segments, read_bytes, segment_name
from storage.state import Damage
from storage.tables import captures, origin, segments
from storage.warc import Record, groups_of, is_torn, read_capture, read_decision, read_records, read_terms


def check_segments(
    connection: Connection, folder: Path, tell: Callable[[str, int], None]
) -> Iterator[Damage]:
    """Read every byte of the capture files and compare it with the rows.

    Args:
        connection: A connection to read with.
        folder: The archive's folder.
        tell: Is told of each capture that was read.
    """
    files = list_segments(folder / CAPTURES)
    known = connection.execute(select(segments).order_by(segments.c.number)).mappings().all()
    last = known[-1]["number"] if known else 0
    for segment in known:
        path = files.pop(segment["number"], None)
        if path is None:
            name = segment_name(segment["number"])
            yield Damage(kind="segment", where=name, what="The capture file is missing.")
            continue
        yield from _check_segment(connection, folder, segment, tell, last=segment["number"] == last)
    next_id = 1 + (connection.exec_driver_sql("SELECT max(id) FROM captures").scalar() or 0)
    for number, path in files.items():
        # The writer begins a file before it commits the row that names it.
        if number != last + 1 or not _is_unfinished(path.read_bytes(), next_id, new=True):
            yield Damage(kind="segment", where=path.name, what="No row of the archive knows this file.")
    yield from _check_strays(folder / CAPTURES)


def _check_strays(folder: Path) -> Iterator[Damage]:
    ours = set(list_segments(folder).values())
    for path in sorted(folder.glob("*.warc*")):
        if path not in ours:
            yield Damage(kind="segment", where=path.name, what="This file is none of the archive's.")


def _check_segment(
    connection: Connection, folder: Path, segment: Row, tell: Callable[[str, int], None], *, last: bool
) -> Iterator[Damage]:
    number, position = segment["number"], segment["head_length"]
    name = segment_name(number)
    yield from _check_head_record(folder, segment)
    rows = connection.execute(
        select(captures).where(captures.c.segment == number).order_by(captures.c.offset, captures.c.id)
    ).mappings()
    next_id = 1
    for row in rows:
        if row["offset"] != position:
            yield _gap(name, position, row["offset"])
        yield from _check_record(connection, folder, row)
        tell("captures", 1)
        position, next_id = row["offset"] + row["length"], row["id"] + 1
    size = (folder / CAPTURES / name).stat().st_size
    if size <= position:
        return  # what is missing was found with its row
    with (folder / CAPTURES / name).open("rb") as file:
        file.seek(position)
        tail = file.read()
    if not (last and _is_unfinished(tail, next_id, new=next_id == 1)):
        yield _gap(name, position, size)


def _gap(name: str, start: int, end: int) -> Damage:
    return Damage(
        kind="record",
        where=f"{name}, bytes {min(start, end)} to {max(start, end)}",
        what="No row of the archive knows these bytes." if start < end else "Two rows claim these bytes.",
    )


def _check_head_record(folder: Path, segment: Row) -> Iterator[Damage]:
    place = Location(segment["number"], 0, segment["head_length"])
    name = segment_name(place.segment)
    try:
        content = read_bytes(folder / CAPTURES, place)
    except DamagedError as error:
        yield Damage(kind="record", where=name, what=error.message)
        return
    if sha256(content).digest() != segment["head_digest"]:
        yield Damage(kind="record", where=f"{name}, its first record", what="The bytes were changed.")


def _check_record(connection: Connection, folder: Path, row: Row) -> Iterator[Damage]:
    """Check one row's records; the first thing wrong with them is enough."""
    place = Location(row["segment"], row["offset"], row["length"])
    where = f"capture {row['id']} ({segment_name(place.segment)}, byte {place.offset})"
    try:
        content = read_bytes(folder / CAPTURES, place)
        if sha256(content).digest() != row["record_digest"]:
            yield Damage(kind="record", where=where, what="The bytes of the record were changed.")
            return
        group = list(read_records(content, place.offset))
        if not _agrees(group, row):
            yield Damage(kind="record", where=where, what="Row and record do not say the same.")
        if row["kind"] == "decision":
            read_decision(group)
            return
        body = read_capture(group).body if row["body_of"] is None else None
    except DamagedError as error:
        yield Damage(kind="record", where=where, what=error.message)
        return
    if body is not None and sha256(body).digest() != row["payload_digest"]:
        yield Damage(kind="record", where=where, what="The body does not fit its digest.")
    elif body is None and not _has_original(connection, row):
        yield Damage(kind="record", where=where, what="The capture that holds the body is not there.")


def _agrees(group: list[Record], row: Row) -> bool:
    terms = read_terms(group)
    if terms["natowire"] != row["kind"] or terms["number"] != row["id"]:
        return False
    return bool(row["kind"] == "decision" or terms["body_of"] == row["body_of"])


def _has_original(connection: Connection, row: Row) -> bool:
    digest = connection.execute(
        select(captures.c.payload_digest).where(
            captures.c.id == row["body_of"], captures.c.id < row["id"], captures.c.body_of.is_(None)
        )
    ).scalar()
    return digest is not None and digest == row["payload_digest"]


def _is_unfinished(tail: bytes, next_id: int, *, new: bool) -> bool:
    """Tell whether bytes at the end are what an interrupted writer leaves: whole captures in the order
    of arrival that follows, then perhaps one torn off. It had told nobody that they were stored.

    Args:
        tail: What stands behind the last committed byte.
        next_id: The id the next capture will have.
        new: The bytes begin a file, so a `warcinfo` comes first.
    """
    whole = 0
    try:
        for group in groups_of(read_records(tail)):
            whole = group[-1].end
            if new and group[0].start == 0 and group[0].headers.get("warc-type") == "warcinfo":
                continue
            if read_terms(group)["number"] != next_id:
                return False
            next_id += 1
    except DamagedError as error:
        return is_torn(error) and error.where == str(_torn_at(tail, whole))
    return whole == len(tail)


def _torn_at(tail: bytes, whole: int) -> int:
    """Where the torn record begins: behind the whole ones of its capture."""
    position = whole
    try:
        for record in read_records(tail[whole:]):
            position = whole + record.end
    except DamagedError:
        return position
    return position


def check_chain(connection: Connection, _folder: Path) -> Iterator[Damage]:
    """Compute the chain anew from the first row to the last.

    Args:
        connection: A connection to read with.
    """
    link = genesis(connection.execute(select(origin.c.id)).scalar_one())
    expected = 1
    for row in connection.execute(select(captures).order_by(captures.c.id)).mappings():
        where = f"capture {row['id']}"
        if row["id"] != expected:
            missing = row["id"] - expected
            yield Damage(kind="chain", where=where, what=f"Before it {missing} rows are missing.")
        link = chain_digest(link, row)
        if link != row["chain"]:
            yield Damage(kind="chain", where=where, what="The row was changed, or one before it was.")
            # Go on from what stands there: each break is told once.
            link = row["chain"]
        expected = row["id"] + 1
    given = connection.exec_driver_sql("SELECT seq FROM sqlite_sequence WHERE name = 'captures'").scalar()
    if (given or 0) >= expected:
        yield Damage(kind="chain", where=f"capture {expected}", what="The last rows are missing.")
