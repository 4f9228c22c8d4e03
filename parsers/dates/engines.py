"""The engines that print relative dates, by name; each reads a phrase for an interval of nows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import tzinfo
from functools import partial

from parsers.dates.ages import Ages, counted, drupal_interval, timeago_js, wordpress
from parsers.dates.drupal import breaks_between, printed, undo
from parsers.dates.months import django, moment, rails_years
from parsers.dates.phrases import Phrase
from parsers.dates.zones import FIRST, HOUR, stretch_at

Span = tuple[int, int]
Engine = Callable[[Phrase, int, int, tzinfo, int | None], Span | None]
"""Phrase, first and last now in epoch seconds, zone, granularity: the first and last second of items."""


def _format_diff(
    readings: tuple[bool, ...], phrase: Phrase, low: int, high: int, tz: tzinfo, granularity: int | None
) -> Span | None:
    """Drupal's `formatDiff` under PHP 8.1 and later (True), before it (False), or either."""
    if phrase.special or phrase.qualifier:
        return None
    wanted = printed(phrase.units, granularity)
    if wanted is None:
        return None
    nows = (low,) if low == high else (low, *breaks_between(tz, low, high), high)
    spans = [span for modern in readings for now in nows if (span := undo(wanted, now, tz, modern=modern))]
    if not spans:
        return None
    first, last = min(spans)[0], max(span[1] for span in spans)
    if len(readings) > 1 and not wanted.short and stretch_at(tz, max(first, FIRST)) != stretch_at(tz, high):
        return first - HOUR, min(last + HOUR, high)
    return first, last


def _by_age(
    ages_of: Callable[[Phrase, int | None], Ages | None],
    phrase: Phrase,
    low: int,
    high: int,
    _tz: tzinfo,
    granularity: int | None,
) -> Span | None:
    ages = ages_of(phrase, granularity)
    return (low - ages[1], high - ages[0]) if ages else None


def _by_calendar(
    span_at: Callable[[Phrase, int, tzinfo], Span | None],
    phrase: Phrase,
    low: int,
    high: int,
    tz: tzinfo,
    _granularity: int | None,
) -> Span | None:
    nows = (low,) if low == high else (low, *breaks_between(tz, low, high), high)
    try:
        spans = [span for now in nows if (span := span_at(phrase, now, tz))]
    except (ValueError, OverflowError):  # before year 1
        return None
    return (min(spans)[0], max(span[1] for span in spans)) if spans else None


ENGINES: dict[str, Engine] = {
    "drupal8": partial(_format_diff, (True,)),
    "drupal8_php80": partial(_format_diff, (False,)),
    "drupal8_php_unknown": partial(_format_diff, (True, False)),
    "drupal8_interval": partial(_by_age, partial(drupal_interval, skips=False)),
    "drupal7_interval": partial(_by_age, partial(drupal_interval, skips=True)),
    "wordpress": partial(_by_age, wordpress),
    "rails": partial(_by_calendar, rails_years),
    "moment": partial(_by_calendar, moment),
    "dayjs": partial(_by_calendar, partial(moment, dayjs=True)),
    "django_naturaltime": partial(_by_calendar, django),
    "timeago_js": partial(_by_age, timeago_js),
    "calendar_word": partial(_by_age, counted),
}
"""Every engine whose printing is known; any other name, or none, is read as their union."""
