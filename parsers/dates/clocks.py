"""Times of day and time zones inside a written date."""

from __future__ import annotations

import re

from parsers.dates.names import ZONES
from parsers.dates.written import Clock

_TIME = re.compile(
    r"(?<![\d.:/+-])(\d{1,2})(?:\s?[:h]\s?(\d{2})(?::(\d{2})(?:[.,]\d{1,9})?)?(?!\d)\s*(?:([ap])\.?\s?m\b\.?)?"
    r"|(?:\.(\d{2}))?\s?([ap])\.?\s?m\b\.?|\s?h(?=\s|$|,))"
)
_ZONE = re.compile(
    r"\s*(?:hrs|hours)?\s*[(\[]?(?:([a-z]{1,5})(?![a-z'’]))?\s?(?:([+\u2212-])(\d{1,2}):?(\d{2})?(?![\d:.]))?"
    r"[)\]]?(?:\s*\([a-z +:\d/_-]{1,40}\)|\[[a-z/_]{1,40}\])?"
)
_UNTIL = re.compile(r"\s?[-\u2013\u2014]\s?(\d{1,2}):(\d{2})(?![\d:])")
"""A later time of day after a dash: "09:00-10:30" is an hour and a half, not an offset from UTC."""
_NAMED = re.compile(r"\s+([a-z]{2,5})(?![a-z'’])")


def take_time(text: str) -> tuple[str, Clock | None]:
    """The text without its first time of day (and that time's zone), and the time.

    Args:
        text: A written date in lower case.
    """
    found = _TIME.search(text)
    if found is None:
        return text, None
    hour, minute, second = int(found[1]), int(found[2] or found[5] or 0), int(found[3] or 0)
    half = found[4] or found[6]
    if half:
        if not 1 <= hour <= 12:
            return text, None
        hour = hour % 12 + (12 if half == "p" else 0)
    covers = 1 if found[3] else 60 if found[2] or found[5] else 3_600
    seconds = seconds_of_day(hour, minute, second)
    if seconds is None:
        return text, None
    rest = text[found.end() :]
    until = None if found[3] else _UNTIL.match(rest)
    if until and (int(until[1]), int(until[2])) > (hour, minute):
        return f"{text[: found.start()]} {rest[until.start(1) :]}", Clock(seconds, covers)
    offset, length = read_zone(rest)
    return f"{text[: found.start()]} {rest[length:]}", Clock(seconds, covers, offset)


def seconds_of_day(hour: int, minute: int, second: int) -> int | None:
    """Seconds since midnight (24:00 and a leap second allowed), or None when there is no such time."""
    if minute > 59 or second > 60 or hour > 24 or (hour == 24 and (minute or second)):
        return None
    return hour * 3_600 + minute * 60 + min(second, 59)


def read_zone(text: str) -> tuple[int | None, int]:
    """The offset a text begins with, in seconds, and how many characters it takes."""
    found = _ZONE.match(text)
    if found is None:
        return None, 0
    name, sign, hours, minutes = found.groups()
    if name is not None and name not in ZONES:
        return None, 0
    if sign is None:
        return (None, 0) if name is None else (ZONES[name], found.end())
    also = _NAMED.match(text, found.end())
    end = also.end() if also and also[1] in ZONES else found.end()  # "+0100 CET" says it twice
    offset = int(hours) * 3_600 + int(minutes or 0) * 60
    if offset > 15 * 3_600 or int(minutes or 0) > 59:
        return (ZONES[name] if name else None), end
    signed = offset if sign == "+" else -offset
    return signed + (ZONES[name] if name and len(name) > 1 else 0), end
