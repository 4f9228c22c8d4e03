"""Responses in WARC files, whoever wrote them: wget's, ArchiveBox's, Browsertrix's, or natowire's own.

A record says what was asked for, when, and what came; that is all a capture needs. Natowire's own files
say the rest too (docs/storage.md) and come back exactly. Bodies are given with transfer and content coding
undone. A `revisit` gets the body of the response it speaks of where that came earlier, in this file or
another, or is in the archive; redirects lead up to the response they led to.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import BinaryIO
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from warcio.bufferedreaders import ChunkedDataReader
from warcio.statusandheaders import (
    StatusAndHeaders,
    StatusAndHeadersParser,
    StatusAndHeadersParserException,
)

from parsers.errors import DamagedError, NatowireError, TooLargeError
from parsers.model import Capture, Exchange
from storage.joining import REDIRECTS, Bodies, Chains, Head
from storage.scan import Damage, TooLong, is_warc, scan
from storage.state import Decision
from storage.warc import Record, read_capture, read_decision, read_terms

MOST_BYTES = 20 << 20
"""A larger body is no document; the same bound as for fetched ones."""

_DOCUMENT = re.compile(
    r"(?:text|application)/(?:html|xml|json|feed\+json|[\w.-]+\+xml)\s*(?:;|\Z)", re.IGNORECASE
)
_VAGUE = re.compile(
    r"(?:\s*|text/plain|application/octet-stream|unknown/unknown)\s*(?:;|\Z)", re.IGNORECASE
)
_LOOKS = re.compile(
    rb"\A[\s\xef\xbb\xbf]*<(?:\?xml|!doctype\s+html|html|rss|feed|rdf:rdf)\b", re.IGNORECASE
)
_NAMES = (".warc", ".warc.gz", ".wacz")
_OWN = "urn:natowire:"
_MOST_RECORDS = 64
"""Of a capture of natowire's: more redirects than a fetch follows."""


@dataclass(frozen=True, slots=True)
class Passed:
    """A record that is no document, and why it was passed over, in a word."""

    why: str


@dataclass(frozen=True, slots=True)
class Response:
    """A document as a record tells it; `capture` lacks the source where natowire did not write it.

    `number` is the place of one that natowire wrote in the archive it was of; 0 for others.
    """

    where: int
    capture: Capture
    number: int = 0


@dataclass(frozen=True, slots=True)
class Decided:
    """What a person decided in another archive, or natowire itself."""

    decision: Decision


Found = Response | Passed | Damage | Decided

Undo = Callable[[Sequence[str], bytes], bytes]
"""Undoes content codings: takes the values of `Content-Encoding`, and a body. Raises NatowireError."""


def is_archive(path: Path) -> bool:
    """Tell whether a file is a WARC or WACZ file, by its name or, whatever it is called, its first bytes.

    Raises:
        OSError: It cannot be read.
    """
    with path.open("rb") as file:
        return path.name.lower().endswith(_NAMES) or is_warc(file) or bool(_members(file))


def read_responses(path: Path, undo: Undo, bodies: Bodies) -> Iterator[Found]:
    """Read the documents of a WARC file (`.warc`, `.warc.gz`, or those in a `.wacz`) as they stand.

    Args:
        path: The file. It is read as a stream: one record at a time is in memory.
        undo: Undoes content codings.
        bodies: The documents met before, in other files; those of this one are added.

    Yields:
        Each document; in place of any other record, why it was passed over, or what is damaged.

    Raises:
        OSError: It cannot be read.
    """
    with path.open("rb") as file:
        members = _members(file)
        if not members:
            file.seek(0)
            yield from _read(file, undo, bodies)
            return
        with zipfile.ZipFile(file) as bundle:
            for name in members:
                try:
                    with bundle.open(name) as member:
                        yield from _read(member, undo, bodies)  # type: ignore[arg-type]  # reads and seeks, as needed
                except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError) as error:
                    yield Damage(0, f"{name} is damaged: {error}.")


def _members(file: BinaryIO) -> list[str]:
    """The WARC files in a WACZ file; none where it is none."""
    file.seek(0)
    if file.read(4) != b"PK\x03\x04":
        return []
    try:
        with zipfile.ZipFile(file) as bundle:
            return [name for name in bundle.namelist() if re.fullmatch(r"archive/.+\.warc(\.gz)?", name)]
    except zipfile.BadZipFile:
        return []


