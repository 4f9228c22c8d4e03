"""Records of any WARC file, one at a time and past what is damaged.

Files of other tools come plain, as one gzip member a record, or as one gzip stream of all; torn, cut and
with blocks longer than memory. Nothing here holds more than one record, and a damage costs the record it
is in: reading goes on at the next beginning of a record.
"""

from __future__ import annotations

import base64
import hashlib
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from storage.warc import Record

LONGEST_BLOCK = 24 << 20
"""Longer blocks are no documents: they are passed over. A document may have 20 MB."""
MOST_DAMAGES = 1_000
"""A file with more of them is given up."""

_PIECE = 1 << 16
_LONGEST_HEAD = 1 << 17
_GZIP = b"\x1f\x8b\x08"
_BEGIN = b"WARC/"
_NEXT = re.compile(rb"WARC/\d\.\d{1,2}\r?\n")
_LONGEST_BEGIN = 12
_HEAD_END = re.compile(rb"\r?\n\r?\n")
_END = b"\r\n\r\n"
_TRIAL = 1_024
_DIGESTS = frozenset(("sha1", "sha256", "sha512", "md5"))


@dataclass(frozen=True, slots=True)
class Damage:
    """What is wrong in a file, and from which byte on."""

    where: int
    what: str


@dataclass(frozen=True, slots=True)
class TooLong:
    """A record that was passed over for its length: its first byte, and its headers (lower case)."""

    where: int
    headers: dict[str, str]


class _BrokenError(Exception):
    """A record cannot be read; raised and caught in here."""


def scan(file: BinaryIO) -> Iterator[Record | TooLong | Damage]:
    """Read a WARC file from its beginning, record by record.

    Args:
        file: Open for reading, seekable: plain, or gzip with one or many records a member.

    Yields:
        Each record, those too long to be a document without their block, and in place of what cannot be
        read what is wrong with it.
    """
    plain = _Plain(file)
    damages = 0
    while damages <= MOST_DAMAGES:
        try:
            record = _next_record(plain)
        except _BrokenError as broken:
            yield Damage(plain.where, str(broken))
            damages += 1
            continue
        if record is None:
            return
        yield record
    yield Damage(plain.where, f"More than {MOST_DAMAGES} damages: the rest is not read.")


def is_warc(file: BinaryIO) -> bool:
    """Tell whether a file begins as a WARC file does; it is left at its beginning."""
    head = file.read(_TRIAL)
    file.seek(0)
    return (_try_unpack(head) if head.startswith(_GZIP) else head).startswith(_BEGIN)


class _Plain:
    """The file without its gzip, as a buffer that is filled as it is read."""

    def __init__(self, file: BinaryIO) -> None:
        head = file.read(len(_GZIP))
        file.seek(0)
        damaged = head != _GZIP and not _BEGIN.startswith(head)
        self._packed = head == _GZIP or (damaged and _find_member(file, 0) is not None)
        self._pieces = _unpack(file) if self._packed else _read(file)
        self._buffer = bytearray()
        self._filled_to = 0
        self._break: Damage | None = None
        self.where = 0
        """The byte of the file at which the record read last begins, or its gzip member."""

    def fill(self) -> bool:
        """Get some more; False at the end of the file or at a damage in its gzip."""
        piece = None if self._break else next(self._pieces, None)
        if isinstance(piece, Damage):
            self._break = piece
        if piece is None or isinstance(piece, Damage):
            return False
        place, content = piece
        self._filled_to = place if self._packed else place + len(content)
        self._buffer += content
        return True

    def mend(self) -> None:
        """Leave behind what comes before a damage in the gzip, if there is one.

        Raises:
            _BrokenError: There is one.
        """
        if self._break:
            broken, self._break = self._break, None
            self._buffer.clear()
            self.where = broken.where
            raise _BrokenError(broken.what)

    def mend_within(self, member: int) -> None:
        """The same, but only for a damage in the member that begins there."""
        if self._break and self._break.where == member:
            self.mend()

    def mark(self) -> None:
        """Note that a record begins here."""
        self.where = self._filled_to - (0 if self._packed else len(self._buffer))

    def peek(self) -> bytes:
        """The next bytes that are no empty line: enough to know a record by; fewer at the end."""
        while True:
            lines = re.match(rb"[\r\n]*", self._buffer)
            del self._buffer[: lines.end() if lines else 0]
            if len(self._buffer) >= len(_BEGIN) or not self.fill():
                return bytes(self._buffer[: len(_BEGIN)])

    def ends(self) -> bool:
        """Whether a record may end here: before two ends of a line, another record, or nothing."""
        while len(self._buffer) < len(_END) and self.fill():
            pass
        return self._buffer.startswith(_END) or self.peek() in (b"", _BEGIN)

    def head(self) -> bytes:
        """Everything up to the empty line that ends the headers of a record.

        Raises:
            _BrokenError: There is none.
        """
        searched = len(_BEGIN)
        while True:
            found = _HEAD_END.search(self._buffer, max(searched - 3, 0))
            again = _NEXT.search(self._buffer, len(_BEGIN), found.start() if found else len(self._buffer))
            endless = not found and (len(self._buffer) > _LONGEST_HEAD or not self.fill())
            if again or endless:
                if endless:
                    self.mend()
                self.skip_to_record(after=len(_BEGIN))
                raise _BrokenError("The headers of a record do not end.")
            if found:
                head = bytes(self._buffer[: found.start()])
                del self._buffer[: found.end()]
                return head
            searched = len(self._buffer)

    def take(self, length: int) -> bytes:
        """So many bytes, or as many as there are."""
        while len(self._buffer) < length and self.fill():
            pass
        taken = bytes(self._buffer[:length])
        del self._buffer[:length]
        return taken

    def skip(self, length: int) -> bool:
        """Pass over so many bytes; False where there are fewer."""
        while length > len(self._buffer):
            length -= len(self._buffer)
            self._buffer.clear()
            if not self.fill():
                return False
        del self._buffer[:length]
        return True

    def give_back(self, content: bytes) -> None:
        """Read these bytes again."""
        self._buffer[:0] = content

    def skip_to_record(self, after: int = 0) -> None:
        """Pass over everything before the next first line of a record, from a place on."""
        del self._buffer[:after]
        while True:
            found = _NEXT.search(self._buffer)
            if found:
                del self._buffer[: found.start()]
                return
            del self._buffer[:-_LONGEST_BEGIN]
            if not self.fill():
                self._buffer.clear()
                return


