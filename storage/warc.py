"""WARC 1.1 records of captures: made, and read back exactly.

A capture is a *group* of records, each its own gzip member, in this order: a response and a request
for every redirect, the response itself (or a `revisit`, when an earlier capture holds the same
body), its request, and a `metadata` record. The first records are for any tool that reads WARC. The
last says in JSON what the others cannot say exactly: source, parser, zone, reference, order of
arrival, and headers to the letter.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import Any

from warcio.recordloader import ArcWarcRecord
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from parsers.errors import DamagedError
from parsers.model import Capture, Exchange, Ref
from storage.state import Decision
from storage.wire import (
    ASIDE,
    address_header,
    header_line,
    request_line,
    response_headers,
    target_uri,
    warc_date,
    wire_headers,
)

SOFTWARE = "natowire"
_PIECE = 1 << 16
_TORN = "A record is torn off."


@dataclass(frozen=True, slots=True)
class Original:
    """The earlier capture that holds the body of a `revisit`."""

    capture_id: int
    url: str
    fetched_at: datetime


@dataclass(frozen=True, slots=True)
class Record:
    """One record as it stands in a segment: bytes `start` to `end`, WARC headers (lower case), block."""

    start: int
    end: int
    headers: Mapping[str, str]
    block: bytes


def write_head(name: str, archive_id: str, at: datetime) -> bytes:
    """Make the `warcinfo` record a segment begins with.

    Args:
        name: The segment's file name.
        archive_id: What tells this archive from others.
        at: When the segment was begun.
    """
    out = BytesIO()
    writer = _writer(out)
    terms = {
        "software": SOFTWARE,
        "format": "WARC File Format 1.1",
        "isPartOf": f"urn:natowire:archive:{archive_id}",
        "description": "Bodies are kept with content coding undone; the coding headers as received are "
        f"named {ASIDE}*.",
    }
    record = writer.create_warcinfo_record(name, terms)
    record.rec_headers.replace_header("WARC-Date", warc_date(at))
    writer.write_record(record)
    return out.getvalue()


def write_capture(capture: Capture, number: int, original: Original | None = None) -> bytes:
    """Make the group of records of a capture.

    Args:
        capture: What was received.
        number: Its id: its place in the order of arrival.
        original: The earlier capture with the same body, or None to write the body.
    """
    out = BytesIO()
    writer = _writer(out)
    for exchange in capture.redirects:
        _write_pair(writer, exchange, None)
    main = Exchange(
        method="GET",
        url=capture.final_url,
        request_headers=capture.request_headers,
        status=capture.status,
        reason=capture.reason,
        headers=capture.headers,
        body=capture.body,
        started_at=capture.fetched_at,
        ip=capture.ip,
    )
    response_id = _write_pair(writer, main, original)
    terms = {"natowire": "capture", "number": number, "body_of": original and original.capture_id}
    _write_metadata(writer, {**terms, **_terms_of(capture)}, response_id, capture.fetched_at)
    return out.getvalue()


def write_decision(decision: Decision, number: int) -> bytes:
    """Make the one record of a decision, which is a group of its own."""
    out = BytesIO()
    terms = {
        "natowire": "decision",
        "number": number,
        "kind": decision.kind,
        "decided_at": decision.decided_at.isoformat(),
        "terms": decision.terms,
    }
    _write_metadata(_writer(out), terms, f"{number}", decision.decided_at)
    return out.getvalue()


def read_terms(group: list[Record]) -> dict[str, Any]:
    """Read what the last record of a group says.

    Raises:
        DamagedError: It is not ours, or not whole.
    """
    try:
        terms: dict[str, Any] = json.loads(group[-1].block)
        if terms["natowire"] not in ("capture", "decision"):
            raise DamagedError("A group of records does not end in a record of natowire's.")
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise DamagedError(f"The last record of a group cannot be read: {error!r}.") from error
    return terms


def read_capture(group: list[Record], body: bytes | None = None) -> Capture:
    """Put a capture together from its group.

    Args:
        group: Its records.
        body: The body, where the capture is a `revisit`.

    Raises:
        DamagedError: The group is not one that `write_capture` made.
    """
    terms = read_terms(group)
    bodies = [
        _body(record) for record in group if record.headers.get("warc-type") in ("response", "revisit")
    ]
    try:
        exchanges = tuple(_exchange_of(one, bodies[n]) for n, one in enumerate(terms["redirects"]))
        own = bodies[len(exchanges)]
        return Capture(
            source_id=terms["source_id"],
            parser=terms["parser"],
            url=terms["url"],
            final_url=terms["final_url"],
            fetched_at=datetime.fromisoformat(terms["fetched_at"]),
            status=terms["status"],
            headers=_pairs(terms["headers"]),
            body=own if body is None else body,
            reason=terms["reason"],
            request_headers=_pairs(terms["request_headers"]),
            redirects=exchanges,
            ip=terms["ip"],
            zone=terms["zone"],
            language=terms["language"],
            trusts=tuple(terms["trusts"]),
            reference=_reference_of(terms["reference"]),
        )
    except (KeyError, IndexError, TypeError, ValueError) as error:
        raise DamagedError(f"A capture cannot be read back: {error!r}.") from error


def read_decision(group: list[Record]) -> Decision:
    """Read a decision from its group.

    Raises:
        DamagedError: The group is not one that `write_decision` made.
    """
    terms = read_terms(group)
    try:
        return Decision(
            kind=terms["kind"],
            decided_at=datetime.fromisoformat(terms["decided_at"]),
            terms=_pairs(terms["terms"]),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise DamagedError(f"A decision cannot be read back: {error!r}.") from error


def read_records(content: bytes, start: int = 0) -> Iterator[Record]:
    """Read records one by one, each from a whole gzip member.

    Args:
        content: Members end to end.
        start: Where `content` stands in its file; positions are counted from there.

    Raises:
        DamagedError: A member is torn, changed, or no WARC record; `where` says from which byte on.
    """
    position = 0
    view = memoryview(content)
    while position < len(view):
        plain, end = _unpack(view, position, start)
        yield _record(plain, start + position, start + end)
        position = end


def _unpack(view: memoryview, position: int, start: int) -> tuple[bytes, int]:
    """Unpack the member at `position`; give its plain bytes and where it ends.

    In pieces: what is left over after the end of a member is copied, and must not be the whole file.
    """
    unpacker = zlib.decompressobj(31)
    plain = bytearray()
    fed = position
    try:
        while not unpacker.eof and fed < len(view):
            plain += unpacker.decompress(view[fed : fed + _PIECE])
            fed = min(fed + _PIECE, len(view))
    except zlib.error as error:
        raise DamagedError(f"A record is damaged: {error}.", where=str(start + position)) from error
    if not unpacker.eof:
        raise DamagedError(_TORN, where=str(start + position))
    return bytes(plain), fed - len(unpacker.unused_data)


def is_torn(error: DamagedError) -> bool:
    """Tell whether `read_records` stopped at a record that only lacks its end."""
    return error.message == _TORN


def groups_of(records: Iterator[Record]) -> Iterator[list[Record]]:
    """Gather records into groups: each ends with a `metadata` record, and a `warcinfo` is one alone.

    Records after the last whole group are not yielded.
    """
    group: list[Record] = []
    for record in records:
        group.append(record)
        if record.headers.get("warc-type") in ("metadata", "warcinfo"):
            yield group
            group = []


def _record(plain: bytes, start: int, end: int) -> Record:
    head, found, rest = plain.partition(b"\r\n\r\n")
    lines = head.decode("utf-8", "replace").split("\r\n")
    headers = {}
    for line in lines[1:]:
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    length = headers.get("content-length", "")
    whole = length.isascii() and length.isdigit() and rest[int(length) :] == b"\r\n\r\n"
    if not found or not lines[0].startswith("WARC/1.") or not whole:
        raise DamagedError("A member is no WARC record.", where=str(start))
    return Record(start, end, headers, rest[: int(length)])


def _body(record: Record) -> bytes:
    return record.block.partition(b"\r\n\r\n")[2]


def _writer(out: BytesIO) -> WARCWriter:
    return WARCWriter(out, gzip=True, warc_version="1.1")


def _write_pair(writer: WARCWriter, exchange: Exchange, original: Original | None) -> str:
    """Write response and request; give the response's record id."""
    uri, at = target_uri(exchange.url), warc_date(exchange.started_at)
    headers = {"WARC-Date": at, **address_header(exchange.ip)}
    status = StatusAndHeaders(
        f"{exchange.status} {header_line(exchange.reason)}".strip(), response_headers(exchange), "HTTP/1.1"
    )
    response = writer.create_warc_record(
        uri,
        "response",
        BytesIO(exchange.body),
        len(exchange.body),
        http_headers=status,
        warc_headers_dict=headers,
    )
    if original is not None:
        response = _revisit(writer, response, original, headers)
    writer.write_record(response)
    response_id = str(response.rec_headers.get_header("WARC-Record-ID"))
    headers["WARC-Concurrent-To"] = response_id
    target = StatusAndHeaders(
        request_line(exchange), wire_headers(exchange.request_headers), is_http_request=True
    )
    writer.write_record(
        writer.create_warc_record(uri, "request", http_headers=target, warc_headers_dict=headers)
    )
    return response_id