def _read(file: BinaryIO, undo: Undo, bodies: Bodies) -> Iterator[Found]:
    own = _is_own(file)
    file.seek(0)
    yield from _read_own(file, bodies) if own else _read_foreign(file, bodies, undo)


def _is_own(file: BinaryIO) -> bool:
    """Whether natowire wrote a file: the first group of its records ends as its groups do."""
    for count, record in enumerate(scan(file)):
        kind = record.headers.get("warc-type") if isinstance(record, Record) else ""
        if kind == "metadata" and isinstance(record, Record):
            return record.headers.get("warc-target-uri", "").startswith(_OWN)
        if count > _MOST_RECORDS or kind in ("resource", "conversion"):
            return False
    return False


# Natowire's own -------------------------------------------------------------------------------


def _read_own(file: BinaryIO, bodies: Bodies) -> Iterator[Found]:
    group: list[Record] = []
    for record in scan(file):
        if not isinstance(record, Record):
            yield record if isinstance(record, Damage) else Passed("too long")
            group.clear()
            continue
        kind = record.headers.get("warc-type", "")
        if kind == "warcinfo":
            yield Passed(kind)
        elif kind != "metadata":
            group = [*group[-_MOST_RECORDS:], record]
        elif record.headers.get("warc-target-uri", "").startswith(f"{_OWN}capture:"):
            yield _own_capture([*group, record], bodies)
            group.clear()
        else:
            yield _own_decision(record)


def _own_decision(record: Record) -> Found:
    try:
        decision = read_decision([record])
    except (DamagedError, AttributeError) as error:
        return Damage(record.start, str(error))
    texts = (decision.kind, *(text for pair in decision.terms for text in pair))
    if not all(isinstance(text, str) for text in texts) or not _is_moment(decision.decided_at):
        return Damage(record.start, "A decision says what cannot be.")
    return Decided(decision)


def _own_capture(group: list[Record], bodies: Bodies) -> Found:
    answers = [one for one in group if one.headers.get("warc-type") in ("response", "revisit")]
    body = None
    try:
        if answers and answers[-1].headers["warc-type"] == "revisit":
            known = bodies.find(answers[-1])
            if known is None:
                return Passed("revisit without its original")
            body = known[1]
        capture = read_capture(group, body)
    except (DamagedError, KeyError, AttributeError) as error:
        return Damage(group[0].start, str(error))
    parts: tuple[Capture | Exchange, ...] = (capture, *capture.redirects)
    if not all(_is_sound(one) for one in parts):
        return Damage(group[0].start, "A capture says what cannot be.")
    if body is None and answers:
        bodies.keep(answers[-1], (), capture.body)
    number = read_terms(group).get("number")
    return Response(group[0].start, capture, number if isinstance(number, int) and number > 0 else -1)


def _is_sound(one: Capture | Exchange) -> bool:
    """Whether all values are of their kinds: anybody may have written them."""
    texts = [one.url, one.reason, one.ip]
    moments = []
    if isinstance(one, Capture):
        texts += [one.source_id, one.parser, one.final_url, one.zone, one.language, *one.trusts]
        moments += [
            one.fetched_at,
            *((one.reference.earliest, one.reference.latest) if one.reference else ()),
        ]
    else:
        texts.append(one.method)
        moments.append(one.started_at)
    pairs = [text for pair in (*one.headers, *one.request_headers) for text in pair]
    return (
        all(isinstance(text, str) for text in (*texts, *pairs))
        and all(_is_moment(moment) for moment in moments)
        and (not isinstance(one, Capture) or _is_zone(one.zone))
        and type(one.status) is int
        and 0 <= one.status < 1_000
    )


def _is_moment(moment: datetime) -> bool:
    """Whether a moment says which one it is, and is one in UTC too: the calendar has two ends."""
    try:
        return moment.tzinfo is not None and bool(moment.astimezone(UTC))
    except OverflowError:
        return False


def _is_zone(name: str) -> bool:
    try:
        return bool(ZoneInfo(name))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False


# Other tools' ---------------------------------------------------------------------------------


