"""Whatever bytes a server sends, a fetch ends with a capture or an error of ours."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aggregator.config import FetchSettings
from aggregator.fetch import Fetcher, NotModified, Request
from aggregator.fetch.judge import judge
from aggregator.networks import parse_network
from parsers.errors import FetchError
from parsers.model import Capture
from tests.integration.hostile.server import FEED, Behaviour, Server

HEADERS = [
    b"Content-Type: text/xml",
    f"Content-Length: {len(FEED)}".encode(),
    b"Content-Length: 3",
    b"Transfer-Encoding: chunked",
    b"Content-Encoding: gzip",
    b"Content-Encoding: br, zstd",
    b"Location: /raw",
    b"Location: http://127.0.0.1:1/",
    b"Location: \xff\xfe//[",
    b"Retry-After: 5",
    b"Connection: keep-alive",
    b"ETag: \xe9",
    b"Set-Cookie: =;=",
    b"X: \t",
]
STATUS_LINES = [
    *(
        f"HTTP/1.1 {status} Words".encode()
        for status in (100, 101, 200, 204, 206, 301, 302, 304, 404, 500, 999)
    ),
    b"HTTP/1.0 200",
    b"HTTP/2 200 OK",
    b"ICY 200 OK",
]
well_formed = st.builds(
    lambda line, headers, body: (
        line + b"\r\n" + b"".join(name + b"\r\n" for name in headers) + b"\r\n" + body
    ),
    st.sampled_from(STATUS_LINES),
    st.lists(st.sampled_from(HEADERS), max_size=4),
    st.sampled_from([b"", FEED, gzip.compress(FEED), b"5\r\nhello\r\n0\r\n\r\n", b"\xff" * 100]),
)


@st.composite
def damaged(draw):
    raw = bytearray(draw(well_formed))
    for _ in range(draw(st.integers(0, 4))):
        raw[draw(st.integers(0, len(raw) - 1))] = draw(st.integers(0, 255))
    return bytes(raw[: draw(st.integers(0, len(raw)))])


@pytest.fixture(scope="module")
def door():
    sent = {}
    raw = Behaviour("raw", lambda line: line.send(sent["raw"]), ())
    with Server({"raw": raw}) as server:
        given_settings = FetchSettings(
            timeout=timedelta(seconds=2),
            host_delay=timedelta(0),
            allow_networks=(parse_network(f"127.0.0.1:{server.port}"),),
        )
        with Fetcher(given_settings, lambda: datetime(2022, 11, 8, tzinfo=UTC)) as fetcher:
            yield sent, fetcher, server


@settings(
    derandomize=True,
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(raw=st.one_of(well_formed, damaged(), st.binary(max_size=300)))
def test_any_answer_comes_to_a_capture_or_an_error(door, raw):
    sent, fetcher, server = door
    sent["raw"] = raw
    try:
        answer = fetcher.get(Request(url=server.url("raw"), source_id="s", etag='"x"'))
    except FetchError as error:
        outcome = error
    else:
        outcome = judge(answer) if isinstance(answer, Capture) else answer
    assert outcome is None or isinstance(outcome, FetchError | NotModified)
    assert outcome is None or outcome.source_id == "s"
    assert server.trapped == []
