from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from io import BytesIO
from xml.etree import ElementTree as ET

import feedparser
import pytest

from aggregator.render.feeds import ATOM, NATOWIRE, Channel, name_item, render_atom, render_json, render_rss
from aggregator.render.shapes import shape_time
from parsers.dates import describe
from parsers.model import Item
from tests.unit.delivery_cases import BRUSSELS, UNDATED, at, day, make, say, span

CHANNEL = Channel(
    title="natowire & friends",
    description="Everything <kept>",
    home="https://wire.example.org/",
    address="https://wire.example.org/feed?q=a&b=c",
    zone=BRUSSELS,
    now=at("2022-12-01T00:00"),
    offices={"secretary-general": "NATO Secretary General"},
)
ITEMS = (
    make(1, statements=(say(),), text="First line.\n\nSecond <b>line</b> & more."),
    make(2, title='Tom & "Jerry" <i>meet</i>', published=span("2022-10-24T22:00", "2022-10-27T21:59")),
    make(3, published=UNDATED, url="", summary="", text="", language=""),
    make(4, title="Зустріч міністрів", language="uk", revised_at=at("2022-11-20T06:00")),
)
RENDER_XML = [render_atom, render_rss]
Render = Callable[[Sequence[Item], Channel], bytes]


@pytest.mark.parametrize("render", RENDER_XML)
def test_a_feed_reader_gets_back_what_went_in(render: Render) -> None:
    feed = feedparser.parse(BytesIO(render(ITEMS, CHANNEL)))
    assert not feed.bozo
    assert feed.feed.title == "natowire & friends"
    assert [entry.id for entry in feed.entries] == [name_item(item) for item in ITEMS]
    # feedparser takes titles of RSS for HTML; reading them as text needs the tags as written.
    root = ET.fromstring(render(ITEMS, CHANNEL))
    space = f"{{{ATOM}}}" if render is render_atom else ""
    assert [node.findtext(f"{space}title") for node in _entries(root)] == [item.title for item in ITEMS]
    linked = [[link.href for link in entry.get("links", [])] for entry in feed.entries]
    assert linked == [[item.url] if item.url else [] for item in ITEMS]
    for entry, item in zip(feed.entries, ITEMS, strict=True):
        best = item.published.best
        assert entry.get("published_parsed") == (best.utctimetuple() if best else None)


@pytest.mark.parametrize("render", RENDER_XML)
def test_the_interval_stands_beside_the_instant(render: Render) -> None:
    root = ET.fromstring(render(ITEMS, CHANNEL))
    told = [node.find(f"{{{NATOWIRE}}}when").attrib for node in _entries(root)]  # type: ignore[union-attr]
    for attributes, item in zip(told, ITEMS, strict=True):
        for name in ("earliest", "latest", "best"):
            assert attributes.get(name) == shape_time(getattr(item.published, name))
        assert attributes["precision"] == item.published.precision


def test_atom_says_what_the_format_asks() -> None:
    feed = feedparser.parse(BytesIO(render_atom(ITEMS, CHANNEL)))
    assert feed.version == "atom10"
    assert feed.feed.id == CHANNEL.address
    assert feed.feed.updated == "2022-11-20T06:00:00Z"
    assert [entry.updated for entry in feed.entries] == [shape_time(item.revised_at) for item in ITEMS]
    assert feed.entries[0].contributors == [{"name": "Jens Stoltenberg, NATO Secretary General"}]
    assert feed.entries[2].content  # an entry without a link has content
    assert feed.entries[3].title_detail.language == "uk"


def test_a_summary_states_a_date_wider_than_a_day() -> None:
    for render in (*RENDER_XML,):
        entries = feedparser.parse(BytesIO(render(ITEMS, CHANNEL))).entries
        assert entries[0].summary == ITEMS[0].summary
        assert entries[1].summary.startswith(f"[Published {describe(ITEMS[1].published, BRUSSELS)}.]")
        assert entries[2].summary == "[Date unknown.]"


@pytest.mark.parametrize(
    ("published", "is_stated"),
    [
        (day("2022-11-08"), False),
        (day("2022-10-30"), False),  # 25 hours
        (span("2022-11-08T08:00", "2022-11-08T08:00"), False),
        (span("2022-11-08T08:00", "2022-11-09T08:00"), False),
        (span("2022-11-08T08:00", "2022-11-09T08:01"), True),
        (span("2022-11-08T08:00", "2022-11-10T08:00"), True),
        (span("2022-11-08T08:00", None), True),
    ],
)
def test_only_a_vague_date_is_put_in_words(published: object, is_stated: bool) -> None:
    entry = feedparser.parse(BytesIO(render_atom([make(published=published)], CHANNEL))).entries[0]
    assert entry.summary.startswith("[") is is_stated


