"""Whatever a title, a summary or a text holds, what leaves the house is well-formed."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from email import message_from_bytes
from xml.etree import ElementTree as ET

from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.render.cite import cite
from aggregator.render.digest import render_eml, render_html, render_text, select
from aggregator.render.export import export_csv, export_ics, export_jsonl
from aggregator.render.feeds import Channel, render_atom, render_json, render_rss
from aggregator.render.prose import join_line, make_printable
from parsers.model import Item
from tests.unit.delivery_cases import BRUSSELS, at, day, make, say

EVIL = st.sampled_from("\ud800\udfff\x00\x0b\x1b\x85\u202e\u2028\ufffe\r\n\t =+-@＝{}\\%#<>&\"',;:.!A")
ANY = st.lists(EVIL | st.characters() | st.sampled_from(["word ", "Mr. A. ", "End. "]), max_size=60).map(
    "".join
)
ITEMS = st.builds(
    lambda title, summary, text, url, byline, person: make(
        title=title,
        summary=summary,
        text=text,
        url=url,
        byline=byline,
        kind="event",
        event=day("2022-11-08"),
        statements=(say(person=person or "x"),),
    ),
    ANY,
    ANY,
    ANY,
    ANY | st.text('htps:/.a\x00 \n<>"&{}\\', max_size=40).map("https://nato.int/".__add__),
    ANY,
    ANY,
)
bounded = settings(derandomize=True, max_examples=100, deadline=None)


@bounded
@given(ITEMS)
def test_feeds_parse(item: Item) -> None:
    channel = Channel(title=item.title, description=item.text, zone=BRUSSELS, now=at("2022-12-01T00:00"))
    for render in (render_atom, render_rss):
        ET.fromstring(render([item], channel))
    (entry,) = json.loads(render_json([item], channel).decode("utf-8"))["items"]
    assert entry["title"]
    assert entry["content_text"]


@bounded
@given(ITEMS)
def test_digests_hold_their_width_and_can_be_mailed(item: Item) -> None:
    digest = select([item], "daily", date(2022, 11, 8), BRUSSELS, title=item.title)
    address = "  " + join_line(item.url)
    for line in render_text(digest).splitlines():
        assert len(line) <= 72 or line == address
        assert make_printable(line) == line
    assert render_html(digest).encode("utf-8")
    sender = item.byline.replace("<", "").replace(">", "") + "<wire@example.org>"
    mail = message_from_bytes(render_eml(digest, sender, ["a@example.org"], at("2022-11-09T07:00")))
    assert set(mail.keys()) <= {
        *("From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type"),
    }


@bounded
@given(ITEMS)
def test_exports_are_well_formed_and_harmless(item: Item) -> None:
    (line,) = export_jsonl([item])
    assert json.loads(line.encode("utf-8"))["title"] == item.title
    header, row = csv.reader(io.StringIO("".join(export_csv([item])), newline=""))
    assert len(header) == len(row)
    assert not any(cell.lstrip().startswith(("=", "+", "-", "@")) for cell in row)
    raw = "".join(export_ics([item], BRUSSELS))
    assert all(len(part.encode("utf-8")) <= 75 for part in raw.split("\r\n"))
    lines = raw.replace("\r\n ", "").split("\r\n")
    assert lines.count("BEGIN:VEVENT") == lines.count("END:VEVENT") == 1
    assert all(part.split(":")[0].split(";")[0].replace("-", "").isupper() for part in lines[:-1])


@bounded
@given(ITEMS)
def test_citations_are_one_reference(item: Item) -> None:
    for style in ("text", "bibtex", "csl"):
        assert cite(item, style, BRUSSELS, date(2026, 11, 3)).encode("utf-8")
    entry = cite(item, "bibtex", BRUSSELS, date(2026, 11, 3))
    assert entry.count("\n@") == 0
    bare = entry.replace("\\{", "").replace("\\}", "")
    assert bare.count("{") == bare.count("}")
    assert len(json.loads(cite(item, "csl", BRUSSELS, date(2026, 11, 3)))) == 1
