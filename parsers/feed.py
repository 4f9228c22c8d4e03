"""RSS, RDF and Atom by feedparser, JSON Feed by `json`: what a feed says of its items.

feedparser is asked for structure and raw strings only. Dates are read by `parsers.dates` (its own reading
forgets zones and precision), addresses by `parsers.urls`, and HTML is reduced to text here, so its
sanitising, which takes most of its time, is off.
"""

from __future__ import annotations

import io
import json
import re
import xml.sax
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import feedparser

from parsers.dates import as_days, parse_absolute
from parsers.errors import LayoutError, ParseError
from parsers.markup import plain_text, soup_of, text_of, tidy
from parsers.model import Capture, Detail, Entry, Page, Parsed, Problem, When
from parsers.urls import absolute_url, kind_of
from parsers.witness import label

_MOST = 20_000
_ITEM = re.compile(rb"<(?:\w+:)?(?:item|entry)[\s/>]", re.IGNORECASE)
_ROOT = re.compile(rb"<(?:\w+:)?(?:rss|feed|rdf|channel)[\s>]", re.IGNORECASE)
_HTML = re.compile(rb"<!doctype\s+html|<html[\s>]", re.IGNORECASE)
_LEAKED = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RuntimeError,
    TypeError,
    ValueError,
    xml.sax.SAXException,
)
"""What feedparser lets through on hostile input (RecursionError is a RuntimeError)."""

_Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draft:
    """An entry whose dates are still as written."""

    entry: Entry
    published: str
    updated: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Feed:
    page: Page
    drafts: tuple[_Draft, ...]
    problems: tuple[Problem, ...] = ()


def parse(capture: Capture) -> Parsed:
    """Read a feed of any kind; a valid one without entries is an empty listing.

    Raises:
        ParseError: There are too many entries, or feedparser cannot read it.
        LayoutError: Something else came where a feed should be.
    """
    head = capture.body[:2048].replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    feed = _read_json(capture) if head.startswith(b"{") else _read_xml(capture)
    if len(feed.drafts) > _MOST:
        raise _too_many(len(feed.drafts), capture)
    entries, problems = _date(feed.drafts, capture)
    return Parsed(parser="feed", entries=entries, page=feed.page, problems=(*feed.problems, *problems))


def _too_many(count: int, capture: Capture) -> ParseError:
    return ParseError(f"The feed has {count} entries; at most {_MOST} are read.", url=capture.final_url)


# -- RSS, RDF, Atom


def _read_xml(capture: Capture) -> _Feed:
    body = capture.body
    count = sum(1 for _ in _ITEM.finditer(body))
    if count > _MOST:
        raise _too_many(count, capture)
    head = body[:65_536].replace(b"\0", b"")
    if _HTML.search(head) and not _ROOT.search(head):
        raise _no_feed(capture)
    headers = {"content-location": capture.final_url}
    for name in ("content-type", "content-language"):
        if value := capture.header(name):
            headers[name] = value
    try:
        read = feedparser.parse(
            io.BytesIO(body), response_headers=headers, resolve_relative_uris=False, sanitize_html=False
        )
    except _LEAKED as error:
        raise ParseError("The feed is broken beyond reading.", url=capture.final_url) from error
    if not read.get("version") and not read.entries:
        raise _no_feed(capture)
    broken = _bozo(read)
    if broken and not read.entries:
        raise ParseError(broken[0].what, url=capture.final_url, hint="It is kept; the site has to mend it.")
    page = _describe(read.feed, capture)
    drafts = tuple(_draft_xml(entry, page, capture, read.get("version", "")) for entry in read.entries)
    return _Feed(page=page, drafts=drafts, problems=broken)


def _bozo(read: _Values) -> tuple[Problem, ...]:
    error = read.get("bozo_exception")
    # A media type or charset other than the document's is the server's affair: it was read all the same.
    if error is None or isinstance(
        error, feedparser.NonXMLContentType | feedparser.CharacterEncodingOverride
    ):
        return ()
    what = tidy(str(error))[:200]
    return (Problem(where="feed", what=f"The feed is not well-formed: {what}."),)


