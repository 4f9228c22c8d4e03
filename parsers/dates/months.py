"""Undo the engines that count months on a calendar: moment, dayjs, Django, and the years of Rails.

Sources: moment `duration.as` and `momentsDifference`; dayjs `Utils.m` and `relativeTime`; Django
`timesince` (365 and 30 days to 4.1, the calendar since); Rails `distance_of_time_in_words`.
"""

from __future__ import annotations

from calendar import isleap
from datetime import UTC, tzinfo

from parsers.dates.ages import django_hours, drupal_interval, moment_days, rails
from parsers.dates.drupal import Printed, clock, window
from parsers.dates.phrases import Phrase
from parsers.dates.words import ABOUT, ALMOST, HOUR, MONTH, OVER, UNIT_SECONDS, WEEK, YEAR
from parsers.dates.words import DAY as DAY_UNIT
from parsers.dates.zones import DAY, first_instant, last_instant, month, stretch_at

Span = tuple[int, int]

_HALF = 1_314_873
"""Half a month of moment: 146097 / 4800 / 2 days."""


def newest_adding(wall: int, months: int) -> int:
    """The last wall second to which `months` can be added without passing `wall` (clamped)."""
    index, into = clock(wall)
    length = min(month(index)[1], 28 * DAY if index % 12 == 1 else 31 * DAY)
    begin, room = month(index - months)
    if into >= length:
        return begin + room - 1
    if into >= length - DAY and room > length:
        return begin + room - DAY + into % DAY
    return begin + min(into, room - 1)


def oldest_adding(wall: int, months: int, *, clamped: bool = False) -> int:
    """The first wall second to which `months` can be added so that it passes `wall`."""
    index, into = clock(wall)
    begin, room = month(index - months)
    if clamped and into >= room:
        return begin + room - DAY + into % DAY + 1
    return begin + min(into, room - 1) + 1


def moment(phrase: Phrase, now: int, tz: tzinfo, *, dayjs: bool = False) -> Span | None:
    """Moment (and dayjs, whose months have the length of the one they end in)."""
    ages = moment_days(phrase)
    if ages:
        return now - ages[1], now - ages[0]
    if phrase.special or phrase.qualifier or len(phrase.units) != 1:
        return None
    unit, number = phrase.units[0]
    if unit > MONTH or number < 1 or (unit == MONTH and number > 10):
        return None
    wall = now + stretch_at(tz, now).offset
    near, far = wall - _HALF, wall - _HALF
    if dayjs:
        spilt = max(clock(wall)[1] // DAY - 27, 0)
        near, far = wall - 14 * DAY, wall - 31 * DAY // 2 - spilt * DAY
    if unit == YEAR:
        newest = newest_adding(near, 10) if number == 1 else _newest_whole(wall, 12 * number - 6)
        oldest = oldest_adding(wall, 12 * number + 6, clamped=dayjs)
    else:
        newest = wall - 51 * DAY // 2 if number == 1 else newest_adding(near, number - 1)
        oldest = oldest_adding(far, number, clamped=dayjs)
        oldest = min(oldest, wall - 91 * DAY // 2) if dayjs and number == 1 else oldest
    return first_instant(tz, oldest), last_instant(tz, newest)


def _newest_whole(wall: int, months: int) -> int:
    """The last wall second that is `months` old to moment, to which 31 days are over a month."""
    return max(newest_adding(wall, months), newest_adding(wall - 2 * _HALF, months - 1))


def django(phrase: Phrase, now: int, tz: tzinfo) -> Span | None:
    """Django's `naturaltime`: one unit under a day, beyond it two adjacent ones as in `timesince`."""
    ages = django_hours(phrase)
    if ages is None and _is_timesince(phrase):
        ages = drupal_interval(phrase, 2, skips=False)
        spans = [(now - ages[1], now - ages[0])] if ages else []
        if phrase.units[0][0] <= WEEK:
            spans += [found for zone in (UTC, tz) if (found := _django_calendar(phrase, now, zone))]
        return (min(spans)[0], max(last for _, last in spans)) if spans else None
    return (now - ages[1], now - ages[0]) if ages else None


def _is_timesince(phrase: Phrase) -> bool:
    plain = not phrase.qualifier and not phrase.special
    return plain and 0 < len(phrase.units) <= 2 and phrase.units[0][0] < HOUR


def _django_calendar(phrase: Phrase, now: int, tz: tzinfo) -> Span | None:
    numbers = dict(phrase.units)
    months = 12 * numbers.get(YEAR, 0) + numbers.get(MONTH, 0)
    start = numbers.get(WEEK, 0) * 7 * DAY + numbers.get(DAY_UNIT, 0) * DAY
    first, last = phrase.units[0][0], phrase.units[-1][0]
    wall = now + stretch_at(tz, now).offset
    anything = Printed(months, months + 1, 0, -1)
    oldest, newest = window(*clock(wall), anything)
    if last > MONTH or first == MONTH:
        stop = start + UNIT_SECONDS[WEEK if first <= MONTH else DAY_UNIT]
        newest = min(newest, newest_adding(wall - start, months))
        oldest = max(oldest, oldest_adding(wall - stop, months))
    return (first_instant(tz, oldest), last_instant(tz, newest)) if oldest <= newest else None


_YEAR_MINUTES = 525_600
_QUARTERS = {ABOUT: (0, 131_400), OVER: (131_400, 394_200), ALMOST: (-131_400, 0)}


def rails_years(phrase: Phrase, now: int, tz: tzinfo) -> Span | None:
    """Rails: under a year by age; beyond it by years of 365 days, leap days between discounted."""
    ages = rails(phrase)
    if ages:
        return now - ages[1], now - ages[0]
    if len(phrase.units) != 1 or phrase.units[0][0] != YEAR or phrase.qualifier not in _QUARTERS:
        return None
    number = phrase.units[0][1]
    if not 0 < number < 9_999:
        return None
    low, high = (number * _YEAR_MINUTES + quarter for quarter in _QUARTERS[phrase.qualifier])
    offset = stretch_at(tz, now).offset
    marches = _leap_marches(now + offset, number + 2)
    found = []
    for leaps in range(len(marches) - 1):
        least = max((low + 1_440 * leaps) * 60 - 30, _YEAR_MINUTES * 60 - 30)
        most = (high + 1_440 * leaps) * 60 - 31
        first = max(now - most, marches[leaps + 1] - offset)
        last = min(now - least, marches[leaps] - offset - 1)
        if first <= last:
            found.append((first, last))
    return (min(found)[0], max(last for _, last in found)) if found else None


def _leap_marches(wall: int, years: int) -> list[int]:
    """`wall` (or far beyond), then the 1 March of each leap year before it, newest first."""
    index, _ = clock(wall)
    newest = index // 12 - (1 if index % 12 < 2 else 0)
    found = [wall + 1]
    found += [
        month(year * 12 + 2)[0] for year in range(newest, max(newest - years - 8, 1), -1) if isleap(year)
    ]
    return found
