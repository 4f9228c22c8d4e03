"""Feeds of feedparser's and the W3C validator's own tests: each that can be read gives its entries."""

import io
import json
import time
import warnings
from datetime import UTC, datetime

import feedparser
import pytest

from parsers import registry
from parsers.errors import ParseError
from parsers.model import Capture

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
        capture = Capture(
            source_id="s",
            parser="feed",
            url="http://127.0.0.1:8097/feed.xml",
            final_url="http://127.0.0.1:8097/feed.xml",
            fetched_at=datetime(2026, 1, 1, tzinfo=UTC),
            status=200,
            headers=tuple(headers.items()),
            body=body,
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
