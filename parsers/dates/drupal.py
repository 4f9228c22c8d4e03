"""Undo Drupal's `formatDiff`: from the printed units to the instants that print them.

The calendar difference is read on a wall clock, so the printed units fix a window of wall seconds in
closed form; stretches of the zone then turn it into instants, with what PHP does around a clock change.

Sources: Drupal core, `DateFormatter::formatDiff` (8.0 to 11.x); timelib, `interval.c` (`timelib_diff`)
as in PHP 8.1 and later, and as in PHP before 8.1.
"""

from __future__ import annotations

from datetime import date, tzinfo
from functools import lru_cache
from typing import NamedTuple

from parsers.dates.words import DAY as DAY_UNIT
from parsers.dates.words import HOUR as HOUR_UNIT
from parsers.dates.words import MINUTE, MONTH, SECOND, UNIT_SECONDS, WEEK, YEAR
from parsers.dates.zones import (
    DAY,
    EPOCH_ORDINAL,
    FIRST,
    HOUR,
    LAST,
    Stretch,
    month,
    stretch_at,
    stretches,
    year_of,
)

_FOLLOWS = {
    YEAR: (MONTH,),
    MONTH: (WEEK,),
    WEEK: (DAY_UNIT,),
    DAY_UNIT: (HOUR_UNIT,),
    HOUR_UNIT: (MINUTE,),
    MINUTE: (SECOND,),
    SECOND: (),
}
_MOST = {YEAR: 9_999, MONTH: 11, WEEK: 4, DAY_UNIT: 6, HOUR_UNIT: 24, MINUTE: 89, SECOND: 59}
# Up to 24 hours and, in a zone that changes by half an hour, 89 minutes: PHP corrects without carrying.


class Printed(NamedTuple):
    """The differences that print one phrase: `low` to `high` whole months (exclusive), and, when that
    is one month, the seconds beyond it from `start` to `stop` (exclusive; -1: any).

    `loose` is true where the hours must only be not above zero (PHP may make them negative), `fine`
    where the phrase looks at hours or below, `short` where it prints neither months nor days.
    """

    low: int
    high: int
    start: int
    stop: int
    loose: bool = False
    fine: bool = False
    short: bool = False


@lru_cache(maxsize=4_096)
def printed(units: tuple[tuple[int, int], ...], granularity: int | None) -> Printed | None:
    """The differences that print these units, or None when Drupal never prints them.

    Args:
        units: (unit, number) pairs, largest unit first.
        granularity: Units printed at most; None reads them as cut off there.
    """
    if not _printable(units):
        return None
    whole = granularity is None or granularity <= len(units)
    months = seconds = 0
    for unit, number in units:
        if unit <= MONTH:
            months += number * (12 if unit == YEAR else 1)
        else:
            seconds += number * UNIT_SECONDS[unit]
    last = units[-1][0]
    if last == YEAR and whole:
        return Printed(months, months + 12, 0, -1)
    if last == YEAR or (last == MONTH and whole):
        return Printed(months, months + 1, 0, -1)
    if last == MONTH:
        return Printed(months, months + 1, 0, 7 * DAY)
    width = UNIT_SECONDS[last if whole or last == SECOND else last + 1]
    loose = last == DAY_UNIT and not whole
    short = units[0][0] >= HOUR_UNIT
    return Printed(months, months + 1, seconds, seconds + width, loose, width <= HOUR, short)


def _printable(units: tuple[tuple[int, int], ...]) -> bool:
    previous = None
    for unit, number in units:
        if not 0 < number <= _MOST[unit] or (previous is not None and unit not in _FOLLOWS[previous]):
            return False
        previous = unit
    return True


def undo(wanted: Printed, now: int, tz: tzinfo, *, modern: bool) -> tuple[int, int] | None:
    """The first and last epoch second at which an item prints as `wanted` at `now`.

    Args:
        wanted: What was printed.
        now: Epoch seconds of the rendering.
        tz: The site's zone.
        modern: PHP 8.1 or later (wall clock), else the reading in UTC of PHP before it.

    Returns:
        Both ends, or None when nothing prints so at that moment.
    """
    try:
        return _undo_modern(wanted, now, tz) if modern else _undo_ancient(wanted, now, tz)
    except (ValueError, OverflowError):  # before year 1
        return None


