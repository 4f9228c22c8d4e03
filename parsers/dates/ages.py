"""Undo the engines that print an age: from the printed words to the seconds of age that print them.

Each function returns the least and the greatest whole seconds of age (inclusive), or None where its
engine never prints the phrase.

Sources: Drupal `DateFormatter::formatInterval` and Drupal 7 `format_interval`; WordPress
`human_time_diff`; Rails `distance_of_time_in_words`; timeago.js `formatDiff`; moment `fromNow` and dayjs
`relativeTime` up to days; Django `naturaltime` up to hours.
"""

from __future__ import annotations

from collections.abc import Callable
from math import ceil

from parsers.dates.phrases import Phrase
from parsers.dates.words import (
    ABOUT,
    ALMOST,
    DAY,
    FEW,
    HALF_MINUTE,
    HOUR,
    MINUTE,
    MONTH,
    NOW,
    OVER,
    SECOND,
    UNDER,
    UNIT_SECONDS,
    WEEK,
    YEAR,
)

Ages = tuple[int, int]

_DAY = 86_400
_FOREVER = UNIT_SECONDS[YEAR] * 10_000
_UNIT_MONTH = 365 * _DAY / 12
"""timeago.js: 365 / 7 / 12 weeks."""


def drupal_interval(phrase: Phrase, granularity: int | None, *, skips: bool) -> Ages | None:
    """Drupal's fixed units; `skips` is Drupal 7, which goes on after an empty unit."""
    if phrase.special or phrase.qualifier:
        return None
    total, previous = 0, -1
    room = _FOREVER
    for unit, number in phrase.units:
        size = UNIT_SECONDS[unit]
        room = min(room, UNIT_SECONDS[unit - 1] if unit else _FOREVER)
        if (
            not number > 0
            or number * size >= room
            or (previous >= 0 and unit != previous + 1 and not skips)
        ):
            return None
        total += number * size
        room = min(room - number * size, size)
        previous = unit
    last = phrase.units[-1][0]
    if granularity is not None and len(phrase.units) < granularity:
        if skips or last == SECOND:
            return total, total
        return total, total + min(room, UNIT_SECONDS[last + 1]) - 1
    return total, total + room - 1


def wordpress(phrase: Phrase, _granularity: int | None = None) -> Ages | None:
    """Rounded within tiers, at least one."""
    if phrase.special or phrase.qualifier or len(phrase.units) != 1:
        return None
    unit, number = phrase.units[0]
    size = UNIT_SECONDS[unit]
    if unit == SECOND:
        return (0, 1) if number == 1 else (number, number) if 1 < number < 60 else None
    tier = UNIT_SECONDS[unit - 1] - 1 if unit != YEAR else _FOREVER
    low, high = max(ceil((number - 0.5) * size), size), min(ceil((number + 0.5) * size) - 1, tier)
    return (low, high) if number > 0 and low <= high else None


def timeago_js(phrase: Phrase, _granularity: int | None = None) -> Ages | None:
    """Cut off in a cascade of 60, 60, 24, 7, 365/7/12 and 12."""
    if phrase.special == NOW:
        return 0, 9
    if phrase.special or phrase.qualifier or len(phrase.units) != 1:
        return None
    unit, number = phrase.units[0]
    sizes = (365 * _DAY, _UNIT_MONTH, *UNIT_SECONDS[WEEK:])
    if number < (10 if unit == SECOND else 1):
        return None
    low, high = ceil(number * sizes[unit]), ceil((number + 1) * sizes[unit]) - 1
    if unit != YEAR:
        high = min(high, ceil(sizes[unit - 1]) - 1)
    return (low, high) if low <= high else None


def moment_days(phrase: Phrase) -> Ages | None:
    """Moment and dayjs, up to 25 days (and weeks, where a site asks for them)."""
    if phrase.special == FEW:
        return 0, 44
    if phrase.special or phrase.qualifier or len(phrase.units) != 1:
        return None
    unit, number = phrase.units[0]
    if unit == SECOND:
        return (number, number) if 0 <= number < 60 else None
    if unit < WEEK or number < 1:
        return None
    most = {WEEK: 8, DAY: 25, HOUR: 21, MINUTE: 44}[unit]
    if number > most:
        return None
    size = UNIT_SECONDS[unit]
    first = {WEEK: 6.5 * _DAY, DAY: 21.5 * 3600, HOUR: 44.5 * 60, MINUTE: 44.5}[unit]
    low = first if number == 1 else (number - 0.5) * size
    high = (number + 0.5) * size
    last = {WEEK: high, DAY: 25.5 * _DAY, HOUR: 21.5 * 3600, MINUTE: 44.5 * 60}[unit]
    return ceil(low), ceil(min(high, last)) - 1


