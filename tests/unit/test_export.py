from __future__ import annotations

import csv
import io
import json
import re

import pytest

from aggregator.render.export import COLUMNS, export_csv, export_ics, export_jsonl
from aggregator.render.shapes import shape_item
from parsers.dates import describe
from parsers.model import Item, When
from tests.unit.delivery_cases import BRUSSELS, UNDATED, day, make, say, span


def read_csv(*items: Item) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO("".join(export_csv(items)), newline="")))


def read_ics(*items: Item) -> list[str]:
    """The content lines, unfolded."""
    raw = "".join(export_ics(items, BRUSSELS))
    assert raw.endswith("\r\n")
    assert "\n" not in raw.replace("\r\n", "")
    assert all(len(line.encode()) <= 75 for line in raw.split("\r\n"))
    return raw.replace("\r\n ", "").split("\r\n")[:-1]


def test_json_lines_are_the_shapes_of_the_items() -> None:
    items = [make(1, statements=(say(),), title="line\u2028break"), make(2, published=UNDATED)]
    lines = list(export_jsonl(items, BRUSSELS))
    assert all(line.endswith("\n") and len(line.splitlines()) == 1 for line in lines)
    assert [json.loads(line) for line in lines] == [
        shape_item(item, BRUSSELS, whole=True) for item in items
    ]


def test_csv_holds_every_field() -> None:
    item = make(statements=(say(),), title='A "quoted", title', text="one\n\ntwo", event=day("2022-12-01"))
    (row,) = read_csv(item)
    assert tuple(row) == COLUMNS
    assert (row["id"], row["title"], row["text"]) == (item.id, item.title, item.text)
    assert row["published"] == "2022-11-08T11:00:00Z"
    assert row["published_earliest"] == "2022-11-07T23:00:00Z"
    assert row["event_latest"] == "2022-12-01T22:59:59Z"
    assert row["speakers"] == "Jens Stoltenberg, secretary-general"


def test_csv_leaves_what_is_unknown_empty() -> None:
    (row,) = read_csv(make(published=UNDATED))
    assert (row["published"], row["published_earliest"], row["updated"], row["event_earliest"]) == ("",) * 4


def test_csv_without_items_has_its_header() -> None:
    assert "".join(export_csv([])) == ",".join(COLUMNS) + "\r\n"


@pytest.mark.parametrize(
    "lead", ["=", "+", "-", "@", "\t", "\r", "\n", " =", "\u00a0@", "\x00=", "＝", "\ufeff="]
)
def test_no_cell_is_a_formula(lead: str) -> None:
    cell = f"{lead}HYPERLINK(1)"
    (row,) = read_csv(
        make(title=cell, summary=cell, text=cell, byline=cell, url=cell, statements=(say(cell, ""),))
    )
    for name in ("title", "summary", "text", "byline", "url", "speakers"):
        assert row[name].startswith("'")


@pytest.mark.parametrize("cell", ["plain", "a = b", "1-2", "'quoted", "«x»", "Ведмідь"])
def test_harmless_cells_stay_as_they_are(cell: str) -> None:
    assert read_csv(make(title=cell))[0]["title"] == cell


def test_a_calendar_has_the_events_only() -> None:
    lines = read_ics(make(1), make(2, kind="event", event=day("2022-12-01")), make(3, event=UNDATED))
    assert lines[:2] == ["BEGIN:VCALENDAR", "VERSION:2.0"]
    assert lines[-1] == "END:VCALENDAR"
    assert [line for line in lines if line.startswith("UID:")] == ["UID:i0002@natowire"]


@pytest.mark.parametrize(
    ("event", "start", "end"),
    [
        (day("2022-12-01"), "DTSTART;VALUE=DATE:20221201", "DTEND;VALUE=DATE:20221202"),
        (
            span("2022-06-28T22:00", "2022-06-30T21:59"),
            "DTSTART;VALUE=DATE:20220629",
            "DTEND;VALUE=DATE:20220701",
        ),
        (
            span("2022-12-01T13:30", "2022-12-01T13:30", precision="minute"),
            "DTSTART:20221201T133000Z",
            None,
        ),
    ],
)
def test_an_event_fills_its_days_or_begins_at_its_time(event: When, start: str, end: str | None) -> None:
    lines = read_ics(make(kind="event", event=event))
    assert start in lines
    assert [line for line in lines if line.startswith("DTEND")] == ([end] if end else [])
    assert "DTSTAMP:20221109T080000Z" in lines
    described = next(line for line in lines if line.startswith("DESCRIPTION:"))
    assert describe(event, BRUSSELS).replace(",", "\\,") in described


def test_calendar_text_is_escaped_and_folded_between_letters() -> None:
    title = "Meeting; of ministers, in \\Brussels\r\nEND:VEVENT\x00 " + "ї" * 120
    lines = read_ics(
        make(kind="event", event=day("2022-12-01"), title=title, url="https://nato.int/\r\nX:1")
    )
    summary = next(line for line in lines if line.startswith("SUMMARY:"))
    assert summary == r"SUMMARY:Meeting\; of ministers\, in \\Brussels END:VEVENT " + "ї" * 120
    assert lines.count("END:VEVENT") == 1
    assert not any(line.startswith(("URL:", "X:")) for line in lines)
    assert all(re.match(r"[A-Z-]+[;:]", line) for line in lines)
