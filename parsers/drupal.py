"""A page of Drupal's feed aggregator, versions 6 to 9.5.

An item is a heading with a link, then its date, then its body; which classes stand around them depends on
version and theme:

- 6, 7: `div.feed-item`, `h3.feed-item-title > a`, `span.feed-item-date`, `div.feed-item-body`; the feed's
  own block before the items. Dates are absolute but for today's ("<em>3 hours 2 min</em> ago").
- 8.0 to 9.5, core and Stable (Olivero too): `article > h3 > a`, the bare date, `div.item-description`.
- the same, Classy and its children: `article.aggregator-item`, `h3.feed-item-title > a`,
  `div.field--name-timestamp`, `div.item-description`; the feed's block after the items.

The feed's block ends in when the feed was last polled, which looks exactly like an item's date: a date
counts for the item it stands in, and for no other.
Source: Drupal core, `aggregator-item.html.twig`, `aggregator-feed.html.twig`, `aggregator-item.tpl.php`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from bs4.element import Tag

from parsers.dates import (
    combine,
    find_path_date,
    find_stated_days,
    infer_granularity,
    infer_reference,
    parse_absolute,
    parse_relative,
    reference_of,
)
from parsers.errors import LayoutError
from parsers.main_text import find_furniture
from parsers.markup import (
    attribute,
    base_of,
    find_classed,
    has_class,
    lines_of,
    paragraphs_of,
    soup_of,
    text_of,
)
from parsers.model import Capture, Detail, Entry, Page, Parsed, Problem, Ref, When
from parsers.urls import absolute_url, kind_of
from parsers.witness import label

_HEADINGS = ("h2", "h3", "h4")
_ITEM_CLASSES = frozenset(("feed-item", "aggregator-item"))
_BODIES = frozenset(("item-description", "feed-item-body", "feed-item-description"))
_DATES = frozenset(("feed-item-date", "field--name-timestamp"))
_OLD = frozenset(("feed-item-date", "feed-item-body", "feed-item-meta"))
_EMPTY = (
    ".aggregator-feed, .aggregator-wrapper, #aggregator, .feed-source, .feed-description, .feed-updated"
)
_GRANULARITY = 2
_UNIT = (
    r"(?:years?|months?|weeks?|days?|hours?|min(?:ute)?s?|sec(?:ond)?s?"
    r"|ans?|années?|mois|semaines?|jours?|heures?|secondes?|[а-яіїєґ]{2,9}\.?)"
)
_AGO = re.compile(
    rf"(?:il y a\s+)?\d{{1,6}}\s{_UNIT}\b(?:,?\s\d{{1,6}}\s{_UNIT}\b){{0,6}}\b(?:\s(?:ago|тому|назад)\b)?",
    re.IGNORECASE,
)
_MARKED = re.compile(r"\bago\b|\bil y a\b|\bтому\b|\bназад\b", re.IGNORECASE)
_SLASHED = re.compile(r"(?:([A-Za-z]{3})[a-z]*, )?(\d\d)/(\d\d)/(\d{4})(?: - (\d\d:\d\d))?")
_PHP = re.compile(r"\bPHP/(\d+)\.(\d+)")
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_LONGEST_LINE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """An item as it stands on the page: `date` as printed, `stamp` from a `time` element."""

    url: str
    title: str
    date: str
    stamp: str
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Clock:
    """What the page's phrases are counted from, and how."""

    now: Ref | None
    granularity: int
    engine: str
    zone: ZoneInfo
    language: str


def parse(capture: Capture) -> Parsed:
    """Read an aggregator page: its items in order, and the feed's own block.

    Raises:
        ParseError: The body is empty.
        LayoutError: It shows neither items nor the marks of an empty aggregator page.
    """
    soup = soup_of(capture)
    boxes = _boxes(soup)
    base = base_of(soup, capture.final_url)
    found = [_find(box, heading, base) for box, heading in boxes]
    around = lines_of(soup, find_furniture(soup) | {id(box) for box, _ in boxes})
    if not found:
        _require_empty(soup, around, capture)
    clock, problems = _set_clock(capture, found, around, soup)
    entries = tuple(_entry(item, clock) for item in found)
    problems += [
        Problem(where=entry.title[:200], what=f"Its date cannot be read: {item.date[:80]!r}.")
        for entry, item in zip(entries, found, strict=True)
        if item.date and clock.now is not None and entry.published is None
    ]
    page = Page(
        title=text_of(soup.h1 or soup.title),
        description=text_of(soup.select_one(".feed-description")),
        language=clock.language,
        checked=_checked(around, clock),
        reference=clock.now,
    )
    return Parsed(parser="drupal", entries=entries, page=page, problems=tuple(problems))