def _describe(feed: _Values, capture: Capture) -> Page:
    ttl = _raw(feed, "ttl")
    return Page(
        title=_value(feed, "title"),
        description=_value(feed, "subtitle"),
        language=_language(feed, capture.header("content-language") or capture.language),
        ttl=int(ttl) if ttl.isascii() and ttl.isdigit() and 0 < len(ttl) <= 6 else None,
    )


def _draft_xml(raw: _Values, page: Page, capture: Capture, version: str) -> _Draft:
    summary, content = _raw(raw, "summary"), _content(raw)
    url = _link(raw, capture)
    published, updated = _raw(raw, "published") or _raw(raw, "created"), _raw(raw, "updated")
    if not version.startswith("atom") and not published:
        published, updated = updated, ""  # dc:date, all that RDF has, is the date of the item itself
    entry = _entry(
        url=url,
        guid=tidy(_raw(raw, "id"))[:2000],
        title=_value(raw, "title"),
        # feedparser copies a content without a summary into the summary
        summary="" if content and summary == content else _value(raw, "summary", lines=True),
        text=plain_text(content) if _is_html(_first_content(raw)) else _keep_lines(content),
        language=_language(_first_content(raw), page.language),
        byline=tidy(_raw(raw, "author"))[:500],
    )
    return _Draft(entry=entry, published=published, updated=updated)


def _entry(
    *, url: str, guid: str, title: str, summary: str, text: str, language: str, byline: str
) -> Entry:
    detail = Detail.FEED if text else Detail.TEASER if summary else Detail.LINK
    return Entry(
        url=url,
        guid=guid,
        kind=kind_of(url),
        detail=detail,
        title=title,
        summary=summary,
        text=text,
        language=language,
        published=None,
        byline=byline,
    )


def _raw(values: Mapping[str, Any], key: str) -> str:
    """A string as feedparser holds it, past its renaming of `updated` to `published` and back."""
    value = dict.get(values, key) if isinstance(values, dict) else None
    return value if isinstance(value, str) else ""


def _value(values: _Values, key: str, *, lines: bool = False) -> str:
    written = _raw(values, key)
    text = plain_text(written) if _is_html(values.get(f"{key}_detail")) else _keep_lines(written)
    return text if lines else tidy(text.replace("\n", " "))


def _is_html(detail: object) -> bool:
    return not isinstance(detail, dict) or detail.get("type") != "text/plain"


def _keep_lines(text: str) -> str:
    blocks = (" ".join(block.split()) for block in re.split(r"\n\s*\n", text))
    return "\n\n".join(tidy(block) for block in blocks if block)


def _first_content(raw: _Values) -> _Values:
    contents = [one for one in raw.get("content") or () if isinstance(one, dict) and _raw(one, "value")]
    words = ("text/", "application/xhtml")
    readable = [one for one in contents if str(one.get("type", "")).startswith(words)]
    return max(readable or contents, key=lambda one: len(one["value"]), default={})


def _content(raw: _Values) -> str:
    return _raw(_first_content(raw), "value")


def _link(raw: _Values, capture: Capture) -> str:
    links = [one for one in raw.get("links") or () if isinstance(one, dict)]
    others = [_raw(one, "href") for one in links if one.get("rel", "alternate") == "alternate"]
    for written in (_raw(raw, "link"), *others):
        if written and (url := absolute_url(written, capture.final_url)):
            return url
    return ""


def _language(values: _Values, default: str) -> str:
    written = _raw(values, "language") or default
    return written.strip().replace("_", "-")[:35] if re.match(r"\s*[A-Za-z]{2}", written) else ""


# -- JSON Feed


def _read_json(capture: Capture) -> _Feed:
    try:
        feed = json.loads(capture.body.decode("utf-8-sig", "replace"))
    except (ValueError, RecursionError) as error:
        raise LayoutError("This is broken JSON, no feed.", url=capture.final_url) from error
    version, items = feed.get("version"), feed.get("items")
    if not isinstance(items, list) or "jsonfeed" not in str(version):
        raise LayoutError(
            "This is JSON, but no JSON Feed: it names no version or has no items.", url=capture.final_url
        )
    language = _string(feed, "language") or capture.header("content-language") or capture.language
    page = Page(title=_string(feed, "title"), description=_string(feed, "description"), language=language)
    drafts, problems = [], []
    for number, item in enumerate(items, start=1):
        if isinstance(item, dict):
            drafts.append(_draft_json(item, page, capture))
        else:
            problems.append(Problem(where=f"item {number}", what="It is no object."))
    return _Feed(page=page, drafts=tuple(drafts), problems=tuple(problems))


