"""Reading under guard: whatever a document does, the reader hands back a value."""

import multiprocessing
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from aggregator.workers import Workers
from parsers.errors import LayoutError, ParseError
from parsers.model import Capture, Parsed

PAGE = b"""<html><body><main><h1>A bridge opens</h1>
<p>The bridge was opened by two mayors, a band and a dog.</p></main></body></html>"""


def capture(body=PAGE, *, parser="page", zone="Europe/Brussels"):
    return Capture(
        source_id="s",
        parser=parser,
        url="https://example.org/",
        final_url="https://example.org/",
        fetched_at=datetime(2022, 11, 26, tzinfo=UTC),
        status=200,
        headers=(),
        body=body,
        zone=zone,
    )


@pytest.fixture(scope="module")
def readers():
    with Workers(1, seconds=3) as readers:
        yield readers


def test_what_was_read_comes_back(readers):
    parsed = readers.read(capture())
    assert isinstance(parsed, Parsed)
    assert parsed.entries[0].title == "A bridge opens"


@pytest.mark.parametrize(
    ("document", "kind", "sentence"),
    [
        (capture(parser="drupal"), LayoutError, "no aggregator items"),
        (capture(b" "), ParseError, "no body"),
        (capture(parser="unheard"), ParseError, "no parser 'unheard'"),
        # A zone that is none is caught where settings are read; past that, a parser can only stumble.
        (capture(zone="Nowhere/At All"), ParseError, "made its parser fail"),
    ],
)
def test_a_document_that_cannot_be_read_is_an_error_as_a_value(readers, document, kind, sentence):
    result = readers.read(document)
    assert type(result) is kind
    assert sentence in str(result)
    assert result.url == "https://example.org/"


def test_readers_that_are_killed_while_they_rest_are_replaced():
    with Workers(2) as readers, ThreadPoolExecutor(4) as threads:
        for _ in range(2):
            assert all(isinstance(one, Parsed) for one in threads.map(readers.read, [capture()] * 8))
            for child in multiprocessing.active_children():
                child.kill()
                child.join()
        assert isinstance(readers.read(capture()), Parsed)


def test_many_threads_share_one_pool():
    known = set(multiprocessing.active_children())
    with Workers(1) as readers, ThreadPoolExecutor(6) as threads:
        results = list(threads.map(readers.read, [capture()] * 6))
        started = set(multiprocessing.active_children()) - known
    assert all(isinstance(result, Parsed) for result in results)
    assert len(started) == 1
