"""Items as files for other programs: JSON lines, CSV and iCalendar. Pure; everything is streamed.

OPML is made of sources (see `aggregator.config`) and WARC files are the captures themselves.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta, tzinfo

from aggregator.render.cite import span_days
from aggregator.render.prose import cut_at_sentence, is_web_address, join_line, make_printable
from aggregator.render.shapes import NO_OFFICES, list_speakers, shape_item, shape_time, to_json
from parsers.dates import describe
from parsers.model import Item, When

COLUMNS = (
    "id",
    "url",
    "kind",
    "title",
    "published",
    "published_earliest",
    "published_latest",
    "published_precision",
    "event_earliest",
    "event_latest",
    "updated",
    "first_seen",
    "last_seen",
    "source",
    "language",
    "byline",
    "speakers",
    "revision",
    "summary",
    "text",
)
"""The columns of the CSV, in order; `published` is the best point, empty where there is none."""

DESCRIPTION = 1000
"""Most characters of an event's description."""

_FORMULA = re.compile(r"[\s\ufeff]*[=+\-@＝＋－＠]|[\t\r\n]")


def export_jsonl(
    items: Iterable[Item], zone: tzinfo | None = None, *, offices: Mapping[str, str] = NO_OFFICES
) -> Iterator[str]:
    """Items as JSON, one a line, each ending in a line end; dates with their witnesses.

    Args:
        items: What to export.
        zone: Where given, dates are also told in words.
        offices: Office names by office id.
    """
    for item in items:
        yield to_json(shape_item(item, zone, offices=offices, whole=True)) + "\n"


def export_csv(items: Iterable[Item], *, offices: Mapping[str, str] = NO_OFFICES) -> Iterator[str]:
    """Items as CSV (RFC 4180) with a header; write it without translating line ends.

    A cell that a spreadsheet would run as a formula is put behind an apostrophe.

    Args:
        items: What to export.
        offices: Office names by office id.
    """
    yield _format_row(COLUMNS)
    for item in items:
        yield _format_row([disarm(cell) for cell in _list_cells(item, offices)])


def export_ics(items: Iterable[Item], zone: tzinfo, *, title: str = "natowire") -> Iterator[str]:
    """The items that have an event date, as an iCalendar file (RFC 5545); others are left out.

    An event known to the minute begins then; one known to days fills these days, and its description
    tells the date in words.

    Args:
        items: What to export.
        zone: The zone event days are counted in.
        title: The name of the calendar.
    """
    yield from map(_fold, ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//natowire//natowire//EN"])
    yield from map(_fold, ["CALSCALE:GREGORIAN", "METHOD:PUBLISH", f"X-WR-CALNAME:{_escape(title)}"])
    for item in items:
        if item.event is not None and (days := span_days(item.event, zone)) is not None:
            yield from map(_fold, _list_event(item, item.event, days, zone))
    yield _fold("END:VCALENDAR")


def _list_cells(item: Item, offices: Mapping[str, str]) -> list[str]:
    event = item.event
    return [
        item.id,
        item.url,
        item.kind,
        item.title,
        shape_time(item.published.best) or "",
        shape_time(item.published.earliest) or "",
        shape_time(item.published.latest) or "",
        item.published.precision,
        (shape_time(event.earliest) if event else "") or "",
        (shape_time(event.latest) if event else "") or "",
        (shape_time(item.updated.best) if item.updated else "") or "",
        shape_time(item.first_seen) or "",
        shape_time(item.last_seen) or "",
        item.owner,
        item.language,
        item.byline,
        "; ".join(str(speaker) for speaker in list_speakers(item.statements, offices)),
        str(item.revision),
        item.summary,
        item.text,
    ]


def disarm(cell: str) -> str:
    """A cell that no spreadsheet runs as a formula: such a one is put behind an apostrophe."""
    clean = make_printable(cell)
    return f"'{clean}" if _FORMULA.match(clean) else clean


def _format_row(cells: Iterable[str]) -> str:
    row = io.StringIO()
    csv.writer(row, lineterminator="\r\n").writerow(cells)
    return row.getvalue()


def _list_event(item: Item, when: When, days: tuple[date, date], zone: tzinfo) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{_escape(item.id)}@natowire"
    yield f"DTSTAMP:{_stamp(item.revised_at)}"
    yield f"LAST-MODIFIED:{_stamp(item.revised_at)}"
    yield f"SEQUENCE:{max(item.revision - 1, 0)}"
    if when.precision in {"second", "minute"} and when.best is not None:
        yield f"DTSTART:{_stamp(when.best)}"
    else:
        yield f"DTSTART;VALUE=DATE:{_stamp_day(days[0])}"
        if days[1] < date.max:  # the end is exclusive, RFC 5545 3.6.1
            yield f"DTEND;VALUE=DATE:{_stamp_day(days[1] + timedelta(days=1))}"
        yield "TRANSP:TRANSPARENT"
    yield f"SUMMARY:{_escape(join_line(item.title) or '(no title)')}"
    summary = cut_at_sentence(item.summary or item.text, DESCRIPTION)
    lines = [describe(when, zone), summary, f"natowire item {item.id}"]
    yield f"DESCRIPTION:{_escape(chr(10).join(line for line in lines if line))}"
    if is_web_address(item.url):
        yield f"URL:{item.url}"
    yield f"CATEGORIES:{_escape(item.kind)}"
    yield "END:VEVENT"


def _stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")[:19].replace("-", "").replace(":", "") + "Z"


def _stamp_day(day: date) -> str:
    return day.isoformat().replace("-", "")


def _escape(text: str) -> str:
    """TEXT of RFC 5545 3.3.11."""
    plain = make_printable(text).replace("\r\n", "\n").replace("\r", "\n").replace("\t", " ")
    return plain.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _fold(line: str) -> str:
    """One content line in pieces of at most 75 octets, no letter split, each ending in CRLF (3.1)."""
    pieces, piece, size = [], "", 0
    for char in line:
        width = len(char.encode())
        if size + width > 75:
            pieces.append(piece)
            piece, size = " ", 1
        piece, size = piece + char, size + width
    return "\r\n".join([*pieces, piece]) + "\r\n"
