"""A page of nato.int's present site as its model: the `*.model.json` beside it.

Known of it: `title`, `description`, `dataLayer.*.{dc:title, repo:modifyDate}`, and the text in `:items`
within `:items`, as `text` or `richText`. `repo:modifyDate` is when the page was last changed, never when it
came out.
"""

from __future__ import annotations

import html
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TypeAlias
from zoneinfo import ZoneInfo

from parsers.dates import combine, find_path_date, parse_absolute
from parsers.errors import LayoutError, ParseError
from parsers.main_text import drop_noise
from parsers.markup import decode_body, join_lines, lines_of, plain_text, soup_of, tidy
from parsers.model import Capture, Detail, Entry, Page, Parsed, Problem, When
from parsers.nato_paths import find_place, page_address
from parsers.nato_text import break_turns, find_printed, read_header
from parsers.urls import find_document, kind_of
from parsers.witness import label

_Values: TypeAlias = Mapping[str, object]
_LONGEST_ABOVE = 160
"""Characters of a line above the title: signing in, a day, whose speech it is."""


def parse(capture: Capture) -> Parsed:
    """Read the model as what it says of its page: the same item as the page itself, in less detail.

    Raises:
        ParseError: It is no JSON, or nested too deep.
        LayoutError: It is JSON of another kind, or names no title.
    """
    document = read_json(capture)
    if not isinstance(document.get(":items"), dict) and not isinstance(document.get("dataLayer"), dict):
        raise _no_model(capture, 'It has neither ":items" nor "dataLayer"')
    layers = _layers(document)
    title, problems = _title(document, layers)
    if not title:
        raise _no_model(capture, "It names no title")
    url = page_address(capture.final_url) or capture.final_url
    place, filed = find_place(url), find_document(url)
    language = place.language if place else filed.language if filed else capture.language
    printed, byline, text = _read_text(document, title, capture)
    updated, unread = _updated(layers, capture)
    if not text:
        problems.append(Problem(where="model", what="There is no text in it."))
    summary = plain_text(_words(document, "description"))
    entry = Entry(
        url=url,
        guid="",
        kind=place.kind if place else kind_of(url),
        # Less than the page's own: that shows the same to people, and owns the text where it can be read.
        detail=Detail.FEED if text else Detail.TEASER if summary else Detail.LINK,
        title=title,
        summary=summary,
        text=text,
        language=language,
        published=_published(url, printed, language, capture),
        updated=updated,
        byline=byline,
    )
    page = Page(title=title, language=language, listing=False, reference=capture.reference)
    return Parsed(parser="nato_model", entries=(entry,), page=page, problems=(*problems, *unread))


def read_json(capture: Capture) -> dict[str, object]:
    """The object a JSON document is.

    Raises:
        ParseError: It is no JSON, or nested too deep.
        LayoutError: It is JSON, but no object.
    """
    try:
        document = json.loads(decode_body(capture).lstrip("\ufeff"))
    except (ValueError, RecursionError) as error:
        raise ParseError(
            "This is no JSON, or broken.",
            url=capture.final_url,
            hint="Open the address in a browser: it may have moved.",
        ) from error
    if not isinstance(document, dict):
        raise LayoutError("This is JSON, but no object.", url=capture.final_url)
    return document


def _no_model(capture: Capture, what: str) -> LayoutError:
    return LayoutError(
        f"{what}: this is no model of a nato.int page, or the site changed.",
        url=capture.final_url,
        hint="Check the source's address and parser.",
    )


def _layers(document: _Values) -> list[_Values]:
    layer = document.get("dataLayer")
    return [one for one in layer.values() if isinstance(one, dict)] if isinstance(layer, dict) else []


def _words(values: _Values, key: str) -> str:
    value = values.get(key)
    return value if isinstance(value, str) else ""


def _line(values: _Values, key: str) -> str:
    return tidy(plain_text(_words(values, key)).replace("\n", " "))


def _title(document: _Values, layers: list[_Values]) -> tuple[str, list[Problem]]:
    """The title, and where the model contradicts itself about it."""
    title = _line(document, "title")
    others = [name for layer in layers if (name := _line(layer, "dc:title"))]
    if not title or not others or title.casefold() in {name.casefold() for name in others}:
        return title or next(iter(others), ""), []
    what = f"Its title is {title[:200]!r}, and its data layer calls it {others[0][:200]!r}."
    return title, [Problem(where="model", what=what)]


# -- dates


def _updated(layers: list[_Values], capture: Capture) -> tuple[When | None, list[Problem]]:
    """The last of the modifications it states."""
    zone = ZoneInfo(capture.zone)
    read: list[When] = []
    problems = []
    for layer in layers:
        written = _line(layer, "repo:modifyDate")
        when = label(parse_absolute(written, tz=zone), kind="modified", where="repo:modifyDate")
        if when is not None:
            read.append(when)
        elif written:
            what = f"Its date of modification cannot be read: {written[:80]!r}."
            problems.append(Problem(where="model", what=what))
    dated = [(when.best, number) for number, when in enumerate(read) if when.best]
    return (read[max(dated)[1]] if dated else None), problems


def _published(url: str, printed: str, language: str, capture: Capture) -> When | None:
    zone = ZoneInfo(capture.zone)
    path = find_path_date(url, tz=zone)
    evidence = [*([path] if path else []), *find_printed(printed, zone, language[:2].lower())]
    return combine(evidence) if evidence else None


# -- text


def _read_text(document: _Values, title: str, capture: Capture) -> tuple[str, str, str]:
    """The printed day, the byline and the text."""
    pieces = [f"<div>{piece}</div>" for piece in _pieces(document)]
    if not pieces:
        return "", "", ""
    soup = soup_of(replace(capture, body="".join(pieces).encode("utf-8", "replace"), headers=()))
    break_turns(soup, soup)
    lines = drop_noise(lines_of(soup))
    at = _find_title(lines, title)
    printed, byline, body = read_header(lines[: max(at, 0)], lines[at + 1 :])
    return printed, byline, join_lines(body)


def _find_title(lines: list[str], title: str) -> int:
    """The line that is the title, or -1: below a paragraph it is a heading of the text."""
    for number, line in enumerate(lines):
        if line.casefold() == title.casefold():
            return number
        if len(line) > _LONGEST_ABOVE:
            break
    return -1


def _pieces(document: _Values) -> Iterator[str]:
    """The texts of all items within items, as HTML, in the order of the document."""
    left = [document]
    while left:
        component = left.pop()
        plain = component.get("richText") is False
        said = [] if component is document else [_words(component, key) for key in ("text", "richText")]
        yield from (_as_html(words, plain=plain) for words in dict.fromkeys(said) if words.strip())
        items = component.get(":items")
        children = list(items.values()) if isinstance(items, dict) else items
        if isinstance(children, list):
            left += [one for one in reversed(children) if isinstance(one, dict)]


def _as_html(words: str, *, plain: bool) -> str:
    if "<" in words and not plain:
        return words
    return html.escape(html.unescape(words), quote=False).replace("\n", "<br>")