# -- the markup


def _boxes(soup: Tag) -> list[tuple[Tag, Tag]]:
    """Each item's element with its heading, in document order."""
    boxes: dict[int, tuple[Tag, Tag]] = {}
    bodies = {id(body) for body in find_classed(soup, _BODIES)}
    for heading in soup.find_all(_HEADINGS):
        box = next((above for above in heading.parents if _is_item(above)), None)
        if box is None or id(box) in boxes or heading.a is None or _is_inside(heading, bodies):
            continue
        if _shows_item(box):
            boxes[id(box)] = (box, heading)
    # An article around items is the page they stand on.
    wrappers = {id(above) for box, _ in boxes.values() for above in box.parents}
    return [pair for name, pair in boxes.items() if name not in wrappers]


def _is_item(tag: Tag) -> bool:
    return tag.name == "article" or has_class(tag, _ITEM_CLASSES)


def _is_inside(tag: Tag, names: set[int]) -> bool:
    return any(id(above) in names for above in tag.parents)


def _shows_item(box: Tag) -> bool:
    """An `article` without a class is an item only by its body or its date: blogs have articles too."""
    if has_class(box, _ITEM_CLASSES) or find_classed(box, _BODIES):
        return True
    return any(_find_ago(line) for line in lines_of(box))


def _find(box: Tag, heading: Tag, base: str) -> _Found:
    body = next(iter(find_classed(box, _BODIES)), None)
    skip = frozenset(id(tag) for tag in (heading, body) if tag is not None)
    # A time element in the body belongs to what the item tells, not to the item.
    stamps = [tag for tag in box.find_all("time", datetime=True) if not _is_inside(tag, {id(body)})]
    dated = next(iter(find_classed(box, _DATES)), None)
    printed = text_of(dated) or next(_dates(lines_of(box, skip)), "")
    return _Found(
        url=absolute_url(attribute(heading.a, "href"), base),
        title=text_of(heading.a) or text_of(heading),
        date=_find_ago(printed) or printed,
        stamp=attribute(stamps[0], "datetime") if stamps else "",
        body=paragraphs_of(body),
    )


def _dates(lines: Sequence[str]) -> Iterator[str]:
    for line in lines:
        found = _SLASHED.search(line[:_LONGEST_LINE])
        if ago := _find_ago(line):
            yield ago
        elif found:
            yield found[0]


def _find_ago(line: str) -> str:
    """The "time ago" phrase of a line, which may stand behind a label ("NATO News - …"); "" for none."""
    line = line[:_LONGEST_LINE]
    found = _AGO.search(line) if _MARKED.search(line) else None
    return found[0] if found else ""


def _around(soup: Tag, boxes: Sequence[Tag]) -> list[str]:
    """The lines of the page outside its items."""
    return lines_of(soup, frozenset(map(id, boxes)))


def _require_empty(soup: Tag, around: Sequence[str], capture: Capture) -> None:
    """An empty page is one that shows the feed's block, and nothing that could be an item."""
    dates = sum(1 for line in around if _find_ago(line))
    if (
        soup.select_one(_EMPTY) is None
        or dates > 1
        or soup.select_one("main h3 a, #content h3 a, article h3 a")
    ):
        raise LayoutError(
            "The page has no aggregator items (an h3 with a link, its date and its text) and is no empty"
            " aggregator page.",
            url=capture.final_url,
            hint="Open it in a browser: the site may have changed, or the address may be another page's.",
        )


# -- the dates


