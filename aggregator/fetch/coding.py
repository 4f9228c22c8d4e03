"""Undoing content codings (gzip, deflate, br, zstd) in bounded pieces.

A few bytes can stand for gigabytes, so nothing is ever decompressed whole: each decoder hands out at
most `PIECE` bytes at a time (zstd a few blocks) and the caller's limit is checked between two of them.
A stream that ends before its coding does is an error: half a document is no document.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING

import brotli
import zstandard

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

from parsers.errors import TooLargeError, TransportError

PIECE = 65_536
MOST_CODINGS = 2
_PLAIN = frozenset(("", "identity", "none", "utf-8", "utf8", "binary", "8bit"))
"""Servers write these where they mean "not coded"."""

# RFC 9659: a decoder of the zstd content coding need not offer more than 8 MB of window.
_ZSTD_WINDOW = 8 << 20
# A zstd block of four bytes may stand for 128 KB; this many bytes stand for 2 MB at most.
_ZSTD_STEP = 64
_GZIP_HEAD = b"\x1f\x8b"


def read_codings(values: Iterable[str]) -> tuple[str, ...]:
    """Read `Content-Encoding` headers.

    Args:
        values: The headers' values, in order.

    Returns:
        The codings to undo, the one applied last first.

    Raises:
        TransportError: A coding is unknown, or there are more than `MOST_CODINGS`.
    """
    names = [name.strip().lower().removeprefix("x-") for value in values for name in value.split(",")]
    coded = [name for name in names if name not in _PLAIN]
    if len(coded) > MOST_CODINGS:
        raise TransportError(f"The answer is compressed {len(coded)} times over.", hint=_REMEDY)
    for name in coded:
        if name not in _DECODERS:
            raise TransportError(
                f'The answer is compressed as "{name[:40]}", which was not asked for.', hint=_REMEDY
            )
    return tuple(reversed(coded))


def undo(pieces: Iterable[bytes], codings: Iterable[str], limit: int) -> Iterator[bytes]:
    """Decode a body piece by piece.

    Args:
        pieces: The body as sent.
        codings: What `read_codings` gave.
        limit: The most bytes any layer may come to.

    Yields:
        The decoded bytes, in pieces of some dozen kilobytes.

    Raises:
        TransportError: The bytes are not of that coding, or end too soon.
        TooLargeError: A layer comes to more than `limit` bytes.
    """
    flow = iter(pieces)
    for coding in codings:
        flow = _bound(_DECODERS[coding](flow), limit)
    return flow


def _bound(pieces: Iterator[bytes], limit: int) -> Iterator[bytes]:
    total = 0
    for piece in pieces:
        total += len(piece)
        if total > limit:
            message = f"The answer unpacks to more than {limit >> 20} MB."
            raise TooLargeError(message, hint="Raise max_decoded only for a source you trust.")
        yield piece


def _decode_gzip(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """RFC 1952: members one after another; what follows the last (servers pad) is left."""
    decoder, started = zlib.decompressobj(31), False
    for piece in pieces:
        while piece:
            if decoder.eof:
                if not piece.startswith(_GZIP_HEAD[: len(piece)]):
                    return
                decoder = zlib.decompressobj(31)
            started = True
            yield from _inflate(decoder, piece)
            piece = decoder.unused_data  # noqa: PLW2901 -- the rest of the same piece
    _check_end(ended=decoder.eof or not started, coding="gzip")


def _decode_deflate(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """RFC 9110 §8.4.1.2: the zlib format; some servers send bare deflate, so the head decides."""
    head = b""
    decoder = None
    for piece in pieces:
        if decoder is None:
            head += piece
            if len(head) < 2:
                continue
            wrapped = head[0] & 0x0F == 8 and int.from_bytes(head[:2], "big") % 31 == 0
            decoder = zlib.decompressobj(15 if wrapped else -15)
            yield from _inflate(decoder, head)
        elif not decoder.eof:
            yield from _inflate(decoder, piece)
    _check_end(ended=decoder.eof if decoder else not head, coding="deflate")


def _inflate(decoder: zlib._Decompress, piece: bytes) -> Iterator[bytes]:
    while piece:
        try:
            out = decoder.decompress(piece, PIECE)
        except zlib.error:
            raise _garbled("gzip or deflate") from None
        if out:
            yield out
        piece = decoder.unconsumed_tail
    # Input used up with output still inside: the last call filled its piece to the brim.
    while not decoder.eof and out and len(out) == PIECE:
        out = decoder.decompress(b"", PIECE)
        if out:
            yield out


def _decode_brotli(pieces: Iterator[bytes]) -> Iterator[bytes]:
    decoder, started = brotli.Decompressor(), False
    for piece in pieces:
        started = started or bool(piece)
        rest: bytes = piece
        while not decoder.is_finished():
            try:
                out = decoder.process(rest, output_buffer_limit=PIECE)
            except brotli.error:
                raise _garbled("br") from None
            rest = b""
            if out:
                yield out
            elif decoder.can_accept_more_data():
                break
    _check_end(ended=decoder.is_finished() or not started, coding="br")


def _decode_zstd(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """RFC 8878: frames one after another."""
    factory = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW)
    decoder, fresh = factory.decompressobj(), True
    for piece in pieces:
        for start in range(0, len(piece), _ZSTD_STEP):
            rest = piece[start : start + _ZSTD_STEP]
            while rest:
                if decoder.eof:
                    decoder = factory.decompressobj()
                fresh = False
                try:
                    out = decoder.decompress(rest)
                except zstandard.ZstdError:
                    raise _garbled("zstd") from None
                if out:
                    yield out
                rest = decoder.unused_data if decoder.eof else b""
    _check_end(ended=decoder.eof or fresh, coding="zstd")


def _check_end(*, ended: bool, coding: str) -> None:
    if not ended:
        raise TransportError(f"The answer is cut short: its {coding} stream does not end.", hint=_LATER)


def _garbled(coding: str) -> TransportError:
    return TransportError(f"The answer says it is compressed as {coding} but is not.", hint=_REMEDY)


_REMEDY = "The server is at fault; it is asked again later. If it stays so, tell the site's owner."
_LATER = "It is asked again later."
_DECODERS: dict[str, Callable[[Iterator[bytes]], Iterator[bytes]]] = {
    "gzip": _decode_gzip,
    "deflate": _decode_deflate,
    "br": _decode_brotli,
    "zstd": _decode_zstd,
}
