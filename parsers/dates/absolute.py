"""Read an absolute date ("23 Jan. 2024", "27 and 28 October 2022") as the interval it stands for."""

from __future__ import annotations

import re
from datetime import date, tzinfo

from parsers.dates.cleaning import LIMIT, clean
from parsers.dates.clocks import take_time
from parsers.dates.intervals import interval
from parsers.dates.iso import read_iso
from parsers.dates.paths import read_path
from parsers.dates.printed import Day, Tokens, read_days, read_tokens
from parsers.dates.written import Written, day_number, span_of
from parsers.dates.zones import FIRST, LAST
from parsers.model import Strength, When

_DIGIT = re.compile(r"\d")
_LABEL = re.compile(r"[^\d:]{1,60}:\s+(?=\S)|[^\d:]{1,60}:(?=\d)")
_UPDATE = re.compile(r"[\s|/\u2013\u2014-]*\b(?:last )?updated\s*:")
_DATELINE = re.compile(
    r"([A-Z][^\d()]{1,60}?)\s?\(([^()]{3,40})\)\s?([-\u2013\u2014:]*)(?:\s.*)?", re.DOTALL
)
_PLACE = re.compile(r"(?:[A-Z][^\W\d]*(?:,? |-)){0,5}[A-Z][^\W\d]*, (?=\S)")
_BEFORE_CHRIST = re.compile(r"[-\u2212]\d{4,6}-\d")
_FAR = 4
"""Years looked at on either side of the page's for a day without one (a 29 February)."""


def parse_absolute(
    text: str, *, tz: tzinfo, page_date: date | None = None, role: str = "", lang: str = ""
) -> When | None:
    """Read an absolute date as the interval it stands for.

    A day is all its seconds, a minute its sixty; ranges run from the first day to the last. Order is day,
    month, year. A day or time that names no zone is read on `tz`'s clock.

    Args:
        text: The date as shown; at most 256 characters are read.
        tz: The source's time zone.
        page_date: A day near which the page was made: gives the year where none is printed.
        role: `event_upcoming` (the year is the first from the page's day on), `event_recent` (the last to
            it) or `mention` (a day told of in running text); "" for a date of publication.
        lang: The page's language; the words of all languages are read whatever it is.

    Returns:
        The interval with its evidence, or None when `text` is no date. Never raises on text.
    """
    del lang
    head = clean(text)
    if not _DIGIT.search(head):
        return None
    found = read_written(head, page_date, role)
    if found is None:
        return None
    low, high = span_of(found, tz)
    low, high = max(low, FIRST), min(high, LAST)
    if low > high:
        return None
    strength = Strength.EVENT if role else Strength.EXACT if found.opening else Strength.STATED
    return interval(low, high, kind="printed", raw=text[:LIMIT], rule=found.rule, strength=strength)


def read_written(head: str, page_date: date | None = None, role: str = "") -> Written | None:
    """What a cleaned text says, before a zone is known."""
    if head[:1] in "-\u2212" and _BEFORE_CHRIST.match(head):
        return None  # a year below 1, which ISO 8601 can spell and no page means
    lower = head.lower().replace("\u2019", "'").replace("\u02bc", "'").strip(" |-\u2013\u2014")
    found = read_iso(lower)
    if found is None and ("/" in lower or ".htm" in lower):
        found = None if " " in lower else read_path(lower)
    if found is None:
        found = _read_line(lower, page_date, role)
    if (
        found is None
        and "(" in head
        and (line := _DATELINE.fullmatch(head))
        and _is_dateline(line[1], line[3])
    ):
        found = _read_line(line[2].lower(), page_date, role)
    if found is None and ", " in head and (place := _PLACE.match(head)):
        found = _read_line(head[place.end() :].lower(), page_date, role)
    return found


def _is_dateline(place: str, mark: str) -> bool:
    """A place in capitals, or one of proper names where a dash follows the date."""
    words = place.split()
    if len(words) > 6:
        return False
    return words[0].strip(",").isupper() or (bool(mark) and all(word[0].isupper() for word in words))


def _read_line(line: str, page_date: date | None, role: str) -> Written | None:
    """A printed date with its label, its time of day and its zone."""
    if (
        "updated" in line
        and (update := _UPDATE.search(line))
        and update.start()
        and _DIGIT.search(line[: update.start()])
    ):
        line = line[: update.start()]
    if ":" in line and (label := _LABEL.match(line)):
        line = line[label.end() :]
    rest, opening = take_time(line)
    rest, closing = take_time(rest) if opening else (rest, None)
    tokens = read_tokens(rest)
    if tokens is None:
        return None
    if opening and " - " in line:
        tokens = tokens._replace(month_first=True)  # Drupal 6 and 7: "Tue, 11/08/2022 - 14:03"
    days = read_days(tokens)
    if days is None:
        return None
    found = _with_years(days[0], days[1], tokens, page_date, role)
    if found is None or (opening and found[0] != found[1]):
        return None
    rule = "printed time" if opening else "printed day" if found[0] == found[1] else "printed range"
    return Written(found[0], found[1], rule, opening, closing)


def _with_years(
    first: Day, last: Day, tokens: Tokens, page_date: date | None, role: str
) -> tuple[int, int] | None:
    if last.year is not None and first.year is not None:
        opening, closing = day_number(*first), day_number(*last)  # type: ignore[arg-type] # years are known
        return (opening, closing) if opening and closing and opening <= closing else None
    if page_date is None:
        return None
    pairs = []
    for year in range(page_date.year - _FAR, page_date.year + _FAR + 1):
        opening = day_number(year, first.month, first.day)
        closing = day_number(year + (last[1:] < first[1:]), last.month, last.day)
        if opening and closing:
            pairs.append((opening, closing))
    if tokens.weekday is not None:
        wanted = (tokens.weekday + 1) % 7
        pairs = [pair for pair in pairs if pair[0] % 7 == wanted] or pairs
    return _nearest(pairs, page_date.toordinal(), role)


def _nearest(pairs: list[tuple[int, int]], page: int, role: str) -> tuple[int, int] | None:
    """The days the role allows that lie nearest to the page's."""
    if role == "event_upcoming":
        pairs = [pair for pair in pairs if pair[1] >= page]
    elif role == "event_recent":
        pairs = [pair for pair in pairs if pair[0] <= page]
    return min(pairs, key=lambda pair: abs(pair[0] - page), default=None)
