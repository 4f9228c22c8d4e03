"""Witnesses together: what agrees narrows, what contradicts is kept aside."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from parsers.dates import combine, describe, first_seen, observe, parse_absolute, parse_relative
from parsers.model import Evidence, Ref, Strength, When

BRUSSELS = ZoneInfo("Europe/Brussels")


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def witness(strength, first=None, last=None, rule="rule", kind="kind"):
    return Evidence(
        kind=kind,
        raw=f"{first}/{last}",
        where="",
        earliest=utc(first) if first else None,
        latest=utc(last) if last else None,
        rule=rule,
        strength=strength,
    )


RELATIVE = witness(Strength.RELATIVE, "2022-11-08T10:00", "2022-11-09T09:59")
TODAY = witness(Strength.TODAY, "2022-11-07T23:00", "2022-11-08T22:59")
EVENT = witness(Strength.EVENT, "2022-11-08T12:00")
SEEN = first_seen(utc("2022-11-26T13:30"))


def ends(when):
    return when.earliest, when.latest


def test_what_agrees_is_intersected():
    when = combine([RELATIVE, TODAY, EVENT, SEEN])
    assert ends(when) == (utc("2022-11-08T12:00"), utc("2022-11-08T22:59"))
    assert when.best == utc("2022-11-08T17:29:30")
    assert when.precision == "day"
    assert not when.conflicts


def test_the_stronger_stays_and_the_other_is_listed():
    path = witness(Strength.PATH, "2022-11-01", "2022-11-01T23:59:59")
    when = combine([path, RELATIVE])
    assert ends(when) == ends(RELATIVE)
    assert when.conflicts == (path,)


def test_an_event_far_away_changes_nothing():
    mention = witness(Strength.EVENT, "2004-03-29")
    assert ends(combine([RELATIVE, mention])) == ends(RELATIVE)
    ahead = witness(Strength.EVENT, "2023-02-01")
    when = combine([RELATIVE, ahead])
    assert ends(when) == ends(RELATIVE)
    assert when.conflicts == (ahead,)


def test_bounds_alone_are_no_date():
    when = combine([EVENT, SEEN])
    assert (when.best, when.precision) == (None, "bound")
    assert ends(when) == (utc("2022-11-08T12:00"), utc("2022-11-26T13:30"))
    assert combine([]).precision == "bound"


def test_first_seen_is_a_hard_upper_bound():
    exact = witness(Strength.EXACT, "2022-12-24T10:00", "2022-12-24T10:00")
    when = combine([exact, SEEN])
    assert ends(when) == (None, utc("2022-11-26T13:30"))
    assert when.best is None
    assert when.conflicts == (exact,)


def test_a_clock_wrong_by_hours_is_no_contradiction():
    exact = witness(Strength.EXACT, "2022-11-26T15:00", "2022-11-26T15:00")
    when = combine([exact, SEEN])
    assert ends(when) == (utc("2022-11-25T15:00"), utc("2022-11-26T13:30"))
    assert not when.conflicts


def test_of_equals_the_largest_party_is_believed():
    odd = witness(Strength.RELATIVE, "2022-03-01", "2022-03-02")
    also = witness(Strength.RELATIVE, "2022-11-08T20:00", "2022-11-10")
    when = combine([odd, RELATIVE, also])
    assert ends(when) == (utc("2022-11-08T20:00"), utc("2022-11-09T09:59"))
    assert when.conflicts == (odd,)


def test_of_equal_parties_the_earlier_is_believed():
    earlier = witness(Strength.RELATIVE, "2022-03-01", "2022-03-02")
    assert ends(combine([RELATIVE, earlier])) == ends(earlier)


def test_a_sighting_narrows():
    when = observe(None, [RELATIVE, SEEN])
    narrower = witness(Strength.RELATIVE, "2022-11-08T18:00", "2022-11-09T17:59")
    assert ends(observe(when, [narrower])) == (utc("2022-11-08T18:00"), utc("2022-11-09T09:59"))


def test_the_same_witness_is_listed_once():
    when = observe(None, [RELATIVE, TODAY])
    assert observe(when, [TODAY, RELATIVE]) == when


def test_hundreds_of_sightings_stay_few():
    published = utc("2022-11-08T14:20")
    when = None
    for day in range(400):
        now = published + timedelta(days=1, hours=day * 7, minutes=day)
        age = (now - published).days
        text = f"{age // 7} weeks {age % 7} days ago" if age % 7 else f"{age // 7} weeks ago"
        if not 7 < age < 28:
            continue
        ref = Ref(earliest=now, latest=now, source="date")
        seen = parse_relative(text, ref, tz=BRUSSELS, granularity=2, engine="drupal8")
        when = observe(when, [*seen.evidence, first_seen(now)])
    assert when.earliest <= published <= when.latest
    assert when.latest - when.earliest < timedelta(hours=8)
    assert len(when.evidence) <= 6


def test_conflicts_stay_few():
    when = observe(None, [RELATIVE])
    for month in range(1, 10):
        when = observe(when, [witness(Strength.PATH, f"2021-{month:02}-01", f"2021-{month:02}-02")])
    assert ends(when) == ends(RELATIVE)
    assert len(when.conflicts) == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("8 Nov 2022", "8 Nov 2022"),
        ("8 Nov 2022 14:03", "8 Nov 2022 14:03"),
        ("2022-11-08T13:03:05Z", "8 Nov 2022 14:03"),
        ("25-27 Oct 2022", "25–27 Oct 2022"),
        ("28 February - 2 March 2023", "28 Feb – 2 Mar 2023"),
        ("30 December 2022 - 2 January 2023", "30 Dec 2022 – 2 Jan 2023"),
        ("November 2022", "Nov 2022"),
        ("2022", "2022"),
        ("1 - 20 March 2022", "about 10 Mar 2022"),
        ("1 March 2022 - 30 June 2022", "about May 2022"),
        ("1 March 2019 - 30 June 2022", "about 2020"),
    ],
)
def test_words_are_no_more_exact_than_the_date(text, words):
    assert describe(parse_absolute(text, tz=BRUSSELS), BRUSSELS) == words


def test_words_for_a_date_with_one_end_or_none():
    assert describe(combine([SEEN]), BRUSSELS) == "before 27 Nov 2022"
    assert describe(combine([EVENT, SEEN]), BRUSSELS) == "before 27 Nov 2022"
    assert describe(combine([EVENT]), BRUSSELS) == "since 8 Nov 2022"
    assert describe(None, BRUSSELS) == "unknown"
    assert describe(combine([]), BRUSSELS) == "unknown"
    last = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
    whole = When(earliest=datetime(1, 1, 1, tzinfo=UTC), latest=last, best=last, precision="year")
    assert describe(whole, BRUSSELS) == "about 9999"
