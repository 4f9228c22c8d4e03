"""Reading under guard: whatever a document does, the reader hands back a value."""

import multiprocessing
import os
import resource
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from aggregator.workers import Workers
from parsers.errors import LayoutError, ParseError, StoppedError
from parsers.model import Capture, Parsed
from tests.conftest import ROOT

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


@contextmanager
def one_that_hangs(readers):
    """The one worker of some readers, lost in a document: it is there and does nothing."""
    assert isinstance(readers.read(capture()), Parsed)
    (worker,) = [one for one in multiprocessing.active_children() if one.name == "pebble_pool_worker"]
    os.kill(worker.pid, signal.SIGSTOP)
    try:
        yield worker
    finally:
        worker.kill()
        worker.join()


def test_an_answer_is_there_in_time_whatever_its_reader_does():
    with Workers(1) as readers:
        with one_that_hangs(readers):
            begun = time.monotonic()
            result = readers.read(capture(), within=1.0)
            took = time.monotonic() - begun
        assert "took more than 1 s" in str(result)
        assert took < 1.4
        assert isinstance(readers.read(capture()), Parsed), "another reader took its place"


def test_waiting_for_a_reader_is_no_reading_but_ends_in_time_too():
    with Workers(1, seconds=1.5) as readers, ThreadPoolExecutor(3) as threads, one_that_hangs(readers):
        begun = time.monotonic()
        lost = threads.submit(readers.read, capture())
        while readers._free.qsize():
            time.sleep(0.01)
        hurried = threads.submit(readers.read, capture(), 0.5)
        patient = threads.submit(readers.read, capture(), 30.0)
        assert "all readers were busy" in str(hurried.result())
        assert time.monotonic() - begun < 1.0
        assert "took more than 1.5 s" in str(lost.result())
        assert isinstance(patient.result(), Parsed), "its wait took nothing from its own time"


def test_readers_that_are_closed_in_the_middle_say_so_at_once():
    with ThreadPoolExecutor(1) as threads:
        readers = Workers(1)
        with one_that_hangs(readers):
            lost = threads.submit(readers.read, capture())
            time.sleep(0.1)
            begun = time.monotonic()
            with readers:
                pass
            with pytest.raises(StoppedError):
                lost.result()
            assert time.monotonic() - begun < 4


def test_a_system_without_files_to_spare_costs_the_document_only():
    limits = resource.getrlimit(resource.RLIMIT_NOFILE)
    with Workers(1) as readers:
        resource.setrlimit(resource.RLIMIT_NOFILE, (sum(1 for _ in Path("/dev/fd").iterdir()), limits[1]))
        try:
            result = readers.read(capture())
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, limits)
        assert type(result) is ParseError
        assert "Too many open files" in str(result)
        assert isinstance(readers.read(capture()), Parsed)


WITHOUT_CHILDREN = """
import multiprocessing, os, resource, sys, time
from datetime import UTC, datetime
from aggregator.workers import Workers
from parsers.model import Capture

page = Capture(source_id="s", parser="page", url="https://example.org/", final_url="https://example.org/",
    fetched_at=datetime(2022, 11, 26, tzinfo=UTC), status=200, headers=(), zone="UTC",
    body=b"<html><body><main><h1>A bridge opens</h1>"
    b"<p>The bridge was opened by two mayors, a band and a dog.</p></main></body></html>")

if __name__ == "__main__":
    with Workers(1) as readers:
        print(type(readers.read(page)).__name__)
        root = os.geteuid() == 0
        if root:
            os.setresuid(65534, 65534, 0)  # root may have as many as it likes
        hard = resource.getrlimit(resource.RLIMIT_NPROC)[1]
        resource.setrlimit(resource.RLIMIT_NPROC, (1, hard))
        readers._slots[0].end()
        begun = time.monotonic()
        print(readers.read(page))
        print("in time" if time.monotonic() - begun < 5 else "late")
        resource.setrlimit(resource.RLIMIT_NPROC, (hard, hard))
        if root:
            os.setresuid(0, 0, 0)
        print(type(readers.read(page)).__name__)
"""


def test_a_system_without_room_for_a_reader_costs_the_document_only(tmp_path):
    """Neither a process nor a thread can be had: nothing waits for one that never comes."""
    script = tmp_path / "without_children.py"
    script.write_text(WITHOUT_CHILDREN)
    tmp_path.chmod(0o755)
    ran = subprocess.run(
        [sys.executable, script],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        timeout=60,
        check=False,
    )
    first, second, third, fourth = ran.stdout.splitlines() or [ran.stderr] * 4
    assert (first, third, fourth) == ("Parsed", "in time", "Parsed"), ran.stdout + ran.stderr
    assert "its readers end one after another" in second


ORPHAN = """
import os, signal, threading, time
from tests.unit.test_workers import capture
from aggregator.workers import Workers
if __name__ == "__main__":
    words = b"<p>A bridge was opened by a mayor, a band and a dog.</p>" * 18
    item = b"<item><title>Bridge</title><link>http://example.org/1</link><description>%s</description></item>"
    feed = b"<rss><channel><title>T</title>%s</channel></rss>" % (item % words * 16_000)
    workers = Workers(1, seconds=-3)  # so its alarm rings after two
    slot = workers._slots[0]
    slot.begin().result()
    slot.give(capture(feed, parser="feed"))
    time.sleep(0.5)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_worker_whose_owner_was_killed_ends_itself(tmp_path):
    script = tmp_path / "orphan.py"
    script.write_text(ORPHAN, encoding="utf-8")
    begun = time.monotonic()
    # Its pipes are shared by all: they are closed when the last of them has ended.
    ran = subprocess.run(
        [sys.executable, script],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=False,
    )
    assert ran.returncode == -signal.SIGKILL
    assert time.monotonic() - begun < 10
