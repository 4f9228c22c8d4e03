"""Locks, full disks, read-only folders, broken files: a clean stop, a sentence, and work that resumes."""

import os
import resource
import sqlite3
import subprocess
import sys
import textwrap
import threading
import time
from contextlib import closing
from datetime import timedelta

import pytest

from parsers.errors import DamagedError, LockedError, StorageError
from storage.archive import Archive
from storage.folder import DATABASE
from storage.health import examine, judge_file_system, judge_sqlite
from storage.lock import DAEMON_LOCK, WRITE_LOCK, FileLock, InstanceLock, holder, is_held
from storage.verify import verify
from tests.archive_cases import START, fill, make_capture


@pytest.fixture
def folder(tmp_path):
    with Archive.create(tmp_path / "archive") as archive:
        fill(archive, captures=2, items=2)
    return tmp_path / "archive"


def test_a_second_writer_waits_and_then_says_who_is_in_the_way(folder):
    with Archive.open(folder) as first, Archive.open(folder, lock_timeout=0.2) as second:
        with first.writing("fetch"):
            start = time.monotonic()
            with pytest.raises(LockedError, match=rf"`fetch` \(process {os.getpid()}, since 20") as caught:
                second.writing("reparse").__enter__()
            assert 0.2 <= time.monotonic() - start < 2
            assert caught.value.hint
            assert len(list(second.items())) == 2, "readers never wait"
        with second.writing("reparse"):
            assert "`reparse`" in holder(folder / WRITE_LOCK)


def test_a_waiting_writer_goes_on_when_the_first_ends(folder):
    with Archive.open(folder) as first, Archive.open(folder, lock_timeout=10) as second:
        ready = threading.Event()

        def hold():
            with first.writing("fetch"):
                ready.set()
                time.sleep(0.3)

        thread = threading.Thread(target=hold)
        thread.start()
        ready.wait()
        with second.writing("ingest") as writer, writer.transaction():
            writer.add_capture(make_capture(9))
        thread.join()
        assert second.stats().captures == 3


@pytest.mark.parametrize("words", [b"", b"\xff\xfe", b'{"pid": 1}', b"[]", b'{"pid": 99999999}'])
def test_a_stale_lock_file_means_nothing(folder, words):
    (folder / WRITE_LOCK).write_bytes(words)
    with Archive.open(folder, lock_timeout=0) as archive, archive.writing("fetch"):
        pass
    assert not is_held(folder / WRITE_LOCK)


def test_the_lock_ends_with_its_holder(folder):
    script = textwrap.dedent(
        f"""
        import os, sys
        from pathlib import Path
        from storage.lock import FileLock
        FileLock(Path({str(folder)!r}) / "lock", "fetch", timeout=0).__enter__()
        print("held", flush=True)
        sys.stdin.read()
        """
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as child:
        assert child.stdout.readline() == b"held\n"
        with Archive.open(folder, lock_timeout=0) as archive:
            with pytest.raises(LockedError, match=str(child.pid)):
                archive.writing("fetch").__enter__()
            child.kill()
            child.wait()
            with archive.writing("fetch"):
                pass


def test_a_second_daemon_ends_within_two_seconds(folder):
    with InstanceLock(folder):
        start = time.monotonic()
        with pytest.raises(LockedError, match="`run`"):
            InstanceLock(folder).__enter__()
        assert time.monotonic() - start < 2
        with FileLock(folder / WRITE_LOCK, "fetch", timeout=0):
            assert is_held(folder / DAEMON_LOCK)


def test_another_program_in_the_database_is_named(folder):
    with (
        Archive.open(folder, lock_timeout=0.1) as archive,
        closing(sqlite3.connect(folder / DATABASE)) as other,
    ):
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(LockedError, match="Another program holds"):
            archive.writing("fetch").__enter__()
        other.rollback()
        with archive.writing("fetch"):
            pass


def write_with_little_room(folder, room):
    """In a process that may not make files grow: what it raised, as its code and sentence."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            with Archive.open(folder) as archive:
                resource.setrlimit(resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY))
                with archive.writing("fetch") as writer, writer.transaction():
                    writer.add_capture(make_capture(9, body=os.urandom(200_000)))
        except StorageError as error:
            code = 0 if "disk is full" in str(error) and error.hint else 2
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@pytest.mark.parametrize("room", [4_000, 60_000, 190_000])
def test_a_full_disk_stops_cleanly_and_work_resumes(folder, room):
    assert write_with_little_room(folder, room) == 0
    with Archive.open(folder) as archive:
        assert verify(archive) == ()
        assert archive.stats().captures == 2
        with archive.writing("fetch") as writer, writer.transaction():
            writer.add_capture(make_capture(9))
        assert verify(archive) == ()


def test_a_folder_that_cannot_be_written_can_be_read(folder, monkeypatch):
    real = os.access
    monkeypatch.setattr(os, "access", lambda path, mode: mode != os.W_OK and real(path, mode))
    with Archive.open(folder) as archive:
        assert archive.read_only
        assert [item.id for item in archive.items()] == ["item-0", "item-1"]
        assert verify(archive) == ()
        assert archive.capture(1) == make_capture(0)
        with pytest.raises(StorageError, match="cannot be written"):
            archive.writing("fetch").__enter__()


def test_an_unreadable_place_is_said(tmp_path):
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(StorageError, match=r"\w+"):
        Archive.create(tmp_path / "file" / "archive")


@pytest.mark.parametrize("spoil", ["nothing", "words", "zeros"])
def test_a_broken_database_is_said(folder, spoil):
    file = folder / DATABASE
    content = {"nothing": b"", "words": b"no database " * 900, "zeros": bytes(file.stat().st_size)}
    file.write_bytes(content[spoil])
    with pytest.raises(DamagedError, match="damaged") as caught:
        Archive.open(folder)
    assert "restore" in caught.value.hint


def test_missing_captures_are_said(folder):
    (folder / "captures" / "natowire-00001.warc.gz").unlink()
    with Archive.open(folder) as archive:
        with pytest.raises(DamagedError, match="missing"):
            archive.writing("fetch").__enter__()
        assert len(list(archive.items())) == 2


def test_doctor_says_what_it_sees(folder):
    with Archive.open(folder) as archive:
        findings = {one.name: one for one in examine(archive, START + timedelta(days=1))}
        assert findings["database"].state == "ok"
        assert findings["clock"].state == "ok"
        assert {"sqlite", "file_system", "space"} <= set(findings)
        early = {one.name: one for one in examine(archive, START - timedelta(days=1))}
        assert early["clock"].state == "warn"
        with archive.writing("fetch"):
            busy = {one.name: one for one in examine(archive, START)}
            assert "`fetch`" in busy["writer"].what


@pytest.mark.parametrize(
    ("version", "state"),
    [((3, 40, 1), "warn"), ((3, 51, 2), "warn"), ((3, 51, 3), "ok"), ((3, 60, 0), "ok")],
)
def test_doctor_judges_sqlite(version, state):
    assert judge_sqlite(version).state == state


@pytest.mark.parametrize(
    ("kind", "state"), [("nfs4", "warn"), ("cifs", "warn"), ("ext4", "ok"), ("", "ok")]
)
def test_doctor_judges_the_file_system(kind, state):
    assert judge_file_system(kind).state == state
