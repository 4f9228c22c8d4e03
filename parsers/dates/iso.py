"""ISO 8601 in all its spellings, RFC 3339 and their like with slashes or dots."""

from __future__ import annotations

import re
from datetime import date

from parsers.dates.clocks import read_zone, seconds_of_day
from parsers.dates.written import Clock, Written, day_number

_DATE = (
    r"(\d{4})(?:([-/.])(\d{1,2})(?:\%d(\d{1,2}))?|(\d{2})(\d{2})|-?w(\d{2})(?:-?([1-7]))?|-?(\d{3})(?!\d))?"
)
_ISO = re.compile(
    _DATE % 2
    + r"(?:(?:t|[\s_,]+t?)(\d{2})(?::?(\d{2})(?::?(\d{2}))?)?(?:[.,](\d{1,9}))?(?![\d:])(.{0,60}))?\s*"
)
_BETWEEN = r"(?:\s?(?:/|--)\s?|\s(?:[-\u2013\u2014]|to|until|au|до|по)\s)"
_DAYS = re.compile(_DATE % 2 + _BETWEEN + r"(?:" + _DATE % 11 + r"|(?:(\d{2})-)?(\d{2}))")


def read_iso(text: str) -> Written | None:
    """Read an ISO 8601 date, date and time, or interval of days.

    Args:
        text: In lower case, cleaned.
    """
    text = text.removeprefix("+")  # of years that may have more digits than four
    if not text[:4].isdecimal():
        return None
    found = _ISO.fullmatch(text)
    if found is None:
        return _read_days(text)
    days = _days(found.groups()[:9])
    if days is None:
        return None
    first, last, rule = days
    if found[10] is None:
        return Written(first, last, rule)
    clock = _clock(found[10], found[11], found[12], found[13] or "", found[14] or "")
    if clock is None:
        return _read_times(text)
    return Written(first, last, "iso 8601", clock) if first == last else None


def _clock(hour: str, minute: str | None, second: str | None, part: str, rest: str) -> Clock | None:
    """A time of day; `part` is the decimal fraction of its last unit, which counts down to the second."""
    seconds = seconds_of_day(int(hour), int(minute or 0), int(second or 0))
    offset, length = read_zone(rest)
    if seconds is None or rest[length:].strip(" |.,;"):
        return None
    unit = 1 if second else 60 if minute else 3_600
    scale = 10 ** len(part)
    return Clock(seconds + unit * int(part or 0) // scale, max(unit // scale, 1), offset)


def _days(parts: tuple[str | None, ...]) -> tuple[int, int, str] | None:
    """First and last day of the parts of a date, and the rule that read them."""
    year_digits, mark, month, day, tight_month, tight_day, week, weekday, ordinal = parts
    year = int(year_digits or 0)
    if year < 1:
        return None
    if week:
        return _week(year, int(week), int(weekday) if weekday else None)
    if ordinal:
        first, most = date(year, 1, 1).toordinal(), 366 if day_number(year, 2, 29) else 365
        number = first + int(ordinal) - 1
        return (number, number, "iso 8601 day of year") if 1 <= int(ordinal) <= most else None
    month, day = month or tight_month, day or tight_day
    if month and day:
        found = day_number(year, int(month), int(day))
        return (found, found, "iso 8601 day") if found else None
    if month:
        return _month(year, int(month)) if mark == "-" else None
    return _year(year)


def _week(year: int, week: int, weekday: int | None) -> tuple[int, int, str] | None:
    try:
        first = date.fromisocalendar(year, week, weekday or 1).toordinal()
    except ValueError:
        return None
    return (first, first, "iso 8601 week day") if weekday else (first, first + 6, "iso 8601 week")


def _month(year: int, month: int) -> tuple[int, int, str] | None:
    first = day_number(year, month, 1)
    following = day_number(year + month // 12, month % 12 + 1, 1)
    return (first, following - 1, "iso 8601 month") if first and following else None


def _year(year: int) -> tuple[int, int, str] | None:
    if not 1900 <= year <= 2100:  # any other four digits are as likely a number
        return None
    return date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal(), "year"


def _read_days(text: str) -> Written | None:
    """`2022-10-27/2022-10-28`, `2022-10-27/28`."""
    found = _DAYS.fullmatch(text)
    opening = _days(found.groups()[:9]) if found else None
    if found is None or opening is None:
        return None
    if found[10]:
        closing = _days(found.groups()[9:18])
    else:
        start = date.fromordinal(opening[0])
        number = day_number(start.year, int(found[19] or start.month), int(found[20]))
        closing = (number, number, "") if number else None
    if closing is None or closing[1] < opening[0]:
        return None
    return Written(opening[0], closing[1], "iso 8601 interval")


def _read_times(text: str) -> Written | None:
    """`2022-10-27T14:00Z/2022-10-27T16:00Z`."""
    opening, slash, closing = text.partition("/")
    if not slash or "/" in closing:
        return None
    first, last = read_iso(opening.strip()), read_iso(closing.strip())
    if first is None or last is None or not (first.opening and last.opening):
        return None
    return Written(first.first, last.last, "iso 8601 interval", first.opening, last.opening)
