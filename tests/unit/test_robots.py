from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from aggregator.config import FetchSettings
from aggregator.fetch import Fetcher
from aggregator.fetch.robots import Robots
from aggregator.networks import parse_network
from tests.integration.hostile.server import Behaviour, Server

RULES = b"""
User-agent: *
Disallow: /private/
Crawl-delay: 2

User-agent: natowire
Disallow: /archive/
Disallow: /*.pdf$
Allow: /archive/open
Crawl-delay: 3.5
"""


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self):
        self.now = datetime(2022, 11, 8, 12, tzinfo=UTC)

    def __call__(self):
        return self.now


@pytest.fixture
def visit():
    """Makes a site whose robots.txt does what is given, and the rules that are read from it."""
    opened = []

    def make(act, *, reachable=True):
        server = Server({"robots.txt": Behaviour("robots.txt", act, ("good",))})
        networks = (parse_network(f"127.0.0.1:{server.port}"),) if reachable else ()
        clock = Clock()
        fetcher = Fetcher(
            FetchSettings(host_delay=timedelta(0), timeout=timedelta(seconds=1), allow_networks=networks),
            clock,
        )
        opened.extend((fetcher.close, server.__exit__))
        return server, Robots(fetcher, clock), clock

    yield make
    for close in opened:
        close()


def count_and(answer, visits: list):
    def act(line):
        visits.append(line.path)
        answer(line)

    return act


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("", True),
        ("news/1", True),
        ("private/1", True),  # The rules for natowire by name stand alone.
        ("archive/1", False),
        ("archive/open/1", True),
        ("papers/a.pdf", False),
        ("papers/a.pdf?x", True),
    ],
)
def test_rules_are_obeyed(visit, path, allowed):
    server, robots, _ = visit(lambda line: line.answer(RULES))
    assert robots.allows(server.url(path)) is allowed


def test_the_crawl_delay_is_read_within_reason(visit):
    server, robots, _ = visit(lambda line: line.answer(RULES))
    assert robots.delay(server.url("news")) == 3.5


@pytest.mark.parametrize(
    ("written", "seconds"),
    [("999999", 60), ("0", 0), ("-5", 0), ("nan", 0), ("inf", 0), ("soon", 0), ("1e99", 60)],
)
def test_an_odd_crawl_delay_is_survived(visit, written, seconds):
    server, robots, _ = visit(lambda line: line.answer(f"User-agent: *\nCrawl-delay: {written}".encode()))
    assert robots.delay(server.url("news")) == seconds


@pytest.mark.parametrize("status", ["401 Unauthorized", "403 Forbidden", "404 Not Found", "410 Gone"])
def test_without_rules_all_is_allowed(visit, status):
    server, robots, _ = visit(lambda line: line.answer(b"no", status=status))
    assert robots.allows(server.url("archive/1"))
    assert robots.delay(server.url("archive/1")) == 0


@pytest.mark.parametrize("status", ["500 Error", "503 Busy", "429 Slow Down"])
def test_a_site_in_trouble_is_not_crawled(visit, status):
    server, robots, _ = visit(lambda line: line.answer(b"no", status=status))
    assert not robots.allows(server.url("news"))


def test_a_site_that_does_not_answer_is_not_crawled(visit):
    server, robots, _ = visit(lambda line: None)
    assert not robots.allows(server.url("news"))


def test_a_forbidden_address_is_not_crawled(visit):
    server, robots, _ = visit(lambda line: line.answer(RULES), reachable=False)
    assert not robots.allows(server.url("news"))
    assert server.visits == {}


def test_rules_are_asked_for_once_a_day(visit):
    visits = []
    server, robots, clock = visit(count_and(lambda line: line.answer(RULES), visits))
    for _ in range(5):
        robots.allows(server.url("news"))
        robots.delay(server.url("other"))
    assert len(visits) == 1
    clock.now += timedelta(hours=23)
    robots.allows(server.url("news"))
    assert len(visits) == 1
    clock.now += timedelta(hours=2)
    robots.allows(server.url("news"))
    assert len(visits) == 2


def test_trouble_is_forgotten_within_the_hour(visit):
    visits = []

    def act(line):
        visits.append(1)
        line.answer(RULES, status="500 Error" if len(visits) == 1 else "200 OK")

    server, robots, clock = visit(act)
    assert not robots.allows(server.url("news"))
    clock.now += timedelta(minutes=61)
    assert robots.allows(server.url("news"))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff\xfe\x00",
        b"<html><title>Not found</title>",
        b"User-agent: *\nDisallow: /" + b"*a" * 5000 + b"$",
        b"User-agent: *\n" + b"Disallow: /*x*y*z\n" * 20_000,
        b"Disallow\n:::\nUser-agent\n" * 9000,
        b"x" * 2_000_000,
    ],
    ids=["empty", "binary", "html", "stars", "many", "odd", "long"],
)
def test_odd_files_are_survived(visit, body):
    server, robots, _ = visit(lambda line: line.answer(body))
    assert robots.allows(server.url("a" * 2000)) in {True, False}
