"""What an absolute date says, before a zone is known: days, perhaps a time of day, perhaps an offset."""

from __future__ import annotations

from datetime import date, tzinfo
from typing import NamedTuple

from parsers.dates.zones import DAY, EPOCH_ORDINAL, first_instant, last_instant, stretch_at


class Clock(NamedTuple):
    """A time of day: seconds since midnight, how many seconds it covers, its offset from UTC (or None)."""

    seconds: int
    covers: int
    offset: int | None = None


class Written(NamedTuple):
    """Days `first` to `last` as ordinals (inclusive), with the times that open and close them."""

    first: int
    last: int
    rule: str
    opening: Clock | None = None
    closing: Clock | None = None


def day_number(year: int, month: int, day: int) -> int | None:
    """The ordinal of a day, or None when there is no such day."""
    try:
        return date(year, month, day).toordinal()
    except ValueError:
        return None


def span_of(written: Written, tz: tzinfo) -> tuple[int, int]:
    """First and last epoch second; what names no offset is read on the zone's clock."""
    opening, closing = written.opening, written.closing or written.opening
    begin = (written.first - EPOCH_ORDINAL) * DAY + (opening.seconds if opening else 0)
    end = (written.last - EPOCH_ORDINAL) * DAY
    end += closing.seconds + closing.covers - 1 if closing else DAY - 1
    offset = closing.offset if closing else None
    if opening is None or (opening.offset is None and offset is None):
        low, high = first_instant(tz, begin), last_instant(tz, end)
        if low > high:  # a time the clock skipped: read as if it had not yet been put forward
            offset = stretch_at(tz, high).offset
            return begin - offset, end - offset
        return low, high
    shift = opening.offset if opening.offset is not None else offset or 0
    return begin - shift, end - (offset if offset is not None else shift)
