"""Read a date that may be written in any way, relative or absolute."""

from __future__ import annotations

from datetime import date, tzinfo

from parsers import dates
from parsers.dates.absolute import parse_absolute
from parsers.dates.relative import parse_relative
from parsers.model import Ref, When


def read_date(
    text: str,
    *,
    now: Ref | None,
    tz: tzinfo,
    granularity: int | None = None,
    engine: str | None = None,
    lang: str | None = None,
    page_date: date | None = None,
    role: str = "",
) -> When | None:
    """Read one written date, relative where a reference is known, else absolute.

    Args:
        text: The date as shown; at most 256 characters are read.
        now: The page's "now"; None when unknown, and then no relative phrase is read.
        tz: The source's time zone.
        granularity: Units a relative phrase prints at most.
        engine: The engine that printed a relative phrase.
        lang: The page's language.
        page_date: A day near the page's, for days without a year; by default that of `now`.
        role: What the date is for, as in `parse_absolute`.

    Returns:
        The interval with its evidence, or None. Never raises on text.
    """
    if now is not None:
        found = parse_relative(text, now, tz=tz, granularity=granularity, engine=engine, lang=lang)
        if found is not None:
            return found
        page_date = page_date or now.latest.date()
    found = parse_absolute(text, tz=tz, page_date=page_date, role=role, lang=lang or "")
    if found is None and role == "mention":
        # Through the package, which imports late: the patterns of running text take long to make.
        return dates.find_mention(text, tz=tz, page_date=page_date)
    return found