def django_hours(phrase: Phrase) -> Ages | None:
    """Django's `naturaltime` under a day: one unit, cut off."""
    if phrase.special == NOW:
        return 0, 0
    if phrase.special or phrase.qualifier or len(phrase.units) != 1:
        return None
    unit, number = phrase.units[0]
    if unit < HOUR or not 0 < number < (24 if unit == HOUR else 60):
        return None
    size = UNIT_SECONDS[unit]
    return number * size, (number + 1) * size - 1


def rails(phrase: Phrase) -> Ages | None:
    """Rails up to a year, in minutes rounded, with or without seconds counted."""
    if phrase.special == HALF_MINUTE:
        return 20, 39
    if phrase.special or len(phrase.units) != 1:
        return None
    unit, number = phrase.units[0]
    reading = _RAILS.get((phrase.qualifier, unit))
    return reading(number) if reading and number > 0 else None


def _minutes(low: float, high: float) -> Ages | None:
    """Seconds of age whose minutes, rounded half up, are at least `low` and below `high`."""
    first, last = ceil(low), ceil(high)
    return (max(first * 60 - 30, 0), last * 60 - 31) if first < last else None


def _rails_under_minute(number: int) -> Ages | None:
    return (0, 59) if number == 1 else None


def _rails_under_seconds(number: int) -> Ages | None:
    return {5: (0, 4), 10: (5, 9), 20: (10, 19)}.get(number)


def _rails_minutes(number: int) -> Ages | None:
    return _minutes(number, number + 1) if number < 45 else None


def _rails_hours(number: int) -> Ages | None:
    if number == 1:
        return _minutes(45, 90)
    return _minutes(max((number - 0.5) * 60, 90), min((number + 0.5) * 60, 1_440))


def _rails_days(number: int) -> Ages | None:
    if number == 1:
        return _minutes(1_440, 2_520)
    return _minutes(max((number - 0.5) * 1_440, 2_520), min((number + 0.5) * 1_440, 43_200))


def _rails_about_months(number: int) -> Ages | None:
    return _minutes(max((number - 0.5) * 43_200, 43_200), min((number + 0.5) * 43_200, 86_400))


def _rails_months(number: int) -> Ages | None:
    return _minutes(max((number - 0.5) * 43_200, 86_400), min((number + 0.5) * 43_200, 525_600))


_RAILS: dict[tuple[str, int], Callable[[int], Ages | None]] = {
    (UNDER, MINUTE): _rails_under_minute,
    (UNDER, SECOND): _rails_under_seconds,
    ("", MINUTE): _rails_minutes,
    (ABOUT, HOUR): _rails_hours,
    ("", DAY): _rails_days,
    (ABOUT, MONTH): _rails_about_months,
    ("", MONTH): _rails_months,
}

_SHORTEST = (360 * _DAY, 28 * _DAY, *UNIT_SECONDS[WEEK:])
_LONGEST = (366 * _DAY, 31 * _DAY, *UNIT_SECONDS[WEEK:])


def unknown(phrase: Phrase) -> Ages | None:
    """Any engine: the last of its units cut off or rounded, months and years of any length."""
    if phrase.special == NOW:
        return 0, 60
    if phrase.special in (FEW, HALF_MINUTE):
        return 0, 59
    if not phrase.units:
        return None
    low = sum(number * _SHORTEST[unit] for unit, number in phrase.units)
    high = sum(number * _LONGEST[unit] for unit, number in phrase.units)
    if (HOUR, 24) in phrase.units:  # PHP's "24 hours" before the clock goes back may be any hour of a day
        high += _DAY
    last = phrase.units[-1][0]
    if phrase.qualifier == UNDER:
        return 0, high
    least = low - _SHORTEST[last] // 2 - (30 if last <= HOUR else 0)  # Rails first rounds to minutes
    if phrase.qualifier == ALMOST:
        return max(least, 0), high
    return max(low if phrase.qualifier == OVER else least, 0), high + _LONGEST[last] - 1


def counted(phrase: Phrase, _granularity: int | None = None) -> Ages | None:
    """A count of calendar units ("yesterday", "3 days ago"): more than n - 1, less than n + 1 of them.

    `Intl.RelativeTimeFormat` leaves the count to the site; the first may be negative ("today").
    """
    if len(phrase.units) != 1 or phrase.qualifier:
        return None
    unit, number = phrase.units[0]
    low = (number - 1) * (_SHORTEST if number > 1 else _LONGEST)[unit] + 1
    return low, (number + 1) * _LONGEST[unit] - 1
