"""Some captures of an archive as a WARC file of their own, for any tool that reads WARC."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import islice

from sqlalchemy import Connection, RowMapping, select

from storage.archive import Archive
from storage.records import load_bytes, load_capture
from storage.scalars import instant
from storage.tables import captures
from storage.warc import Original, write_capture, write_head

_BATCH = 500
_SEEN_IN = """SELECT DISTINCT capture_id FROM observations WHERE item_key IN
    (SELECT key FROM items WHERE id IN (SELECT value FROM json_each(?)))"""


def extract(archive: Archive, item_ids: Iterable[str], name: str, at: datetime) -> Iterator[bytes]:
    """Write the captures in which items were seen, in the order of their arrival.

    Records stand as they do in the archive. What is there a `revisit` of a capture that is not among
    them is written with its body.

    Args:
        archive: Open.
        item_ids: The items.
        name: The file's name, for its first record.
        at: The present moment.

    Yields:
        The file, piece by piece.

    Raises:
        DamagedError: The bytes of a capture are missing or changed.
    """
    yield write_head(name, archive.id(), at)
    bodies: dict[int, Original] = {}
    for number in _find_captures(archive, item_ids):
        with archive.reading() as connection:
            row = connection.execute(select(captures).where(captures.c.id == number)).mappings().one()
            yield _write(connection, archive, row, bodies)


def _find_captures(archive: Archive, item_ids: Iterable[str]) -> list[int]:
    numbers: set[int] = set()
    ids = iter(item_ids)
    while batch := list(islice(ids, _BATCH)):
        with archive.reading() as connection:
            numbers.update(connection.exec_driver_sql(_SEEN_IN, (json.dumps(batch),)).scalars())
    return sorted(numbers)


def _write(connection: Connection, archive: Archive, row: RowMapping, bodies: dict[int, Original]) -> bytes:
    """The records of a capture; `bodies` says where those written before have each body."""
    number, owner = int(row["id"]), int(row["body_of"] or row["id"])
    known = bodies.setdefault(owner, Original(number, row["final_url"], instant(row["fetched_at"])))
    if owner in (number, known.capture_id):
        return load_bytes(archive.folder, row)
    capture = load_capture(connection, archive.folder, number)
    return write_capture(capture, number, None if known.capture_id == number else known)
