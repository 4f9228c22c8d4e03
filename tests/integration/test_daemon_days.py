"""Three days of the daemon with a clock change, jumps of the clock, sleep, kills and a dead source."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from aggregator.config import AlertSettings, Config, DigestSettings
from aggregator.watch.status import examine
from schedules.sources import Source
from storage.archive import Archive
from tests.simulated_days import Life, Site, World

START = datetime(2022, 10, 28, 22, 0, tzinfo=UTC)
"""Midnight in Brussels; the clocks go back in the second night."""


def at(hours: float) -> datetime:
    return START + timedelta(hours=hours)


@pytest.fixture(scope="module")
def lived(tmp_path_factory):
    """The days, lived once; the tests look at what is left of them."""
    folder = tmp_path_factory.mktemp("days")
    Archive.create(folder).close()
    world = World(
        now=START,
        sites={
            site.name: site
            for site in (
                Site(name="busy", pace=timedelta(minutes=20), first=at(-48), listed=12),
                Site(name="slow", pace=timedelta(hours=7), first=at(-240)),
                Site(name="short", pace=timedelta(hours=1), first=at(-48), listed=4),
                Site(
                    name="dead", pace=timedelta(hours=2), first=at(-48), listed=5, dead=((at(20), at(50)),)
                ),
            )
        },
    )
    config = Config(
        zone="Europe/Brussels",
        digests=(DigestSettings(name="daily", to=("a@example.org", "b@example.org")),),
        alerts=(
            AlertSettings(to=("desk@example.org",)),
            AlertSettings(url="https://hook.example.org/", secret="mussel"),
        ),
        sources=tuple(
            Source(id=name, url=f"http://{name}.example/feed", parser="feed", every=timedelta(hours=1))
            for name in world.sites
        ),
    )
    life = Life(world, folder, config)
    life.pass_time(at(9))
    world.kill_at = at(9.6)
    life.pass_time(at(12))
    world.ahead = timedelta(hours=3)  # the clock runs ahead …
    life.pass_time(at(14))
    world.ahead = -timedelta(hours=2)  # … and is set back, too far
    life.pass_time(at(16))
    world.ahead = timedelta()
    life.pass_time(at(36))
    world.kill_at = at(36.3)
    life.pass_time(at(40))
    world.now = at(49)  # asleep for nine hours
    life.pass_time(at(55))
    life.kill()
    life.pass_time(at(73))
    yield life
    life.archive.close()


def awake(moment: datetime) -> bool:
    return not at(40) <= moment <= at(49)


def test_nothing_fails_of_its_own(lived):
    assert lived.problems == []


def test_nothing_that_could_be_reached_is_missed(lived):
    kept = {item.url: item for item in lived.archive.items()}
    seen_by = {name: set() for name in lived.world.sites}
    for item in lived.archive.items():
        for sighting in lived.archive.item(item.id).observations:
            seen_by[sighting.source_id].add(int(item.url.rpartition("/")[2]))
    assert kept
    for name, site in lived.world.sites.items():
        for number in range(int((at(72) - site.first) / site.pace)):
            published = site.first + number * site.pace
            lasts = site.pace * site.listed
            reachable = [
                moment
                for half_hours in range(147)
                if published <= (moment := at(half_hours / 2)) < published + lasts
                if awake(moment) and not site.is_dead(moment)
            ]
            if len(reachable) * timedelta(minutes=30) > timedelta(hours=4):
                assert number in seen_by[name], (name, number, published)


def test_the_record_of_coverage_is_right(lived):
    status = examine(lived.archive, lived.config, lived.world.clock())
    for standing in status.standings:
        polls = lived.world.sites[standing.source.id].polls
        gaps = [
            (before, now)
            for (before, known), (now, shown) in pairwise(polls)
            if not set(known) & set(shown)
        ]
        assert [(gap.begins, gap.ends) for gap in standing.gaps] == gaps, standing.source.id
    found = {standing.source.id: standing.gap_count for standing in status.standings}
    assert found == {"busy": 1, "slow": 0, "short": 1, "dead": 1}
    assert not status.needs_person


def told(lived, form):
    return [(moment, parcel) for moment, parcel in lived.world.sent if parcel.form == form]


def test_every_alarm_is_raised_once_repeated_daily_and_ended_once(lived):
    hooks = [(moment, json.loads(parcel.text)["events"]) for moment, parcel in told(lived, "hook")]
    events = [
        (moment, event["event"], event["subject"], event["kind"]) for moment, es in hooks for event in es
    ]
    assert [event[1:] for event in events] == [
        ("alert", "dead", "failing"),
        ("reminder", "dead", "failing"),
        ("all_clear", "dead", "failing"),
    ]
    alert, reminder, clear = (event[0] for event in events)
    assert at(20) < alert < at(26)
    assert timedelta(hours=24) <= reminder - alert < timedelta(hours=25)
    assert at(50) <= clear < at(73)
    mails = told(lived, "mail")
    assert [parcel.title for _, parcel in mails] == [
        "natowire: dead cannot be fetched",
        "natowire: still: dead cannot be fetched",
        "natowire: dead is well again",
    ]


def test_each_digest_is_sent_once_for_each_period(lived):
    sent = [(parcel.about, parcel.text, parcel.to) for _, parcel in told(lived, "digest")]
    assert len(set(sent)) == len(sent)
    assert sorted({day for _, day, _ in sent}) == ["2022-10-27", "2022-10-28", "2022-10-29", "2022-10-30"]
    moments = {(parcel.text, parcel.to): moment for moment, parcel in told(lived, "digest")}
    # Six in the morning in Brussels is 04:00 UTC before the clocks go back, 05:00 after.
    assert moments["2022-10-29", "a@example.org"] - datetime(2022, 10, 30, 5, tzinfo=UTC) < timedelta(
        minutes=1
    )


def test_no_storm(lived):
    for name, site in lived.world.sites.items():
        # Three days by the half hour, at twice the pace at most where a listing is short.
        assert len(site.polls) < 400, name
