from __future__ import annotations

import contextlib
import gzip
import random
import zlib

import brotli
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.fetch.coding import PIECE, read_codings, undo
from parsers.errors import FetchError, TooLargeError, TransportError

TEXT = b"The lighthouse shines again. " * 5000
NOISE = random.Random(7).randbytes(200_000)
LIMIT = 1 << 20

PACKERS = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstandard.compress,
}


def cut(body: bytes, size: int) -> list[bytes]:
    return [body[at : at + size] for at in range(0, len(body), size)]


def unpack(body: bytes, *codings: str, size: int = 1000, limit: int = LIMIT) -> bytes:
    return b"".join(undo(cut(body, size), codings, limit))


@pytest.mark.parametrize("coding", PACKERS)
@pytest.mark.parametrize("size", [1, 7, 1000, PIECE, 10**7])
@pytest.mark.parametrize("body", [b"", b"x", TEXT, NOISE], ids=["empty", "one", "text", "noise"])
def test_what_was_packed_comes_out(coding, size, body):
    packed = PACKERS[coding](body)
    if size < 7 and len(packed) > 50_000:
        packed, body = PACKERS[coding](body[:3000]), body[:3000]
    assert unpack(packed, coding, size=size) == body


@pytest.mark.parametrize("coding", PACKERS)
def test_nothing_at_all_is_nothing(coding):
    assert unpack(b"", coding) == b""


@pytest.mark.parametrize("coding", PACKERS)
@pytest.mark.parametrize("kept", [1, 3, 0.5, -1])
def test_a_stream_that_stops_is_an_error(coding, kept):
    packed = PACKERS[coding](NOISE[:5000])
    end = kept if isinstance(kept, int) else int(len(packed) * kept)
    with pytest.raises(TransportError, match=r"cut short|is not"):
        unpack(packed[:end], coding)


@pytest.mark.parametrize("coding", PACKERS)
def test_other_bytes_are_an_error(coding):
    with pytest.raises(TransportError):
        unpack(b"<rss>this is not packed</rss>" * 50, coding)


@pytest.mark.parametrize("coding", PACKERS)
def test_a_bomb_is_stopped_while_it_unpacks(coding):
    body = bytes(64 << 20)
    packed = brotli.compress(body, quality=1) if coding == "br" else PACKERS[coding](body)
    limit, sizes = 1 << 20, []
    pieces = undo(cut(packed, PIECE), (coding,), limit)
    with pytest.raises(TooLargeError):
        sizes.extend(map(len, pieces))
    assert sum(sizes) <= limit
    assert max(sizes, default=0) <= 4 << 20


def test_the_limit_holds_for_every_layer():
    """The inner layer is small again, the one between is not."""
    middle = gzip.compress(random.Random(3).randbytes(2 << 20), compresslevel=0)
    with pytest.raises(TooLargeError):
        unpack(brotli.compress(middle, quality=1), "br", "gzip")


def test_exactly_the_limit_is_no_more_than_it():
    body = bytes(LIMIT)
    assert unpack(gzip.compress(body), "gzip") == body
    with pytest.raises(TooLargeError):
        unpack(gzip.compress(body + b"x"), "gzip")


def test_members_and_frames_follow_one_another():
    assert unpack(gzip.compress(b"one ") + gzip.compress(b"two"), "gzip", size=3) == b"one two"
    assert unpack(zstandard.compress(b"one ") + zstandard.compress(b"two"), "zstd", size=3) == b"one two"


def test_padding_after_gzip_is_left():
    assert unpack(gzip.compress(b"one") + bytes(512), "gzip") == b"one"
    assert unpack(gzip.compress(b"one") + b"garbage", "gzip", size=1) == b"one"


def test_bare_deflate_is_read():
    assert unpack(zlib.compress(TEXT, wbits=-15), "deflate") == TEXT
    assert unpack(zlib.compress(TEXT, wbits=-15), "deflate", size=1) == TEXT


def test_a_window_larger_than_the_web_allows_is_refused():
    with pytest.raises(TransportError):
        unpack(b"\x28\xb5\x2f\xfd\x00\xf8\x01\x00\x00", "zstd")


@pytest.mark.parametrize(
    ("values", "codings"),
    [
        ([], ()),
        (["gzip"], ("gzip",)),
        (["GZip"], ("gzip",)),
        (["x-gzip"], ("gzip",)),
        (["gzip, br"], ("br", "gzip")),
        (["gzip", "br"], ("br", "gzip")),
        (["identity"], ()),
        (["", "utf-8", " none "], ()),
        (["identity, deflate"], ("deflate",)),
    ],
)
def test_codings_are_undone_last_first(values, codings):
    assert read_codings(values) == codings


@pytest.mark.parametrize(
    "value", ["compress", "dcb", "gzip, br, zstd", ", ".join(["gzip"] * 99), "gzip; q=1"]
)
def test_codings_not_asked_for_are_refused(value):
    with pytest.raises(TransportError) as caught:
        read_codings([value])
    assert caught.value.hint


@settings(derandomize=True, max_examples=100, deadline=None)
@given(st.binary(max_size=2000), st.sampled_from(sorted(PACKERS)), st.integers(1, 500))
def test_any_bytes_come_to_bytes_or_a_fetch_error(body, coding, size):
    with contextlib.suppress(FetchError):
        assert len(unpack(body, coding, size=size)) <= LIMIT


@settings(derandomize=True, max_examples=100, deadline=None)
@given(
    st.binary(max_size=5000), st.lists(st.sampled_from(sorted(PACKERS)), max_size=2), st.integers(1, 500)
)
def test_packing_and_unpacking_are_opposites(body, codings, size):
    packed = body
    for coding in codings:
        packed = PACKERS[coding](packed)
    assert unpack(packed, *reversed(codings), size=size) == body
