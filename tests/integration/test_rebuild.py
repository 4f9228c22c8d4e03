"""The captures alone are the archive: whatever was made of them is made of them again, the same."""

import random
import shutil
import signal
import sqlite3
import subprocess
import time
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.fetch.judge import judge
from aggregator.keeping import store
from aggregator.merging.merges import undo
from aggregator.rebuild import BATCH, rebuild
from aggregator.workers import Workers
from parsers.errors import NatowireError
from parsers.model import Capture
from parsers.registry import ITEM_PAGE
from parsers.registry import read as parse
from storage.archive import Archive
from storage.folder import DATABASE
from storage.rebuild import DRAFT, drafting, recover
from storage.verify import verify
from tests.command import call, run
from tests.conftest import ROOT
from tests.warc_files import WORDS, feed, page

NOON = datetime(2022, 11, 9, 12, tzinfo=UTC)


def read(capture):
    try:
        return parse(capture)
    except NatowireError as error:
        return error


def told(folder):
    """All that is said of all items, and beside them. When a 304 said "still there" no capture tells."""
    with Archive.open(folder) as archive:
        assert verify(archive) == ()
        items = {item.id: archive.item(item.id) for item in archive.items()}
        return (
            {key: replace(item, last_seen=item.first_seen) for key, item in items.items()},
            archive.merges(),
            archive.withdrawals(),
            archive.head(),
        )


def lose_database(folder):
    for file in folder.glob(f"{DATABASE}*"):
        file.unlink()


def capture_of(source, url, body, at, **more):
    given = {"parser": "auto", "status": 200, "headers": (("Content-Type", "text/html"),)}
    return Capture(source_id=source, url=url, final_url=url, fetched_at=at, body=body, **(given | more))


def random_world(archive, seed, size):
    """Sources that list the same and other things, pages that change, vanish and come back, a few late."""
    chance = random.Random(seed)
    hosts = ["https://news.example", "https://mirror.example", "https://third.example"]
    with archive.writing("test") as writer:
        for number in range(size):
            at = NOON + timedelta(hours=number - (chance.random() < 0.15) * chance.randint(1, 9))
            source = chance.choice(hosts)
            kind = chance.random()
            n = chance.randint(1, 9)
            if kind < 0.45:
                first = chance.randint(1, 7)
                listed = [one for one in range(first, min(first + 4, 10)) if chance.random() < 0.9] or [1]
                body = feed(*sorted(listed, reverse=True), host=chance.choice(hosts[:2]))
                capture = capture_of(source, f"{source}/feed", body, at)
            elif kind < 0.9:
                words = " ".join(random.Random(n * 3 + chance.randint(0, 1)).choices(WORDS, k=40))
                capture = capture_of(source, f"{source}/{n}", page(n, words), at, parser=ITEM_PAGE)
            else:
                capture = capture_of(source, f"{source}/{n}", b"gone", at, parser=ITEM_PAGE, status=404)
            with writer.transaction():
                store(writer, capture, judge(capture) or read(capture), archive)
    merges = archive.merges()
    if merges and chance.random() < 0.7:
        undo(archive, chance.choice(merges).id, NOON + timedelta(days=30), read)


SEEDS = range(5)


@pytest.fixture(scope="module")
def worlds(tmp_path_factory):
    """Archives of small random worlds, and one of more captures than one step of a rebuild folds."""
    folder = tmp_path_factory.mktemp("worlds")
    for seed in SEEDS:
        with Archive.create(folder / str(seed), segment_size=20_000) as archive:
            random_world(archive, seed, 36)
    with Archive.create(folder / "large") as archive:
        random_world(archive, 99, BATCH + 40)
    return folder


@pytest.fixture
def large(worlds, tmp_path):
    return shutil.copytree(worlds / "large", tmp_path / "archive")


