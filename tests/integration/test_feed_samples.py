"""Feeds of feedparser's and the W3C validator's own tests: each that can be read gives its entries."""

import io
import json
import time
import warnings

import feedparser
import pytest

from parsers import registry
from parsers.errors import ParseError
from tests.captures import capture_of

pytestmark = [pytest.mark.samples, pytest.mark.slow]


def count_entries(body, headers):
    """How many entries feedparser itself finds."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return len(feedparser.parse(io.BytesIO(body), response_headers=headers).entries)
        except Exception:
            return 0


def test_every_feed_gives_its_entries(samples):
    folder = samples / "data" / "feeds"
    cases = [json.loads(line) for line in (folder / "index.jsonl").read_text(encoding="utf-8").splitlines()]
    wrong, slow, read = [], [], 0
    for case in cases:
        body = (folder / case["path"]).read_bytes()
        headers = (case.get("expectation") or {}).get("headers") or {}
        capture = capture_of(
            body, "http://127.0.0.1:8097/feed.xml", parser="feed", headers=tuple(headers.items())
        )
        started = time.process_time()
        try:
            found = len(registry.read(capture).entries)
        except ParseError:
            found = 0
        if time.process_time() - started > 5:
            slow.append(case["path"])
        expected = count_entries(body, {name.lower(): value for name, value in headers.items()})
        read += found
        if found != expected and case["kind"] != "feed-json":
            wrong.append((case["path"], expected, found))
    assert (wrong, slow) == ([], [])
    assert read > 2_500