def _revisit(
    writer: WARCWriter, response: ArcWarcRecord, original: Original, headers: dict[str, str]
) -> ArcWarcRecord:
    """A record that says: the same body as that one."""
    return writer.create_revisit_record(
        response.rec_headers.get_header("WARC-Target-URI"),
        response.rec_headers.get_header("WARC-Payload-Digest"),
        target_uri(original.url),
        warc_date(original.fetched_at),
        http_headers=response.http_headers,
        warc_headers_dict=headers,
    )


def _write_metadata(writer: WARCWriter, terms: dict[str, Any], of: str, at: datetime) -> None:
    # A urn, not the page's address: replay tools would otherwise offer this record as the page.
    bare = of.removeprefix("<urn:uuid:").removesuffix(">")
    headers = {"WARC-Date": warc_date(at)}
    if bare != of:
        headers["WARC-Refers-To"] = of
    block = json.dumps(terms, separators=(",", ":")).encode()
    record = writer.create_warc_record(
        f"urn:natowire:{terms['natowire']}:{bare}",
        "metadata",
        BytesIO(block),
        len(block),
        warc_content_type="application/json",
        warc_headers_dict=headers,
    )
    writer.write_record(record)


def _terms_of(capture: Capture) -> dict[str, Any]:
    reference = capture.reference
    return {
        "source_id": capture.source_id,
        "parser": capture.parser,
        "url": capture.url,
        "final_url": capture.final_url,
        "fetched_at": capture.fetched_at.isoformat(),
        "status": capture.status,
        "reason": capture.reason,
        "headers": capture.headers,
        "request_headers": capture.request_headers,
        "ip": capture.ip,
        "zone": capture.zone,
        "language": capture.language,
        "trusts": capture.trusts,
        "reference": reference
        and [reference.earliest.isoformat(), reference.latest.isoformat(), reference.source],
        "redirects": [_exchange_terms(one) for one in capture.redirects],
    }


def _exchange_terms(exchange: Exchange) -> dict[str, Any]:
    return {
        "method": exchange.method,
        "url": exchange.url,
        "request_headers": exchange.request_headers,
        "status": exchange.status,
        "reason": exchange.reason,
        "headers": exchange.headers,
        "started_at": exchange.started_at.isoformat(),
        "ip": exchange.ip,
    }


def _exchange_of(terms: Mapping[str, Any], body: bytes) -> Exchange:
    return Exchange(
        method=terms["method"],
        url=terms["url"],
        request_headers=_pairs(terms["request_headers"]),
        status=terms["status"],
        reason=terms["reason"],
        headers=_pairs(terms["headers"]),
        body=body,
        started_at=datetime.fromisoformat(terms["started_at"]),
        ip=terms["ip"],
    )


def _reference_of(terms: list[str] | None) -> Ref | None:
    if terms is None:
        return None
    earliest, latest, source = terms
    return Ref(
        earliest=datetime.fromisoformat(earliest), latest=datetime.fromisoformat(latest), source=source
    )


def _pairs(values: list[list[str]]) -> tuple[tuple[str, str], ...]:
    return tuple((name, value) for name, value in values)
