"""Say a date in words, no more exactly than it is known."""

from __future__ import annotations

from datetime import date, datetime, timedelta, tzinfo

from parsers.dates.zones import EPOCH
from parsers.model import When

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_SHOWN_AS_RANGE = 5
"""Days up to which first and last day are both named."""


def describe(when: When | None, zone: tzinfo) -> str:
    """A date in words for a person, with its precision.

    `8 Nov 2022 14:03`, `8 Nov 2022`, `25–27 Oct 2022`, `about 31 Mar 2022`, `Nov 2022`,
    `before 26 Nov 2022`, `since 29 Jun 2022`, `unknown`.

    Args:
        when: The date, or None.
        zone: The reader's time zone.
    """
    if when is None or (when.earliest is None and when.latest is None):
        return "unknown"
    if when.earliest is None or (when.latest is not None and when.best is None):
        return f"before {_day(_day_after(when.latest, zone))}" if when.latest else "unknown"
    if when.latest is None:
        return f"since {_day(_local(when.earliest, zone).date())}"
    first, last = _local(when.earliest, zone), _local(when.latest, zone)
    if when.latest - when.earliest < timedelta(minutes=1):
        return f"{_day(first.date())} {first:%H:%M}"
    return _days(first.date(), last.date(), _local(when.best or when.earliest, zone).date())


def _days(first: date, last: date, best: date) -> str:
    if first == last:
        return _day(first)
    after = last + timedelta(days=1) if last < date.max else last
    if first.day == 1 and after.day == 1:
        if (first.year, first.month) == (last.year, last.month):
            return f"{_MONTHS[first.month - 1]} {first.year}"
        if first.month == 1 and after == date(first.year + 1, 1, 1):
            return str(first.year)
    length = (last - first).days
    if length < _SHOWN_AS_RANGE:
        return _range(first, last)
    if length > 550:
        return f"about {best.year}"
    return f"about {_MONTHS[best.month - 1]} {best.year}" if length > 62 else f"about {_day(best)}"


def _range(first: date, last: date) -> str:
    if first.year != last.year:
        return f"{_day(first)} – {_day(last)}"
    if first.month != last.month:
        return f"{first.day} {_MONTHS[first.month - 1]} – {_day(last)}"
    return f"{first.day}–{_day(last)}"


def _day(day: date) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def _day_after(at: datetime | None, zone: tzinfo) -> date:
    """The first day that is wholly after an instant."""
    local = _local(at or EPOCH, zone)
    return local.date() + timedelta(days=1) if local.date() < date.max else local.date()


def _local(at: datetime, zone: tzinfo) -> datetime:
    try:
        return at.astimezone(zone)
    except (OverflowError, ValueError):  # at either end of the calendar
        return at
