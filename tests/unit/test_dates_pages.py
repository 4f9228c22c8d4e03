"""A page's own "now": from its headers, and from what its items say."""

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from parsers.dates import (
    combine,
    find_stated_days,
    infer_engine,
    infer_granularity,
    infer_reference,
    parse_relative,
    reference_of,
)
from parsers.model import Strength

BRUSSELS = ZoneInfo("Europe/Brussels")
FETCHED = datetime(2022, 11, 26, 13, 30, tzinfo=UTC)
DATE = ("Date", "Sat, 26 Nov 2022 13:29:50 GMT")
RENDERED = datetime(2022, 11, 26, 13, 29, 50, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headers", "stale"),
    [
        ([], 0),
        ([("Age", "120")], 120),
        ([("age", "120"), ("X-Drupal-Cache", "HIT"), ("Cache-Control", "max-age=900")], 120),
        ([("X-Drupal-Cache", "HIT")], 21_600),
        ([("X-Drupal-Cache", "HIT"), ("Cache-Control", "public, max-age=900")], 900),
        ([("X-Drupal-Cache", "MISS"), ("Cache-Control", "max-age=900")], 0),
        ([("CF-Cache-Status", "HIT"), ("Cache-Control", "no-cache, max-age=0")], 21_600),
        ([("Age", "soon")], 0),
        ([("Age", "999999999999999999")], 0),
    ],
)
def test_a_response_says_when_it_was_rendered(headers, stale):
    ref, problem = reference_of((DATE, *headers), FETCHED)
    assert problem is None
    assert (ref.earliest, ref.latest) == (RENDERED - timedelta(seconds=stale), RENDERED)


@pytest.mark.parametrize("headers", [(), (("Date", "soon"),), (("Date", "8 November"),)])
def test_without_a_date_it_is_our_clock(headers):
    ref, problem = reference_of(headers, FETCHED)
    assert (ref.earliest, ref.latest, ref.source, problem) == (FETCHED, FETCHED, "fetched", None)


def test_the_servers_clock_wins_and_a_skew_is_told():
    ref, problem = reference_of((("date", "Sat, 19 Nov 2022 13:30:00 GMT"),), FETCHED)
    assert ref.latest == FETCHED - timedelta(days=7)
    assert problem.where == "Date"


def stated(text, **how):
    return [
        (found.strength, f"{found.earliest.astimezone(BRUSSELS):%Y-%m-%d}", found.latest is not None)
        for found in find_stated_days(text, tz=BRUSSELS, **how)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ministers agreed today (8 November 2022) to do more.", [(Strength.TODAY, "2022-11-08", True)]),
        ("He spoke yesterday (14 July 2025) in Bonn.", [(Strength.TODAY, "2025-07-15", True)]),
        ("She met crews on Tuesday (25 October 2022).", [(Strength.EVENT, "2022-10-25", False)]),
        ("On 27 and 28 October 2022, the Chair was in Oslo.", [(Strength.EVENT, "2022-10-27", False)]),
        ("From 6 to 8 February 2023, divers trained.", [(Strength.EVENT, "2023-02-06", False)]),
        ("Le 8 novembre 2022, les ministres ont parlé.", [(Strength.EVENT, "2022-11-08", False)]),
        ("Members since 29 March 2004 have been safer.", []),
        ("Ministers will meet on Thursday (15 February 2024).", []),
        ("The treaty of 1949 has 14 articles.", []),
        ("", []),
    ],
)
def test_a_body_states_its_day(text, expected):
    assert stated(text) == expected


def test_a_body_without_a_year_needs_the_pages():
    assert stated("She left on Monday (27 November).") == []
    assert stated("She left on Monday (27 November).", page_date=date(2023, 11, 29)) == [
        (Strength.EVENT, "2023-11-27", False)
    ]


def test_witnesses_of_one_body_are_few():
    assert len(find_stated_days("On 8 November 2022, rain. " * 500, tz=BRUSSELS)) <= 8


def test_items_date_their_own_page():
    items = [
        ("2 weeks 4 days ago", "Allies met today (8 November 2022)."),
        ("4 weeks 2 days ago", "The board met on 27 October 2022, in Rome."),
        ("5 months ago", "Members since 29 March 2004."),
    ]
    ref = infer_reference(items, tz=BRUSSELS, granularity=2, engine="drupal8")
    assert ref.earliest == datetime(2022, 11, 25, 23, tzinfo=UTC)
    assert ref.latest == datetime(2022, 11, 27, 22, 59, 59, tzinfo=UTC)


def test_only_a_lower_bound_leaves_the_end_open_or_at_what_is_known():
    items = [("3 months 1 week ago", "He spoke on Tuesday (22 March 2022).")]
    how = {"tz": BRUSSELS, "granularity": 2, "engine": "drupal8"}
    ref = infer_reference(items, **how)
    assert ref.earliest == datetime(2022, 6, 28, 22, tzinfo=UTC)
    assert ref.latest.year == 9999
    assert infer_reference(items, not_after=FETCHED, **how).latest == FETCHED


def test_a_day_that_contradicts_the_others_is_a_mention():
    items = [
        ("2 weeks 4 days ago", "Allies met today (8 November 2022)."),
        ("1 day ago", "As on 8 November 2023, rain."),
    ]
    assert infer_reference(items, tz=BRUSSELS, granularity=2, engine="drupal8").latest.year == 2022


def test_items_that_say_nothing_give_no_reference():
    assert infer_reference([("2 days ago", "No day at all.")], tz=BRUSSELS) is None
    assert infer_reference([("NATO", "today (8 November 2022)")], tz=BRUSSELS) is None


def seed_items(samples, name):
    lines = (samples / "seeds" / name).read_text(encoding="utf-8").split("\n")
    dated = [at for at, line in enumerate(lines) if re.fullmatch(r"\d.* ago", line.strip())]
    return [(lines[at].strip(), lines[at + 1]) for at in dated[:-1]]


@pytest.mark.samples
@pytest.mark.parametrize(
    ("name", "count", "earliest", "latest"),
    [
        ("002_55daeca7fe3ae366.txt", 7, "2022-11-26T00:00:00+01:00", "2022-11-27T23:59:59+01:00"),
        ("003_2c389b8f1b47842b.txt", 6, "2022-06-29T00:00:00+02:00", None),
    ],
)
def test_the_seeds_date_themselves(samples, name, count, earliest, latest):
    items = seed_items(samples, name)
    assert len(items) == count
    phrases = [phrase for phrase, _ in items]
    how = {
        "tz": BRUSSELS,
        "granularity": infer_granularity(phrases),
        "engine": infer_engine(phrases),
    }
    ref = infer_reference(
        items, not_after=datetime(2022, 7, 2, tzinfo=UTC) if latest is None else None, **how
    )
    assert ref.earliest == datetime.fromisoformat(earliest)
    assert latest is None or ref.latest == datetime.fromisoformat(latest)
    for phrase, body in items:
        when = parse_relative(phrase, ref, **how)
        found = find_stated_days(body, tz=BRUSSELS)
        for witness in found:
            day = witness.earliest + timedelta(hours=12)
            assert when.earliest <= day <= when.latest
        whole = combine((*when.evidence, *found))
        assert not whole.conflicts
        assert whole.earliest.year == 2022
