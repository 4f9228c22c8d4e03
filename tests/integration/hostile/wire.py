"""Behaviours of connections, headers, lengths and redirects."""

from __future__ import annotations

import socket
import struct
import time

from tests.integration.hostile.server import FEED, Behaviour, Line

OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"


def _reset(line: Line) -> None:
    line.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    line.sock.close()
    line.broken = True


def _reset_after(line: Line, sent: bytes) -> None:
    line.send(sent)
    time.sleep(0.1)
    _reset(line)


def _forever(line: Line, head: bytes, piece: bytes, pause: float = 0.0) -> None:
    line.send(head)
    while line.send(piece):
        time.sleep(pause)


def _chunk(data: bytes) -> bytes:
    return f"{len(data):x}\r\n".encode() + data + b"\r\n"


def _chunks(data: bytes, size: int) -> bytes:
    return b"".join(_chunk(data[at : at + size]) for at in range(0, len(data), size)) + b"0\r\n\r\n"


def _headed(*lines: bytes, body: bytes = FEED) -> bytes:
    return OK + b"".join(line + b"\r\n" for line in lines) + b"\r\n" + body


def _redirect(line: Line, target: str, status: str = "302 Found") -> None:
    line.answer(b"", f"Location: {target}", status=status)


def _to_trap(host: str):
    return lambda line: _redirect(line, f"http://{host}:{line.server.trap_port}/trap")


def _circle(line: Line) -> None:
    _redirect(line, "/circle/b" if line.path.endswith("/a") else "/circle/a")


def _chain(line: Line) -> None:
    number = int(line.path.rpartition("/")[2]) if "/" in line.path else 0
    _redirect(line, f"/redirect-chain/{number + 1}")


def _short_chain(line: Line) -> None:
    number = int(line.path.rpartition("/")[2]) if "/" in line.path else 0
    if number == 4:
        line.answer(FEED)
    else:
        _redirect(line, f"/redirect-four/{number + 1}", "301 Moved Permanently")


def _slow_chain(line: Line) -> None:
    time.sleep(0.6)
    number = int(line.path.rpartition("/")[2]) if "/" in line.path else 0
    _redirect(line, f"/redirect-slow/{number + 1}")


def _flap(line: Line) -> None:
    if line.server.visit("flapping") % 2:
        line.answer(b"overloaded", status="500 Internal Server Error")
    else:
        line.answer(FEED)


LENGTH = f"Content-Length: {len(FEED)}".encode()
CLOSED = ("transport",)

