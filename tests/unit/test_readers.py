"""Readers for years: they read, go home, come back, and end when they are told."""

from __future__ import annotations

import multiprocessing
from datetime import UTC, datetime

import pytest

from aggregator.watch.readers import Readers
from parsers.errors import NatowireError, StoppedError
from parsers.model import Capture, Parsed

PAGE = Capture(
    source_id="pier",
    parser="feed",
    url="http://pier.example/feed",
    final_url="http://pier.example/feed",
    fetched_at=datetime(2022, 11, 8, tzinfo=UTC),
    status=200,
    headers=(("Content-Type", "application/rss+xml"),),
    body=b"<rss version='2.0'><channel><title>Pier</title><item><title>A</title></item></channel></rss>",
)


def count() -> int:
    return len(multiprocessing.active_children())


def test_they_go_home_and_come_back():
    before = count()
    some = Readers(idle_seconds=0.0)
    try:
        some.rest()
        assert isinstance(some.read(PAGE), Parsed)
        assert count() > before
        some.rest()
        assert count() == before
        assert isinstance(some.read(PAGE), Parsed)
    finally:
        some.close()
    assert count() == before


def test_closed_ones_say_that_they_stop():
    some = Readers()
    assert not isinstance(some.read(PAGE), NatowireError)
    some.close()
    with pytest.raises(StoppedError):
        some.read(PAGE)
