import tarfile
import threading
from io import BytesIO

import pytest

from parsers.errors import DamagedError, LockedError, NotFoundError, StorageError
from storage.archive import Archive
from storage.backup import backup, restore
from storage.folder import CAPTURES, INCOMING
from storage.lock import InstanceLock
from storage.verify import verify
from tests.archive_cases import fill, make_aliases, make_capture, make_item, see


@pytest.fixture
def folder(tmp_path):
    with Archive.create(tmp_path / "archive", segment_size=4_000) as archive:
        fill(archive)
    return tmp_path / "archive"


def ids(folder):
    with Archive.open(folder) as archive:
        return [item.id for item in archive.items()], archive.head()


def add(folder, number):
    with Archive.open(folder) as archive, archive.writing("test") as writer, writer.transaction():
        capture = make_capture(number)
        writer.put_many(
            [see(make_item(number), writer.add_capture(capture), capture, make_aliases(number))]
        )


def test_a_backup_comes_back_as_it_was(folder, tmp_path):
    before = ids(folder)
    (folder / "config.toml").write_text("# mine")
    head = backup(folder, tmp_path / "kept.tar")
    add(folder, 50)
    newer = ids(folder)
    assert newer != before
    assert restore(tmp_path / "kept.tar", folder) == head
    assert ids(folder) == before
    assert (folder / "config.toml").read_text() == "# mine"
    with Archive.open(folder) as archive:
        assert verify(archive, head) == ()
        with archive.reading() as connection:
            assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
    add(folder, 51)
    assert sorted(path.name for path in folder.iterdir()) == [
        "archive.db",
        "captures",
        "config.toml",
        "daemon.lock",
        "lock",
        "replaced-1",
    ]
    assert ids(folder / "replaced-1") == newer, "what the backup had not is kept"


def test_an_archive_that_the_backup_holds_is_not_kept(folder, tmp_path):
    backup(folder, tmp_path / "kept.tar")
    restore(tmp_path / "kept.tar", folder)
    assert not list(folder.glob("replaced-*"))


def test_a_backup_makes_an_archive_where_there_is_none(folder, tmp_path):
    backup(folder, tmp_path / "kept.tar")
    restore(tmp_path / "kept.tar", tmp_path / "new" / "place")
    assert ids(tmp_path / "new" / "place") == ids(folder)


def test_an_open_archive_sees_what_was_restored(folder, tmp_path):
    backup(folder, tmp_path / "kept.tar")
    add(folder, 50)
    with Archive.open(folder) as archive:
        assert len(list(archive.items())) == 7
        restore(tmp_path / "kept.tar", folder)
        assert len(list(archive.items())) == 6


def test_an_open_archive_writes_to_what_was_restored(folder, tmp_path):
    backup(folder, tmp_path / "kept.tar")
    with Archive.open(folder) as archive:
        for number in (50, 51):
            with archive.writing("test") as writer, writer.transaction():
                writer.add_capture(make_capture(number))
            restore(tmp_path / "kept.tar", folder)
        with archive.writing("test") as writer, writer.transaction():
            number = writer.add_capture(make_capture(52))
        assert verify(archive) == ()
    assert ids(folder)[1].capture_id == number == 5


@pytest.mark.parametrize("part", [0.2, 0.5, 0.97])
def test_a_damaged_backup_replaces_nothing(folder, tmp_path, part):
    kept = tmp_path / "kept.tar"
    backup(folder, kept)
    add(folder, 50)
    before = ids(folder)
    with tarfile.open(kept) as tar:
        segment = next(member for member in tar if member.name.startswith(CAPTURES))
    content = bytearray(kept.read_bytes())
    content[segment.offset_data + int(segment.size * part)] ^= 4
    kept.write_bytes(content)
    with pytest.raises(DamagedError, match="not whole"):
        restore(kept, folder)
    assert ids(folder) == before
    assert not list(folder.glob("restoring*"))


@pytest.mark.parametrize("keep", [0, 300, 20_000])
def test_a_cut_backup_replaces_nothing(folder, tmp_path, keep):
    kept = tmp_path / "kept.tar"
    backup(folder, kept)
    kept.write_bytes(kept.read_bytes()[:keep])
    before = ids(folder)
    with pytest.raises(DamagedError):
        restore(kept, folder)
    assert ids(folder) == before


@pytest.mark.parametrize("name", ["../evil", "/tmp/evil", "captures/../../evil", "captures/other.txt"])
def test_a_strange_member_is_refused(folder, tmp_path, name):
    with tarfile.open(tmp_path / "strange.tar", "w") as tar:
        entry = tarfile.TarInfo(name)
        entry.size = 4
        tar.addfile(entry, BytesIO(b"evil"))
    with pytest.raises(DamagedError, match="none of an archive"):
        restore(tmp_path / "strange.tar", folder)
    with pytest.raises(NotFoundError):
        restore(tmp_path / "missing.tar", folder)


