"""Items as feeds: Atom 1.0, RSS 2.0 and JSON Feed 1.1. Pure.

A feed can hold one instant where the archive has an interval. So `published` is the best point, the
interval stands beside it in the extension namespace, and where it is wider than a day the summary says so
in words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from email.utils import format_datetime
from hashlib import sha256
from urllib.parse import quote
from xml.etree import ElementTree as ET

from aggregator.render.prose import (
    cut_at_sentence,
    drop_illegal_xml,
    headline_of,
    is_web_address,
    join_line,
    make_printable,
)
from aggregator.render.shapes import NO_OFFICES, list_speakers, shape_time, shape_when, to_json
from parsers.dates import describe
from parsers.model import Item, When

ATOM = "http://www.w3.org/2005/Atom"
DUBLIN_CORE = "http://purl.org/dc/elements/1.1/"
CONTENT = "http://purl.org/rss/1.0/modules/content/"
NATOWIRE = "urn:natowire:ns:1"
"""The extension namespace: `natowire:when` carries `earliest`, `latest`, `best` and `precision`."""

SUMMARY = 600
"""Most characters of a summary."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """What a feed says of itself.

    `zone` is where days are told; `now` is stated as the time of an empty feed only, so that a feed
    whose items have not changed has not either. `home` is the page it belongs to and `address` the one
    it is served at, "" where there is none.
    """

    title: str
    zone: tzinfo
    now: datetime
    description: str = ""
    home: str = ""
    address: str = ""
    offices: Mapping[str, str] = field(default_factory=lambda: NO_OFFICES)

    @property
    def id(self) -> str:
        """A stable name: the address, else one made of the title."""
        if is_web_address(self.address):
            return self.address
        return f"urn:natowire:feed:{sha256(self.title.encode(errors='replace')).hexdigest()[:32]}"


def name_item(item: Item) -> str:
    """The id of an item in a feed: the same for ever, whatever happens to its address."""
    return f"urn:natowire:item:{quote(item.id, safe='-._~')}"


def render_atom(items: Sequence[Item], channel: Channel) -> bytes:
    """An Atom 1.0 feed (RFC 4287), in the order given."""
    feed = ET.Element("feed", {"xmlns": ATOM, "xmlns:natowire": NATOWIRE, "xml:lang": "en"})
    _add(feed, "id", channel.id)
    _add(feed, "title", _clean(channel.title) or "natowire")
    if channel.description:
        _add(feed, "subtitle", _clean(channel.description))
    _add(feed, "updated", shape_time(_date_feed(items, channel)) or "")
    author = ET.SubElement(feed, "author")
    _add(author, "name", "natowire")
    _add(feed, "generator", "natowire")
    if is_web_address(channel.home):
        ET.SubElement(feed, "link", rel="alternate", href=channel.home)
    if is_web_address(channel.address):
        ET.SubElement(feed, "link", rel="self", type="application/atom+xml", href=channel.address)
    for item in items:
        _add_atom_entry(feed, item, channel)
    return _serialize(feed)


def render_rss(items: Sequence[Item], channel: Channel) -> bytes:
    """An RSS 2.0 feed, in the order given; ids are `guid`s that are no addresses."""
    spaces = {
        "xmlns:atom": ATOM,
        "xmlns:dc": DUBLIN_CORE,
        "xmlns:content": CONTENT,
        "xmlns:natowire": NATOWIRE,
    }
    root = ET.Element("rss", {"version": "2.0", **spaces})
    node = ET.SubElement(root, "channel")
    _add(node, "title", _clean(channel.title) or "natowire")
    _add(node, "link", channel.home if is_web_address(channel.home) else channel.id)
    _add(node, "description", _clean(channel.description or channel.title) or "natowire")
    _add(node, "lastBuildDate", format_datetime(_date_feed(items, channel)))
    _add(node, "generator", "natowire")
    if is_web_address(channel.address):
        ET.SubElement(node, "atom:link", rel="self", type="application/rss+xml", href=channel.address)
    for item in items:
        _add_rss_item(node, item, channel)
    return _serialize(root)


def render_json(items: Sequence[Item], channel: Channel) -> bytes:
    """A JSON Feed 1.1, in the order given; the interval and the speakers stand under `_natowire`."""
    feed: dict[str, object] = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": _clean(channel.title) or "natowire",
        "items": [_shape_entry(item, channel) for item in items],
    }
    if channel.description:
        feed["description"] = _clean(channel.description)
    if is_web_address(channel.home):
        feed["home_page_url"] = channel.home
    if is_web_address(channel.address):
        feed["feed_url"] = channel.address
    return to_json(feed).encode() + b"\n"


def _add_atom_entry(feed: ET.Element, item: Item, channel: Channel) -> None:
    entry = ET.SubElement(feed, "entry")
    _mark_language(entry, item)
    _add(entry, "id", name_item(item))
    _add(entry, "title", _title(item))
    _add(entry, "updated", shape_time(_revised(item)) or "")
    if item.published.best is not None:
        _add(entry, "published", shape_time(item.published.best) or "")
    if is_web_address(item.url):
        ET.SubElement(entry, "link", rel="alternate", href=item.url)
    ET.SubElement(entry, "category", term=_clean(item.kind))
    for name in _speakers(item, channel):
        _add(ET.SubElement(entry, "contributor"), "name", name)
    _add(entry, "summary", _summarize(item, channel.zone), type="text")
    if item.text or not is_web_address(item.url):  # RFC 4287 4.1.2: an entry without a link has content
        _add(entry, "content", _set_paragraphs(item.text), type="html")
    _add_when(entry, item.published)


def _add_rss_item(node: ET.Element, item: Item, channel: Channel) -> None:
    entry = ET.SubElement(node, "item")
    _add(entry, "title", _title(item))
    if is_web_address(item.url):
        _add(entry, "link", item.url)
    _add(entry, "guid", name_item(item), isPermaLink="false")
    if item.published.best is not None:
        _add(entry, "pubDate", format_datetime(item.published.best.astimezone(UTC)))
    _add(entry, "category", _clean(item.kind))
    for name in _speakers(item, channel):
        _add(entry, "dc:creator", name)
    # Readers show `description` as HTML, so text is escaped once for HTML and once for XML.
    _add(entry, "description", _escape_html(_summarize(item, channel.zone)))
    if item.text:
        _add(entry, "content:encoded", _set_paragraphs(item.text))
    _add_when(entry, item.published)


def _shape_entry(item: Item, channel: Channel) -> dict[str, object]:
    shape: dict[str, object] = {
        "id": name_item(item),
        "title": _title(item),
        "content_text": _clean_block(item.text or item.summary) or _title(item),
        "summary": _summarize(item, channel.zone),
        "date_modified": shape_time(_revised(item)),
        "tags": [_clean(item.kind)],
        "_natowire": {
            "id": item.id,
            "published": shape_when(item.published, channel.zone),
            "event": shape_when(item.event, channel.zone),
        },
    }
    if is_web_address(item.url):
        shape["url"] = item.url
    if item.published.best is not None:
        shape["date_published"] = shape_time(item.published.best)
    if names := _speakers(item, channel):
        shape["authors"] = [{"name": name} for name in names]
    if item.language:
        shape["language"] = _clean(item.language)
    return shape


def _date_feed(items: Sequence[Item], channel: Channel) -> datetime:
    return max((_revised(item) for item in items), default=channel.now.astimezone(UTC))


def _revised(item: Item) -> datetime:
    return item.revised_at.astimezone(UTC)


def _title(item: Item) -> str:
    return _clean(headline_of(_clean(item.title), item.url))


def _summarize(item: Item, zone: tzinfo) -> str:
    """The summary, after a sentence on the date where a single instant would claim too much."""
    summary = _clean(cut_at_sentence(item.summary or item.text, SUMMARY))
    if not _is_vague(item.published, zone):
        return summary
    if item.published.best is None:
        return f"[Date unknown.] {summary}".strip()
    return f"[Published {describe(item.published, zone)}.] {summary}".strip()


def _is_vague(when: When, zone: tzinfo) -> bool:
    """Whether it is wider than a day; a day of 25 hours is one."""
    if when.best is None or when.earliest is None or when.latest is None:
        return True
    first, last = when.earliest.astimezone(zone).date(), when.latest.astimezone(zone).date()
    return first != last and when.latest - when.earliest > timedelta(days=1)


def _speakers(item: Item, channel: Channel) -> list[str]:
    return [_clean(str(speaker)) for speaker in list_speakers(item.statements, channel.offices)]


def _clean(text: str) -> str:
    return drop_illegal_xml(join_line(text))


def _clean_block(text: str) -> str:
    """Text of several lines, printable; the bare carriage return that XML would rewrite is a line end."""
    return drop_illegal_xml(make_printable(text.replace("\r\n", "\n").replace("\r", "\n"))).strip()


def _escape_html(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _set_paragraphs(text: str) -> str:
    lines = (line.strip() for line in _clean_block(text).split("\n"))
    return "".join(f"<p>{_escape_html(line)}</p>" for line in lines if line)


def _mark_language(entry: ET.Element, item: Item) -> None:
    if (
        item.language
        and item.language.replace("-", "").isascii()
        and item.language.replace("-", "").isalnum()
    ):
        entry.set("xml:lang", item.language)


def _add(parent: ET.Element, tag: str, text: str, **attributes: str) -> None:
    ET.SubElement(parent, tag, attributes).text = text


def _add_when(parent: ET.Element, when: When) -> None:
    bounds = {"earliest": when.earliest, "latest": when.latest, "best": when.best}
    attributes = {name: shape_time(moment) or "" for name, moment in bounds.items() if moment is not None}
    ET.SubElement(parent, "natowire:when", {**attributes, "precision": when.precision})


def _serialize(root: ET.Element) -> bytes:
    ET.indent(root)
    return (
        b'<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode").encode() + b"\n"
    )
