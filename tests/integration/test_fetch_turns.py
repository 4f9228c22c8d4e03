"""Taking turns: hosts spared, slots not lost, room kept, and a clean end."""

from __future__ import annotations

import threading
import time
from datetime import timedelta
from itertools import pairwise

import pytest

from aggregator.fetch import Fetcher, Request, bodies, each
from aggregator.networks import parse_network
from parsers.errors import StoppedError, TransportError
from tests.integration.fetch_setup import NOW, open_for, serve, settings_for
from tests.integration.hostile.server import FEED


def test_a_host_is_asked_by_one_at_a_time_and_with_pauses():
    spans, lock = [], threading.Lock()

    def act(line):
        start = time.monotonic()
        time.sleep(0.05)
        line.answer(FEED)
        with lock:
            spans.append((start, time.monotonic()))

    with serve(feed=act) as server, open_for(server, host_delay=timedelta(seconds=0.1)) as fetcher:
        jobs = [Request(url=server.url("feed"))] * 4
        answers = list(each(jobs, fetcher.get, workers=4))
    assert len(answers) == 4
    spans.sort()
    gaps = [later[0] - earlier[0] for earlier, later in pairwise(spans)]
    assert min(gaps) >= 0.14


def test_no_pause_lifts_every_limit_of_a_host():
    def act(line):
        time.sleep(0.3)
        line.answer(FEED)

    with serve(feed=act) as server, open_for(server) as fetcher:
        assert fetcher.lane(server.url("feed")) == ""
        start = time.monotonic()
        assert (
            len(
                list(
                    each(
                        [Request(url=server.url("feed"))] * 8,
                        fetcher.get,
                        workers=8,
                        lane=lambda job: fetcher.lane(job.url),
                    )
                )
            )
            == 8
        )
        assert time.monotonic() - start < 1.5


def test_a_hanging_host_costs_only_its_own_slot():
    with (
        serve(hang=lambda line: line.wait()) as hanging,
        serve(feed=lambda line: line.answer(FEED)) as server,
    ):
        allowed = tuple(parse_network(f"127.0.0.1:{one.port}") for one in (hanging, server))
        settings = settings_for(
            server,
            allow_networks=allowed,
            host_delay=timedelta(milliseconds=1),
            timeout=timedelta(seconds=0.8),
        )
        with Fetcher(settings, lambda: NOW) as fetcher:
            jobs = [Request(url=hanging.url("hang"))] * 2 + [Request(url=server.url("feed"))] * 20

            def work(job):
                try:
                    return fetcher.get(job).status
                except TransportError:
                    return None

            start, done = time.monotonic(), []
            for job, status in each(jobs, work, workers=4, lane=lambda job: fetcher.lane(job.url)):
                done.append((job.url, status, time.monotonic() - start))
    good = [seconds for url, status, seconds in done if status == 200]
    assert len(good) == 20
    assert max(good) < 0.7


def test_closing_ends_what_is_under_way():
    with serve(hang=lambda line: line.wait()) as server:
        fetcher = open_for(server, timeout=timedelta(seconds=60))
        failures = []

        def work():
            try:
                fetcher.get(Request(url=server.url("hang")))
            except StoppedError as error:
                failures.append(str(error))

        thread = threading.Thread(target=work)
        thread.start()
        time.sleep(0.3)
        start = time.monotonic()
        fetcher.close()
        thread.join(5)
        assert time.monotonic() - start < 2
        assert len(failures) == 1
        with pytest.raises(StoppedError, match="stopping"):
            fetcher.get(Request(url=server.url("hang")))


def test_large_answers_wait_for_room():
    body = b"<rss>" + b" " * (3 << 20)
    with serve(feed=lambda line: line.answer(body)) as server, open_for(server) as fetcher:
        held = [fetcher.get(Request(url=server.url("feed")), hold=True) for _ in range(2)]
        later = []
        thread = threading.Thread(
            target=lambda: later.append(fetcher.get(Request(url=server.url("feed")), hold=True))
        )
        thread.start()
        thread.join(0.5)
        assert thread.is_alive()
        fetcher.release(held[0])
        fetcher.release(held[0])  # Once is enough; twice does no harm.
        thread.join(5)
        assert len(later) == 1
        assert fetcher.get(Request(url=server.url("feed"))).body == body


def test_a_large_answer_without_room_is_put_off(monkeypatch):
    monkeypatch.setattr(bodies, "_PATIENCE", 1)
    with (
        serve(feed=lambda line: line.answer(b" " * (3 << 20))) as server,
        open_for(server) as fetcher,
    ):
        request = Request(url=server.url("feed"))
        held = [fetcher.get(request, hold=True) for _ in range(2)]
        with pytest.raises(TransportError, match=r"Too many large answers .* again later"):
            fetcher.get(request, hold=True)
        for answer in held:
            fetcher.release(answer)
        assert len(fetcher.get(request, hold=True).body) == 3 << 20


def test_each_gives_every_result_and_passes_errors_on():
    assert sorted(each(range(50), lambda n: n * n, workers=8, lane=lambda n: str(n % 5))) == [
        (n, n * n) for n in range(50)
    ]
    assert list(each([], str, workers=8)) == []
    with pytest.raises(ZeroDivisionError):
        list(each([1, 0], lambda n: 1 / n, workers=2))


def test_each_begins_nothing_new_once_left():
    begun = []

    def work(number):
        begun.append(number)
        time.sleep(0.05)
        return number

    for _ in each(range(100), work, workers=2):
        break
    time.sleep(0.3)
    assert len(begun) < 10


def test_a_lane_keeps_its_order():
    seen = []
    list(each(range(30), seen.append, workers=6, lane=lambda n: str(n % 3)))
    for lane in range(3):
        mine = [number for number in seen if number % 3 == lane]
        assert mine == sorted(mine)