CONNECTIONS = (
    ("close-at-once", lambda line: None, CLOSED),
    ("reset-at-once", _reset, CLOSED),
    ("reset-in-headers", lambda line: _reset_after(line, OK + b"Content-Ty"), CLOSED),
    ("reset-in-body", lambda line: _reset_after(line, OK + LENGTH + b"\r\n\r\n" + FEED[:100]), CLOSED),
    ("silence", Line.wait, CLOSED),
    ("silence-after-headers", lambda line: (line.send(OK + LENGTH + b"\r\n\r\n"), line.wait()), CLOSED),
    ("half-status-line", lambda line: line.send(b"HTTP/1.1 20"), CLOSED),
    ("garbage", lambda line: line.send(bytes(range(256)) * 40), CLOSED),
    ("tls-alert", lambda line: line.send(b"\x15\x03\x01\x00\x02\x02\x46"), CLOSED),
    ("http-0.9", lambda line: line.send(FEED), CLOSED),
    (
        "http-2-settings",
        lambda line: line.send(b"\x00\x00\x12\x04\x00\x00\x00\x00\x00" + b"\0" * 18),
        CLOSED,
    ),
    ("ssh-banner", lambda line: line.send(b"SSH-2.0-OpenSSH_9.6\r\n"), CLOSED),
    ("slow-headers", lambda line: line.drip(_headed(LENGTH)), CLOSED),
    ("slow-body", lambda line: (line.send(OK + LENGTH + b"\r\n\r\n"), line.drip(FEED)), CLOSED),
    ("slow-chunks", lambda line: _forever(line, CHUNKED, b"1\r\nx\r\n", 0.1), CLOSED),
    ("endless-1xx-slow", lambda line: _forever(line, b"", b"HTTP/1.1 102 Processing\r\n\r\n", 0.1), CLOSED),
    (
        "endless-1xx-fast",
        lambda line: _forever(line, b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 100),
        ("too_large",),
    ),
    (
        "upgrade",
        lambda line: line.send(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\nxxxx"),
        ("status", "transport"),
    ),
    (
        "early-hints",
        lambda line: line.send(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + _headed(LENGTH)),
        ("good",),
    ),
    ("http-1.0", lambda line: line.send(b"HTTP/1.0 200 OK\r\n\r\n" + FEED), ("good",)),
    (
        "answer-then-garbage",
        lambda line: line.send(_headed(LENGTH), b"\r\nHTTP/1.1 200 OK\r\n\r\nmore"),
        ("good",),
    ),
)

HEADERS = (
    ("one-huge-header", lambda line: line.send(_headed(b"X-Big: " + b"x" * 1_000_000)), ("too_large",)),
    ("endless-header", lambda line: _forever(line, OK + b"X-Big: ", b"x" * 4096), ("too_large",)),
    (
        "many-headers",
        lambda line: line.send(_headed(*[b"X-%d: y" % n for n in range(50_000)])),
        ("too_large",),
    ),
    (
        "huge-reason",
        lambda line: line.send(b"HTTP/1.1 200 " + b"O" * 200_000 + b"\r\n\r\n" + FEED),
        ("too_large",),
    ),
    ("header-without-colon", lambda line: line.send(_headed(b"just words")), CLOSED),
    ("header-with-nul", lambda line: line.send(_headed(b"X-Nul: a\0b")), CLOSED),
    ("header-name-with-space", lambda line: line.send(_headed(b"X Bad: a")), CLOSED),
    ("folded-header", lambda line: line.send(_headed(b"X-Fold: a", b" b", LENGTH)), ("good", "transport")),
    ("binary-header", lambda line: line.send(_headed(b"X-Bin: \xff\xfe\xe9", LENGTH)), ("good",)),
    (
        "bare-line-feeds",
        lambda line: line.send(_headed(LENGTH).replace(b"\r\n", b"\n", 3)),
        ("good", "transport"),
    ),
    ("status-999", lambda line: line.answer(FEED, status="999 Denied"), ("status", "transport")),
    ("status-000", lambda line: line.answer(FEED, status="000 Nothing"), CLOSED),
    ("status-words", lambda line: line.answer(FEED, status="fine OK"), CLOSED),
    (
        "odd-validators",
        lambda line: line.answer(FEED, "ETag: \u2028\"'><", "Last-Modified: soon"),
        ("good",),
    ),
    (
        "odd-cookies",
        lambda line: line.answer(FEED, *[f"Set-Cookie: a{n}=;;; =; expires=\u00ff" for n in range(200)]),
        ("good",),
    ),
    (
        "odd-dates",
        lambda line: line.answer(FEED, "Date: Tue, 99 Foo 99999", "Expires: -1", "Age: x"),
        ("good",),
    ),
    (
        "not-modified-unasked",
        lambda line: line.answer(status="304 Not Modified", length=False),
        ("status",),
    ),
    ("partial-content", lambda line: line.answer(FEED[:50], status="206 Partial Content"), ("status",)),
    ("no-content", lambda line: line.answer(status="204 No Content", length=False), ("status",)),
)

LENGTHS = (
    ("length-too-long", lambda line: line.send(OK + b"Content-Length: 99999\r\n\r\n" + FEED), CLOSED),
    ("length-too-short", lambda line: line.send(OK + b"Content-Length: 300\r\n\r\n" + FEED), ("bytes",)),
    ("length-negative", lambda line: line.send(_headed(b"Content-Length: -5")), CLOSED),
    ("length-words", lambda line: line.send(_headed(b"Content-Length: many")), CLOSED),
    ("length-contradicts", lambda line: line.send(_headed(LENGTH, b"Content-Length: 7")), CLOSED),
    (
        "length-of-an-exabyte",
        lambda line: line.send(_headed(b"Content-Length: 1" + b"0" * 18)),
        ("too_large",),
    ),
    (
        "length-of-300-digits",
        lambda line: line.send(_headed(b"Content-Length: " + b"9" * 300)),
        ("too_large", "transport"),
    ),
    ("length-50-mb", lambda line: line.answer(b" " * 50_000_000), ("too_large",)),
    ("endless-body", lambda line: _forever(line, OK + b"\r\n", b" " * 65536), ("too_large",)),
    ("endless-chunks", lambda line: _forever(line, CHUNKED, _chunk(b" " * 65536)), ("too_large",)),
    (
        "chunk-of-one",
        lambda line: line.send(CHUNKED + _chunks(b" " * 300_000, 1)),
        ("too_large", "transport"),
    ),
    ("chunk-size-words", lambda line: line.send(CHUNKED + b"many\r\nxxxx"), CLOSED),
    ("chunk-size-huge", lambda line: line.send(CHUNKED + b"f" * 16 + b"\r\nxxxx"), CLOSED),
    ("chunk-cut", lambda line: line.send(CHUNKED + _chunks(FEED, 100)[:-5]), CLOSED),
    (
        "chunk-extension-huge",
        lambda line: line.send(CHUNKED + b"5;" + b"x" * 500_000 + b"\r\nxxxxx\r\n0\r\n\r\n"),
        CLOSED,
    ),
    (
        "endless-trailers",
        lambda line: _forever(line, CHUNKED + _chunk(FEED) + b"0\r\n", b"X-T: y\r\n" * 100),
        ("transport", "too_large"),
    ),
    ("coding-unknown", lambda line: line.send(_headed(b"Transfer-Encoding: rot13")), CLOSED),
    (
        "coding-and-length",
        lambda line: line.send(
            OK + b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n" + _chunks(FEED, 64)
        ),
        ("good", "transport"),
    ),
)

REDIRECTS = (
    ("redirect-self", lambda line: _redirect(line, "/redirect-self"), CLOSED),
    ("circle", _circle, CLOSED),
    ("redirect-chain", _chain, CLOSED),
    ("redirect-four", _short_chain, ("good",)),
    ("redirect-slow", _slow_chain, CLOSED),
    ("redirect-nowhere", lambda line: line.answer(status="301 Moved Permanently"), ("status",)),
    ("redirect-no-name", lambda line: _redirect(line, "http://nowhere.invalid/"), CLOSED),
    ("redirect-broken", lambda line: _redirect(line, "http://[::1/"), CLOSED),
    ("redirect-port-0", lambda line: _redirect(line, "http://127.0.0.1:0/"), CLOSED),
    ("redirect-long", lambda line: _redirect(line, "/" + "x" * 60_000), ("status", "transport")),
    ("redirect-file", lambda line: _redirect(line, "file:///etc/passwd"), ("forbidden_address",)),
    ("redirect-gopher", lambda line: _redirect(line, "gopher://127.0.0.1:70/"), ("forbidden_address",)),
    (
        "redirect-script",
        lambda line: _redirect(line, "javascript:alert(1)"),
        ("forbidden_address", "transport"),
    ),
    ("redirect-loopback", _to_trap("127.0.0.1"), ("forbidden_address",)),
    ("redirect-loopback-name", _to_trap("localhost"), ("forbidden_address",)),
    ("redirect-loopback-6", _to_trap("[::1]"), ("forbidden_address",)),
    ("redirect-mapped", _to_trap("[::ffff:127.0.0.1]"), ("forbidden_address",)),
    ("redirect-nat64", _to_trap("[64:ff9b::7f00:1]"), ("forbidden_address",)),
    ("redirect-6to4", _to_trap("[2002:7f00:1::]"), ("forbidden_address",)),
    ("redirect-decimal", _to_trap("2130706433"), ("forbidden_address",)),
    ("redirect-octal", _to_trap("0177.0.0.1"), ("forbidden_address", "transport")),
    ("redirect-hexadecimal", _to_trap("0x7f.0.0.1"), ("forbidden_address", "transport")),
    ("redirect-short", _to_trap("127.1"), ("forbidden_address", "transport")),
    ("redirect-zero", _to_trap("0.0.0.0"), ("forbidden_address",)),
    ("redirect-userinfo", _to_trap("news.example@127.0.0.1"), ("forbidden_address",)),
    ("redirect-backslash", _to_trap("127.0.0.1\\@news.example"), ("forbidden_address", "transport")),
    (
        "redirect-metadata",
        lambda line: _redirect(line, "http://169.254.169.254/latest/meta-data/"),
        ("forbidden_address",),
    ),
    ("redirect-private", lambda line: _redirect(line, "http://10.0.0.1/"), ("forbidden_address",)),
    ("redirect-carrier", lambda line: _redirect(line, "http://100.64.0.1/"), ("forbidden_address",)),
    ("redirect-multicast", lambda line: _redirect(line, "http://224.0.0.251/"), ("forbidden_address",)),
)

STATUSES = (
    ("gone", lambda line: line.answer(FEED, status="410 Gone"), ("status",)),
    ("not-found-with-feed", lambda line: line.answer(FEED, status="404 Not Found"), ("status",)),
    (
        "retry-garbage",
        lambda line: line.answer(b"", "Retry-After: soon\u00e9", status="429 Too Many Requests"),
        ("status",),
    ),
    (
        "retry-for-ever",
        lambda line: line.answer(b"", "Retry-After: 9" + "9" * 300, status="429 Too Many Requests"),
        ("status",),
    ),
    (
        "retry-in-the-past",
        lambda line: line.answer(b"", "Retry-After: Thu, 01 Jan 1970 00:00:00 GMT", status="503 Busy"),
        ("status",),
    ),
    ("flapping", _flap, ("good", "status")),
)

WIRE = tuple(Behaviour(*entry) for entry in (*CONNECTIONS, *HEADERS, *LENGTHS, *REDIRECTS, *STATUSES))
