from dataclasses import replace
from datetime import timedelta

import pytest

from parsers.errors import DamagedError, NotFoundError, StorageError
from parsers.model import Alias
from storage.archive import Archive
from storage.state import Decision, Fetch, Merge, SourceState
from storage.verify import verify
from storage.visits import Visit
from tests.archive_cases import START, fill, make_aliases, make_capture, make_item, see


@pytest.fixture
def archive(tmp_path):
    with Archive.create(tmp_path / "archive") as opened:
        yield opened


def write(archive, *puts):
    with archive.writing("test") as writer, writer.transaction():
        writer.put_many(puts)


def sight(archive, item, hour, *, source="watch", aliases=()):
    capture = make_capture(hour, source=source)
    with archive.writing("test") as writer, writer.transaction():
        capture_id = writer.add_capture(capture)
        writer.put_many([see(item, capture_id, capture, aliases)])
    return capture_id


def texts(archive):
    with archive.reading() as connection:
        return connection.exec_driver_sql("SELECT rowid, item_key, marks FROM documents").all()


def test_no_archive_is_named_with_its_cure(tmp_path):
    with pytest.raises(NotFoundError, match="natowire init"):
        Archive.open(tmp_path / "none")


def test_a_second_archive_is_not_made_over_the_first(tmp_path):
    Archive.create(tmp_path).close()
    with pytest.raises(StorageError, match="already"):
        Archive.create(tmp_path)


def test_an_item_comes_back_whole(archive):
    item = make_item(3)
    sight(archive, item, 5, aliases=make_aliases(3))
    found = archive.item(item.id)
    assert replace(found, revisions=(), observations=()) == replace(
        item, last_seen=START + timedelta(hours=5)
    )
    assert [one.text for one in found.revisions] == [item.text]
    assert [(one.source_id, one.seen_at) for one in found.observations] == [
        ("watch", START + timedelta(hours=5))
    ]
    assert [one.id for one in archive.find(make_aliases(3))] == [item.id]
    assert archive.find([Alias(scheme="guid", scope="other", value="guid 3")]) == ()


def test_a_new_text_keeps_the_one_before(archive):
    first = make_item(1)
    second = make_item(1, title="Winter aid, corrected", revision=2)
    third = make_item(1, title="Winter aid, corrected again", revision=3)
    for hour, item in enumerate((first, second, third)):
        sight(archive, item, hour)
    found = archive.item(first.id)
    assert [(one.number, one.title, one.seen_at) for one in found.revisions] == [
        (one.revision, one.title, one.revised_at) for one in (first, second, third)
    ]
    assert verify(archive) == ()


def test_texts_that_come_and_go_within_one_batch_are_kept(archive):
    capture = make_capture()
    states = [make_item(1, title=f"State {n}", revision=n) for n in (1, 2, 3)]
    with archive.writing("test") as writer, writer.transaction():
        number = writer.add_capture(capture)
        writer.put_many([see(item, number, capture) for item in states])
    assert [one.title for one in archive.item("item-1").revisions] == ["State 1", "State 2", "State 3"]
    assert archive.item("item-1").observations[0].capture_id == number


def test_seeing_the_same_again_rewrites_nothing_but_when(archive):
    item = make_item(2)
    sight(archive, item, 0, aliases=make_aliases(2))
    before = texts(archive)
    with archive.reading() as connection:
        digest = connection.exec_driver_sql("SELECT digest FROM items").scalar()
    sight(archive, item, 7, aliases=make_aliases(2))
    with archive.reading() as connection:
        assert connection.exec_driver_sql("SELECT digest FROM items").scalar() == digest
    assert texts(archive) == before
    assert archive.item(item.id).last_seen == START + timedelta(hours=7)
    assert len(archive.item(item.id).observations) == 2


def test_a_better_date_moves_the_item_in_the_order(archive):
    for number in range(3):
        sight(archive, make_item(number), number)
    assert [item.id for item in archive.items(newest=True)] == ["item-0", "item-1", "item-2"]
    oldest = make_item(2)
    newer = replace(oldest.published, best=START + timedelta(days=1), latest=START + timedelta(days=2))
    sight(archive, replace(oldest, published=newer), 4)
    assert [item.id for item in archive.items(newest=True)] == ["item-2", "item-0", "item-1"]
    assert [item.id for item in archive.items()] == ["item-0", "item-1", "item-2"]
    assert verify(archive) == ()


def test_a_second_source_is_searched_too(archive):
    sight(archive, make_item(1), 0)
    sight(archive, make_item(1), 1, source="mirror")
    (row,) = texts(archive)
    assert {"sourcewatch", "sourcemirror"} <= set(row.marks.split())
    assert [one.source_id for one in archive.item("item-1").observations] == ["watch", "mirror"]
    assert verify(archive) == ()


