"""Names, addresses and handshakes: resolved once, checked all, and never waited for beyond the deadline."""

from __future__ import annotations

import socket
import threading
import time
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.config import FetchSettings
from aggregator.fetch import Fetcher, Request
from aggregator.networks import parse_network
from parsers.errors import ForbiddenAddressError, TransportError
from tests.integration.hostile.server import FEED, Behaviour, Server

REAL = socket.getaddrinfo


@pytest.fixture
def server():
    acts = {"feed": lambda line: line.answer(FEED), "hang": lambda line: line.wait()}
    with Server({name: Behaviour(name, act, ()) for name, act in acts.items()}) as running:
        yield running


def open_for(server: Server, seconds: float = 2.0) -> Fetcher:
    settings = FetchSettings(
        timeout=timedelta(seconds=seconds),
        host_delay=timedelta(0),
        allow_networks=(parse_network(f"127.0.0.1:{server.port}"),),
    )
    return Fetcher(settings, lambda: datetime.now(UTC))


@pytest.fixture
def names(monkeypatch):
    """A resolver of our own: name to addresses; counts what it is asked."""
    table, asked = {}, []

    def resolve(host, port, *args, **given):
        if host not in table:
            return REAL(host, port, *args, **given)
        asked.append(host)
        answer = table[host]
        if callable(answer):
            answer = answer()
        return [
            (
                socket.AF_INET6 if ":" in address else socket.AF_INET,
                socket.SOCK_STREAM,
                6,
                "",
                (address, port),
            )
            for address in answer
        ]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    return table, asked


def test_a_name_is_resolved_once_and_its_checked_address_used(server, names):
    table, asked = names
    answers = iter((["127.0.0.1"], ["10.0.0.1"], ["169.254.169.254"]))
    table["rebind.example"] = lambda: next(answers)
    with open_for(server) as fetcher:
        capture = fetcher.get(Request(url=f"http://rebind.example:{server.port}/feed"))
    assert capture.body == FEED
    assert capture.ip == "127.0.0.1"
    assert asked == ["rebind.example"]


def test_of_several_addresses_only_the_allowed_are_used(server, names):
    table, _ = names
    table["mixed.example"] = ["10.0.0.1", "::1", "169.254.169.254", "127.0.0.1", "::ffff:10.0.0.1"]
    with open_for(server) as fetcher:
        assert fetcher.get(Request(url=f"http://mixed.example:{server.port}/feed")).ip == "127.0.0.1"


@pytest.mark.parametrize(
    "address",
    ["10.0.0.1", "127.0.0.2", "::1", "::ffff:127.0.0.1%1", "64:ff9b::a00:1", "fe80::1%lo", "0.0.0.0"],
)
def test_a_name_that_leads_astray_is_refused(server, names, address):
    table, _ = names
    table["astray.example"] = [address]
    with (
        open_for(server) as fetcher,
        pytest.raises(ForbiddenAddressError, match=r"astray\.example leads to"),
    ):
        fetcher.get(Request(url=f"http://astray.example:{server.port + 1}/feed"))


def test_a_name_without_addresses_is_no_host(server, names):
    table, _ = names
    table["empty.example"] = []
    with open_for(server) as fetcher, pytest.raises(TransportError, match=r"empty\.example"):
        fetcher.get(Request(url="http://empty.example/feed"))


def test_a_resolver_that_hangs_is_left_behind(server, names):
    table, _ = names
    release = threading.Event()

    def hang():
        release.wait(10)
        return ["127.0.0.1"]

    table["slow.example"] = hang
    start = time.monotonic()
    with open_for(server, 0.5) as fetcher, pytest.raises(TransportError, match=r"within 0\.5 s"):
        fetcher.get(Request(url="http://slow.example/feed"))
    assert time.monotonic() - start < 1.5
    release.set()


def test_a_dead_address_leaves_time_for_the_next(server, names):
    """::1 refuses at once here; 127.0.0.1 answers."""
    table, _ = names
    table["two.example"] = ["::1", "127.0.0.1"]
    settings = FetchSettings(
        timeout=timedelta(seconds=2),
        host_delay=timedelta(0),
        allow_networks=tuple(map(parse_network, ("::1", f"127.0.0.1:{server.port}"))),
    )
    with Fetcher(settings, lambda: datetime.now(UTC)) as fetcher:
        assert fetcher.get(Request(url=f"http://two.example:{server.port}/feed")).ip == "127.0.0.1"


def test_a_closed_port_is_told(server):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    settings = FetchSettings(allow_networks=(parse_network(f"127.0.0.1:{port}"),))
    with (
        Fetcher(settings, lambda: datetime.now(UTC)) as fetcher,
        pytest.raises(TransportError, match="refused"),
    ):
        fetcher.get(Request(url=f"http://127.0.0.1:{port}/"))


def test_a_handshake_is_under_the_deadline(server):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        settings = FetchSettings(
            timeout=timedelta(seconds=0.5), allow_networks=(parse_network(f"127.0.0.1:{port}"),)
        )
        start = time.monotonic()
        with (
            Fetcher(settings, lambda: datetime.now(UTC)) as fetcher,
            pytest.raises(TransportError, match=r"within 0\.5 s"),
        ):
            fetcher.get(Request(url=f"https://127.0.0.1:{port}/"))
        assert time.monotonic() - start < 2


def test_a_handshake_that_drips_is_under_the_deadline():
    with socket.create_server(("127.0.0.1", 0)) as dripping:
        port = dripping.getsockname()[1]

        def drip():
            connection, _ = dripping.accept()
            with connection:
                for byte in b"\x16\x03\x03\x40\x00" + bytes(200):
                    try:
                        connection.sendall(bytes([byte]))
                    except OSError:
                        return
                    time.sleep(0.1)

        threading.Thread(target=drip, daemon=True).start()
        settings = FetchSettings(
            timeout=timedelta(seconds=1), allow_networks=(parse_network(f"127.0.0.1:{port}"),)
        )
        start = time.monotonic()
        with Fetcher(settings, lambda: datetime.now(UTC)) as fetcher, pytest.raises(TransportError):
            fetcher.get(Request(url=f"https://127.0.0.1:{port}/"))
        assert time.monotonic() - start < 2


def test_plain_http_where_tls_should_be_is_told():
    with socket.create_server(("127.0.0.1", 0)) as plain:
        port = plain.getsockname()[1]

        def refuse():
            connection, _ = plain.accept()
            with connection:
                connection.recv(4096)
                connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")

        threading.Thread(target=refuse, daemon=True).start()
        settings = FetchSettings(allow_networks=(parse_network(f"127.0.0.1:{port}"),))
        with (
            Fetcher(settings, lambda: datetime.now(UTC)) as fetcher,
            pytest.raises(TransportError, match="no safe connection"),
        ):
            fetcher.get(Request(url=f"https://127.0.0.1:{port}/feed"))
