"""Behaviours of what is sent: codings, bombs, gatekeepers' pages and documents made to hurt a parser."""

from __future__ import annotations

import gzip
import itertools
import random
import zlib
from functools import cache

import brotli
import zstandard

from tests.integration.hostile.server import FEED, Behaviour

MANY = 100_000
ZEROS = bytes(1 << 20)


@cache
def _bomb(coding: str) -> bytes:
    """40 MB of nothing, packed."""
    if coding == "br":
        packer = brotli.Compressor(quality=1)
        return b"".join(packer.process(ZEROS) for _ in range(40)) + packer.finish()
    if coding == "zstd":
        packer = zstandard.ZstdCompressor(level=1).compressobj()
        return b"".join(packer.compress(ZEROS) for _ in range(40)) + packer.flush()
    packer = zlib.compressobj(1, zlib.DEFLATED, 31 if coding == "gzip" else 15)
    return b"".join(packer.compress(ZEROS) for _ in range(40)) + packer.flush()


def _coded(make, coding: str):
    return lambda line: line.answer(
        make(), f"Content-Encoding: {coding}", "Content-Type: application/rss+xml"
    )


def _typed(make, content_type: str):
    return lambda line: line.answer(make(), f"Content-Type: {content_type}")


def _page(title: str, body: str = "") -> bytes:
    return f"<!DOCTYPE html><html><head><title>{title}</title></head><body>{body}</body></html>".encode()


def _feed_of(items: str, head: str = "") -> bytes:
    channel = f"<channel><title>t</title>{items}</channel>"
    return f'<?xml version="1.0"?>{head}<rss version="2.0">{channel}</rss>'.encode()


def _laughs() -> bytes:
    names = "abcdefghij"
    entities = ['<!ENTITY a "ha">']
    entities += [f'<!ENTITY {new} "{f"&{old};" * 10}">' for old, new in itertools.pairwise(names)]
    return _feed_of("<item><title>&j;</title></item>", f"<!DOCTYPE rss [{''.join(entities)}]>")


def _external() -> bytes:
    head = '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd"><!ENTITY % p SYSTEM "http://127.0.0.1:1/p">%p;]>'
    return _feed_of("<item><title>&x;</title></item>", head)


def _many_items() -> bytes:
    return _feed_of("".join(f"<item><title>n{n}</title><guid>{n}</guid></item>" for n in range(MANY)))


def _login_by_redirect(line) -> None:
    if line.path.endswith("/login"):
        line.answer(
            _page("Members", "<form><input type='password'></form>" + "<p>Welcome, members.</p>" * 60)
        )
    else:
        line.answer(b"", "Location: /login-by-redirect/login", status="302 Found")


def _noise() -> bytes:
    return random.Random(1).randbytes(50_000)


CODINGS = (
    ("gzip-bomb", _coded(lambda: _bomb("gzip"), "gzip"), ("too_large",)),
    ("gzip-bomb-twice", _coded(lambda: gzip.compress(_bomb("gzip")), "gzip, gzip"), ("too_large",)),
    ("deflate-bomb", _coded(lambda: _bomb("deflate"), "deflate"), ("too_large",)),
    ("brotli-bomb", _coded(lambda: _bomb("br"), "br"), ("too_large",)),
    ("zstd-bomb", _coded(lambda: _bomb("zstd"), "zstd"), ("too_large",)),
    ("coded-nine-times", _coded(lambda: FEED, ", ".join(["gzip"] * 9)), ("transport",)),
    ("gzip-cut", _coded(lambda: gzip.compress(FEED)[:-12], "gzip"), ("transport",)),
    ("gzip-head-only", _coded(lambda: gzip.compress(FEED)[:10], "gzip"), ("transport",)),
    ("gzip-checksum-wrong", _coded(lambda: gzip.compress(FEED)[:-8] + bytes(8), "gzip"), ("transport",)),
    ("gzip-that-is-none", _coded(lambda: FEED, "gzip"), ("transport",)),
    ("gzip-then-garbage", _coded(lambda: gzip.compress(FEED) + b"\0\0garbage", "gzip"), ("good",)),
    ("gzip-undeclared", _typed(lambda: gzip.compress(FEED), "application/rss+xml"), ("bytes",)),
    ("brotli-cut", _coded(lambda: brotli.compress(FEED)[:-9], "br"), ("transport",)),
    ("brotli-that-is-none", _coded(_noise, "br"), ("transport",)),
    ("zstd-cut", _coded(lambda: zstandard.compress(FEED)[:-9], "zstd"), ("transport",)),
    ("zstd-window-huge", _coded(lambda: b"\x28\xb5\x2f\xfd\x00\xf8\x01\x00\x00", "zstd"), ("transport",)),
    ("coding-not-asked-for", _coded(lambda: FEED, "compress"), ("transport",)),
    ("coding-nonsense", _coded(lambda: FEED, "utf-8"), ("good",)),
    ("deflate-bare", _coded(lambda: zlib.compress(FEED, wbits=-15), "deflate"), ("good",)),
)