@pytest.mark.parametrize("seed", SEEDS)
def test_random_worlds_are_made_again_of_their_captures(worlds, tmp_path, seed):
    folder = shutil.copytree(worlds / str(seed), tmp_path / "archive")
    before = told(folder)
    assert len(before[0]) > 3
    with Archive.open(folder) as archive:
        report = rebuild(archive, read)
    assert (report.added, report.lost, report.changed) == (0, 0, 0), report.examples
    assert told(folder) == before
    lose_database(folder)
    recover(folder)
    with Archive.open(folder) as archive:
        assert rebuild(archive, read).added == len(before[0])
    assert told(folder) == before


def test_the_worlds_hold_what_they_are_to_hold(worlds):
    """Merges, undone ones, withdrawals and edits all come about."""
    merges = undone = withdrawals = revisions = 0
    for seed in SEEDS:
        with Archive.open(worlds / str(seed)) as archive:
            merges += len(archive.merges())
            undone += sum(one.undone_at is not None for one in archive.merges())
            withdrawals += len(archive.withdrawals())
            revisions += archive.stats().revisions
    assert min(merges, undone, withdrawals, revisions) > 0, (merges, undone, withdrawals, revisions)


def test_the_demo_is_made_again_of_its_captures(demo, tmp_path):
    folder = tmp_path / "archive"
    shutil.copytree(demo.folder, folder)
    before = told(folder)
    lose_database(folder)
    ran = run("--archive", folder, "reparse")
    assert ran.code == 0, ran.err
    assert told(folder) == before
    ran = run("--archive", folder, "--json", "reparse", "--dry-run")
    assert (ran.json["added"], ran.json["lost"], ran.json["changed"]) == (0, 0, 0)


class StopError(Exception):
    pass


def test_a_rebuild_that_was_stopped_goes_on_where_it_was(large):
    before = told(large)
    folded = []

    def stop_late(number):
        folded.append(number)
        if number > BATCH + 9:
            raise StopError

    with Archive.open(large) as archive:
        with pytest.raises(StopError):
            rebuild(archive, read, tell=stop_late)
        assert (large / DRAFT).exists()
        folded.clear()
        report = rebuild(archive, read, tell=folded.append)
    assert folded[0] == BATCH + 1
    assert (report.added, report.lost, report.changed) == (0, 0, 0)
    assert told(large) == before
    assert not (large / DRAFT).exists()


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGKILL])
def test_a_reparse_that_is_ended_by_a_signal_goes_on(large, sign):
    before = told(large)
    running = subprocess.Popen(
        call("--archive", large, "reparse"), cwd=ROOT, stderr=subprocess.DEVNULL, start_new_session=True
    )
    late = time.monotonic() + 30
    while running.poll() is None and not _has_begun(large) and time.monotonic() < late:
        time.sleep(0.02)
    running.send_signal(sign)
    running.wait(timeout=30)
    assert told(large) == before
    ran = run("--archive", large, "--json", "reparse")
    assert (ran.json["added"], ran.json["lost"], ran.json["changed"]) == (0, 0, 0)
    assert told(large) == before


def _has_begun(folder):
    """Whether a rebuild has folded something; only looked at, never opened as an archive."""
    file = folder / DRAFT / DATABASE
    try:
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
            return bool(connection.execute("SELECT 1 FROM notes WHERE name = 'folded'").fetchone())
    except sqlite3.Error:
        return False


def test_only_one_rebuilds_at_a_time(large):
    before = told(large)
    with Archive.open(large) as archive, drafting(archive):
        ran = run("--archive", large, "--json", "reparse")
    assert ran.code == 3
    assert ran.json["error"]["code"] == "locked"
    assert "reparse" in ran.json["error"]["message"]
    assert told(large) == before


def test_worker_processes_read_the_same(tmp_path):
    folder = tmp_path / "archive"
    with Archive.create(folder) as archive, Workers() as workers:
        random_world(archive, 3, 30)
        assert rebuild(archive, workers.read, dry_run=True).changed == 0