def window(base: int, into: int, wanted: Printed) -> tuple[int, int]:
    """Wall seconds of items, for a now that is `into` seconds inside month `base`."""
    begin, length = month(base - wanted.low)
    newest = begin + (into if into < length else length - 1)
    anchor = begin + into  # not clamped: the 31st spills into the month after
    begin, length = month(base - wanted.high)
    oldest = begin + (into if into < length else length - 1) + 1
    if wanted.stop < 0:
        return oldest, newest
    return max(oldest, anchor - wanted.stop + 1), min(newest, anchor - wanted.start)


def clock(wall: int) -> tuple[int, int]:
    """Month index of wall seconds, and seconds into that month."""
    day = date.fromordinal(wall // DAY + EPOCH_ORDINAL)
    return day.year * 12 + day.month - 1, (day.day - 1) * DAY + wall % DAY


def _near(tz: tzinfo, low: int, high: int) -> tuple[Stretch, ...]:
    first, last = year_of(low), year_of(high)
    return stretches(tz, last) if first == last else stretches(tz, first) + stretches(tz, last)


def _hull(pieces: list[tuple[int, int]]) -> tuple[int, int] | None:
    """From the first to the last second of the pieces that are not empty."""
    kept = [piece for piece in pieces if piece[0] <= piece[1]]
    if not kept:
        return None
    low, high = min(kept)[0], max(piece[1] for piece in kept)
    return (max(low, FIRST), min(high, LAST)) if high >= FIRST else None


def _undo_modern(wanted: Printed, now: int, tz: tzinfo) -> tuple[int, int] | None:
    here = stretch_at(tz, now)
    base, into = clock(now + here.offset)
    low, high = window(base, into, wanted)
    before_autumn = _last_hour_of_summer(now, here, tz)
    if before_autumn is None and low - here.offset >= here.start + DAY:  # no change of the clock between
        high = min(high - here.offset, now)
        return (low - here.offset, high) if low - here.offset <= high else None
    pieces = []
    for stretch in _near(tz, low - DAY, high):
        start, end, offset, summer = stretch
        if start > now:
            break
        if summer == here.summer and before_autumn:
            piece = _twenty_four(wanted, now, base, into, stretch, before_autumn)
        elif summer == here.summer or not wanted.fine:
            piece = low - offset, high - offset
        elif summer:
            piece = _across_autumn(wanted, now, low, high, offset, here)
        else:
            piece = _across_spring(wanted, now, base, into, stretch, here)
        first, last = piece
        pieces.append((max(start, first), min(last, end - 1, now)))
    return _hull(pieces)


def _across_autumn(
    wanted: Printed, now: int, low: int, high: int, offset: int, here: Stretch
) -> tuple[int, int]:
    """Item in summer time, now in winter time: under a day (and the extra hour) counts elapsed time."""
    limit = DAY + offset - here.offset
    if wanted.short:
        slack = (offset - here.offset) % HOUR  # a half hour is added to the minutes, the hours stay
        return max(now - wanted.stop - slack, now - limit) + 1, now - wanted.start
    return low - offset, min(high - offset, now - limit)


def _across_spring(
    wanted: Printed, now: int, base: int, into: int, item: Stretch, here: Stretch
) -> tuple[int, int]:
    """Item in winter time, now in summer time: within a day of the change PHP takes an hour off."""
    low, high = window(base, into, wanted)
    since = now - here.start
    if since >= DAY:
        return low - item.offset, high - item.offset
    skipped = here.offset - item.offset
    day = wanted.start // DAY * DAY
    head = wanted._replace(start=max(wanted.start, day), stop=min(wanted.stop, day + since + 1))
    opening = day if wanted.loose else wanted.start + skipped
    tail = wanted._replace(start=max(opening, day + since + 1), stop=min(wanted.stop + skipped, day + DAY))
    pieces = [
        (first - item.offset, last - item.offset)
        for first, last in (window(base, into, part) for part in (head, tail))
    ]
    spared = (
        max(low - item.offset, here.start - DAY + 1),
        min(high - item.offset, here.start - DAY + skipped),
    )
    slack = skipped % HOUR  # a half hour is taken off the minutes, which may then be printed as nothing
    first, last = _hull([*pieces, spared]) or (0, -1)
    return first - slack, last + slack


def _last_hour_of_summer(now: int, here: Stretch, tz: tzinfo) -> Stretch | None:
    """West of Greenwich PHP already looks at the stretch after the coming change of the clock.

    In the hour before summer time ends it therefore prints one day less, and 24 hours.
    """
    if here.offset >= 0:
        return None
    ahead = stretch_at(tz, now - here.offset)
    return ahead if now < ahead.start and now >= ahead.start - (here.offset - ahead.offset) else None


def _twenty_four(
    wanted: Printed, now: int, base: int, into: int, item: Stretch, ahead: Stretch
) -> tuple[int, int]:
    plain = window(base, into, wanted)
    if wanted.stop < 0 or now < ahead.start - (item.offset - ahead.offset):
        return plain[0] - item.offset, plain[1] - item.offset
    if wanted.short and wanted.stop <= DAY:
        return max(plain[0] - item.offset, now - DAY + 1), plain[1] - item.offset
    begin, end = wanted.start + DAY if wanted.start else 0, wanted.stop + DAY
    if wanted.fine:
        if wanted.loose or wanted.start < DAY or wanted.start % DAY >= HOUR:
            return 0, -1
        begin = wanted.start // DAY * DAY
        end = begin + DAY
    low, high = window(base, into, wanted._replace(start=begin, stop=end))
    return low - item.offset, min(high - item.offset, now - DAY)


def _undo_ancient(wanted: Printed, now: int, tz: tzinfo) -> tuple[int, int] | None:
    here = stretch_at(tz, now)
    base, into = clock(now)
    low, high = window(base, into, wanted)
    pieces = []
    for start, end, offset, summer in _near(tz, low - DAY, high + DAY):
        if start > now:
            break
        gained = here.offset - offset
        if summer == here.summer:
            found = [(low, high)]
        elif here.summer:
            limit = now - DAY + gained
            first, last = window(base, into + gained, wanted)
            found = [(first, min(last, limit)), (max(low, limit + 1), high)]
        else:
            found = _ancient_autumn(wanted, now, base, into, gained)
        pieces += [(max(first, start), min(last, end - 1, now)) for first, last in found]
    return _hull(pieces)


def _ancient_autumn(wanted: Printed, now: int, base: int, into: int, gained: int) -> list[tuple[int, int]]:
    """Item in summer time, now in winter time, before PHP 8.1: an hour less from the second day on."""
    low, high = window(base, into, wanted)
    limit = DAY - gained
    found = [(max(low, now - DAY + 1), high)]
    if wanted.short:
        found.append((max(now - wanted.stop, now - limit) + 1, min(now - wanted.start, now - DAY)))
        return found
    if wanted.fine:
        day = wanted.start // DAY * DAY
        opening = day if wanted.loose else wanted.start - gained
        low, high = window(
            base, into, wanted._replace(start=opening, stop=min(wanted.stop - gained, day + DAY))
        )
        slack = -gained % HOUR
        low, high = low - slack, high + slack
    found.append((low, min(high, now - limit)))
    return found


def breaks_between(tz: tzinfo, low: int, high: int, most: int = 48) -> list[int]:
    """Epoch seconds around each first of a month, and each change of the clock, between two nows.

    What a phrase means jumps there as now moves on; the union over an interval of nows looks at each.
    """
    found: list[int] = []
    index = clock(low)[0] - 1
    while index < 119_999 and len(found) < most:
        index += 1
        begin = month(index)[0] - stretch_at(tz, month(index)[0]).offset
        if begin > high:
            break
        found += [begin - 1, begin]
    for stretch in _near(tz, low, high):
        found += [stretch.start - 1, stretch.start, stretch.start + DAY]
    return [at for at in found if low < at < high]
