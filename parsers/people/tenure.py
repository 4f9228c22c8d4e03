"""When a tenure certainly, possibly or certainly not covers a day."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from parsers.model import When

_WRITTEN = re.compile(r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?(\?)?")
_BRUSSELS = ZoneInfo("Europe/Brussels")
_UNSURE_DAY = timedelta(days=31)
FOREVER = date(9999, 12, 31)
LONG_AGO = date(1, 1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """One end of a tenure: the days it may fall on, both inclusive, and as it was written."""

    earliest: date
    latest: date
    written: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tenure:
    """A dated holding of an office, with every remark its sources allow.

    The day of `end` belongs to the successor; `end` is None while no end is known. `open_until`
    is the last day for which "still in office" has a source.
    """

    office_id: str
    person_id: str
    start: Bound
    end: Bound | None
    country: str
    source: str
    verified: bool
    acting: bool = False
    uncertain: bool = False
    end_unverified: bool = False
    open_until: date = FOREVER
    note: str = ""
    end_reason: str = ""


def read_bound(written: str) -> Bound:
    """Read `2007`, `2007-10`, `2007-10-17`, each with a possible "?" that widens it by one unit.

    Raises:
        ValueError: It is no such date.
    """
    found = _WRITTEN.fullmatch(written)
    if found is None:
        message = f"no date: {written!r}"
        raise ValueError(message)
    year, month, day = (int(part) if part else 0 for part in found.group(1, 2, 3))
    first = date(year, month or 1, day or 1)
    last = date(year, month or 12, day or monthrange(year, month or 12)[1])
    if found.group(4):
        unit = timedelta(days=1 if day else 31 if month else 366)
        first, last = first - unit, last + unit
    return Bound(earliest=first, latest=last, written=written)


def loosen(bound: Bound) -> Bound:
    """The same bound when no source states its day: a month either way."""
    return Bound(
        earliest=bound.earliest - _UNSURE_DAY, latest=bound.latest + _UNSURE_DAY, written=bound.written
    )


def days_of(on: When | None) -> tuple[date, date] | None:
    """The first and last calendar day an interval touches, in Brussels, where offices change hands.

    An interval that is whole UTC days was made of days without a zone and is read as those days.

    Returns:
        None when a bound is missing: nothing can be said of a date then.
    """
    if on is None or on.earliest is None or on.latest is None:
        return None
    first, last = on.earliest, on.latest
    if (first.hour, first.minute, first.second) == (0, 0, 0) and (last.hour, last.minute) == (23, 59):
        return first.date(), last.date()
    try:
        return first.astimezone(_BRUSSELS).date(), last.astimezone(_BRUSSELS).date()
    except OverflowError:
        return first.date(), last.date()


def covers(tenure: Tenure, days: tuple[date, date]) -> bool:
    """Whether the tenure certainly covers all those days."""
    if tenure.uncertain or days[0] < tenure.start.latest:
        return False
    if tenure.end is None:
        return days[1] <= tenure.open_until
    return days[1] < tenure.end.earliest


def touches(tenure: Tenure, days: tuple[date, date]) -> bool:
    """Whether the tenure may cover any of those days."""
    if days[1] < tenure.start.earliest:
        return False
    return tenure.end is None or days[0] < tenure.end.latest
