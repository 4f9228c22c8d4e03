from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from schedules.policy import (
    LONGEST,
    MOST_PATIENCE,
    SHORTEST,
    Activity,
    Poll,
    back_off,
    confirm_move,
    due_moment,
    longest_safe_wait,
    measure,
    next_due,
    next_visit,
    pace,
    reaches_back,
)

NOW = datetime(2022, 11, 8, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


def polls(*entries: tuple[float, int, int]) -> list[Poll]:
    """Polls from (hours after NOW, listed, new)."""
    return [Poll(at=NOW + HOUR * hours, listed=listed, new=new) for hours, listed, new in entries]


def wait(every=30 * MINUTE, **given) -> timedelta:
    return next_due(NOW, source_id="harbour", every=every, **given) - NOW


def test_a_source_is_due_after_its_own_interval():
    assert wait() == 30 * MINUTE
    assert wait(every=7 * DAY) == 7 * DAY


@pytest.mark.parametrize(
    ("rate", "expected"),
    [
        # new items an hour, minutes of wait for every = 60m
        (0, 120),
        (0.1, 120),
        (0.5, 120),
        (1, 60),
        (2, 30),
        (4, 15),
        (100, 15),
    ],
)
def test_pace_follows_how_often_a_source_changes(rate, expected):
    assert pace(HOUR, Activity(polls=20, rate=rate, peak=rate, listed=50)) == expected * MINUTE


def test_pace_waits_for_enough_polls():
    assert pace(HOUR, Activity(polls=3, rate=100, peak=100, listed=50)) == HOUR


def test_pace_is_bounded():
    busy = Activity(polls=20, rate=1000, peak=1000, listed=10_000)
    quiet = Activity(polls=20)
    assert pace(10 * MINUTE, busy) == SHORTEST
    assert pace(2 * MINUTE, busy) == 2 * MINUTE
    assert pace(DAY, quiet) == LONGEST
    assert pace(7 * DAY, quiet) == 7 * DAY


def test_activity_is_measured_between_polls():
    seen = measure(polls((0, 20, 20), (1, 20, 2), (2, 18, 0), (4, 20, 8)))
    assert seen == Activity(polls=4, rate=2.5, peak=4.0, listed=18)


def test_the_first_poll_only_begins():
    assert measure(polls((0, 20, 20))) == Activity(polls=1, listed=20)
    assert measure([]) == Activity()


def test_two_polls_at_once_do_not_make_a_peak():
    assert measure(polls((0, 20, 20), (0, 20, 1), (0.01, 20, 1))).peak == 1.0


@pytest.mark.parametrize(
    ("peak", "listed", "expected"),
    [
        (0, 20, DAY),
        (5, 0, DAY),
        (10, 20, HOUR),
        (1, 20, 10 * HOUR),
        (1000, 20, SHORTEST),
        (0.001, 20, DAY),
    ],
)
def test_the_overlap_rule(peak, listed, expected):
    assert longest_safe_wait(HOUR, Activity(polls=20, rate=peak, peak=peak, listed=listed)) == expected


def test_the_overlap_rule_wins_over_every_wish_but_retry_after():
    busy = Activity(polls=20, rate=0.1, peak=20, listed=10)
    assert wait(every=6 * HOUR, activity=busy) == 15 * MINUTE
    assert wait(every=6 * HOUR, activity=busy, fresh_until=NOW + DAY, ttl=DAY) == 15 * MINUTE
    assert wait(every=6 * HOUR, activity=busy, failures=8) == 15 * MINUTE
    assert wait(every=6 * HOUR, activity=busy, failures=8, retry_at=NOW + 5 * HOUR) == 5 * HOUR


def test_what_a_server_asks_for_is_heard_within_reason():
    assert wait(fresh_until=NOW + 2 * HOUR) == 2 * HOUR
    assert wait(ttl=timedelta(minutes=90)) == 90 * MINUTE
    assert wait(ttl=HOUR, fresh_until=NOW + 2 * HOUR) == 2 * HOUR
    assert wait(fresh_until=NOW - HOUR) == 30 * MINUTE
    assert wait(fresh_until=NOW + 300 * DAY) == MOST_PATIENCE
    assert wait(ttl=timedelta(days=9999)) == MOST_PATIENCE
    assert wait(retry_at=NOW + 400 * DAY) == LONGEST


def test_failures_double_the_wait_up_to_a_day():
    waits = [wait(failures=count) for count in range(1, 40)]
    assert waits[0] >= 0.8 * HOUR
    assert all(later > earlier for earlier, later in pairwise(waits[:6]))
    assert 0.8 * DAY <= waits[-1] <= DAY
    assert wait(every=7 * DAY, failures=3) <= 7 * DAY


def test_a_page_that_is_gone_is_not_asked_for_more_often_than_one_that_is_there():
    def visit(age, failures):
        return (
            next_visit(NOW, url="https://www.example.org/1", planned_at=NOW - age, failures=failures) - NOW
        )

    for age in (timedelta(0), DAY, 10 * DAY, 1000 * DAY):
        waits = [visit(age, failures) for failures in range(1, 40)]
        assert all(later >= 0.8 * earlier for earlier, later in pairwise(waits))
        assert waits[0] <= 2 * HOUR
        assert waits[-1] <= max(DAY, visit(age, 0))
    assert visit(30 * DAY, 30) >= 20 * DAY


def test_back_off_is_spread_and_repeatable():
    ids = [f"source-{number}" for number in range(200)]
    waits = {back_off(HOUR, 2, name) for name in ids}
    assert len(waits) > 190
    assert all(3.2 * HOUR <= span <= 4 * HOUR for span in waits)
    assert back_off(HOUR, 2, "source-1") == back_off(HOUR, 2, "source-1")


@pytest.mark.parametrize(
    ("listed", "new", "known", "answer"),
    [
        (20, 3, True, True),
        (20, 0, True, True),
        (20, 20, True, False),
        (20, 20, False, True),
        (0, 0, True, False),
        (0, 0, False, True),
    ],
)
def test_coverage(listed, new, known, answer):
    assert reaches_back(Poll(at=NOW, listed=listed, new=new), known_before=known) is answer


@pytest.mark.parametrize(
    ("sightings", "target"),
    [
        ([], ""),
        ([(0, "b")], ""),
        ([(0, "b"), (5, "b")], ""),
        ([(0, "b"), (20, "b")], "b"),
        ([(0, "b"), (20, "c")], ""),
        ([(0, "b"), (20, "")], ""),
        ([(0, "b"), (10, ""), (20, "b")], ""),
        ([(-40, "c"), (0, "b"), (20, "b")], "b"),
    ],
)
def test_a_move_is_confirmed_on_different_days(sightings, target):
    assert confirm_move([(NOW + HOUR * hours, seen) for hours, seen in sightings]) == target


@pytest.mark.parametrize(
    ("planned", "asked_at", "every", "failures", "expected"),
    [
        (None, None, 30 * MINUTE, 0, "now"),
        (NOW + 20 * MINUTE, NOW - 10 * MINUTE, 30 * MINUTE, 0, "planned"),
        (NOW - 20 * MINUTE, NOW - 50 * MINUTE, 30 * MINUTE, 0, "planned"),
        # The longest that any rule puts a source off.
        (NOW + 23 * HOUR, NOW - HOUR, 30 * MINUTE, 9, "planned"),
        (NOW + 6 * HOUR, NOW, 30 * MINUTE, 0, "planned"),
        (NOW + 13 * DAY, NOW - DAY, 7 * DAY, 0, "planned"),
        # The clock was a year, a day, a minute ahead when it was asked.
        (NOW + 365 * DAY, NOW + 365 * DAY - HOUR, 30 * MINUTE, 0, "now"),
        (NOW + 2 * DAY, NOW + DAY, 30 * MINUTE, 9, "now"),
        (NOW + 31 * MINUTE, NOW + MINUTE, 30 * MINUTE, 0, "now"),
        (NOW + 365 * DAY, None, 30 * MINUTE, 0, "now"),
        # It was asked weekly when that was planned, and is asked by the half hour now.
        (NOW + 6 * DAY, NOW - DAY, 30 * MINUTE, 0, "now"),
        (NOW + 8 * HOUR, NOW, 30 * MINUTE, 0, "now"),
    ],
)
def test_a_plan_holds_as_long_as_it_means_something(planned, asked_at, every, failures, expected):
    due = due_moment(NOW, planned=planned, asked_at=asked_at, every=every, failures=failures)
    assert due == {"now": NOW, "planned": planned}[expected]
