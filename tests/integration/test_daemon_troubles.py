"""A disk that is full, an archive that is locked or gone, a page that is not believed, a bug of our own."""

from __future__ import annotations

import resource
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.config import AlertSettings, Config
from aggregator.watch.status import examine
from schedules.sources import Source
from storage.archive import Archive
from storage.lock import WRITE_LOCK, FileLock
from tests.simulated_days import Life, Site, World

NOW = datetime(2022, 11, 8, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def life(tmp_path):
    Archive.create(tmp_path).close()
    sites = {
        name: Site(name=name, pace=timedelta(hours=1), first=NOW - timedelta(hours=20))
        for name in ("pier", "quay")
    }
    world = World(now=NOW, sites=sites)
    config = Config(
        alerts=(AlertSettings(to=("desk@example.org",)),),
        sources=tuple(
            Source(id=name, url=f"http://{name}.example/feed", parser="feed", every=timedelta(hours=1))
            for name in sites
        ),
    )
    life = Life(world, tmp_path, config, lock_timeout=0.01)
    yield life
    life.archive.close()


def titles(life) -> list[str]:
    return [parcel.title for _, parcel in life.world.sent]


@contextmanager
def full_disk():
    """No file may grow: writing fails as it does on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@contextmanager
def moved_away(folder):
    there = folder / "archive.db"
    there.rename(folder / "elsewhere.db")
    try:
        yield
    finally:
        (folder / "elsewhere.db").rename(there)


def count_polls(life) -> int:
    return sum(len(site.polls) for site in life.world.sites.values())


@pytest.mark.parametrize("trouble", ["full", "gone"])
def test_an_archive_that_cannot_be_used_is_told_once_and_used_again_when_it_can(life, trouble):
    life.pass_time(NOW + 5 * MINUTE)
    before = count_polls(life)
    with full_disk() if trouble == "full" else moved_away(life.folder):
        life.pass_time(NOW + 200 * MINUTE)
        assert life.service.trouble
        assert titles(life) == ["natowire: The archive cannot be used"]
        assert count_polls(life) <= before + 2, "nobody is asked for what cannot be kept"
    life.pass_time(NOW + 202 * MINUTE)
    assert not life.service.trouble
    assert titles(life)[1:] == ["natowire: the archive is well again"]
    life.pass_time(NOW + 210 * MINUTE)
    states = life.archive.states().values()
    assert all(state.failures == 0 and state.last_success > NOW + 200 * MINUTE for state in states)
    assert life.problems == []


def test_another_that_writes_for_long_is_borne_a_while(life):
    with FileLock(life.folder / WRITE_LOCK, "reparse", timeout=0):
        life.pass_time(NOW + 5 * MINUTE)
        assert "`reparse`" in life.service.trouble
        assert titles(life) == []
        life.pass_time(NOW + 15 * MINUTE)
        assert titles(life) == ["natowire: The archive cannot be used"]
    life.pass_time(NOW + 20 * MINUTE)
    assert len(life.archive.states()) == 2
    assert titles(life)[1:] == ["natowire: the archive is well again"]


def test_what_is_not_believed_is_kept_and_not_merged(life):
    life.pass_time(NOW + 125 * MINUTE)
    items = {item.id: item.title for item in life.archive.items()}
    life.world.sites["pier"].title = "Please accept our cookies"
    life.pass_time(NOW + 200 * MINUTE)
    (refused,) = [fetch for fetch in life.archive.fetches("pier", 1) if fetch.error_code]
    assert refused.error_code == "implausible"
    assert "All 10 entries have the same title" in refused.error_message
    assert b"cookies" in life.archive.capture(refused.capture_id).body
    kept = {item.id: item.title for item in life.archive.items()}
    assert all(kept[item_id] == title for item_id, title in items.items())
    assert titles(life) == ["natowire: pier is not believed"]
    assert examine(life.archive, life.config, life.world.clock()).needs_person
    life.world.sites["pier"].title = ""
    life.pass_time(NOW + 500 * MINUTE)
    assert titles(life)[1:] == ["natowire: pier is well again"]


def test_a_bug_on_one_source_holds_up_that_one_only(life):
    life.bug_on = "pier"
    life.pass_time(NOW + 30 * MINUTE)
    assert list(life.archive.states()) == ["quay"]
    assert life.problems == []
    life.bug_on = ""
    life.pass_time(NOW + 70 * MINUTE)
    assert sorted(life.archive.states()) == ["pier", "quay"]


def test_a_new_configuration_is_followed_at_once_and_a_removed_source_forgotten(life):
    life.world.sites["pier"].dead = ((NOW, NOW + timedelta(days=9)),)
    life.pass_time(NOW + 8 * 60 * MINUTE)
    assert titles(life) == ["natowire: pier cannot be fetched"]
    life.config = Config(alerts=life.config.alerts, sources=life.config.sources[1:])
    assert life.service.reload()
    life.pass_time(NOW + 60 * 60 * MINUTE)
    assert titles(life) == ["natowire: pier cannot be fetched"], "neither reminded of nor called well"
    assert life.service.alerts == ()


def test_a_new_address_is_asked_at_once_not_when_the_old_one_would_have_been(life):
    life.world.sites["pier"].dead = ((NOW, NOW + 10 * 60 * MINUTE),)
    life.pass_time(NOW + 12 * 60 * MINUTE)
    old = life.archive.states()["pier"]
    assert old.failures > 2
    assert old.next_due_at > life.world.now + 30 * MINUTE
    moved = replace(life.config.sources[0], url="http://pier.example/new")
    life.config = replace(life.config, sources=(moved, *life.config.sources[1:]))
    assert life.service.reload()
    life.pass_time(life.world.now + MINUTE)
    assert life.archive.states()["pier"].failures == 0
    life.pass_time(life.world.now + 10 * MINUTE)
    assert titles(life)[-1] == "natowire: pier is well again"


def count_commits(folder) -> int:
    """The commits in the write-ahead log: the frames that say how large the database is after them."""
    log = (folder / "archive.db-wal").read_bytes()
    page = int.from_bytes(log[8:12], "big")
    salts = log[16:24]
    frames = (log[start : start + 24] for start in range(32, len(log) - 24 - page + 1, 24 + page))
    return sum(frame[8:16] == salts and any(frame[4:8]) for frame in frames)


def test_a_cycle_that_finds_nothing_new_commits_once(life):
    for site in life.world.sites.values():
        site.pace = timedelta(days=9)
        site.first = NOW - timedelta(days=90)
    life.pass_time(NOW + 59 * MINUTE)
    before = count_commits(life.folder)
    life.pass_time(NOW + 125 * MINUTE)
    polls = [fetch for fetch in life.archive.fetches() if fetch.outcome == "not_modified"]
    cycles = {fetch.started_at for fetch in polls}
    assert len(polls) == 2 * len(cycles) > 0
    assert count_commits(life.folder) - before == len(cycles)
