"""Which item an entry is about, and what it may say of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.merging.matching import match
from aggregator.merging.merge import found, merge
from aggregator.merging.naming import Sighting, name_entries
from aggregator.merging.standing import Standing, standing
from parsers.dates import parse_absolute
from parsers.model import Detail, Entry

NOON = datetime(2022, 11, 26, 12, tzinfo=UTC)
PAGE = "https://www.nato.int/cps/en/natohq/news_208772.htm"
WORDS = (
    "Ministers from the partner nations met at headquarters to go through the plans for the winter months."
)


def make_entry(**changes):
    plain = Entry(
        url=PAGE,
        guid="",
        kind="news",
        detail=Detail.TEASER,
        title="Partners meet in Brussels",
        summary=WORDS,
        text="",
        language="en",
        published=None,
    )
    return replace(plain, **changes)


def seen(source="wire", url="https://www.nato.int/rss.xml", at=NOON, trusts=()):
    return Sighting(source_id=source, final_url=url, seen_at=at, trusts=trusts)


def one(entry, sighting=None):
    return name_entries([entry], sighting or seen())[0]


def day(text):
    return parse_absolute(text, tz=UTC)


ELSEWHERE = seen("mirror", "https://b.example/feed")
HOSTILE = seen("hostile", "https://evil.example/feed")


@pytest.mark.parametrize(
    ("other", "same"),
    [
        (make_entry(url="http://www.nato.int/cps/en/natohq/news_208772.htm?utm_source=x"), True),
        (make_entry(url="https://www.nato.int/cps/en/natolive/news_208772.htm"), True),
        (
            make_entry(
                url="https://www.nato.int/cps/en/natohq/news_208773.htm", title="Another", summary=""
            ),
            False,
        ),
    ],
)
def test_an_address_in_another_spelling_is_the_same_item(other, same):
    item = found(one(make_entry()), seen()).item
    known = dict.fromkeys(one(make_entry()).aliases, item)
    candidates = [(alias, known[alias]) for alias in one(other).aliases if alias in known]
    assert (match(one(other), seen(), candidates) is not None) is same


def test_a_guid_names_an_item_only_within_its_source():
    entry = make_entry(url="", guid="1", summary="")
    mine, theirs = one(entry, seen("a")), one(entry, seen("b"))
    assert not set(mine.aliases) & set(theirs.aliases)
    assert found(mine, seen("a")).item.id != found(theirs, seen("b")).item.id


def test_an_address_shared_by_several_entries_names_none_of_them():
    entries = [
        make_entry(url="https://a.example/news", guid=str(n), title=f"Item {n}", summary="")
        for n in range(3)
    ]
    named = name_entries(entries, seen())
    assert len({found(n, seen()).item.id for n in named}) == 3
    assert {alias.scheme for n in named for alias in n.aliases} == {"guid"}


def test_an_entry_with_nothing_but_words_is_a_stable_item():
    bare = make_entry(url="", guid="")
    assert found(one(bare), seen()).item.id == found(one(bare), seen(at=NOON + timedelta(days=3))).item.id


def test_equal_words_elsewhere_are_one_item_unless_the_dates_exclude_it():
    item = found(one(make_entry(published=day("8 November 2022"))), seen()).item
    copy = make_entry(url="https://b.example/1", guid="g")
    words = [alias for alias in one(copy).aliases if alias.scheme == "text"]
    found_by = match(one(copy, ELSEWHERE), ELSEWHERE, [(words[0], item)])
    assert (found_by.item, found_by.reason, found_by.score) == (item, "copy", 1.0)
    later = one(replace(copy, published=day("9 November 2021")))
    assert match(later, ELSEWHERE, [(words[0], item)]) is None


@pytest.mark.parametrize(
    ("sighting", "expected"),
    [
        (seen(), Standing.HOME),
        (seen("x", PAGE), Standing.HOME),
        (seen("wire", "https://natowatch.org/"), Standing.BRINGER),
        (seen("x", "https://natowatch.org/", trusts=("www.nato.int",)), Standing.HOME),
        (seen("x", "https://natowatch.org/", trusts=("nato.int",)), Standing.HOME),
        (seen("x", "https://natowatch.org/", trusts=("to.int",)), Standing.STRANGER),
        (HOSTILE, Standing.STRANGER),
    ],
)
def test_who_may_speak_of_an_item(sighting, expected):
    assert standing(PAGE, "wire", sighting) is expected


def test_a_stranger_changes_nothing_but_when_it_was_seen():
    item = found(one(make_entry(published=day("8 November 2022"))), seen()).item
    lie = make_entry(
        title="Surrender", summary="None of this was said.", detail=Detail.PAGE, published=day("1 May 2020")
    )
    told = merge(item, one(lie, HOSTILE), replace(HOSTILE, seen_at=NOON + timedelta(hours=1)))
    assert told.outcome == "seen"
    assert replace(told.item, last_seen=item.last_seen) == item


def test_home_takes_an_item_over_from_the_stranger_that_brought_it():
    lie = make_entry(title="Surrender", detail=Detail.FEED, text="All false.", published=day("1 May 2020"))
    item = found(one(lie, HOSTILE), HOSTILE).item
    told = merge(
        item, one(make_entry(published=day("8 November 2022"))), seen(at=NOON + timedelta(hours=1))
    ).item
    assert (told.title, told.text, told.authority) == ("Partners meet in Brussels", "", Standing.HOME)
    assert told.published.earliest == day("8 November 2022").earliest
    again = merge(told, one(lie, HOSTILE), replace(HOSTILE, seen_at=NOON + timedelta(hours=2)))
    assert again.outcome == "seen"


def test_feed_and_page_alternating_make_two_revisions():
    feed, page = make_entry(), make_entry(detail=Detail.PAGE, text=WORDS * 3, summary="")
    item = found(one(feed), seen()).item
    for hour in range(1, 9):
        sighting = seen(at=NOON + timedelta(hours=hour), url=PAGE if hour % 2 else seen().final_url)
        item = merge(item, one(page if hour % 2 else feed, sighting), sighting).item
    assert (item.revision, item.text, item.edited) == (2, WORDS * 3, False)


def test_two_listings_that_tell_it_differently_do_not_take_turns():
    item = found(one(make_entry()), seen()).item
    other = make_entry(summary="The other feed words it in its own way, every single time it is asked.")
    sighting = seen("other", "https://www.nato.int/atom.xml", at=NOON + timedelta(hours=1))
    assert merge(item, one(other, sighting), sighting).item.summary == WORDS


@pytest.mark.parametrize(("stated", "silent"), [(None, True), ("Updated 27 Nov 2022", False)])
def test_an_edit_is_kept_and_a_silent_one_is_marked(stated, silent):
    page = make_entry(detail=Detail.PAGE, text=WORDS)
    item = found(one(page, seen(url=PAGE)), seen(url=PAGE)).item
    later = seen(url=PAGE, at=NOON + timedelta(days=1))
    updated = day("27 November 2022") if stated else None
    told = merge(item, one(replace(page, text=WORDS + " Corrected.", updated=updated), later), later)
    assert told.outcome == "changed"
    assert (told.item.revision, told.item.edited, told.item.silent) == (2, True, silent)


def test_white_space_is_no_edit():
    page = make_entry(detail=Detail.PAGE, text=WORDS)
    item = found(one(page), seen()).item
    told = merge(item, one(replace(page, text=WORDS.replace(" ", "  \n"))), seen())
    assert told.outcome == "seen"
    assert told.item.revision == 1


def test_merging_the_same_again_changes_nothing():
    entry = make_entry(published=day("8 November 2022"))
    item = found(one(entry), seen()).item
    told = merge(item, one(entry), seen())
    assert (told.outcome, told.item) == ("seen", item)
