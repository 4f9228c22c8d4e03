"""The clockwork: jobs of any kind, by a clock that the test sets, and once with real threads."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta

from schedules.daemon import FIRST_HOLD, LONGEST_HOLD, Daemon, Job, Pace, Rota

NOW = datetime(2022, 11, 8, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def fail(*_):
    raise ValueError


def job(name, due_at, run=lambda _now: None, at_once=1):
    return Job(name=name, due_at=lambda _now: due_at, run=run, at_once=at_once)


def test_the_soonest_comes_first_and_the_idle_not_at_all():
    rota = Rota([job("late", NOW + HOUR), job("idle", None), job("overdue", NOW - HOUR)], fail)
    assert [(one.name, at) for at, one in rota.upcoming(NOW)] == [
        ("overdue", NOW - HOUR),
        ("late", NOW + HOUR),
    ]


def test_a_job_that_fails_is_held_longer_each_time_and_others_are_not():
    told = []
    broken, other = job("broken", NOW, fail), job("other", NOW)
    rota = Rota([broken, other], lambda name, error: told.append((name, type(error))))
    now, holds = NOW, []
    for _ in range(9):
        rota.perform(broken, now)
        by_name = {one.name: at for at, one in rota.upcoming(now)}
        assert by_name["other"] == NOW
        holds.append(by_name["broken"] - now)
        now = by_name["broken"]
    assert holds[:3] == [FIRST_HOLD, FIRST_HOLD * 2, FIRST_HOLD * 4]
    assert holds[-1] == LONGEST_HOLD
    assert told == [("broken", ValueError)] * 9


def test_a_job_that_cannot_say_when_is_held_too():
    rota = Rota([Job(name="mute", due_at=fail, run=fail)], lambda *_: None)
    ((at, _),) = rota.upcoming(NOW)
    assert at == NOW + FIRST_HOLD
    ((again, _),) = rota.upcoming(NOW + timedelta(seconds=1))
    assert again == at, "it is not asked again before"


def test_a_clock_set_back_does_not_make_a_hold_last():
    broken = job("broken", NOW, fail)
    rota = Rota([broken], lambda *_: None)
    rota.perform(broken, NOW + timedelta(days=900))
    ((at, _),) = rota.upcoming(NOW)
    assert at <= NOW + LONGEST_HOLD


def test_a_job_is_under_way_only_as_often_as_it_may():
    inside, leave = threading.Barrier(3), threading.Event()

    def work(_now):
        inside.wait(5)
        leave.wait(5)

    twice = job("twice", NOW, work, at_once=2)
    rota = Rota([twice], fail)
    threads = [threading.Thread(target=rota.perform, args=(twice, NOW)) for _ in range(2)]
    for thread in threads:
        thread.start()
    inside.wait(5)
    assert rota.upcoming(NOW) == []
    assert rota.longest() >= 0
    leave.set()
    for thread in threads:
        thread.join(5)
    assert len(rota.upcoming(NOW)) == 1
    assert rota.longest() < 0


def test_a_pace_is_due_at_once_then_when_it_was_set_and_when_the_clock_goes_back():
    pace = Pace()
    assert pace.due_at(NOW) == NOW
    pace.rest(NOW, NOW + HOUR)
    assert pace.due_at(NOW + timedelta(minutes=1)) == NOW + HOUR
    assert pace.due_at(NOW + 9 * HOUR) == NOW + HOUR
    assert pace.due_at(NOW - HOUR) == NOW - HOUR
    pace.rest(NOW, None)
    assert pace.due_at(NOW + HOUR) is None
    pace.hurry()
    assert pace.due_at(NOW + HOUR) == NOW + HOUR


class Clock:
    """Real time, and how far the machine's clock is from it."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


def until(condition, seconds=5.0) -> bool:
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.005)
    return condition()


def test_jobs_are_done_in_threads_when_due_and_after_a_jump_of_the_clock():
    clock, runs, pace = Clock(), [], Pace()
    pace.rest(clock(), clock() + timedelta(seconds=0.1))

    def work(now):
        runs.append(now)
        pace.rest(now, now + HOUR)

    daemon = Daemon(Rota([Job(name="work", due_at=pace.due_at, run=work)], fail), clock)
    daemon.start()
    try:
        assert until(lambda: len(runs) == 1)
        clock.ahead = 200 * HOUR
        daemon.beat()
        assert until(lambda: len(runs) == 2), "a week asleep is one run"
        clock.ahead = timedelta()
        daemon.beat()
        assert until(lambda: len(runs) == 3), "the clock was set back"
        time.sleep(0.05)
        daemon.beat()
        assert len(runs) == 3
    finally:
        daemon.stop()
    assert daemon.wait(5)


def test_a_stop_begins_nothing_and_waits_as_long_as_it_is_told():
    begun, leave = threading.Event(), threading.Event()

    def work(_now):
        begun.set()
        leave.wait(10)

    daemon = Daemon(Rota([job("work", NOW, work)], fail), Clock())
    daemon.start()
    assert begun.wait(5)
    daemon.stop()
    daemon.beat()
    assert not daemon.wait(0.05)
    leave.set()
    assert daemon.wait(5)
