"""One poll from its request to what was read: fetching and reading share one time."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest

from aggregator.polling import OVERTIME, ask, poll_source
from parsers.errors import ParseError
from schedules.sources import Source
from tests.integration.fetch_setup import NOW, open_for, serve
from tests.integration.hostile.server import FEED


def answer_after(seconds):
    def act(line):
        time.sleep(seconds)
        line.answer(FEED)

    return act


@pytest.mark.parametrize(("slowness", "left"), [(0.0, 2.0), (1.2, 0.8)])
def test_reading_gets_what_fetching_left_and_never_less_than_the_overtime(slowness, left):
    given = []

    def read(capture, /, within=None):
        given.append(within)
        return ParseError("Nobody reads here.")

    with (
        serve(quay=answer_after(slowness)) as server,
        open_for(server, timeout=timedelta(seconds=2)) as door,
    ):
        poll = poll_source(Source(id="quay", url=server.url("quay"), parser="feed"), None)
        answer = ask(poll, door, read, lambda: NOW)
    assert str(answer.error) == "Nobody reads here."
    assert left - 0.5 < given[0] - OVERTIME <= left


def test_a_pause_that_the_host_asks_for_is_not_taken_from_the_reading():
    given = []

    def read(capture, /, within=None):
        given.append(within)
        return ParseError("Nobody reads here.")

    with (
        serve(quay=answer_after(0)) as server,
        open_for(server, timeout=timedelta(seconds=1), host_delay=timedelta(seconds=1.2)) as door,
    ):
        poll = poll_source(Source(id="quay", url=server.url("quay"), parser="feed"), None)
        for _ in range(2):
            ask(poll, door, read, lambda: NOW)
    assert given[1] >= OVERTIME
