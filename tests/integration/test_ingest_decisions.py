"""What was decided in an archive holds where its files are brought in."""

import shutil
from dataclasses import replace

import pytest

from aggregator.importing import keep_saved
from aggregator.merging.merges import undo
from aggregator.merging.taking import REFUSED, refuse, take_in
from aggregator.rebuild import rebuild
from aggregator.saved import open_saved
from schedules.sources import Source
from storage.archive import Archive
from storage.originals import seek_in
from storage.state import Decision
from storage.verify import verify
from tests.identity_cases import NOON, TEXT, entry, items_of, make_capture, read, tell

COPY = entry("https://mirror.example/x", text=TEXT.replace("further", "more"), guid="m1")


@pytest.fixture
def theirs(tmp_path):
    """Another archive, in which a merge was undone and a capture was not believed."""
    with Archive.create(tmp_path / "theirs") as archive:
        told(archive, "home", [entry()], 0)
        told(archive, "mirror", [COPY], 1)
        undo(archive, archive.merges()[0].id, NOON, read)
        doubted = make_capture("home", [entry("https://home.example/9", title="Casino")], 2)
        with archive.writing("test") as writer, writer.transaction():
            writer.add_decision(refuse(writer.add_capture(doubted), NOON))
            writer.add_decision(Decision(kind="of_years_to_come", decided_at=NOON))
        told(archive, "mirror", [COPY], 3)
        yield archive


def told(archive, source, entries, hour):
    capture = html(make_capture(source, entries, hour))
    with archive.writing("test") as writer, writer.transaction():
        take_in(writer, capture, writer.add_capture(capture), read(capture), archive.register)


def html(capture):
    return replace(capture, headers=(("Content-Type", "text/html"),))


def bring(archive, *folders):
    files = [file for folder in folders for file in sorted((folder / "captures").iterdir())]
    saved = open_saved(files, Source(id="saved", url=""), elsewhere=seek_in(archive))
    outcomes = list(keep_saved(archive, saved, read))
    assert verify(archive) == ()
    return [dict(one.records) for one in outcomes]


def shown(archive):
    return {
        item.url: (item.id, item.title, [(one.source_id, one.seen_at) for one in item.observations])
        for item in items_of(archive)
    }


def test_an_undone_merge_and_a_doubt_come_along(theirs, tmp_path):
    with Archive.create(tmp_path / "ours") as ours:
        expected = {"warcinfo": 1, "read": 3, "merge undone": 1, "kept, not believed": 1, "decision": 1}
        assert bring(ours, theirs.folder) == [expected]
        assert shown(ours) == shown(theirs)
        assert len(shown(ours)) == 2
        assert [one.undone_at for one in ours.merges()] == [NOON]
        assert bring(ours, theirs.folder) == [{"warcinfo": 1, "known": 5, "decision": 1}]
        before = shown(ours)
        assert rebuild(ours, read).adopted
        assert shown(ours) == before
        assert [one.kind for _, one in ours.decisions()] == ["merge_undone", REFUSED]


def test_an_undone_merge_separates_what_was_merged_here(theirs, tmp_path):
    with Archive.create(tmp_path / "ours") as ours:
        tell(ours, "home", [entry()], -2)
        tell(ours, "mirror", [COPY], -1)
        assert len(shown(ours)) == 1
        bring(ours, theirs.folder)
        assert len(shown(ours)) == 2
        assert {one[0] for one in shown(ours)[COPY["url"]][2]} == {"mirror"}
        assert [one.undone_at for one in ours.merges()] == [NOON]


def test_an_archives_own_files_decide_nothing_anew(theirs, tmp_path):
    copy = shutil.copytree(theirs.folder, tmp_path / "copy")
    head = theirs.head()
    assert bring(theirs, copy) == [{"warcinfo": 1, "known": 5, "decision": 1}]
    assert theirs.head() == head


@pytest.mark.parametrize(
    "terms", [(), (("item", "x"),), (("item", "x"), ("source", "")), (("item", 7), ("source", None))]
)
def test_a_decision_that_says_nothing_decides_nothing(tmp_path, terms):
    decision = Decision(kind="merge_undone", decided_at=NOON, terms=terms)
    with (
        Archive.create(tmp_path / "theirs") as theirs,
        theirs.writing("test") as writer,
        writer.transaction(),
    ):
        writer.add_decision(decision)
    with Archive.create(tmp_path / "ours") as ours:
        (records,) = bring(ours, tmp_path / "theirs")
        assert records.keys() <= {"warcinfo", "decision", "damaged"}
        assert ours.head().capture_id == 0