@pytest.mark.parametrize("render", RENDER_XML)
def test_text_is_not_taken_for_markup(render: Render) -> None:
    feed = feedparser.parse(BytesIO(render(ITEMS, CHANNEL)))
    assert feed.entries[0].content[0].value == (
        "<p>First line.</p><p>Second &lt;b&gt;line&lt;/b&gt; &amp; more.</p>"
    )


def test_rss_says_what_the_format_asks() -> None:
    feed = feedparser.parse(BytesIO(render_rss(ITEMS, CHANNEL)))
    assert feed.version == "rss20"
    assert feed.entries[0].author == "Jens Stoltenberg, NATO Secretary General"
    assert feed.entries[0].guidislink is False


def test_json_feed_says_what_the_format_asks() -> None:
    feed = json.loads(render_json(ITEMS, CHANNEL))
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert (feed["home_page_url"], feed["feed_url"]) == (CHANNEL.home, CHANNEL.address)
    assert [entry["id"] for entry in feed["items"]] == [name_item(item) for item in ITEMS]
    assert [entry["title"] for entry in feed["items"]] == [item.title for item in ITEMS]
    assert all(entry["content_text"] for entry in feed["items"])
    first, second, third, fourth = feed["items"]
    assert first["authors"] == [{"name": "Jens Stoltenberg, NATO Secretary General"}]
    assert first["date_published"] == "2022-11-08T11:00:00Z"
    assert second["_natowire"]["published"]["earliest"] == "2022-10-24T22:00:00Z"
    assert second["_natowire"]["published"]["words"] == describe(ITEMS[1].published, BRUSSELS)
    assert not {"url", "date_published", "language"} & set(third)
    assert (fourth["language"], fourth["date_modified"]) == ("uk", "2022-11-20T06:00:00Z")


@pytest.mark.parametrize("render", [render_atom, render_rss, render_json])
def test_no_character_breaks_a_feed(render: Render) -> None:
    evil = "a\x00\x1b]0;\ud800\ufffe\u202e]]>&<b>&#0;"
    item = make(
        title=evil,
        summary=evil,
        text=evil,
        byline=evil,
        kind=evil,
        language='en" x="',
        statements=(say(evil, ""),),
    )
    raw = render([item], Channel(title=evil, description=evil, zone=BRUSSELS, now=at("2022-12-01T00:00")))
    raw.decode("utf-8")
    if render is render_json:
        assert json.loads(raw)["items"][0]["title"] == "a]0;]]>&<b>&#0;"
    else:
        (entry,) = _entries(ET.fromstring(raw))
        assert "a]0;]]>&<b>&#0;" in "".join(entry.itertext())


@pytest.mark.parametrize("render", [render_atom, render_rss, render_json])
@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "//x", "https://?x"])
def test_a_feed_links_to_web_addresses_only(render: Render, url: str) -> None:
    assert url.encode() not in render(
        [make(url=url)], Channel(title="t", zone=BRUSSELS, now=at("2022-12-01T00:00"))
    )


@pytest.mark.parametrize("render", [render_atom, render_rss, render_json])
def test_an_empty_feed_is_a_feed_and_the_same_items_give_the_same_bytes(render: Render) -> None:
    later = Channel(title=CHANNEL.title, zone=BRUSSELS, now=at("2023-01-01T00:00"))
    sooner = Channel(title=CHANNEL.title, zone=BRUSSELS, now=at("2022-12-01T00:00"))
    assert render(ITEMS, later) == render(ITEMS, sooner)
    empty = render([], later)
    if render is render_json:
        assert json.loads(empty)["items"] == []
    else:
        assert not feedparser.parse(BytesIO(empty)).bozo


@pytest.mark.parametrize(
    ("item_id", "name"),
    [("i0001", "urn:natowire:item:i0001"), ("a b/ü", "urn:natowire:item:a%20b%2F%C3%BC")],
)
def test_ids_are_names_and_no_addresses(item_id: str, name: str) -> None:
    assert name_item(make(id=item_id)) == name


def _entries(root: ET.Element) -> list[ET.Element]:
    return root.findall(f"{{{ATOM}}}entry") or root.findall("channel/item")
