"""What is withdrawn is recorded once, and when it returns; a failure withdraws nothing."""

from dataclasses import replace
from datetime import timedelta

import pytest

from aggregator.merging.taking import take_in
from aggregator.merging.withdrawals import find_unlisted, judge_page
from parsers.errors import ContentError, LayoutError, StatusError
from parsers.model import Detail
from parsers.registry import ITEM_PAGE
from storage.archive import Archive
from storage.verify import verify
from tests.identity_cases import NOON, TEXT, entry, items_of, list_again, make_capture, read, tell, visit

PAGE = "https://home.example/n1"


def news(number, **fields):
    return entry(
        f"https://home.example/n{number}",
        title=f"Report {number}",
        text=f"{TEXT} {number}",
        day=f"{26 - number} November 2022",
        **fields,
    )


@pytest.fixture
def archive(tmp_path):
    with Archive.create(tmp_path / "archive") as opened:
        yield opened
        assert verify(opened) == ()


def answer(hour, *, status=200, final_url="", entries=None, listing=False):
    shown = [news(1, detail="PAGE")] if entries is None else entries
    return make_capture("home", shown, hour, url=PAGE, final_url=final_url, status=status, listing=listing)


ANSWERS = [
    (answer(5), None, "there"),
    (answer(5, status=404), StatusError("Gone", status=404), "gone"),
    (answer(5, status=410), StatusError("Gone", status=410), "gone"),
    (answer(5, status=500), StatusError("Trouble", status=500), ""),
    (answer(5, status=403), StatusError("No", status=403), ""),
    (answer(5, status=200), ContentError("The answer is empty."), ""),
    (answer(5, status=200), LayoutError("A landmark is missing."), ""),
    (answer(5, listing=True), None, ""),
    (answer(5, final_url="http://home.example/n1/"), None, "there"),
    (answer(5, final_url="https://home.example/archive/n1"), None, "there"),
    (answer(5, final_url="https://home.example/"), None, "redirected"),
    (answer(5, final_url="https://home.example/news", listing=True), None, "redirected"),
    (answer(5, final_url="https://home.example/n2", entries=[news(2)]), None, "redirected"),
    (answer(5, final_url="https://home.example/news"), LayoutError("It is a list."), "redirected"),
    (answer(5, final_url="https://home.example/signin"), ContentError("A sign-in page."), ""),
]


@pytest.mark.parametrize(("capture", "error", "verdict"), ANSWERS)
def test_what_an_answer_tells_of_an_item(archive, capture, error, verdict):
    tell(archive, "home", [news(1)], 0)
    (item,) = items_of(archive)
    parsed = error or read(capture)
    assert judge_page(capture, parsed, item) == verdict
    withdrawn = verdict in {"gone", "redirected"}
    assert visit(archive, capture, parsed) == int(withdrawn)
    assert [one.kind for one in archive.withdrawals()] == ([verdict] if withdrawn else [])


def test_a_page_that_is_gone_is_recorded_once_and_its_return_too(archive):
    tell(archive, "home", [news(1)], 0)
    before = items_of(archive)
    gone = StatusError("Gone", status=404)
    counts = [visit(archive, answer(hour, status=404), gone) for hour in (2, 3)]
    counts.append(visit(archive, answer(4), read(answer(4))))
    counts.append(visit(archive, answer(5, status=410), gone))
    assert counts == [1, 0, 0, 1]
    first, second = archive.withdrawals(before[0].id)
    hours = [NOON + timedelta(hours=hour) for hour in range(6)]
    assert (first.last_seen, first.noticed_at, first.returned_at) == (hours[0], hours[2], hours[4])
    assert (first.status, first.url, first.capture_id) == (404, PAGE, 2)
    assert (second.noticed_at, second.returned_at) == (hours[5], None)
    assert [item.text for item in items_of(archive)] == [before[0].text]


@pytest.mark.parametrize("known", [False, True])
def test_another_document_in_the_place_of_a_page_is_not_taken_for_it(archive, known):
    feed = [news(1), news(2)] if known else [news(1)]
    tell(archive, "home", feed, 0)
    sent_on = replace(
        answer(1, final_url="https://home.example/n2", entries=[news(2, detail="PAGE")]), parser=ITEM_PAGE
    )
    with archive.writing("test") as writer, writer.transaction():
        take_in(writer, sent_on, writer.add_capture(sent_on), read(sent_on), archive.register)
    tell(archive, "home", feed, 2)
    assert [item.title for item in items_of(archive)] == ["Report 1", "Report 2"]
    assert [(one.kind, one.url) for one in archive.withdrawals()] == [
        ("redirected", "https://home.example/n2")
    ]


def test_a_page_that_moved_is_still_the_item(archive):
    tell(archive, "home", [news(1, detail="TEASER")], 0)
    moved = news(1, detail="PAGE") | {"url": "https://home.example/archive/n1"}
    sent_on = replace(answer(1, final_url=moved["url"], entries=[moved]), parser=ITEM_PAGE)
    with archive.writing("test") as writer, writer.transaction():
        take_in(writer, sent_on, writer.add_capture(sent_on), read(sent_on), archive.register)
    tell(archive, "home", [moved], 2)
    (item,) = items_of(archive)
    assert (item.url, item.detail, len(item.observations)) == (PAGE, Detail.PAGE, 3)
    assert archive.withdrawals() == ()


def test_what_leaves_a_listing_that_reaches_further_is_unlisted(archive):
    feed = [news(n) for n in range(1, 6)]
    left = [one for one in feed if one != feed[1]]
    assert [
        list_again(archive, "home", listed, hour) for hour, listed in enumerate((feed, left, left))
    ] == [*(0, 1, 0)]
    (record,) = archive.withdrawals()
    assert (record.kind, record.last_seen, record.noticed_at) == (
        "unlisted",
        NOON,
        NOON + timedelta(hours=1),
    )
    assert archive.item(record.item_id).title == "Report 2"
    list_again(archive, "home", feed, 3)
    assert archive.withdrawals()[0].returned_at == NOON + timedelta(hours=3)


@pytest.mark.parametrize(
    "later",
    [
        [news(n) for n in range(5)],
        [news(n) for n in range(-4, 2)],
        [news(5)],
        [],
        [entry("https://home.example/z", title="Something else", day="1 December 2022")],
    ],
)
def test_what_falls_off_the_end_or_out_of_a_broken_listing_is_not(archive, later):
    list_again(archive, "home", [news(n) for n in range(1, 6)], 0)
    list_again(archive, "home", later, 1)
    assert archive.withdrawals() == ()


def test_items_without_dates_are_as_old_as_they_came(archive):
    feed = [news(n) | {"day": ""} for n in range(1, 6)]
    list_again(archive, "home", feed[2:], 0)
    list_again(archive, "home", feed, 1)
    list_again(archive, "home", feed[1:], 2)
    assert [archive.item(one.item_id).title for one in archive.withdrawals()] == ["Report 1"]


def test_dates_that_may_be_equal_show_nothing(archive):
    tell(
        archive,
        "home",
        [news(1), entry("https://home.example/b", title="The same day", day="25 November 2022")],
        0,
    )
    items = items_of(archive)
    assert find_unlisted(items, items[:1]) == find_unlisted(items, items[1:]) == ()
    assert find_unlisted([replace(one) for one in items], items) == ()
