from dataclasses import replace

import pytest

from parsers.errors import DamagedError, NotFoundError, StorageError
from storage.archive import Archive
from storage.folder import CAPTURES, DATABASE
from storage.rebuild import DRAFT, adopt, drop_draft, open_draft, recover
from storage.segments import list_segments, segment_name
from storage.state import Decision, SourceState
from storage.verify import verify
from tests.archive_cases import START, fill, make_aliases, make_capture, make_item, see


@pytest.fixture
def archive(tmp_path):
    with Archive.create(tmp_path / "archive", segment_size=5_000) as opened:
        fill(opened)
        with opened.writing("test") as writer, writer.transaction():
            writer.add_decision(Decision(kind="merge_undone", decided_at=START))
            writer.set_state(SourceState(source_id="watch", etag='"x"'))
        yield opened


def fold(draft, items=6):
    """What a reparse does, made small: every capture shows all items."""
    with draft.writing("reparse") as writer:
        for number, capture in draft.captures(after=int(draft.note("folded") or 0)):
            with writer.transaction():
                writer.put_many([see(make_item(n), number, capture, make_aliases(n)) for n in range(items)])
                writer.set_note("folded", str(number))


def told(archive):
    return [archive.item(item.id) for item in archive.items()]


def test_a_draft_folded_anew_is_the_same_archive(archive):
    before, head = told(archive), archive.head()
    draft = open_draft(archive)
    assert list(draft.items()) == []
    fold(draft)
    assert adopt(archive, draft)
    assert told(archive) == before
    assert archive.head() == head
    assert archive.states()["watch"].etag == '"x"'
    assert verify(archive, head) == ()
    assert not (archive.folder / DRAFT).exists()
    with archive.writing("fetch") as writer, writer.transaction():
        writer.add_capture(make_capture(30))
    assert verify(archive, head) == ()


def test_who_writes_after_the_exchange_without_reading_first_writes_to_the_new_database(archive):
    with Archive.open(archive.folder) as daemon:
        with daemon.writing("fetch") as writer, writer.transaction():
            writer.add_capture(make_capture(20))
        draft = open_draft(archive)
        fold(draft)
        assert adopt(archive, draft)
        capture = make_capture(30)
        with daemon.writing("fetch") as writer, writer.transaction():
            writer.put_many([see(make_item(30), writer.add_capture(capture), capture, make_aliases(30))])
    with Archive.open(archive.folder) as later:
        assert later.item("item-30") == archive.item("item-30")
        assert later.stats().captures == 6
        assert verify(later) == ()


def test_a_draft_goes_on_where_it_stopped(archive):
    with open_draft(archive) as draft:
        fold(draft, items=2)
    with open_draft(archive) as draft:
        assert draft.note("folded") == "4"
        assert len(list(draft.items())) == 2
    drop_draft(archive)
    with open_draft(archive) as draft:
        assert list(draft.items()) == []


def test_captures_that_came_meanwhile_are_folded_first(archive):
    draft = open_draft(archive)
    fold(draft)
    with archive.writing("fetch") as writer, writer.transaction():
        capture = make_capture(20)
        puts = [see(make_item(9), writer.add_capture(capture), capture, make_aliases(9))]
        writer.put_many(puts)
    before = told(archive)
    assert not adopt(archive, draft)
    assert told(archive) == before
    draft = open_draft(archive)
    assert [number for number, _ in draft.captures(after=4)] == [6]
    fold(draft, items=10)
    assert adopt(archive, draft)
    assert {item.id for item in archive.items()} == {f"item-{n}" for n in range(10)}
    assert verify(archive) == ()


def test_a_draft_takes_no_captures_and_leaves_the_files_alone(archive):
    def read():
        return [path.read_bytes() for path in list_segments(archive.folder / CAPTURES).values()]

    files = read()
    refused = pytest.raises(StorageError, match="no captures")
    with open_draft(archive) as draft, draft.writing("reparse") as writer, refused, writer.transaction():
        writer.add_capture(make_capture(40))
    assert read() == files


def test_a_lost_database_is_made_of_the_captures(archive):
    before, head, captures = told(archive), archive.head(), list(archive.captures())
    decisions = list(archive.decisions())
    archive.close()
    archive.file.rename(archive.folder / "lost.db")
    with pytest.raises(StorageError, match="captures here already"):
        Archive.create(archive.folder)
    recover(archive.folder)
    with Archive.open(archive.folder) as found:
        assert found.head() == head
        assert list(found.captures()) == captures
        assert list(found.decisions()) == decisions
        fold(found)
        first_seen = {item.id: item.last_seen for item in before}
        assert [replace(item, last_seen=first_seen[item.id]) for item in told(found)] == before
        assert verify(found, head) == ()


@pytest.mark.parametrize("begun", [0, 30])
def test_a_file_that_was_just_begun_is_in_no_recovery_s_way(archive, begun):
    head = archive.head()
    archive.close()
    archive.file.unlink()
    files = list(list_segments(archive.folder / CAPTURES).values())
    (archive.folder / CAPTURES / segment_name(len(files) + 1)).write_bytes(files[0].read_bytes()[:begun])
    recover(archive.folder)
    with Archive.open(archive.folder) as found:
        assert verify(found, head) == ()
        with found.writing("test") as writer, writer.transaction():
            writer.add_capture(make_capture(30))
        assert verify(found, head) == ()


@pytest.mark.parametrize("begun", [0, 30])
def test_a_first_file_of_nothing_is_said(tmp_path, begun):
    folder = tmp_path / "archive"
    with Archive.create(folder) as opened:
        fill(opened)
    (path,) = list_segments(folder / CAPTURES).values()
    path.write_bytes(path.read_bytes()[:begun])
    (folder / DATABASE).unlink()
    with pytest.raises(DamagedError, match="natowire init"):
        recover(folder)


def test_a_lost_file_whose_bodies_are_needed_is_said(tmp_path):
    with Archive.create(tmp_path, segment_size=3_000) as opened:
        fill(opened, captures=7)
    (tmp_path / DATABASE).unlink()
    list_segments(tmp_path / CAPTURES)[1].unlink()
    with pytest.raises(DamagedError, match=r"capture 2, which is missing.*natowire ingest"):
        recover(tmp_path)
    assert not (tmp_path / DATABASE).exists()


def test_recovery_says_what_is_in_its_way(archive, tmp_path):
    with pytest.raises(StorageError, match="already"):
        recover(archive.folder)
    (tmp_path / "empty").mkdir()
    with pytest.raises(NotFoundError):
        recover(tmp_path / "empty")
    archive.close()
    (archive.folder / DATABASE).unlink()
    path = list_segments(archive.folder / CAPTURES)[1]
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 8
    path.write_bytes(content)
    with pytest.raises(DamagedError):
        recover(archive.folder)
