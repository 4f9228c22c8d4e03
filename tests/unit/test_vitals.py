"""What a source is like by its own past, by tables."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from aggregator.watch.vitals import (
    FORGET,
    NOTE,
    Vitals,
    count_fresh,
    describe_worse,
    forget,
    judge_parse,
    quiet_since,
    read_vitals,
    remember,
    write_vitals,
)
from parsers.model import Detail, Entry, Page, Parsed, When

NOW = datetime(2022, 11, 8, 12, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)


def entry(n: int, *, now: datetime = NOW, **changes) -> Entry:
    moment = now - n * HOUR
    when = When(earliest=moment, latest=moment, best=moment, precision="second")
    usual = {
        "url": f"https://pier.example/{n}",
        "guid": "",
        "kind": "news",
        "detail": Detail.FEED,
        "title": f"Ship {n} comes in",
        "summary": "It was late.",
        "text": "",
        "language": "en",
        "published": when,
    }
    return Entry(**(usual | changes))


def listing(*entries: Entry, is_list: bool = True) -> Parsed:
    return Parsed(parser="feed", entries=entries, page=Page(listing=is_list))


def ships(count: int = 10, first: int = 0, **changes) -> Parsed:
    return listing(*(entry(n, **changes) for n in range(first, first + count)))


def past(*parsed: Parsed) -> Vitals:
    history = Vitals()
    for number, one in enumerate(parsed):
        history = remember(history, one, NOW + number * HOUR)
    return history


USUAL = past(ships(10), ships(11), ships(10))
SAME_DATE = entry(1).published
DOUBTED = [
    ("half gone", ships(5), "Only 5 entries are listed where there were never fewer than 10"),
    ("all gone", ships(0), "Only 0 entries"),
    ("one title", ships(10, title="Cookies?"), "All 10 entries have the same title"),
    ("no title", ships(10, title=""), "same title"),
    ("one date", ships(10, published=SAME_DATE), "same date"),
    ("one link", ships(10, url="https://pier.example/"), "same link"),
]
BELIEVED = [
    ("as ever", ships(10)),
    ("all new", ships(10, first=500)),
    ("a few less", ships(6)),
    ("twice as many", ships(20)),
    ("no dates", ships(10, published=None)),
    ("a page", listing(entry(1), is_list=False)),
]


@pytest.mark.parametrize(("name", "parsed", "why"), DOUBTED, ids=[case[0] for case in DOUBTED])
def test_what_is_unlike_the_past_is_doubted(name, parsed, why):
    assert why in (judge_parse(parsed, USUAL) or "")
    assert judge_parse(parsed, Vitals()) is None, "without a past there is nothing to judge by"


@pytest.mark.parametrize(("name", "parsed"), BELIEVED, ids=[case[0] for case in BELIEVED])
def test_what_is_plausible_is_believed(name, parsed):
    assert judge_parse(parsed, USUAL) is None


def test_a_source_that_was_always_so_is_believed():
    uniform = past(ships(10, published=SAME_DATE), ships(10, published=SAME_DATE))
    assert judge_parse(ships(10, published=SAME_DATE), uniform) is None
    wavering = past(ships(10), ships(6), ships(12))
    assert judge_parse(ships(4), wavering) is None
    tiny = past(ships(4), ships(4))
    assert judge_parse(ships(1), tiny) is None


def test_a_shorter_listing_is_believed_in_the_end_a_senseless_one_never():
    short, senseless = ships(3), ships(10, title="Cookies?")
    assert judge_parse(short, USUAL, refused_for=timedelta(days=2)) is not None
    assert judge_parse(short, USUAL, refused_for=timedelta(days=3)) is None
    assert judge_parse(short, USUAL, refused_for=timedelta(days=3), every=timedelta(days=7)) is not None
    assert judge_parse(senseless, USUAL, refused_for=timedelta(days=300)) is not None


WORSE = [
    ("dates", {"published": None}),
    ("texts", {"summary": ""}),
    ("titles", {"title": ""}),
    ("links", {"url": "", "guid": "x"}),
]


@pytest.mark.parametrize(("field", "changes"), WORSE, ids=[case[0] for case in WORSE])
def test_a_field_that_fills_worse_is_named_until_it_is_mended(field, changes):
    mixed = listing(*(entry(n, **(changes if n % 2 else {})) for n in range(10)))
    worse = remember(USUAL, mixed, NOW + 9 * HOUR)
    assert f"{field} on 50 % of its entries, before 100 %" in describe_worse(worse)
    later = remember(worse, mixed, NOW + 99 * HOUR)
    assert describe_worse(later), "it does not get used to it in days"
    assert later.worse_since == worse.worse_since
    assert not describe_worse(remember(later, ships(10), NOW + 100 * HOUR))
    assert not describe_worse(remember(later, mixed, NOW + FORGET + 10 * HOUR)), "but in a month"


def with_texts(count: int) -> Parsed:
    return listing(*(entry(n, **({} if n < count else {"summary": ""})) for n in range(10)))


def test_a_little_worse_is_usual():
    assert not describe_worse(remember(USUAL, with_texts(8), NOW))
    wavering = past(with_texts(10), with_texts(8), with_texts(6))
    assert not describe_worse(remember(wavering, with_texts(5), NOW))
    assert describe_worse(remember(wavering, with_texts(2), NOW))


def test_a_source_is_quiet_when_it_is_silent_longer_than_ever():
    daily = past(listing(*(entry(24 * n) for n in range(10))))
    last = NOW
    assert quiet_since(daily, last + timedelta(days=2)) is None
    assert quiet_since(daily, last + timedelta(days=3, hours=1)) == last
    weekly = past(listing(*(entry(7 * 24 * n) for n in range(10))))
    assert quiet_since(weekly, last + timedelta(days=10)) is None
    assert quiet_since(weekly, last + timedelta(days=18)) == last
    assert quiet_since(past(ships(4)), last + timedelta(days=300)) is None, "too little is known"


def test_a_silence_that_was_found_is_no_news():
    stopped = Vitals()
    found_at = NOW + timedelta(days=900)
    stopped = remember(stopped, ships(10), found_at)
    assert quiet_since(stopped, found_at + HOUR) is None
    assert quiet_since(stopped, found_at + timedelta(days=4)) is not None


def test_arrivals_are_counted_for_a_source_without_dates():
    history = Vitals()
    for n in range(8):
        history = remember(history, ships(10, first=100 - n, published=None), NOW + n * timedelta(days=1))
    last = NOW + timedelta(days=7)
    assert quiet_since(history, last + timedelta(days=2)) is None
    assert quiet_since(history, last + timedelta(days=4)) == last


def test_novelty_is_counted_by_the_sources_own_listing():
    history = past(ships(10))
    assert count_fresh(history, ships(10)) == 0
    assert count_fresh(history, ships(10, first=-3)) == 3
    assert count_fresh(history, ships(10, first=50)) == 10
    long = past(ships(500))
    assert count_fresh(long, ships(500, first=-2)) in {2, 3, 4}
    assert count_fresh(long, ships(500, first=1000)) == 500


def test_addresses_that_change_at_every_answer_are_no_novelty():
    def answer(session: int, first: int = 0) -> Parsed:
        url = "https://pier.example/{n}?sid={session}"
        return listing(*(entry(n, url=url.format(n=n, session=session)) for n in range(first, first + 10)))

    history = past(answer(1))
    assert count_fresh(history, answer(2)) == 0
    assert count_fresh(history, answer(3, first=-2)) == 2
    assert count_fresh(history, answer(4, first=70)) == 10
    by_guid = past(ships(10, guid="same"))
    assert count_fresh(by_guid, ships(10, first=60, guid="same")) == 0


def test_the_past_is_kept_in_a_note_among_others():
    worse = remember(USUAL, ships(10, published=None), NOW)
    notes = write_vitals((("layout", "feed"),), worse)
    assert read_vitals(notes) == replace(worse, worse_since=NOW)
    assert dict(notes)["layout"] == "feed"
    assert len(dict(notes)[NOTE]) < 3000
    assert read_vitals(forget(notes)) == Vitals()
    for broken in ("", "{", "[]", '{"looks": [[1]]}', '{"looks": 3}'):
        assert read_vitals(((NOTE, broken),)) == Vitals()


def test_the_ends_of_a_long_first_listing_are_no_silence():
    year = 365 * 24
    first = past(listing(*(entry(n) for n in range(100)), *(entry(year + n) for n in range(100))))
    assert quiet_since(first, NOW + 12 * HOUR) is None
    assert quiet_since(first, NOW + 30 * 24 * HOUR) is not None