def _set_clock(
    capture: Capture, found: Sequence[_Found], around: Sequence[str], soup: Tag
) -> tuple[_Clock, list[Problem]]:
    zone = ZoneInfo(capture.zone)
    printed = [ago for item in found if (ago := _find_ago(item.date))]
    polled = [ago for line in around if (ago := _find_ago(line))]
    granularity = max(_GRANULARITY, infer_granularity([*printed, *polled]) or 0)
    language = attribute(soup.find("html"), "lang") or capture.language
    engine = _find_engine(capture, [*printed, *polled], soup)
    now, problem = capture.reference, None
    if capture.header("date"):
        now, problem = reference_of(capture.headers, capture.fetched_at)
    elif now is None:
        # A saved page: its own items say when it was rendered.
        pairs = [(_find_ago(item.date), item.body) for item in found if _find_ago(item.date)]
        now = infer_reference(
            pairs, tz=zone, granularity=granularity, engine=engine, not_after=capture.fetched_at
        )
        if now is None and capture.headers:
            now, problem = reference_of(capture.headers, capture.fetched_at)
        if now is None and printed:
            problem = Problem(
                where="page",
                what='Nothing says when it was rendered: ages such as "2 days ago" give no dates.',
            )
    clock = _Clock(now=now, granularity=granularity, engine=engine, zone=zone, language=language)
    return clock, [problem] if problem else []


def _find_engine(capture: Capture, phrases: Sequence[str], soup: Tag) -> str:
    """Which rules printed the page's ages.

    PHP counts calendar days differently since 8.1: a server that names an older one is taken at its word.
    Drupal 6 and 7 count in fixed units and print "min"; their markup lives on in themes of later versions.
    """
    words = {word.lower() for phrase in phrases for word in phrase.split()}
    later = not words.isdisjoint(("minute", "minutes", "second", "seconds"))
    if find_classed(soup, _OLD) and not later:
        return "drupal7_interval"
    php = _PHP.search(capture.header("x-powered-by"))
    return "drupal8_php80" if php is not None and (int(php[1]), int(php[2])) < (8, 1) else "drupal8"


def _entry(item: _Found, clock: _Clock) -> Entry:
    return Entry(
        url=item.url,
        guid="",
        kind=kind_of(item.url),
        detail=Detail.TEASER if item.body else Detail.LINK,
        title=item.title,
        summary=item.body,
        text="",
        language=clock.language,
        published=_date(item, clock),
    )


def _date(item: _Found, clock: _Clock) -> When | None:
    """The item's date from its own line, narrowed by the days its text and its address state."""
    printed = _read(item, clock)
    page_date = clock.now.latest.astimezone(clock.zone).date() if clock.now else None
    evidence = [*printed.evidence] if printed else []
    evidence += find_stated_days(item.body, tz=clock.zone, page_date=page_date)
    if (path := find_path_date(item.url, tz=clock.zone)) is not None:
        evidence.append(path)
    return combine(evidence) if evidence else None


def _read(item: _Found, clock: _Clock) -> When | None:
    if item.stamp and (when := parse_absolute(item.stamp, tz=clock.zone)):
        return label(when, kind="time", where="time[datetime]")
    if _find_ago(item.date):
        return _count_back(item.date, clock)
    return parse_absolute(_spell_day_first(item.date), tz=clock.zone, lang=clock.language[:2])


def _count_back(phrase: str, clock: _Clock) -> When | None:
    if clock.now is None:
        return None
    return parse_relative(
        phrase,
        clock.now,
        tz=clock.zone,
        granularity=clock.granularity,
        engine=clock.engine,
        lang=clock.language[:2],
    )


def _checked(around: Sequence[str], clock: _Clock) -> When | None:
    """When the feed was last polled: the one phrase that stands in no item."""
    phrase = next((ago for line in around if (ago := _find_ago(line))), "")
    return _count_back(phrase, clock) if phrase else None


def _spell_day_first(text: str) -> str:
    """Drupal's "Tue, 11/08/2022 - 14:30" in ISO 8601; the weekday tells the order (month first if none)."""
    found = _SLASHED.search(text)
    if found is None:
        return text
    weekday, first, second, year, clock_time = found.groups()
    for month, day in ((first, second), (second, first)):
        try:
            read = date(int(year), int(month), int(day))
        except ValueError:
            continue
        if weekday is None or _WEEKDAYS[read.weekday()] == weekday.lower():
            return f"{read.isoformat()} {clock_time}" if clock_time else read.isoformat()
    return text
