"""A server of a few behaviours and a door that may reach it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from aggregator.config import FetchSettings
from aggregator.fetch import Fetcher
from aggregator.networks import parse_network
from tests.integration.hostile.server import FEED, Behaviour, Server

NOW = datetime(2022, 11, 8, 12, 0, 0, 987_654, tzinfo=UTC)


def serve(**acts):
    return Server({name: Behaviour(name, act, ("good",)) for name, act in acts.items()})


def settings_for(server: Server, **given) -> FetchSettings:
    usual = {
        "timeout": timedelta(seconds=5),
        "host_delay": timedelta(0),
        "allow_networks": (parse_network(f"127.0.0.1:{server.port}"),),
    }
    return FetchSettings(**{**usual, **given})


def open_for(server: Server, **given) -> Fetcher:
    return Fetcher(settings_for(server, **given), lambda: NOW)


def not_modified(line):
    if b'If-None-Match: "v1"' in line.head:
        line.answer(b"", 'ETag: "v1"', "Cache-Control: max-age=60", status="304 Not Modified", length=False)
    else:
        line.answer(FEED, 'ETag: "v1"', "Last-Modified: Tue, 08 Nov 2022 10:00:00 GMT")
