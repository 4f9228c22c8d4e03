"""How the status looks to a person with many sources and 80 columns."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

import pytest
from rich.console import Console

from aggregator.cli.standings import show_status
from aggregator.watch.alarms import Alarm
from aggregator.watch.status import Standing, Status, judge_overdue
from schedules.sources import Source
from storage.state import SourceState

NOW = datetime(2022, 11, 8, 12, 0, tzinfo=UTC)
DAY = timedelta(days=1)
LONG = "ministry-of-foreign-affairs-press-{}" + "x" * 26


def stand(
    name: str, *, asked: timedelta = timedelta(hours=1), failures: int = 0, error: str = ""
) -> Standing:
    source = Source(id=name, url="https://example.org/", parser="feed")
    state = SourceState(
        source_id=name,
        last_attempt=NOW - asked,
        last_success=NOW - asked,
        next_due_at=NOW - asked + timedelta(minutes=30),
        failures=failures,
        last_error=error,
    )
    alarms = judge_overdue(source, state, NOW)
    return Standing(source=source, state=state, watch=None, gaps=(), gap_count=0, alarms=alarms)


def show(*standings: Standing, alarms: tuple[Alarm, ...] = ()) -> list[str]:
    found = tuple(alarm for one in standings for alarm in one.alarms)
    status = Status(daemon="", standings=standings, alarms=(*alarms, *found), alerts=(), undelivered=())
    page = io.StringIO()
    Console(file=page, width=80, emoji=False, markup=False, highlight=False).print(show_status(status, NOW))
    return page.getvalue().splitlines()


@pytest.mark.parametrize("name", ["pier-{}", "harbour-masters-office-news-{}", LONG])
def test_forty_sources_stay_readable(name):
    ids = [name.format(number) for number in range(40)]
    lines = show(*(stand(one, asked=3 * DAY) for one in ids))
    assert all(len(line.rstrip()) <= 80 for line in lines)
    assert all(sum(line.split()[:1] == [one] for line in lines) == 1 for one in ids), "no id is broken"
    assert sum("not fetched any more" in line for line in lines) == 1
    assert sum("natowire run" in line for line in lines) == 1
    row = "11-05 12:00  11-05 12:30  –         not fetched"
    assert sum(line.rstrip().endswith(row) for line in lines) == 40


def test_one_that_nobody_fetches_is_named():
    text = " ".join(show(stand("pier", asked=2 * DAY), stand("quay")))
    assert "pier is not fetched any more: It was last asked 2022-11-06 12:00 UTC" in text


def test_why_a_source_failed_stands_below_the_table():
    lines = show(stand("pier", failures=1, error="The answer was 503. It is asked again."), stand("quay"))
    assert any(line.rstrip().endswith("failed 1×") for line in lines)
    assert "pier failed 1×: The answer was 503. It is asked again." in lines[-1]


def test_moments_of_other_years_are_told_by_their_date():
    assert any("2021-01-12" in line for line in show(stand("pier", asked=665 * DAY)))