GATES = (
    ("empty", _typed(lambda: b"", "application/rss+xml"), ("content",)),
    ("empty-gzip", _coded(lambda: gzip.compress(b""), "gzip"), ("content",)),
    ("white-space", _typed(lambda: b"\xef\xbb\xbf \r\n\0\n" * 99, "text/xml"), ("content",)),
    ("page-for-feed", _typed(lambda: _page("Harbour", "<p>Welcome.</p>" * 99), "text/html"), ("content",)),
    ("soft-404", _typed(lambda: _page("Page not found"), "text/html"), ("content",)),
    (
        "cloudflare",
        lambda line: line.answer(
            _page("Just a moment...", "<script>window._cf_chl_opt={}</script>"), "cf-mitigated: challenge"
        ),
        ("content",),
    ),
    (
        "anubis",
        _typed(
            lambda: _page("Making sure you&#39;re not a bot!", "<script id='anubis_challenge'></script>"),
            "text/html",
        ),
        ("content",),
    ),
    (
        "akamai",
        lambda line: line.answer(_page("Access Denied", "errors.edgesuite.net"), status="403 Forbidden"),
        ("status",),
    ),
    (
        "incapsula",
        _typed(lambda: _page("", "Request unsuccessful. Incapsula incident ID: 1"), "text/html"),
        ("content",),
    ),
    ("login", _typed(lambda: _page("Sign in", "<input type=password>"), "text/html"), ("content",)),
    ("login-by-redirect", _login_by_redirect, ("content",)),
    ("consent", _typed(lambda: _page("Before you continue to Harbour"), "text/html"), ("content",)),
    (
        "parked",
        _typed(lambda: _page("harbour.example: this domain is for sale"), "text/html"),
        ("content",),
    ),
)

DOCUMENTS = (
    ("xml-bomb", _typed(_laughs, "application/rss+xml"), ("bytes",)),
    ("xml-external-entity", _typed(_external, "application/rss+xml"), ("bytes",)),
    ("xml-deep", _typed(lambda: b"<rss><channel>" + b"<a>" * 200_000, "text/xml"), ("bytes",)),
    ("html-deep", _typed(lambda: _page("deep", "<div>" * 200_000), "text/html"), ("content",)),
    ("items-100000", _typed(_many_items, "application/rss+xml"), ("bytes",)),
    (
        "item-of-9-mb",
        _typed(lambda: _feed_of(f"<item><title>{'x' * 9_000_000}</title></item>"), "text/xml"),
        ("bytes",),
    ),
    (
        "regex-bait",
        _typed(lambda: _feed_of(f"<item><title>{'<![CDATA[' * 50_000}</title></item>"), "text/xml"),
        ("bytes",),
    ),
    (
        "script-laden",
        _typed(lambda: _page("x", "<script>" + "a<b;" * 99_000 + "</script>"), "text/html"),
        ("content",),
    ),
    ("nuls", _typed(lambda: FEED.replace(b" ", b"\0"), "application/rss+xml"), ("bytes",)),
    ("charset-unknown", _typed(lambda: FEED, "application/rss+xml; charset=klingon"), ("bytes",)),
    (
        "charset-wrong",
        _typed(lambda: FEED.replace(b"lamp", b"l\xe4mp"), "application/rss+xml; charset=utf-8"),
        ("bytes",),
    ),
    (
        "charset-multibyte",
        _typed(lambda: FEED.decode().encode("utf-16"), "application/rss+xml; charset=utf-8"),
        ("bytes",),
    ),
    ("charset-evil", _typed(lambda: FEED, "text/xml; charset=" + "x" * 30_000), ("bytes",)),
    ("boms", _typed(lambda: b"\xef\xbb\xbf" * 9 + FEED, "application/rss+xml"), ("bytes",)),
    ("picture", _typed(lambda: b"\x89PNG\r\n\x1a\n" + _noise(), "image/png"), ("bytes",)),
    ("noise", _typed(_noise, "application/rss+xml"), ("bytes",)),
    ("json-deep", _typed(lambda: b"[" * 500_000, "application/feed+json"), ("bytes",)),
    ("feed-cut", _typed(lambda: FEED[: len(FEED) // 2], "application/rss+xml"), ("bytes",)),
)

GOOD = (
    ("good", _typed(lambda: FEED, "application/rss+xml"), ("good",)),
    ("good-gzip", _coded(lambda: gzip.compress(FEED), "gzip"), ("good",)),
    ("good-brotli", _coded(lambda: brotli.compress(FEED), "br"), ("good",)),
    ("good-zstd", _coded(lambda: zstandard.compress(FEED), "zstd"), ("good",)),
    ("good-deflate", _coded(lambda: zlib.compress(FEED), "deflate"), ("good",)),
    ("good-twice-coded", _coded(lambda: brotli.compress(gzip.compress(FEED)), "gzip, br"), ("good",)),
)

BODIES = tuple(Behaviour(*entry) for entry in (*CODINGS, *GATES, *DOCUMENTS, *GOOD))
