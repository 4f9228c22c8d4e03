"""What crossed the wire, put as WARC records can carry it: lines any tool reads, whatever was sent."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from ipaddress import ip_address
from urllib.parse import quote, urlsplit

from parsers.model import Exchange

ASIDE = "X-Archive-Orig-"
"""Stands before the names of headers that are no longer true of a body whose coding was undone."""

_PRINTABLE = "".join(map(chr, range(0x20, 0x7F)))
_CODED = {"content-encoding", "transfer-encoding", "content-length"}
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]+")


def response_headers(exchange: Exchange) -> list[tuple[str, str]]:
    """Make headers true of the body as kept; what they were stands beside under another name."""
    headers = []
    for name, value in wire_headers(exchange.headers):
        headers.append((f"{ASIDE}{name}" if name.lower() in _CODED else name, value))
    return [*headers, ("Content-Length", str(len(exchange.body)))]


def wire_headers(headers: tuple[tuple[str, str], ...]) -> list[tuple[str, str]]:
    """Headers as lines can carry them; without a name there is no line."""
    lines = [
        (header_line(name).replace(":", "").replace(" ", ""), header_line(value)) for name, value in headers
    ]
    return [(name, value) for name, value in lines if name]


def header_line(text: str) -> str:
    """The text as one line of ASCII: no control characters, what is not ASCII percent-encoded."""
    return quote(_CONTROLS.sub(" ", text).strip(), safe=_PRINTABLE)


def request_line(exchange: Exchange) -> str:
    """The line a request for an exchange's address begins with."""
    try:
        parts = urlsplit(exchange.url)
    except ValueError:  # such as an unclosed "[" in the host
        parts = urlsplit("")
    path = target_uri(parts.path or "/") + (f"?{target_uri(parts.query)}" if parts.query else "")
    return f"{header_line(exchange.method).replace(' ', '') or 'GET'} {path} HTTP/1.1"


def target_uri(url: str) -> str:
    """An address without blanks and letters that a WARC header cannot carry."""
    uri = quote(url.encode("utf-8", "replace"), safe=_PRINTABLE.replace(" ", ""))
    return uri or "urn:natowire:no-address"


def address_header(ip: str) -> dict[str, str]:
    """The WARC header of a server's address; none where it is no address."""
    try:
        return {"WARC-IP-Address": str(ip_address(ip))}
    except ValueError:
        return {}


def warc_date(at: datetime) -> str:
    """An instant as WARC 1.1 writes it, in whole seconds, UTC."""
    return at.astimezone(UTC).replace(microsecond=0, tzinfo=None).isoformat() + "Z"
