"""A feed that stamps noon or midnight on everything states days, not instants."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import tzinfo

from parsers.dates.absolute import read_written
from parsers.dates.cleaning import clean
from parsers.dates.intervals import interval
from parsers.dates.written import Written, span_of
from parsers.model import Strength, When

_FEWEST = 3
_NOON_OR_MIDNIGHT = (0, 43_200)


def as_days(whens: Sequence[When | None], *, tz: tzinfo) -> tuple[When | None, ...]:
    """The dates of one feed, as days where the feed states days.

    A feed whose dates (at least three) are all at exactly 12:00:00 or 00:00:00, on the clock they are
    written in, gives each its whole day in `tz`; any other feed keeps its dates as they are.

    Args:
        whens: What `parse_absolute` made of each entry's date, in order; None where there was none.
        tz: The source's time zone.
    """
    written = [_written(when) for when in whens]
    times = [found for found in written if found]
    stamped = all(found.opening and found.opening.seconds in _NOON_OR_MIDNIGHT for found in times)
    dated = sum(when is not None for when in whens)
    if dated < _FEWEST or len(times) < dated or not stamped:
        return tuple(whens)
    return tuple(
        _day(when, found, tz) if when and found else when
        for when, found in zip(whens, written, strict=True)
    )


def _written(when: When | None) -> Written | None:
    return read_written(clean(when.evidence[0].raw)) if when and when.evidence else None


def _day(when: When, written: Written, tz: tzinfo) -> When:
    low, high = span_of(Written(written.first, written.first, "day of the feed"), tz)
    first = when.evidence[0]
    day = interval(
        low, high, kind=first.kind, raw=first.raw, rule="day of the feed", strength=Strength.STATED
    )
    return replace(day, evidence=(replace(day.evidence[0], where=first.where),))