def _next_record(plain: _Plain) -> Record | TooLong | None:
    """The next record; None at the end of the file.

    Raises:
        _BrokenError: What comes next is none, or damaged; the one after it is next.
    """
    begin = plain.peek()
    plain.mark()
    if begin != _BEGIN:
        plain.mend()
    if not begin:
        return None
    if begin != _BEGIN:
        plain.skip_to_record()
        raise _BrokenError("What stands here is no WARC record.")
    head = plain.head()
    where, headers = plain.where, _headers_of(head)
    length = headers.get("content-length", "")
    if not (length.isascii() and length.isdigit() and len(length) < 16):
        plain.skip_to_record()
        raise _BrokenError("A record does not say how long it is.")
    if int(length) > LONGEST_BLOCK:
        if not plain.skip(int(length)):
            plain.mend()
            raise _BrokenError("A record is torn off.")
        return TooLong(where, headers)
    return _whole(plain, where, headers, int(length))


def _whole(plain: _Plain, where: int, headers: dict[str, str], length: int) -> Record:
    """The record with its block, once it is sure that it ends where it says."""
    block = plain.take(length)
    if len(block) < length:
        plain.mend()
        plain.give_back(block)
        plain.skip_to_record()
        plain.where = where
        raise _BrokenError("A record is torn off.")
    well = plain.ends()
    plain.mend_within(where)
    if not well:
        plain.give_back(block)
        plain.skip_to_record()
        plain.where = where
        raise _BrokenError("A record is not as long as it says.")
    if not _is_intact(headers.get("warc-block-digest", ""), block):
        plain.where = where
        raise _BrokenError("A record is not what its digest says.")
    return Record(where, where, headers, block)


def _headers_of(head: bytes) -> dict[str, str]:
    headers: dict[str, str] = {}
    for line in re.sub(r"\r?\n[ \t]+", " ", head.decode("utf-8", "replace")).splitlines()[1:]:
        name, _, value = line.partition(":")
        headers.setdefault(name.strip().lower(), value.strip())
    return headers


def _is_intact(digest: str, block: bytes) -> bool:
    """Whether a block has its digest; one in a spelling unknown here says nothing."""
    algorithm, _, value = digest.partition(":")
    name, told = algorithm.lower().replace("-", ""), value.strip().rstrip("=").lower()
    if name not in _DIGESTS:
        return True
    true = hashlib.new(name, block, usedforsecurity=False).digest()
    spellings = (true.hex(), base64.b32encode(true).decode().rstrip("=").lower())
    return told in spellings or len(told) not in map(len, spellings)


def _read(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
    place = 0
    while piece := file.read(_PIECE):
        yield place, piece
        place += len(piece)


def _unpack(file: BinaryIO) -> Iterator[tuple[int, bytes] | Damage]:
    """The plain bytes of all members, each piece with the place its member begins at."""
    start: int | None = 0
    while start is not None:
        file.seek(start)
        unpacker = zlib.decompressobj(31)
        fed = 0
        try:
            while not unpacker.eof:
                raw = unpacker.unconsumed_tail or file.read(_PIECE)
                fed += 0 if unpacker.unconsumed_tail else len(raw)
                if not raw:
                    yield start, unpacker.flush()
                    if fed and not unpacker.eof:
                        yield Damage(start, "A record is torn off.")
                    return
                yield start, unpacker.decompress(raw, _PIECE * 16)
        except zlib.error as error:
            yield Damage(start, f"A record is damaged: {error}.")
            start = _find_member(file, max(start + 1, start + fed - 2 * _PIECE))
            continue
        start += fed - len(unpacker.unused_data)


def _find_member(file: BinaryIO, after: int) -> int | None:
    """Where, from a place on, the next member begins that holds the beginning of a record."""
    file.seek(after)
    place, window = after, b""
    while piece := file.read(_PIECE):
        window += piece
        for found in re.finditer(re.escape(_GZIP), window):
            trial = window[found.start() : found.start() + _TRIAL]
            if len(trial) < _TRIAL:
                file.seek(place + found.start())
                trial = file.read(_TRIAL)
                file.seek(place + len(window))
            if _try_unpack(trial).startswith(_BEGIN):
                return place + found.start()
        kept = min(len(_GZIP) - 1, len(window))
        place += len(window) - kept
        window = window[-kept:]
    return None


def _try_unpack(head: bytes) -> bytes:
    """The first plain bytes of a member, or b"" where it is none."""
    try:
        return zlib.decompressobj(31).decompress(head, _TRIAL)
    except zlib.error:
        return b""
