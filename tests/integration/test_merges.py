"""A merge undone stays undone, now and in an archive made anew."""

from datetime import timedelta

import pytest

from aggregator.merging.absorb import absorb
from aggregator.merging.merges import honour, undo
from parsers.errors import NotFoundError, ParseError, UsageError
from storage.archive import Archive
from storage.verify import verify
from tests.identity_cases import NOON, OTHER, TEXT, entry, items_of, list_again, read, tell

COPY = entry("https://mirror.example/x", text=TEXT.replace("further", "more"), guid="m1")


@pytest.fixture
def archive(tmp_path):
    with Archive.create(tmp_path / "archive") as opened:
        yield opened
        assert verify(opened) == ()


def shown(archive):
    return [
        (
            (item.id, item.url, item.title, item.text, item.published, item.last_seen, item.revisions),
            [(one.source_id, one.capture_id) for one in item.observations],
        )
        for item in items_of(archive)
    ]


@pytest.mark.parametrize(
    "copy", [COPY, entry("https://mirror.example/x"), entry(guid="w"), entry("", guid="w"), entry("")]
)
def test_what_was_merged_becomes_an_item_of_its_own_and_stays_one(archive, copy):
    tell(archive, "home", [entry()], 0)
    for hour in (1, 2):
        tell(archive, "mirror", [copy], hour)
    (merge,) = archive.merges()
    undone = undo(archive, merge.id, NOON, read)
    assert len(undone.items) == 1
    for hour in (3, 4):
        tell(archive, "mirror", [copy], hour)
        tell(archive, "home", [entry()], hour)
    items = items_of(archive)
    assert len(items) == 2
    by_source = {item.owner: item for item in items}
    assert {one.source_id for one in by_source["home"].observations} == {"home"}
    assert [one.capture_id for one in by_source["mirror"].observations] == [2, 3, 5, 7]
    assert by_source["mirror"].text == copy["text"]
    assert by_source["mirror"].first_seen == by_source["mirror"].observations[0].seen_at
    (record,) = archive.merges()
    assert record.undone_at == NOON


def test_what_else_the_source_showed_of_the_item_stays(archive):
    tell(archive, "home", [entry(), entry("https://home.example/1-again")], 0)
    (merge,) = archive.merges()
    undo(archive, merge.id, NOON, read)
    assert [[one.capture_id for one in item.observations] for item in items_of(archive)] == [[1], [1]]


def report(source, number):
    words = TEXT if number % 2 else OTHER
    return entry(
        f"https://{source}.example/n{number}",
        title=f"Report {number} on the winter aid",
        text=f"{words} {number}",
        day=f"{26 - number} November 2022",
    )


def test_what_the_source_s_listing_dropped_is_the_item_it_had(archive):
    list_again(archive, "home", [report("home", n) for n in (1, 2)], 0)
    list_again(archive, "mirror", [report("mirror", n) for n in (1, 2, 4)], 1)
    assert list_again(archive, "mirror", [report("mirror", n) for n in (2, 4)], 2) == 1
    (merge,) = [one for one in archive.merges() if one.url.endswith("n1")]
    (made,) = undo(archive, merge.id, NOON, read).items
    (left,) = archive.withdrawals()
    assert (left.item_id, left.source_id, left.kind) == (made, "mirror", "unlisted")
    list_again(archive, "mirror", [report("mirror", n) for n in (1, 2, 4)], 3)
    (back,) = archive.withdrawals()
    assert (back.item_id, back.returned_at) == (made, NOON + timedelta(hours=3))


def test_an_undone_merge_is_undone_in_an_archive_made_anew(archive, tmp_path):
    tell(archive, "home", [entry()], 0)
    tell(archive, "mirror", [COPY], 1)
    undo(archive, archive.merges()[0].id, NOON, read)
    tell(archive, "mirror", [COPY], 2)
    with Archive.create(tmp_path / "again") as again:
        events = sorted([*archive.captures(), *archive.decisions()], key=lambda event: event[0])
        with again.writing("test") as writer:
            for number, event in events:
                with writer.transaction():
                    if hasattr(event, "terms"):
                        writer.add_decision(event)
                    else:
                        assert writer.add_capture(event) == number
                with writer.transaction():
                    if hasattr(event, "terms"):
                        honour(writer, again, event, read)
                    else:
                        absorb(writer, event, number, read(event), again.register)
        assert shown(again) == shown(archive)
        assert [one.undone_at for one in again.merges()] == [NOON]


def test_a_decision_on_a_merge_not_made_this_time_forbids_it(archive):
    tell(archive, "home", [entry()], 0)
    tell(archive, "mirror", [COPY], 1)
    undo(archive, archive.merges()[0].id, NOON, read)
    ((_, decision),) = archive.decisions()
    with Archive.create(archive.folder.parent / "other") as other:
        tell(other, "home", [entry()], 0)
        for _ in range(2):
            with other.writing("test") as writer, writer.transaction():
                honour(writer, other, decision, read)
        tell(other, "mirror", [COPY], 1)
        assert len(items_of(other)) == 2
        assert len(other.merges()) == 1


def test_what_cannot_be_undone_is_said(archive):
    with pytest.raises(NotFoundError, match="no merge 7"):
        undo(archive, 7, NOON, read)
    tell(archive, "home", [entry()], 0)
    tell(archive, "mirror", [COPY], 1)
    undo(archive, 1, NOON, lambda _: ParseError("It cannot be read any more."))
    with pytest.raises(UsageError, match="undone before"):
        undo(archive, 1, NOON, read)
    (item,) = items_of(archive)
    assert {one.source_id for one in item.observations} == {"home"}