def test_a_place_that_takes_no_backup_is_no_fault_of_the_archive(folder, tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StorageError, match=r"Cannot write .*file/b\.tar: ") as told:
        backup(folder, tmp_path / "file" / "b.tar")
    assert ".natowire-" not in str(told.value)


def test_a_running_daemon_keeps_its_archive(folder, tmp_path):
    backup(folder, tmp_path / "kept.tar")
    with InstanceLock(folder), pytest.raises(LockedError, match="run"):
        restore(tmp_path / "kept.tar", folder)


def test_an_interrupted_exchange_is_finished(folder, tmp_path):
    before = ids(folder)
    backup(folder, tmp_path / "kept.tar")
    add(folder, 50)
    restore(tmp_path / "kept.tar", tmp_path / "other")
    incoming = folder / INCOMING
    incoming.mkdir()
    # The captures had been exchanged already, the database had only been moved away.
    (folder / "outgoing").mkdir()
    (folder / CAPTURES).rename(folder / "outgoing" / CAPTURES)
    (tmp_path / "other" / CAPTURES).rename(folder / CAPTURES)
    (folder / "archive.db").rename(folder / "outgoing" / "archive.db")
    (tmp_path / "other" / "archive.db").rename(incoming / "archive.db")
    assert ids(folder) == before
    assert not incoming.exists()


def interrupt(folder, other, *, moved):
    """What `restore` leaves when it is killed: before anything was exchanged, or in the midst of it."""
    (folder / INCOMING).mkdir()
    for name in ("archive.db", CAPTURES):
        (other / name).rename(folder / INCOMING / name)
    if moved:
        (folder / "outgoing").mkdir()
        (folder / CAPTURES).rename(folder / "outgoing" / CAPTURES)
        (folder / INCOMING / CAPTURES).rename(folder / CAPTURES)
        for path in folder.glob("archive.db*"):
            path.rename(folder / "outgoing" / path.name)


@pytest.mark.parametrize("moved", [False, True])
@pytest.mark.parametrize("first", ["write", "note", "read"])
def test_who_has_the_archive_open_finishes_an_interrupted_exchange(folder, tmp_path, moved, first):
    backup(folder, tmp_path / "kept.tar")
    add(folder, 50)
    restore(tmp_path / "kept.tar", tmp_path / "other")
    with Archive.open(folder) as archive:
        assert archive.head().capture_id == 5
        interrupt(folder, tmp_path / "other", moved=moved)
        if first == "note":
            with archive.noting("test") as entries:
                entries.set_note("word", "kept")
        elif first == "read":
            assert archive.head().capture_id == (4 if moved else 5), (
                "until it is exchanged the old one is there"
            )
        with archive.writing("test") as writer, writer.transaction():
            assert writer.add_capture(make_capture(60)) == 5
        assert archive.note("word") == ("kept" if first == "note" else "")
    with Archive.open(folder) as archive:
        assert archive.head().capture_id == 5
        assert archive.capture(5) == make_capture(60), "what it said was stored is"
        assert archive.note("word") == ("kept" if first == "note" else "")
        assert verify(archive) == ()
    assert not (folder / INCOMING).exists()


@pytest.mark.parametrize("moved", [False, True])
def test_a_restore_after_an_interrupted_one(folder, tmp_path, moved):
    before = ids(folder)
    backup(folder, tmp_path / "kept.tar")
    add(folder, 50)
    restore(tmp_path / "kept.tar", tmp_path / "other")
    interrupt(folder, tmp_path / "other", moved=moved)
    restore(tmp_path / "kept.tar", folder, lock_timeout=0.5)
    assert ids(folder) == before


@pytest.mark.parametrize("rounds", [5, pytest.param(100, marks=pytest.mark.drill)])
def test_backups_under_load_are_whole(folder, tmp_path, rounds):
    stop = threading.Event()

    def work():
        number = 100
        with Archive.open(folder, segment_size=4_000) as archive:
            while not stop.wait(0.03):
                number += 1
                with archive.writing("load") as writer, writer.transaction():
                    capture = make_capture(number)
                    known = writer.add_capture(capture)
                    writer.put_many([see(make_item(number), known, capture, make_aliases(number))])

    last = 0
    worker = threading.Thread(target=work)
    worker.start()
    try:
        for number in range(rounds):
            head = backup(folder, tmp_path / "kept.tar")
            restored = tmp_path / f"restored-{number}"
            restore(tmp_path / "kept.tar", restored)
            assert head.capture_id >= last
            last = head.capture_id
            with Archive.open(restored) as archive:
                assert verify(archive, head) == ()
    finally:
        stop.set()
        worker.join()