def test_a_failed_transaction_leaves_nothing(archive):
    fill(archive)
    before = (archive.stats().items, archive.head(), archive.stats().capture_bytes)
    with archive.writing("test") as writer, pytest.raises(ZeroDivisionError), writer.transaction():
        writer.put(replace(make_item(9), authority=writer.add_capture(make_capture(9)) // 0))
    with archive.writing("test") as writer, writer.transaction():
        assert writer.find(make_aliases(9)) == ()
    assert (archive.stats().items, archive.head(), archive.stats().capture_bytes) == before
    assert verify(archive) == ()


def test_writing_needs_a_transaction(archive):
    with archive.writing("test") as writer:
        with pytest.raises(StorageError, match="transaction"):
            writer.put(make_item())
        with writer.transaction(), pytest.raises(StorageError, match="open already"):
            writer.transaction().__enter__()


def test_captures_come_in_order_and_exactly(archive):
    added = [make_capture(n, body=b"one page" if n % 2 else b"page %d" % n) for n in range(7)]
    with archive.writing("test") as writer:
        for capture in added:
            with writer.transaction():
                writer.add_capture(capture)
    assert list(archive.captures()) == list(enumerate(added, 1))
    assert list(archive.captures(after=5)) == list(enumerate(added, 1))[5:]
    with pytest.raises(NotFoundError):
        archive.capture(99)


def test_an_unchanged_page_costs_no_second_copy(archive):
    body = bytes(range(256)) * 400
    with archive.writing("test") as writer, writer.transaction():
        writer.add_capture(make_capture(0, body=body))
    once = archive.stats().capture_bytes
    with archive.writing("test") as writer, writer.transaction():
        writer.add_capture(make_capture(1, body=body))
    assert archive.stats().capture_bytes - once < 2_000
    assert archive.capture(2).body == body


def test_segments_roll_by_size(tmp_path):
    with Archive.create(tmp_path, segment_size=3_000) as archive:
        fill(archive, captures=6)
        names = sorted(path.name for path in (tmp_path / "captures").iterdir())
        assert names[:2] == ["natowire-00001.warc.gz", "natowire-00002.warc.gz"]
        assert [number for number, _ in archive.captures()] == [1, 2, 3, 4, 5, 6]
        assert verify(archive) == ()


def test_changed_bytes_are_not_given_out(archive):
    fill(archive)
    path = archive.folder / "captures" / "natowire-00001.warc.gz"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    with pytest.raises(DamagedError):
        list(archive.captures())


def test_what_stands_beside_the_items(archive):
    state = SourceState(
        source_id="watch", etag='"a"', failures=2, last_attempt=START, notes=(("activity", "0.5"),)
    )
    fetch = Fetch(
        source_id="watch", started_at=START, seconds=1, outcome="fetched", status=200, reached_known=False
    )
    merge = Merge(
        item_id="item-0",
        source_id="mirror",
        capture_id=1,
        url="https://mirror.example/0",
        title="Winter aid",
        reason="copy",
        score=1,
        merged_at=START,
    )
    with archive.writing("test") as writer, writer.transaction():
        writer.set_state(replace(state, failures=1))
        writer.set_state(state)
        writer.add_fetch(fetch)
        merge_id = writer.add_merge(merge)
        writer.set_note("folded", "7")
    assert archive.states() == {"watch": state}
    assert archive.fetches("watch") == (fetch,)
    assert archive.fetches("other") == ()
    assert archive.merges() == (replace(merge, id=merge_id),)
    assert archive.note("folded") == "7"
    assert archive.note("none") == ""
    later = START + timedelta(days=1)
    with archive.writing("test") as writer, writer.transaction():
        writer.undo_merge(merge_id, later)
    assert archive.merges()[0].undone_at == later
    ((place, decision),) = archive.decisions()
    assert place == 1
    assert decision.kind == "merge_undone"
    assert dict(decision.terms)["item"] == "item-0"
    assert verify(archive) == ()


def test_a_page_whose_source_is_gone_is_visited_for_another_that_lists_it(archive):
    page = Visit(url="https://a.example/1", source_id="old", item_id="i", planned_at=START, due_at=START)

    def plan(source, days):
        at = START + timedelta(days=days)
        with archive.writing("test") as writer, writer.transaction():
            writer.add_visits([replace(page, source_id=source, planned_at=at, due_at=at)])
        return archive.due_visits(["old", "new"], at)

    assert plan("old", 0) == (page,)
    assert plan("new", 1) == (page,)
    assert plan("old", 9) == (page,)
    assert plan("new", 9) == (replace(page, source_id="new"),)
    assert archive.due_visits(["old"], START + timedelta(days=9)) == ()


def test_an_undone_merge_can_be_taken_off_an_item(archive):
    sight(archive, make_item(1), 0, aliases=make_aliases(1))
    strange = [Alias(scheme="url", scope="", value="https://mirror.example/1")]
    sight(archive, make_item(1), 1, source="mirror", aliases=strange)
    with archive.writing("test") as writer, writer.transaction():
        writer.detach("item-1", source_id="mirror", aliases=strange)
    assert archive.find(strange) == ()
    assert [one.source_id for one in archive.item("item-1").observations] == ["watch"]
    assert "sourcemirror" not in texts(archive)[0].marks.split()
    assert verify(archive) == ()


def test_decisions_take_their_place_among_captures(archive):
    decision = Decision(kind="merge_undone", decided_at=START, terms=(("item", "item-1"),))
    with archive.writing("test") as writer, writer.transaction():
        writer.add_capture(make_capture(0))
        assert writer.add_decision(decision) == 2
        assert writer.add_capture(make_capture(1)) == 3
    assert list(archive.decisions()) == [(2, decision)]
    assert [number for number, _ in archive.captures()] == [1, 3]
    assert archive.stats().captures == 2


def test_what_sqlite_cannot_keep_is_replaced_once(archive):
    item = make_item(1, title="a lone \ud800 and a \x00")
    sight(archive, item, 0)
    with archive.reading() as connection:
        digest = connection.exec_driver_sql("SELECT digest FROM items").scalar()
    sight(archive, item, 1)
    with archive.reading() as connection:
        assert connection.exec_driver_sql("SELECT digest FROM items").scalar() == digest
    assert archive.item("item-1").title == "a lone \ufffd and a \ufffd"
    assert verify(archive) == ()


def test_items_seen_in_a_capture(archive):
    fill(archive, captures=2, items=3)
    assert archive.seen_in(1) == ("item-0", "item-1", "item-2")
    assert archive.seen_in(99) == ()
