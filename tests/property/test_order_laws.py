"""Captures may come in any order: withdrawals, revisions and dates are those of the order of time."""

import itertools
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.merging.taking import take_in
from parsers.errors import LayoutError, StatusError
from parsers.registry import ITEM_PAGE
from storage.archive import Archive
from storage.verify import verify
from tests.identity_cases import NOON, TEXT, entry, make_capture, read

HOME = "https://home.example"


def news(number, words=TEXT, **fields):
    return entry(
        f"{HOME}/n{number}",
        title=f"Report {number} on the winter aid",
        text=f"{words} {number}",
        day=f"{26 - number} November 2022",
        **fields,
    )


def listing(hour, *numbers):
    return make_capture("home", [news(n) for n in numbers], hour)


def page(hour, number=1, *, words=TEXT, status=200, final_url="", source="saved", shown=None, many=False):
    told = [] if status != 200 else [news(number if shown is None else shown, words, detail="PAGE")]
    return replace(
        make_capture(
            source,
            told,
            hour,
            url=f"{HOME}/n{number}",
            final_url=final_url,
            status=status,
            listing=many,
        ),
        parser=ITEM_PAGE,
    )


def parsed_of(capture):
    if capture.status != 200:
        return StatusError("No", status=capture.status)
    if capture.parser == ITEM_PAGE and b'"listing": true' in capture.body:
        return LayoutError("A list came.")
    return read(capture)


def told(archive):
    """All that is to be the same, without the numbers that say in what order it came."""
    withdrawals = sorted(
        (one.item_id, one.kind, one.status, one.url, one.last_seen, one.noticed_at, one.returned_at or NOON)
        for one in archive.withdrawals()
    )
    items = {item.id: archive.item(item.id) for item in archive.items()}
    texts = {
        key: (
            [(one.seen_at, one.text) for one in item.revisions],
            item.text,
            item.first_seen,
            item.last_seen,
        )
        for key, item in items.items()
    }
    dates = {key: (item.published.earliest, item.published.latest) for key, item in items.items()}
    return withdrawals, texts, dates


def bring(captures):
    """What an archive tells of captures that came in this order."""
    with TemporaryDirectory() as folder, Archive.create(Path(folder) / "archive") as archive:
        for capture in captures:
            with archive.writing("test") as writer, writer.transaction():
                take_in(writer, capture, writer.add_capture(capture), parsed_of(capture), archive.register)
        assert verify(archive) == ()
        return told(archive)


GONE = (page(0), page(2, status=404), page(4), page(6, status=410), page(7, status=404), page(9))
MOVED = (
    page(0, source="home"),
    page(1, final_url=f"{HOME}/", shown=7),
    page(3, words=f"{TEXT} One more line."),
    page(5, final_url=f"{HOME}/n2", shown=2),
    page(6, 2),
)
LISTED = (
    listing(0, 1, 2, 3, 4),
    listing(2, 1, 3, 4),
    listing(4, 1, 2, 3, 4),
    listing(6, 0, 1, 3, 4),
    listing(7, 0, 3, 4),
)
MIXED = (listing(0, 1, 2, 3), page(1), page(2, status=404), listing(3, 2, 3), page(4), listing(5, 1, 2, 3))


@pytest.mark.parametrize("captures", [GONE, MOVED, LISTED, MIXED], ids=["gone", "moved", "listed", "mixed"])
def test_any_order_tells_the_same(captures):
    known = bring(captures)
    assert known[0]
    orders = list(itertools.permutations(captures))
    for order in [tuple(reversed(captures)), *orders[1 :: len(orders) // 6]]:
        assert bring(order) == known


def test_a_refusal_between_two_sightings_is_over():
    withdrawals, *_ = bring((page(0), page(4), page(8), page(6, status=404), page(2, status=404)))
    moments = [NOON + timedelta(hours=hour) for hour in range(9)]
    assert [one[4:] for one in withdrawals] == [
        (moments[0], moments[2], moments[4]),
        (moments[4], moments[6], moments[8]),
    ]


def test_a_page_is_gone_whatever_its_address_is_spelled_like():
    begin, middle, end = (
        f"https://www.nato.int/cps/en/{name}/news_1.htm"
        for name in ("natolive", "SID-1A2B3C4D-5E6F7A8B/natolive", "natohq")
    )
    captures = (
        make_capture("nato", [news(1) | {"url": begin, "detail": "PAGE"}], 0, url=begin, listing=False),
        make_capture("nato", [], 2, url=middle, status=404, listing=False),
        make_capture("nato", [news(1) | {"url": end, "detail": "PAGE"}], 4, url=end, listing=False),
    )
    for order in itertools.permutations(captures):
        known = bring(order)[0]
        if order.index(captures[1]) > 0:  # before any other it is not known to be the same
            assert [(one[1], one[5], one[6]) for one in known] == [
                ("gone", NOON + timedelta(hours=2), NOON + timedelta(hours=4))
            ]


def test_what_was_not_there_yet_was_not_withdrawn():
    assert bring((page(4), page(2, status=404)))[0] == bring((page(2, status=404), page(4)))[0] == []


STEP = st.sampled_from(
    [
        page,
        lambda hour: page(hour, status=404),
        lambda hour: page(hour, final_url=f"{HOME}/", shown=7),
        lambda hour: listing(hour, 1, 2, 3),
        lambda hour: listing(hour, 2, 3),
        lambda hour: listing(hour, 1, 2, 4),
    ]
)


@settings(derandomize=True, max_examples=20, deadline=None)
@given(st.lists(STEP, min_size=3, max_size=7), st.randoms(use_true_random=False))
def test_withdrawals_do_not_depend_on_the_order(steps, chance):
    captures = [step(hour) for hour, step in enumerate(steps)]
    mixed = list(captures)
    chance.shuffle(mixed)
    assert bring(mixed) == bring(captures)
