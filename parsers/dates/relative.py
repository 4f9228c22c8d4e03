"""Read a relative phrase ("2 weeks 3 days ago") as the interval it stands for."""

from __future__ import annotations

from datetime import tzinfo

from parsers.dates.ages import Ages, counted, unknown
from parsers.dates.cleaning import LIMIT
from parsers.dates.engines import ENGINES
from parsers.dates.intervals import interval
from parsers.dates.phrases import Phrase, read_phrase
from parsers.dates.words import DAY as DAY_UNIT
from parsers.dates.words import SECOND
from parsers.dates.zones import DAY, FIRST, LAST, first_instant, last_instant, seconds_of, stretch_at
from parsers.model import Ref, Strength, When

Span = tuple[int, int]

UNBOUNDED_YEAR = 9_999
"""A reference whose latest is in this year has no known end."""


def parse_relative(
    text: str,
    now: Ref,
    *,
    tz: tzinfo,
    granularity: int | None = None,
    engine: str | None = None,
    lang: str | None = None,
) -> When | None:
    """Read a relative phrase as the interval it stands for.

    At granularity 2, Drupal's "2 weeks 3 days ago" covers ages from 17 days up to, not including, 18,
    and a bare "2 weeks ago" means under 15 days, not 21. An interval of nows gives the union over it.

    Args:
        text: The phrase as shown; at most 256 characters are read.
        now: When the server rendered the page (an interval, UTC).
        tz: The site's time zone; months and days are counted in it.
        granularity: Units printed at most; None when unknown (widens the result).
        engine: A name of `ENGINES`; None (or any other) when unknown.
        lang: The page's language, where one word means different things in two.

    Returns:
        The interval with its evidence, or None when `text` is no such phrase. Never raises on text.
    """
    phrase = read_phrase(text, lang or "")
    if phrase is None:
        return None
    low, high = seconds_of(now.earliest), seconds_of(now.latest)
    if phrase.units == ((SECOND, 0),) and not phrase.future:
        return _witness(low, None, text, "not past")
    found = _read(phrase, low, high, tz, granularity, engine)
    if found is None or found[0][1] < FIRST or found[0][0] > LAST:
        return None
    (first, last), rule = found
    unbounded = now.latest.year == UNBOUNDED_YEAR
    return _witness(max(first, FIRST), None if unbounded else min(last, LAST), text, rule)


def _witness(low: int, high: int | None, text: str, rule: str) -> When:
    return interval(low, high, kind="relative", raw=text[:LIMIT], rule=rule, strength=Strength.RELATIVE)


def _read(
    phrase: Phrase, low: int, high: int, tz: tzinfo, granularity: int | None, engine: str | None
) -> tuple[Span, str] | None:
    """The span over all nows from `low` to `high`, and the rule that gave it."""
    name = "calendar_word" if phrase.special == "calendar" else engine or ""
    if name == "calendar_word":
        found = _aged(counted(phrase), phrase, low, high, tz)
    elif name in ENGINES and not phrase.future:
        found = ENGINES[name](phrase, low, high, tz, granularity)
    else:
        found = None
    if found:
        return found, name if granularity is None else f"{name} at {granularity}"
    found = _aged(unknown(phrase), phrase, low, high, tz)
    return (found, "unknown engine") if found else None


def _aged(ages: Ages | None, phrase: Phrase, low: int, high: int, tz: tzinfo) -> Span | None:
    """An age as a span, read both as elapsed time and, from a day on, on the wall clock."""
    if ages is None:
        return None
    least, most = ages
    if phrase.future:
        least, most = -most, -least
    first, last = low - most, high - least
    if phrase.units and phrase.units[0][0] <= DAY_UNIT:
        here, there = stretch_at(tz, low), stretch_at(tz, high)
        if first > FIRST + DAY and last < LAST - DAY:
            first = min(first, first_instant(tz, low + here.offset - most))
            last = max(last, last_instant(tz, high + there.offset - least))
    return first, last
