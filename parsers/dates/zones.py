"""A time zone as stretches of constant offset, in whole epoch seconds.

Everything exact about daylight saving rests on knowing where a zone's clock changes. `tzinfo` has no
way to ask, so each year is probed once and the answer remembered.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, tzinfo
from functools import lru_cache
from typing import NamedTuple

DAY = 86_400
HOUR = 3_600
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EPOCH_ORDINAL = 719_163
FIRST, LAST = -62_135_596_800, 253_402_300_799
"""The first second of year 1 and the last of year 9999: what `datetime` can hold."""

_MARGIN = 2 * DAY
_STEP = 6 * DAY
"""No zone changes its clock twice within six days."""


class Stretch(NamedTuple):
    """Epoch seconds `start` <= t < `end` in which the zone's offset is `offset` seconds."""

    start: int
    end: int
    offset: int
    summer: bool


def seconds_of(at: datetime) -> int:
    """Whole epoch seconds of an aware datetime (a fraction is cut off)."""
    gap = at - EPOCH
    return gap.days * DAY + gap.seconds


def instant(seconds: int) -> datetime:
    """The aware UTC datetime of epoch seconds, held within years 1 to 9999."""
    return EPOCH + timedelta(seconds=min(max(seconds, FIRST), LAST))


def year_of(seconds: int) -> int:
    """The UTC (or wall) year of epoch seconds, held within 1 to 9999."""
    return date.fromordinal(min(max(seconds // DAY + EPOCH_ORDINAL, 1), 3_652_059)).year


@lru_cache(maxsize=4096)
def month(index: int) -> tuple[int, int]:
    """First second and length of month `index` (12 * year + month - 1), on a clock without zone.

    Raises:
        ValueError: The month is outside years 1 to 9999.
    """
    year, number = divmod(index, 12)
    start = date(year, number + 1, 1).toordinal()
    following = 3_652_060 if index == 119_999 else date(*_following(year, number)).toordinal()
    return (start - EPOCH_ORDINAL) * DAY, (following - start) * DAY


def _following(year: int, number: int) -> tuple[int, int, int]:
    return (year + 1, 1, 1) if number == 11 else (year, number + 2, 1)


@lru_cache(maxsize=4096)
def stretches(tz: tzinfo, year: int) -> tuple[Stretch, ...]:
    """The zone's stretches over one year and two days on either side, oldest first."""
    begin = max(month(12 * year)[0] - _MARGIN, FIRST + DAY)
    end = min(month(12 * year)[0] + 366 * DAY + _MARGIN, LAST - DAY)
    found: list[Stretch] = []
    at, state = begin, _state(tz, begin)
    start = begin if begin > FIRST + DAY else FIRST - _MARGIN
    while at < end:
        probe = min(at + _STEP, end)
        if _state(tz, probe) != state:
            probe = _change_between(tz, at, probe)
            found.append(Stretch(start, probe, *state))
            start, state = probe, _state(tz, probe)
        at = probe
    found.append(Stretch(start, end if end < LAST - DAY else LAST + _MARGIN, *state))
    return tuple(found)


def stretch_at(tz: tzinfo, seconds: int) -> Stretch:
    """The stretch an instant lies in."""
    found = stretches(tz, year_of(seconds))
    for stretch in found:
        if stretch.start <= seconds < stretch.end:
            return stretch
    return found[0] if seconds < found[0].start else found[-1]


def first_instant(tz: tzinfo, wall: int) -> int:
    """The first epoch second at which the zone's clock shows `wall` or later."""
    for start, end, offset, _ in stretches(tz, year_of(wall)):
        if wall < end + offset:
            return max(wall - offset, start)
    return wall


def last_instant(tz: tzinfo, wall: int) -> int:
    """The last epoch second at which the zone's clock shows `wall` or earlier (near it)."""
    for start, end, offset, _ in reversed(stretches(tz, year_of(wall))):
        if wall >= start + offset:
            return min(wall - offset, end - 1)
    return wall


def _state(tz: tzinfo, seconds: int) -> tuple[int, bool]:
    local = instant(seconds).astimezone(tz)
    offset = local.utcoffset() or timedelta()
    return offset.days * DAY + offset.seconds, bool(local.dst())


def _change_between(tz: tzinfo, before: int, after: int) -> int:
    state = _state(tz, before)
    while after - before > 1:
        middle = (before + after) // 2
        if _state(tz, middle) == state:
            before = middle
        else:
            after = middle
    return after