def _draft_json(item: Mapping[str, Any], page: Page, capture: Capture) -> _Draft:
    text = _keep_lines(_string(item, "content_text", tidied=False))
    entry = _entry(
        url=absolute_url(_string(item, "url") or _string(item, "external_url"), capture.final_url),
        guid=_string(item, "id")[:2000],
        title=_string(item, "title"),
        summary=_string(item, "summary"),
        text=plain_text(_string(item, "content_html", tidied=False)) or text,
        language=_string(item, "language") or page.language,
        byline=_authors(item)[:500],
    )
    return _Draft(
        entry=entry, published=_string(item, "date_published"), updated=_string(item, "date_modified")
    )


def _string(values: Mapping[str, Any], key: str, *, tidied: bool = True) -> str:
    value = values.get(key)
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = repr(value)  # version 1 allowed numbers as ids
    if not isinstance(value, str):
        return ""
    return tidy(value.replace("\n", " ")) if tidied else value


def _authors(item: Mapping[str, Any]) -> str:
    authors = item.get("authors")
    people = authors if isinstance(authors, list) else [item.get("author")]
    names = (_string(person, "name") for person in people if isinstance(person, dict))
    return ", ".join(name for name in names if name)


# -- dates


def _date(drafts: Sequence[_Draft], capture: Capture) -> tuple[tuple[Entry, ...], list[Problem]]:
    zone = ZoneInfo(capture.zone)
    problems: list[Problem] = []

    def read(written: str, draft: _Draft, what: str) -> When | None:
        if not written:
            return None
        when = parse_absolute(written, tz=zone, lang=draft.entry.language[:2].lower())
        if when is None or _is_unset(when):
            name = draft.entry.title or draft.entry.url or draft.entry.guid
            why = "cannot be read" if when is None else "was never set"
            what_it_is = f"Its {what} date {why}: {tidy(written)[:80]!r}."
            problems.append(Problem(where=name[:200], what=what_it_is))
            return None
        return when

    published = as_days([read(draft.published, draft, "publication") for draft in drafts], tz=zone)
    updated = [read(draft.updated, draft, "update") for draft in drafts]
    entries = tuple(
        replace(
            draft.entry,
            # Atom asks for an update time only; of an item seen first, it is all that tells its age.
            published=label(first, kind="feed", where="published")
            or label(second, kind="feed", where="updated"),
            updated=label(second, kind="feed", where="updated"),
        )
        for draft, first, second in zip(drafts, published, updated, strict=True)
    )
    return entries, problems


def _is_unset(when: When) -> bool:
    """Whether a date is the zero from which programs count, in any zone: the site had none to print."""
    zero = datetime(1970, 1, 1, tzinfo=UTC)
    return when.earliest is not None and abs(when.earliest - zero) <= timedelta(hours=14)


# -- what came instead


def _no_feed(capture: Capture) -> LayoutError:
    return LayoutError(
        f"{_name(capture)} came where a feed should be.",
        url=capture.final_url,
        hint="Open the address in a browser: it may have moved or ended, and a page needs another parser.",
    )


def _name(capture: Capture) -> str:
    head = capture.body[:65_536].replace(b"\0", b"")
    if _HTML.search(head) or b"<body" in head.lower():
        title = text_of(soup_of(replace(capture, body=capture.body[:262_144])).title)
        return f"An HTML page titled {title[:120]!r}" if title else "An HTML page without a title"
    root = re.search(rb"<([A-Za-z][\w:.-]{0,40})[\s/>]", head)
    if root:
        return f"An XML document of <{root[1].decode('ascii')}>"
    start = tidy(head[:400].decode("utf-8", "replace"))[:60]
    return f"Text that begins {start!r}" if start.isprintable() else "Binary content"
