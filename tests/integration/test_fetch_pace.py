"""How long many fetches take, what they cost and that they leave nothing behind."""

from __future__ import annotations

import gc
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from aggregator.config import FetchSettings
from aggregator.fetch import Fetcher, NotModified, Request, each
from aggregator.networks import parse_network

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent.parent
SERVER = """
import socket, sys, threading, time
pause = float(sys.argv[1])
listener = socket.create_server(("127.0.0.1", 0), backlog=512)
print(listener.getsockname()[1], flush=True)
ANSWER = b"HTTP/1.1 304 Not Modified\\r\\nETag: \\"x\\"\\r\\nServer: x\\r\\n\\r\\n"
def serve(connection):
    with connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        while connection.recv(65536):
            time.sleep(pause)
            connection.sendall(ANSWER)
while True:
    threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
"""


@pytest.fixture
def open_fetcher():
    """Starts a server of its own process that says "not modified" after a pause."""
    opened = []

    def start(pause: float) -> tuple[Fetcher, str]:
        process = subprocess.Popen(
            [sys.executable, "-c", SERVER, str(pause)], stdout=subprocess.PIPE, text=True
        )
        port = int(process.stdout.readline())
        settings = FetchSettings(
            host_delay=timedelta(0), allow_networks=(parse_network(f"127.0.0.1:{port}"),)
        )
        fetcher = Fetcher(settings, lambda: datetime.now(UTC))
        opened.append((fetcher, process))
        return fetcher, f"http://127.0.0.1:{port}/"

    yield start
    for fetcher, process in opened:
        fetcher.close()
        process.kill()
        process.communicate()


def requests(url: str, count: int) -> list[Request]:
    return [Request(url=f"{url}{number}", etag='"x"') for number in range(count)]


def test_200_slow_sources_take_their_share_of_32_threads(open_fetcher):
    fetcher, url = open_fetcher(0.2)
    start = time.monotonic()
    answers = [answer for _, answer in each(requests(url, 200), fetcher.get, workers=32)]
    seconds = time.monotonic() - start
    assert all(isinstance(answer, NotModified) for answer in answers)
    print(f"200 sources of 200 ms, 32 at once: {seconds:.2f} s")
    assert seconds <= 1.15 * (200 * 0.2 / 32) + 0.6


@pytest.mark.parametrize("workers", [1, 8, 32])
def test_a_poll_that_brings_nothing_is_cheap(open_fetcher, workers):
    fetcher, url = open_fetcher(0)
    list(each(requests(url, 50), fetcher.get, workers=workers))
    start = time.process_time()
    list(each(requests(url, 600), fetcher.get, workers=workers))
    milliseconds = (time.process_time() - start) / 600 * 1000
    print(f"one 304 of {workers} at once: {milliseconds:.2f} ms of CPU")
    assert milliseconds < 0.9


def test_polls_leave_no_memory_behind(open_fetcher):
    fetcher, url = open_fetcher(0)

    def resident() -> int:
        gc.collect()
        return int(Path("/proc/self/statm").read_text().split()[1])

    for _ in range(5):
        list(each(requests(url, 200), fetcher.get, workers=8))
    before = resident()
    for _ in range(5):
        list(each(requests(url, 200), fetcher.get, workers=8))
    assert resident() < before * 1.05
