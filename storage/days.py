"""Days as people type them into a query: "2022-11", "9 Nov 2022", "yesterday", "2 weeks ago".

These are calendar units in the configured zone, exact by definition, unlike the dates that pages print
(`parsers.dates`): nothing is inferred, and what could be two days is not read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
FORMS = "write 2022, 2022-11, 2022-11-09, 9 Nov 2022, today, yesterday or 3 days ago"

_SECOND = timedelta(seconds=1)
_FIRST_YEAR, _LAST_YEAR = 1000, 9998
_FULL_NAMES = (
    *("january", "february", "march", "april", "may", "june", "july"),
    *("august", "september", "october", "november", "december", "sept"),
)
_MONTH = "(?P<month>[a-z]{3,9})\\.?"
_DAY = "(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?"
_ISO = re.compile("(?P<year>[0-9]{4})(?:([-/.])(?P<month>[0-9]{1,2})(?:\\2(?P<day>[0-9]{1,2}))?)?")
_COMPACT = re.compile("(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})")
_WRITTEN = (
    re.compile(f"{_DAY} {_MONTH},? (?P<year>[0-9]{{4}})"),
    re.compile(f"{_MONTH} {_DAY},? (?P<year>[0-9]{{4}})"),
    re.compile(f"{_MONTH},? (?P<year>[0-9]{{4}})"),
)
_NUMBERS = re.compile("([0-9]{1,2})[-/.]([0-9]{1,2})[-/.]([0-9]{4}|[0-9]{2})")
_INSTANT = re.compile(
    "[0-9]{4}-[0-9]{2}-[0-9]{2}[t ][0-9]{2}:[0-9]{2}(?::[0-9]{2})?(?:z|[+-][0-9]{2}:?[0-9]{2})?"
)
_AGO = re.compile("([0-9]{1,4})[ -](day|week|month|year)s?[ -]ago")
_THIS = re.compile("(this|last)[ -](week|month|year)")


@dataclass(frozen=True, slots=True)
class Span:
    """Instants from `earliest` to `latest`, UTC, whole seconds, both inclusive; None is open."""

    earliest: datetime | None = None
    latest: datetime | None = None

    def narrow(self, other: Span) -> Span:
        """The instants in both; `earliest` after `latest` when there are none."""
        starts = [bound for bound in (self.earliest, other.earliest) if bound is not None]
        ends = [bound for bound in (self.latest, other.latest) if bound is not None]
        return Span(max(starts, default=None), min(ends, default=None))

    def is_empty(self) -> bool:
        """Whether no instant is in it."""
        return self.earliest is not None and self.latest is not None and self.earliest > self.latest

    def shape(self) -> dict[str, str | None]:
        """The span as JSON-able values: ISO 8601 in UTC, `before` exclusive."""
        bounds = {"after": self.earliest, "before": self.latest and self.latest + timedelta(seconds=1)}
        return {
            name: bound.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if bound else None
            for name, bound in bounds.items()
        }


OPEN = Span()
"""All instants."""


def read_span(text: str, *, zone: tzinfo, now: datetime) -> Span | str:
    """Read a day, month, year or instant, or a range of them ("2022-11..2023-01", open at either end).

    Args:
        text: What was typed; at most 60 characters are a date.
        zone: In which days begin.
        now: What "today" refers to, aware.

    Returns:
        All the instants it stands for, or a hint that says why it could not be read.
    """
    if ".." not in text:
        return read_day(text, zone=zone, now=now)
    ends = [part.strip() for part in text.split("..", 1)]
    if not any(ends):
        return FORMS
    spans = [read_day(part, zone=zone, now=now) if part else Span() for part in ends]
    hints = [span for span in spans if isinstance(span, str)]
    if hints:
        return hints[0]
    first, last = (span for span in spans if isinstance(span, Span))
    span = Span(first.earliest, last.latest)
    return "the range ends before it begins" if span.is_empty() else span


def read_day(text: str, *, zone: tzinfo, now: datetime) -> Span | str:
    """Read one day, month, year or instant; see `read_span`."""
    plain = " ".join(text.lower().split())
    if not plain or len(plain) > 60:
        return FORMS
    try:
        return _read_instant(plain, zone) or _read_relative(plain, zone, now) or _read_calendar(plain, zone)
    except (ValueError, OverflowError):
        return f"the calendar has no such day; {FORMS}"


def _read_instant(text: str, zone: tzinfo) -> Span | None:
    if not _INSTANT.fullmatch(text):
        return None
    instant = datetime.fromisoformat(text.upper())
    start = (instant if instant.tzinfo else instant.replace(tzinfo=zone)).astimezone(UTC)
    has_seconds = len(re.split("[t ]", text)[1].rstrip("z").partition("+")[0].partition("-")[0]) > 5
    return Span(start, start if has_seconds else start + timedelta(seconds=59))


def _read_relative(text: str, zone: tzinfo, now: datetime) -> Span | None:
    today = now.astimezone(zone).date()
    if text in {"now", "today", "yesterday", "tomorrow"}:
        day = today + timedelta(days={"yesterday": -1, "tomorrow": 1}.get(text, 0))
        return _span(day, day + timedelta(days=1), zone)
    if match := _AGO.fullmatch(text):
        day = _step(today, match[2], -int(match[1]))
        return _span(day, day + timedelta(days=1), zone)
    if match := _THIS.fullmatch(text):
        start = {"week": today - timedelta(days=today.weekday()), "month": today.replace(day=1)}.get(
            match[2], today.replace(month=1, day=1)
        )
        start = start if match[1] == "this" else _step(start, match[2], -1)
        return _span(start, _step(start, match[2], 1), zone)
    return None


def _step(day: date, unit: str, count: int) -> date:
    """A date some calendar units away; the last day of a month stands in for one it has not."""
    if unit in {"day", "week"}:
        return day + timedelta(days=count * (7 if unit == "week" else 1))
    months = day.year * 12 + day.month - 1 + count * (12 if unit == "year" else 1)
    first = date(months // 12, months % 12 + 1, 1)
    following = date((months + 1) // 12, (months + 1) % 12 + 1, 1)
    return min(first.replace(day=1) + timedelta(days=day.day - 1), following - timedelta(days=1))


def _read_calendar(text: str, zone: tzinfo) -> Span | str:
    match = _ISO.fullmatch(text) or _COMPACT.fullmatch(text)
    if match:
        return _make_span(match["year"], match["month"], match["day"], zone)
    for form in _WRITTEN:
        if match := form.fullmatch(text):
            groups = match.groupdict()
            month = _find_month(groups["month"])
            return _make_span(groups["year"], month, groups.get("day"), zone) if month else FORMS
    if match := _NUMBERS.fullmatch(text):
        return _read_numbers(*match.groups(), zone=zone)
    return FORMS


def _find_month(name: str) -> str | None:
    known = name in _FULL_NAMES or name in MONTHS
    return str(MONTHS.index(name[:3]) + 1) if known else None


def _read_numbers(first: str, second: str, year: str, *, zone: tzinfo) -> Span | str:
    """Day and month in figures count only where they can be but one day."""
    days = {(int(first), int(second)), (int(second), int(first))}
    readings = sorted((day, month) for day, month in days if 1 <= month <= 12 and 1 <= day <= 31)
    if len(year) == 4 and len(readings) == 1:
        return _make_span(year, str(readings[0][1]), str(readings[0][0]), zone)
    return "it could be more than one day; write the year first, as in 2022-11-09"


def _make_span(year: str, month: str | None, day: str | None, zone: tzinfo) -> Span:
    if not _FIRST_YEAR <= int(year) <= _LAST_YEAR:
        raise ValueError(year)
    start = date(int(year), int(month or 1), int(day or 1))
    return _span(start, _step(start, "day" if day else "month" if month else "year", 1), zone)


def _span(start: date, end: date, zone: tzinfo) -> Span:
    """From the first instant of `start` to the last second before `end`, in the zone."""
    first, after = (datetime.combine(day, time(), zone).astimezone(UTC) for day in (start, end))
    return Span(first, after - _SECOND)
