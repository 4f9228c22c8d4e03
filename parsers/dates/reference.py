"""The "now" of a page: from its response's headers, or from its own items."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta, tzinfo

from parsers.dates.absolute import parse_absolute
from parsers.dates.drupal import clock
from parsers.dates.relative import parse_relative
from parsers.dates.stated import find_stated_days
from parsers.dates.zones import DAY, FIRST, HOUR, LAST, first_instant, instant, seconds_of, stretch_at
from parsers.model import Evidence, Problem, Ref, Strength

_CACHES = (
    "x-drupal-cache",
    "x-cache",
    "x-cache-status",
    "cf-cache-status",
    "x-varnish-cache",
    "x-proxy-cache",
)
_UNTOLD_STALENESS = 6 * HOUR
_MOST_STALENESS = 3_650 * DAY
_MAX_AGE = re.compile(r"\b(?:s-maxage|max-age)\s*=\s*\"?(\d{1,9})")
_LONGEST_AGE = 60 * 366 * DAY
_WOBBLE = 4 * DAY


def reference_of(headers: tuple[tuple[str, str], ...], fetched_at: datetime) -> tuple[Ref, Problem | None]:
    """When a page was rendered, as its response tells.

    The end is the server's `Date` (our clock where it gives none); the start lies before it by the
    staleness: `Age`; without it, on a cache hit, `max-age`, or six hours where none is given; else none.

    Args:
        headers: As received.
        fetched_at: Our clock at the fetch (UTC).

    Returns:
        The interval, and a problem where the server's clock and ours are over a day apart.
    """
    named: dict[str, str] = {}
    for name, value in headers:
        named.setdefault(name.lower(), value)
    said = parse_absolute(named.get("date", ""), tz=UTC)
    at = said.latest if said and said.latest and said.evidence[0].strength == Strength.EXACT else None
    problem = None
    if at and abs(at - fetched_at) > timedelta(days=1):
        what = f"the server's clock says {at:%Y-%m-%d %H:%M} UTC, ours {fetched_at:%Y-%m-%d %H:%M}"
        problem = Problem(where="Date", what=what)
    end = seconds_of(at or fetched_at)
    source = "date" if at else "fetched"
    stale = _staleness(named)
    return Ref(earliest=instant(end - stale), latest=instant(end), source=source), problem


def _staleness(named: dict[str, str]) -> int:
    age = named.get("age", "").strip()
    if age.isdecimal() and len(age) <= 9:
        return min(int(age), _MOST_STALENESS)
    if not any("hit" in named.get(name, "").lower() for name in _CACHES):
        return 0
    told = _MAX_AGE.search(named.get("cache-control", "").lower())
    seconds = int(told[1]) if told else 0
    return min(seconds or _UNTOLD_STALENESS, _MOST_STALENESS)


def infer_reference(
    items: Iterable[tuple[str, str]],
    *,
    tz: tzinfo,
    granularity: int | None = None,
    engine: str | None = None,
    page_date: date | None = None,
    not_after: datetime | None = None,
) -> Ref | None:
    """The "now" of a saved page, from its own items.

    "2 weeks 4 days ago" over a body that says "today (8 November 2022)" can only have been rendered from
    26 November 00:00 until 28 November 00:00; a day an event was on only bounds it from below.

    Args:
        items: The relative phrase and the body of each item.
        tz: The site's zone.
        granularity: Units printed at most, where known.
        engine: The engine that printed the phrases, where known.
        page_date: A day near the page's, for days printed without a year.
        not_after: A moment at which the page was surely there already.

    Returns:
        The interval (its end in year 9999 where nothing bounds it), or None when no item tells anything.
    """
    low, high = FIRST, seconds_of(not_after) if not_after else LAST
    for phrase, body in items:
        ends = _ends_at(phrase, tz, granularity, engine)
        for witness in find_stated_days(body, tz=tz, page_date=page_date):
            opening, closing = _nows(ends, witness, tz)
            if opening is None or max(low, opening) > min(high, closing):
                continue  # a day that was only mentioned
            low, high = max(low, opening), min(high, closing)
    if low == FIRST:
        return None
    return Ref(earliest=instant(low), latest=instant(high), source="items")


def _nows(
    ends: Callable[[int], tuple[int, int] | None], witness: Evidence, tz: tzinfo
) -> tuple[int | None, int]:
    """The first and last now at which a phrase may stand for what a witness says."""
    if witness.earliest is None:
        return None, LAST
    opening = _first_now(ends, seconds_of(witness.earliest), tz)
    if witness.latest is None:
        return opening, LAST
    closing = _last_now(ends, seconds_of(witness.latest) + 1, tz)  # up to, not including, that second
    return opening, LAST if closing is None else closing


def _ends_at(
    phrase: str, tz: tzinfo, granularity: int | None, engine: str | None
) -> Callable[[int], tuple[int, int] | None]:
    """The first and last instant one phrase stands for, as a function of now."""

    def ends(now: int) -> tuple[int, int] | None:
        ref = Ref(earliest=instant(now), latest=instant(now), source="items")
        found = parse_relative(phrase, ref, tz=tz, granularity=granularity, engine=engine)
        if found is None or found.earliest is None or found.latest is None:
            return None
        return seconds_of(found.earliest), seconds_of(found.latest)

    return ends


def _first_now(ends: Callable[[int], tuple[int, int] | None], at: int, tz: tzinfo) -> int | None:
    """The first now at which a phrase may stand for `at` or later."""

    def reaches(now: int) -> bool:
        found = ends(now)
        return found is not None and found[1] >= at

    first = _first(reaches, at, at + _LONGEST_AGE)
    if first is not None and first - (begin := _month_begin(tz, first)) < _WOBBLE and reaches(begin - 1):
        first = _first(reaches, begin - _WOBBLE, begin - 1)
    return first


def _last_now(ends: Callable[[int], tuple[int, int] | None], at: int, tz: tzinfo) -> int | None:
    """The last now at which a phrase may stand for `at` or earlier."""

    def is_past(now: int) -> bool:
        found = ends(now)
        return found is not None and found[0] > at

    first = _first(is_past, at, at + _LONGEST_AGE)
    if first is not None:
        begin = _month_begin(tz, first + _WOBBLE)
        if begin > first and not is_past(begin):
            first = _first(is_past, begin, begin + _WOBBLE)
    return None if first is None else first - 1


def _month_begin(tz: tzinfo, at: int) -> int:
    """The first second of the month an instant lies in; readings jump there by up to three days."""
    wall = at + stretch_at(tz, at).offset
    return first_instant(tz, wall - clock(wall)[1])


def _first(holds: Callable[[int], bool], low: int, high: int) -> int | None:
    """The first second from `low` to `high` at which something begins to hold for good."""
    if high > LAST or not holds(high):
        return None
    while low < high:
        middle = (low + high) // 2
        if holds(middle):
            high = middle
        else:
            low = middle + 1
    return high
