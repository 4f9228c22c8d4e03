"""The answer of nato.int's list service: the pages of a section as JSON.

Known of it: `pages`, each with `title`, `link` and, of events, `startDate` and `endDate` ("07 July 2026"),
`eventCity` and `country`. Keys are read in any case; what an entry does not show in these is not claimed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeAlias
from urllib.parse import urlsplit, urlunsplit
from zoneinfo import ZoneInfo

from parsers.dates import combine, find_path_date, parse_absolute
from parsers.errors import LayoutError
from parsers.markup import plain_text, tidy
from parsers.model import Capture, Detail, Entry, Evidence, Page, Parsed, Problem, Strength, When
from parsers.nato_model import read_json
from parsers.nato_paths import Place, find_place, public_path
from parsers.urls import absolute_url, find_document, host_of, kind_of

_Values: TypeAlias = Mapping[str, object]
_Read: TypeAlias = "tuple[Entry | None, list[Problem]]"


def parse(capture: Capture) -> Parsed:
    """Read the list; one without pages is an empty listing.

    Raises:
        ParseError: It is no JSON.
        LayoutError: It is JSON of another kind, or none of its pages has a title and a link.
    """
    pages = _find_pages(read_json(capture))
    if pages is None:
        raise LayoutError(
            'It has no "pages": this is no answer of the list service, or the site changed.',
            url=capture.final_url,
            hint="Check the source's address and parser.",
        )
    read = [_read_one(number, page, capture) for number, page in enumerate(pages, 1)]
    entries = tuple(entry for entry, _ in read if entry is not None)
    problems = tuple(problem for _, told in read for problem in told)
    if pages and not entries:
        raise LayoutError(
            f"None of its {len(pages)} pages has a title and a link: the site changed.",
            url=capture.final_url,
            hint="Check the source's parser.",
        )
    language = capture.language
    return Parsed(parser="nato_list", entries=entries, page=Page(language=language), problems=problems)


def _find_pages(document: _Values) -> list[object] | None:
    """The list of pages, at the top of the document or in an object there."""
    inner = [one for one in document.values() if isinstance(one, dict)]
    for values in (document, *inner):
        pages = _lowered(values).get("pages")
        if isinstance(pages, list):
            return pages
    return None


def _lowered(values: _Values) -> dict[str, object]:
    return {str(key).lower(): value for key, value in values.items()}


def _line(values: _Values, key: str) -> str:
    value = values.get(key.lower())
    return tidy(plain_text(value).replace("\n", " ")) if isinstance(value, str) else ""


def _read_one(number: int, page: object, capture: Capture) -> _Read:
    values = _lowered(page) if isinstance(page, dict) else {}
    title, url = _line(values, "title"), _link(_line(values, "link"), capture)
    if not title or not url:
        lacking = "title" if not title else "link"
        return None, [Problem(where=title[:200] or f"page {number}", what=f"It has no {lacking}.")]
    place = find_place(url)
    kind = _kind(url, place, values)
    event, problems = _event(values, title, capture) if kind == "event" else (None, [])
    # Of an event the path may name the day it takes place on.
    path = find_path_date(url, tz=ZoneInfo(capture.zone)) if kind != "event" else None
    summary = ", ".join(filter(None, (_line(values, "eventCity"), _line(values, "country"))))
    entry = Entry(
        url=url,
        guid="",
        kind=kind,
        detail=Detail.TEASER if summary else Detail.LINK,
        title=title,
        summary=summary,
        text="",
        language=_language(url, place, capture),
        published=combine((path,)) if path else None,
        event=event,
    )
    return entry, problems


def _link(written: str, capture: Capture) -> str:
    """The address readers see: the service may write the one the site uses within itself."""
    url = absolute_url(written, capture.final_url) if written else ""
    if not url or host_of(url) != host_of(capture.final_url):
        return url
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=public_path(parts.path)))


def _kind(url: str, place: Place | None, values: _Values) -> str:
    if place:
        return place.kind
    return "event" if _line(values, "startDate") else kind_of(url)


def _language(url: str, place: Place | None, capture: Capture) -> str:
    here = place or find_document(url)
    return here.language if here else capture.language


def _event(values: _Values, title: str, capture: Capture) -> tuple[When | None, list[Problem]]:
    """When an event takes place: from its first to its last day, as far as they are stated and agree."""
    zone = ZoneInfo(capture.zone)
    written = [_line(values, key) for key in ("startDate", "endDate")]
    first, last = (parse_absolute(words, tz=zone) for words in written)
    unread = [words for words, when in zip(written, (first, last), strict=True) if words and when is None]
    problems = [
        Problem(where=title[:200], what=f"Its date cannot be read: {words[:80]!r}.") for words in unread
    ]
    if first is None or first.earliest is None:
        return None, problems
    if last is None or last.latest is None or last.latest < first.earliest:
        if last is not None:
            what = f"It ends before it begins: {written[0][:80]!r}, {written[1][:80]!r}."
            problems.append(Problem(where=title[:200], what=what))
        last = first
    return _span(first, last, " – ".join(dict.fromkeys(words for words in written if words))), problems


def _span(first: When, last: When, raw: str) -> When:
    witness = Evidence(
        kind="event",
        raw=raw,
        where="startDate, endDate",
        earliest=first.earliest,
        latest=last.latest,
        rule=first.evidence[0].rule,
        strength=Strength.STATED,
    )
    # Combined as a stated day is; as a witness of publication it would only be a bound.
    when = combine((witness,))
    return replace(when, evidence=(replace(witness, strength=Strength.EVENT),))
