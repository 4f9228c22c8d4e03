"""The documents an archive holds, for revisits in files brought in whose original is in none of them."""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import Connection

from parsers.errors import DamagedError
from parsers.model import Capture
from storage.archive import Archive
from storage.joining import Finder, Head
from storage.records import load_capture
from storage.scalars import seconds, storable
from storage.warc import Record

_MOST_TRIED = 64
_BY_DIGEST = "SELECT id FROM captures WHERE payload_digest = ? AND body_of IS NULL LIMIT 1"
_BY_ADDRESS = """SELECT id, fetched_at FROM captures WHERE final_url = ? AND kind = 'capture'
    GROUP BY payload_digest HAVING id = max(id) ORDER BY id DESC LIMIT ?"""
_BY_MOMENT = "SELECT id FROM captures WHERE final_url = ? AND fetched_at = ? AND kind = 'capture' LIMIT 2"
_SIZES = {"sha1": 20, "sha256": 32, "sha512": 64, "md5": 16}


def seek_in(archive: Archive) -> Finder:
    """Give what finds the original of a revisit among the captures of an archive.

    A SHA-256 is looked up as it is. Other digests are compared with the bodies that came from the same
    address. The moment and address a revisit names are believed where no digest speaks against them: a
    digest of a body as it was sent, compressed, cannot be compared.
    """

    def find(revisit: Record) -> tuple[Head, bytes] | None:
        with archive.reading() as connection:
            for number, sure in _candidates(connection, revisit):
                capture = _load(connection, archive, number)
                if capture and (sure or _fits(revisit, capture)):
                    status = f"{capture.status} {capture.reason}".strip()
                    return (("", status), *capture.headers), capture.body
        return None

    return find


def _load(connection: Connection, archive: Archive, number: int) -> Capture | None:
    try:
        return load_capture(connection, archive.folder, number)
    except DamagedError:
        return None  # `verify` tells of it.


def _candidates(connection: Connection, revisit: Record) -> Iterator[tuple[int, bool]]:
    """Captures that may be the original, and whether each is it for certain."""
    name, digest = _digest_of(revisit)
    if name == "sha256":
        yield from ((row[0], True) for row in connection.exec_driver_sql(_BY_DIGEST, (digest,)))
    refers = revisit.headers.get("warc-refers-to-target-uri", "").strip("<>")
    moment = _moment(revisit.headers.get("warc-refers-to-date", ""))
    if refers and moment is not None:
        named = connection.exec_driver_sql(_BY_MOMENT, (storable(refers), moment)).all()
        yield from ((row[0], not digest) for row in named if len(named) == 1)
    if digest:
        for url in {refers, revisit.headers.get("warc-target-uri", "").strip("<>")} - {""}:
            rows = connection.exec_driver_sql(_BY_ADDRESS, (storable(url), _MOST_TRIED))
            yield from ((row[0], False) for row in rows)


def _fits(revisit: Record, capture: Capture) -> bool:
    name, digest = _digest_of(revisit)
    if name and hashlib.new(name, capture.body, usedforsecurity=False).digest() == digest:
        return True
    named = revisit.headers.get("warc-refers-to-target-uri", "").strip("<>") == capture.final_url
    then = _moment(revisit.headers.get("warc-refers-to-date", "")) == seconds(capture.fetched_at)
    coded = bool(capture.header("content-encoding"))
    return named and then and coded


def _digest_of(revisit: Record) -> tuple[str, bytes]:
    """The algorithm and the digest a revisit names; nothing where it names none that is known."""
    algorithm, _, value = revisit.headers.get("warc-payload-digest", "").partition(":")
    name, told = algorithm.lower().replace("-", ""), value.strip()
    size = _SIZES.get(name, 0)
    try:
        if len(told) == 2 * size:
            digest = bytes.fromhex(told)
        else:
            bare = told.rstrip("=").upper()
            digest = base64.b32decode(bare + "=" * (-len(bare) % 8))
    except (ValueError, binascii.Error):
        return "", b""
    return (name, digest) if size and len(digest) == size else ("", b"")


def _moment(text: str) -> int | None:
    try:
        at = datetime.fromisoformat(text)
        return seconds(at) if at.tzinfo else None
    except (ValueError, OverflowError):
        return None
