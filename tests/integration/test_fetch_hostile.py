"""Every hostile behaviour at the real door: no crash, no hang, no forbidden address, no false success."""

from __future__ import annotations

import re
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from aggregator.config import FetchSettings
from aggregator.fetch import Fetcher, Request, each
from aggregator.fetch.judge import judge
from aggregator.networks import parse_network
from parsers.errors import FetchError
from parsers.model import Capture
from tests.integration.hostile.behaviours import ALL
from tests.integration.hostile.server import FEED, Server

DEADLINE = 1.5


@dataclass(frozen=True)
class Outcome:
    word: str
    seconds: float
    message: str = ""
    about: tuple[str, str] = ("", "")


def attempt(fetcher: Fetcher, url: str) -> Outcome:
    start = time.monotonic()
    try:
        answer = fetcher.get(Request(url=url, source_id="s", parser="feed"), hold=True)
    except FetchError as error:
        return Outcome(error.code, time.monotonic() - start, str(error), about=(error.source_id, error.url))
    seconds = time.monotonic() - start
    fetcher.release(answer)
    assert isinstance(answer, Capture)
    error = judge(answer)
    if error:
        return Outcome(error.code, seconds, str(error), about=(error.source_id, url))
    return Outcome("good" if answer.body == FEED else "bytes", seconds)


@pytest.fixture(scope="module")
def server():
    with Server(ALL) as running:
        yield running


@pytest.fixture(scope="module")
def outcomes(server):
    settings = FetchSettings(
        timeout=timedelta(seconds=DEADLINE),
        host_delay=timedelta(0),
        allow_networks=(parse_network(f"127.0.0.1/32:{server.port}"),),
    )
    with Fetcher(settings, lambda: datetime.now(UTC)) as fetcher:
        done = each(ALL, lambda name: attempt(fetcher, server.url(name)), workers=24)
        return dict(done)


def test_every_behaviour_stands_in_the_docs():
    page = (Path(__file__).parent.parent.parent / "docs" / "fetching.md").read_text(encoding="utf-8")
    listed = re.findall(r"`([^`\s]+)`", page.partition("## Behaviours")[2])
    assert set(listed) - {"tests/integration/hostile"} == set(ALL)
    assert len(ALL) >= 100


@pytest.mark.parametrize("name", ALL)
def test_a_behaviour_comes_to_what_it_is(name, outcomes, server):
    outcome = outcomes[name]
    expected = ALL[name].outcomes
    if expected == ("bytes",):
        expected = ("bytes", "good")
    if "too_large" in expected:
        # On a busy machine the deadline may come before the limit of size does.
        expected = (*expected, "transport")
    assert outcome.word in expected, outcome.message
    assert outcome.seconds < DEADLINE + 5
    if outcome.word not in {"good", "bytes"}:
        # Each failure is a sentence that says what happened and what to do.
        assert outcome.message.count(".") >= 2
        assert len(outcome.message) < 500
        assert outcome.about == ("s", server.url(name))


def test_no_forbidden_address_was_reached(outcomes, server):
    assert server.trapped == []


def test_no_thread_is_left_behind(outcomes):
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        left = [thread.name for thread in threading.enumerate() if thread.name in {"fetch", "resolve"}]
        if not left:
            break
        time.sleep(0.05)
    assert left == []


def test_flapping_is_told_apart(server):
    settings = FetchSettings(
        host_delay=timedelta(0), allow_networks=(parse_network(f"127.0.0.1/32:{server.port}"),)
    )
    with Fetcher(settings, lambda: datetime.now(UTC)) as fetcher:
        words = {attempt(fetcher, server.url("flapping")).word for _ in range(2)}
    assert words == {"good", "status"}
