"""Whatever moment a writer is killed at, what it said was stored is there, once, and the rest is whole."""

import itertools
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import Engine, event

from storage.archive import Archive
from storage.folder import CAPTURES
from storage.verify import verify
from tests.archive_cases import fill, make_aliases, make_capture, make_item, see
from tests.conftest import ROOT

SEGMENT = 8_000


def write_for_ever(folder, first, said):
    """Store captures and items and say each time, after the commit, how far it came."""
    with Archive.open(folder, segment_size=SEGMENT) as archive:
        number = first
        while True:
            with archive.writing("victim") as writer, writer.transaction():
                capture = make_capture(number, body=b"page %d " % (number // 2) * 40)
                known = writer.add_capture(capture)
                revision = 1 + number % 3
                again = make_item(7, title=f"Told {number} times", revision=number + 1)
                puts = [see(make_item(number, revision=revision), known, capture, make_aliases(number))]
                writer.put_many([*puts, see(again, known, capture)])
            os.write(said, b"%d\n" % number)
            number += 1


def run_victim(folder, first, seconds):
    """Let a writer live for so long, kill it, and give the last number it said was stored."""
    heard, said = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(heard)
        try:
            write_for_ever(folder, first, said)
        finally:
            os._exit(1)
    os.close(said)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with os.fdopen(heard, "rb") as lines:
        numbers = [int(line) for line in lines.read().split(b"\n")[:-1]]
    return max(numbers, default=first - 1)


@pytest.mark.parametrize("rounds", [8, pytest.param(1_000, marks=pytest.mark.drill)])
def test_nothing_acknowledged_is_lost_when_a_writer_is_killed(tmp_path, rounds):
    chance = random.Random(11)
    stored, came_to_something = 99, 0
    for round_ in range(rounds):
        if round_ % 40 == 0:  # a new archive now and then: a large one takes long to verify
            folder, stored = tmp_path / str(round_), 99
            Archive.create(folder).close()
        said = run_victim(folder, stored + 1, chance.uniform(0.02, 0.25))
        came_to_something += said > stored
        start = time.monotonic()
        with Archive.open(folder, segment_size=SEGMENT) as archive:
            if round_ % 8 == 0:
                assert verify(archive) == ()
            with archive.writing("after") as writer, writer.transaction():
                captures = archive.stats().captures
            assert time.monotonic() - start < 5
            found = [item.id for item in archive.items()]
            assert len(found) == len(set(found))
            assert set(found) - {"item-7"} == {f"item-{number}" for number in range(100, 100 + captures)}
            assert said < 100 + captures
            # What was committed but not said any more counts too.
            stored = 99 + captures
            if round_ % 8 == 7:
                assert verify(archive) == ()
    assert came_to_something > rounds / 4


def test_records_reach_the_disk_before_their_rows_commit(tmp_path, monkeypatch):
    steps = []
    real_fsync, real_write = os.fsync, os.write

    def name_of(descriptor):
        path = str(Path(f"/proc/self/fd/{descriptor}").readlink())
        return "record" if path.endswith(".warc.gz") else "folder" if path.endswith(CAPTURES) else ""

    def fsync(descriptor):
        steps.append(f"sync {name_of(descriptor)}")
        real_fsync(descriptor)

    def write(descriptor, content):
        steps.append(f"write {name_of(descriptor)}")
        return real_write(descriptor, content)

    def commit(_connection):
        steps.append("commit")

    with Archive.create(tmp_path) as archive, archive.writing("test") as writer:
        monkeypatch.setattr(os, "fsync", fsync)
        monkeypatch.setattr(os, "write", write)
        event.listen(Engine, "commit", commit)
        try:
            for number in range(2):
                with writer.transaction():
                    writer.add_capture(make_capture(number))
        finally:
            event.remove(Engine, "commit", commit)
    first = ["write record", "sync folder", "write record", "sync record", "commit"]
    assert [step for step in steps if step != "sync "] == [*first, "write record", "sync record", "commit"]


STORE = """
import os, sys
from storage.archive import Archive
from tests.archive_cases import make_capture
with Archive.open(sys.argv[1]) as archive, archive.writing("test") as writer:
    for number in range(2):
        with writer.transaction():
            writer.add_capture(make_capture(number))
        os.write(1, b"stored")
"""


def test_the_system_is_told_in_that_order(tmp_path):
    """The same, as the kernel sees it: record, its sync, the commit's frames, their sync, the word."""
    strace = shutil.which("strace")
    if strace is None:
        pytest.skip("strace is not on this machine")
    if subprocess.run([strace, "-o", "/dev/null", "true"], check=False, capture_output=True).returncode:
        pytest.skip("strace may not trace here")
    Archive.create(tmp_path / "archive").close()
    calls = "trace=write,pwrite64,writev,pwritev,fsync,fdatasync"
    subprocess.run(
        [
            *(strace, "-f", "-y", "-qq", "-e", calls, "-e", "signal=none", "-o", tmp_path / "calls"),
            *(sys.executable, "-c", STORE, tmp_path / "archive"),
        ],
        check=True,
        capture_output=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    steps = []
    for line in (tmp_path / "calls").read_text().splitlines():
        found = re.search(r"(\w+)\((\d+)<([^>]*)>", line)
        if found is None:
            continue
        call, descriptor, path = found.groups()
        kind = "sync" if "sync" in call else "write"
        if path.endswith(".warc.gz"):
            steps.append(f"{kind} record")
        elif path.endswith("archive.db-wal"):
            steps.append(f"{kind} rows")
        elif descriptor == "1" and '"stored"' in line:
            steps.append("said")
    runs = [step for step, _ in itertools.groupby(steps)]
    ends = [place for place, step in enumerate(runs) if step == "said"]
    assert len(ends) == 2
    for start, end in zip((-1, ends[0]), ends, strict=True):
        one = runs[start + 1 : end]
        records, rows = (one[: one.index("write rows")], one[one.index("write rows") :])
        assert records[-2:] == ["write record", "sync record"]
        # The log's own first frame has a sync of its own.
        assert rows in (["write rows", "sync rows"], ["write rows", "sync rows"] * 2)


def test_a_commit_that_is_interrupted_after_it_went_through_keeps_its_record(tmp_path):
    with Archive.create(tmp_path) as archive:
        fill(archive, captures=1)
        with archive.writing("test") as writer:

            def interrupt(_connection, _record):
                raise KeyboardInterrupt

            with archive.reading() as connection:
                engine = connection.engine
            event.listen(engine, "checkin", interrupt)
            try:
                with pytest.raises(KeyboardInterrupt), writer.transaction():
                    writer.add_capture(make_capture(5))
            finally:
                event.remove(engine, "checkin", interrupt)
            with writer.transaction():
                writer.add_capture(make_capture(6))
        assert [number for number, _ in archive.captures()] == [1, 2, 3]
        assert verify(archive) == ()
