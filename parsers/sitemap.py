"""A sitemap of nato.int's present site: the pages of its dated sections, each with the day its path names.

Source: the protocol of sitemaps.org, version 0.9. A sitemap has addresses and moments of modification only,
no titles: what an entry is called its own page has to say. It lists all there is, in any order.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from heapq import nlargest
from xml.parsers import expat
from zoneinfo import ZoneInfo

from parsers.dates import combine, find_path_date, parse_absolute
from parsers.errors import LayoutError, ParseError
from parsers.markup import decode_body, tidy
from parsers.model import Capture, Detail, Entry, Page, Parsed, Problem, When
from parsers.nato_paths import Place, find_place, is_model
from parsers.urls import LONGEST, absolute_url, canonical_url, host_of
from parsers.witness import label

MOST = 20_000
"""Entries taken, the newest; a site of decades lists more than anybody reads."""
_DEEPEST = 12
_LONGEST_MOMENT = 64
_NAMED = 3
_HTML = re.compile(r"<!doctype\s+html|<html[\s>]", re.IGNORECASE)
_ENTRY = {"urlset": "url", "sitemapindex": "sitemap"}


@dataclass(frozen=True, slots=True)
class _Loc:
    """An address as listed, with the moment of its last modification as written."""

    url: str
    lastmod: str


@dataclass(slots=True)
class _Reading:
    """A document on its way through the XML reader."""

    url: str
    open: list[str] = field(default_factory=list)
    root: str = ""
    said: dict[str, list[str]] = field(default_factory=dict)
    listed: list[_Loc] = field(default_factory=list)

    def start(self, name: str, _attributes: object) -> None:
        local = name.rpartition(" ")[2]
        self.open.append(local)
        if len(self.open) == 1:
            self.root = local
            if local not in _ENTRY:
                raise _no_sitemap(f"An XML document of <{local[:40]}>", self.url)
        if len(self.open) > _DEEPEST:
            raise ParseError("It is nested deeper than any sitemap.", url=self.url)
        if self._is_field():
            self.said[local] = []

    def text(self, words: str) -> None:
        if self._is_field() and sum(map(len, self.said[self.open[-1]])) <= LONGEST:
            self.said[self.open[-1]].append(words)

    def end(self, _name: str) -> None:
        if len(self.open) == 2 and self.open[1] == _ENTRY[self.root]:
            loc, lastmod = ("".join(self.said.get(key, ())).strip() for key in ("loc", "lastmod"))
            self.listed.append(_Loc(loc[: LONGEST + 1], lastmod[:_LONGEST_MOMENT]))
            self.said.clear()
        self.open.pop()

    def _is_field(self) -> bool:
        # Images and videos of a page have a <loc> too, deeper in it.
        return (
            len(self.open) == 3 and self.open[1] == _ENTRY[self.root] and self.open[2] in ("loc", "lastmod")
        )

    def refuse(self, name: str, *_rest: object) -> None:
        if name.lower() == "html":
            raise _no_sitemap("An HTML page", self.url)
        raise ParseError(
            "It declares a document type or entities, as no sitemap does; it is not read.", url=self.url
        )


def parse(capture: Capture) -> Parsed:
    """Read a sitemap as the pages of dated sections on its own host, the newest first, at most `MOST`.

    Raises:
        ParseError: It is broken from its beginning, nested too deep, or declares entities.
        LayoutError: It is no sitemap, an index of sitemaps, or lists no page of a dated section.
    """
    reading = _Reading(url=capture.final_url)
    broken = _read(reading, capture)
    if reading.root == "sitemapindex":
        raise _is_index(reading.listed, capture)
    chosen, problems = _choose(reading.listed, capture)
    entries, unread = _entries(chosen, capture)
    if not entries:
        raise LayoutError(
            f"It lists {len(reading.listed)} addresses, and none is a page of a known dated section.",
            url=capture.final_url,
            hint="Open it in a browser: the site may have changed its addresses.",
        )
    page = Page(title="Sitemap", language="", inventory=True)
    return Parsed(parser="sitemap", entries=entries, page=page, problems=(*broken, *problems, *unread))


def _read(reading: _Reading, capture: Capture) -> tuple[Problem, ...]:
    """Let expat read the document: what it has met until it breaks stands."""
    text = decode_body(capture).lstrip("\ufeff \t\r\n")
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = reading.start
    parser.EndElementHandler = reading.end
    parser.CharacterDataHandler = reading.text
    parser.StartDoctypeDeclHandler = reading.refuse
    try:
        parser.Parse(text, True)  # noqa: FBT003  expat takes no name here
    except (expat.ExpatError, ValueError) as error:
        what = f"The sitemap is not well-formed: {tidy(str(error))[:200]}."
        if _HTML.search(text[:2048]):
            raise _no_sitemap("An HTML page", capture.final_url) from error
        if not reading.listed:
            raise ParseError(what, url=capture.final_url, hint="The site has to mend it.") from error
        return (Problem(where="sitemap", what=what),)
    return ()


def _choose(listed: Sequence[_Loc], capture: Capture) -> tuple[list[tuple[_Loc, Place]], list[Problem]]:
    """The newest of the addresses that are pages of dated sections, and what there is to tell of others."""
    host, zone = host_of(capture.final_url), ZoneInfo(capture.zone)
    is_day = lru_cache(maxsize=4096)(lambda day: find_path_date(f"/{day}/", tz=zone) is not None)
    found: dict[str, tuple[_Loc, Place]] = {}
    strange: Counter[str] = Counter()
    undated: list[str] = []
    for loc in listed:
        url = canonical_url(loc.url)
        if host_of(url) != host:
            strange[host_of(url)] += 1
        elif url not in found and not is_model(url) and (place := find_place(url)):
            # One that lies on the 32nd of a month must not take the place of one that is there.
            if place.day and not is_day(place.day):
                undated.append(loc.url)
            else:
                found[url] = (loc, place)
    problems = []
    if undated:
        what = f"{len(undated)} addresses name a day that is none, and are left out."
        problems.append(Problem(where=undated[0][:200], what=what))
    if strange:
        names = ", ".join(f"{name or 'no address'} ({n})" for name, n in strange.most_common(_NAMED))
        what = f"{strange.total()} addresses are not of this site and are left out: {names}."
        problems.append(Problem(where="sitemap", what=what))
    if len(found) > MOST:
        what = f"It lists {len(found)} pages; the newest {MOST} are taken."
        problems.append(Problem(where="sitemap", what=what))
    # What its path gives no day is only ordered by its last change; that is no claim of when it came out.
    newest = nlargest(
        MOST, found.values(), key=lambda one: (one[1].day or _day(one[0].lastmod), one[0].lastmod)
    )
    return newest, problems


def _day(lastmod: str) -> str:
    return lastmod[:10].replace("-", "/")


def _entries(
    chosen: Sequence[tuple[_Loc, Place]], capture: Capture
) -> tuple[tuple[Entry, ...], list[Problem]]:
    zone = ZoneInfo(capture.zone)
    read = lru_cache(maxsize=4096)(lambda written: _updated(written, zone))
    entries, unread = [], []
    for loc, place in chosen:
        path = find_path_date(loc.url, tz=zone)
        updated = read(loc.lastmod) if loc.lastmod else None
        if loc.lastmod and updated is None:
            unread.append(loc)
        entries.append(
            Entry(
                url=absolute_url(loc.url),
                guid="",
                kind=place.kind,
                detail=Detail.LINK,
                title="",
                summary="",
                text="",
                language=place.language,
                published=combine((path,)) if path else None,
                updated=updated,
            )
        )
    return tuple(entries), _tell(unread)


def _updated(written: str, zone: ZoneInfo) -> When | None:
    return label(parse_absolute(written, tz=zone), kind="modified", where="lastmod")


def _tell(unread: Sequence[_Loc]) -> list[Problem]:
    if not unread:
        return []
    first = unread[0]
    what = f"{len(unread)} addresses have a lastmod nobody can read, such as {first.lastmod!r}."
    return [Problem(where=first.url[:200], what=what)]


# -- what came instead


def _no_sitemap(what: str, url: str) -> LayoutError:
    return LayoutError(
        f"{what} came where a sitemap should be.",
        url=url,
        hint="Open the address in a browser: it may have moved.",
    )


def _is_index(listed: Sequence[_Loc], capture: Capture) -> LayoutError:
    newest = sorted(listed, key=lambda one: one.lastmod, reverse=True)[:_NAMED]
    names = ", ".join(one.url[:300] for one in newest) or "none"
    return LayoutError(
        f"This is an index of {len(listed)} sitemaps and lists no pages itself.",
        url=capture.final_url,
        hint=f"Add those you want as sources of their own, such as: {names}.",
    )
