"""Which digest is sent when: zones, days with 23 and 25 hours, sleep, clocks that run ahead."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from aggregator.config import DigestSettings
from aggregator.watch.periods import (
    last_period,
    list_unsent,
    mark_sent,
    next_sending,
    read_sent,
    write_sent,
)

BRUSSELS = ZoneInfo("Europe/Brussels")
DAILY = DigestSettings(name="daily", to=("a@example.org",))
WEEKLY = DigestSettings(name="weekly", period="weekly", to=("a@example.org",))
MONTHLY = DigestSettings(name="monthly", period="monthly", to=("a@example.org",))


def utc(*figures: int) -> datetime:
    return datetime(*figures, tzinfo=UTC)


CASES = [
    (DAILY, utc(2022, 11, 9, 4, 59), date(2022, 11, 7), utc(2022, 11, 9, 5, 0)),
    (DAILY, utc(2022, 11, 9, 5, 0), date(2022, 11, 8), utc(2022, 11, 10, 5, 0)),
    (DAILY, utc(2022, 10, 30, 4, 30), date(2022, 10, 28), utc(2022, 10, 30, 5, 0)),
    (DAILY, utc(2022, 3, 27, 4, 0), date(2022, 3, 26), utc(2022, 3, 28, 4, 0)),
    (WEEKLY, utc(2022, 11, 14, 4, 0), date(2022, 10, 31), utc(2022, 11, 14, 5, 0)),
    (WEEKLY, utc(2022, 11, 14, 5, 0), date(2022, 11, 7), utc(2022, 11, 21, 5, 0)),
    (MONTHLY, utc(2022, 12, 1, 4, 0), date(2022, 10, 1), utc(2022, 12, 1, 5, 0)),
    (MONTHLY, utc(2022, 12, 31, 4, 0), date(2022, 11, 1), utc(2023, 1, 1, 5, 0)),
]


@pytest.mark.parametrize(("wanted", "now", "first", "following"), CASES)
def test_the_last_whole_period_and_the_next(wanted, now, first, following):
    assert last_period(wanted, BRUSSELS, now) == first
    assert next_sending(wanted, BRUSSELS, now) == following


def live(moments, digests=(DAILY,)):
    """Send whatever is unsent at each moment, as the daemon does."""
    sent, days = {}, []
    for now in moments:
        for wanted, day in list_unsent(digests, sent, BRUSSELS, now):
            sent = read_sent(write_sent(mark_sent(sent, wanted, day)))
            days.append((wanted.name, day.isoformat()))
    return days


def test_one_a_day_through_the_clock_change():
    for at in (time(0), time(2, 30), time(23, 59)):
        wanted = DigestSettings(name="daily", to=("a@example.org",), at=at)
        hours = [utc(2022, 10, 27) + timedelta(minutes=10 * n) for n in range(6 * 24 * 7)]
        days = [day for _, day in live(hours, (wanted,))]
        assert len(days) == len(set(days))
        assert days == sorted(days)
        assert {"2022-10-28", "2022-10-29", "2022-10-30", "2022-10-31"} <= set(days)


def test_a_week_asleep_is_one_digest():
    awake = [utc(2022, 11, 8, 12), utc(2022, 11, 15, 12), utc(2022, 11, 15, 13)]
    assert live(awake) == [("daily", "2022-11-07"), ("daily", "2022-11-14")]


def test_a_clock_that_ran_ahead_sends_nothing_twice():
    moments = [utc(2022, 11, 8, 12), utc(2031, 1, 1, 12), utc(2022, 11, 8, 13), utc(2022, 11, 9, 12)]
    assert [day for _, day in live(moments)] == ["2022-11-07", "2030-12-31", "2022-11-08"]


def test_each_digest_goes_its_own_way():
    nobody = DigestSettings(name="nobody")
    assert live([utc(2022, 11, 14, 12)], (DAILY, WEEKLY, nobody)) == [
        ("daily", "2022-11-13"),
        ("weekly", "2022-11-07"),
    ]


def test_an_unreadable_note_is_none():
    for broken in ("", "[]", "{", "3"):
        assert read_sent(broken) == {}