def _read_foreign(file: BinaryIO, bodies: Bodies, undo: Undo) -> Iterator[Found]:
    chains = Chains()
    for record in scan(file):
        if isinstance(record, Damage):
            yield record
            continue
        if isinstance(record, TooLong):
            yield Passed("too long")
            continue
        for found in _found(record, bodies, undo):
            if isinstance(found, Response):
                yield from (Response(record.start, one) for one in chains.join(found.capture))
            else:
                yield found
    yield from (Response(0, one) for one in chains.end())


def _found(record: Record, bodies: Bodies, undo: Undo) -> Iterator[Found]:
    kind = record.headers.get("warc-type", "")
    url = record.headers.get("warc-target-uri", "").strip("<>")
    if kind not in ("response", "revisit") or not url.lower().startswith(("http:", "https:")):
        yield Passed(kind if kind not in ("response", "") else "not from the web")
        return
    at = _instant(record.headers.get("warc-date", ""))
    if at is None:
        yield Damage(record.start, "A record does not say when it was made.")
        return
    try:
        head, body = _open(record.block, undo)
        if kind == "revisit":
            known = bodies.find(record)
            if known is None:
                yield Passed("revisit without its original")
                return
            head, body = head or known[0], known[1]
    except TooLargeError:
        yield Passed("too long")
        return
    except (NatowireError, ValueError, EOFError) as error:
        yield Damage(record.start, f"A response cannot be read: {error}")
        return
    yield _told(record, url, at, head, body, bodies)


def _told(record: Record, url: str, at: datetime, head: Head, body: bytes, bodies: Bodies) -> Found:
    if not head:
        return Damage(record.start, "A response has no status.")
    if len(body) > MOST_BYTES:
        return Passed("too long")
    number, _, reason = head[0][1].partition(" ")
    capture = Capture(
        source_id="",
        parser="",
        url=url,
        final_url=url,
        fetched_at=at,
        status=int(number) if number.isascii() and number.isdigit() and len(number) == 3 else 0,
        reason=reason,
        headers=head[1:],
        body=body,
        ip=record.headers.get("warc-ip-address", ""),
    )
    if not _is_document(capture):
        return Passed((capture.header("content-type").partition(";")[0].strip().lower() or "unnamed")[:60])
    if record.headers.get("warc-type") == "response":
        bodies.keep(record, head, body)
    return Response(record.start, capture)


def _is_document(capture: Capture) -> bool:
    """Whether a response may be a page, a feed, or what led to one."""
    kind = capture.header("content-type")
    if capture.status in REDIRECTS and capture.header("location"):
        return True
    return bool(_DOCUMENT.match(kind) or (_VAGUE.match(kind) and _LOOKS.match(capture.body[:1_024])))


def _instant(text: str) -> datetime | None:
    """Read a WARC-Date: ISO 8601, or 14 digits as some tools write; whole seconds, UTC."""
    digits = re.fullmatch(r"\d{14}", text)
    try:
        at = datetime.strptime(f"{text}+0000", "%Y%m%d%H%M%S%z") if digits else datetime.fromisoformat(text)
        aware = at if at.tzinfo else at.replace(tzinfo=UTC)
        return aware.astimezone(UTC).replace(microsecond=0)
    except (ValueError, OverflowError):
        return None


def _open(block: bytes, undo: Undo) -> tuple[Head, bytes]:
    """The head of an HTTP message and its body, its codings undone.

    Raises:
        NatowireError: It is none, or its body cannot be had.
    """
    if not block.strip():
        return (), b""
    stream = BytesIO(block)
    try:
        headers: StatusAndHeaders = StatusAndHeadersParser(["HTTP/"], verify=False).parse(stream)
    except (StatusAndHeadersParserException, EOFError):
        raise DamagedError("it is no HTTP message.") from None
    if not headers.protocol.startswith("HTTP/"):
        raise DamagedError("it is no HTTP message.")
    pairs = tuple((str(name), str(value)) for name, value in headers.headers)
    chunked = "chunked" in (headers.get_header("transfer-encoding") or "").lower()
    # A tool may have undone the chunks and left the header: then they are taken as they are.
    body = (ChunkedDataReader(stream) if chunked else stream).read()
    codings = [value for name, value in pairs if name.lower() == "content-encoding"]
    return (("", headers.statusline), *pairs), undo(codings, body) if codings else body
