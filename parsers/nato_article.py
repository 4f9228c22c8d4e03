"""An article, a transcript or an official text on nato.int, from the addresses of 2008 to the present site.

Up to autumn 2025: `section.content.cf` with `h1.fs-huge`, the lines "19 Nov. 2019 -", "|", "Last updated:
21 Nov. 2019 10:03", a byline, a caption, "(As delivered)", the text. Since then Adobe Experience Manager:
sign-in furniture, the title, the text as static HTML; the day is in the address, speaker turns are
`<b>Name</b>`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

from bs4.element import NavigableString, Tag

from parsers.dates import combine, find_stated_days, parse_absolute, reference_of
from parsers.errors import LayoutError
from parsers.main_text import (
    UPDATE_WORDS,
    drop_noise,
    find_furniture,
    find_main,
    find_updated,
    is_updated_line,
)
from parsers.markup import BLOCKS, attribute, join_lines, lines_of, soup_of, text_of, tidy
from parsers.model import Capture, Detail, Entry, Page, Parsed, When
from parsers.urls import asked_language, find_document, kind_of
from parsers.witness import find_published, label

_DAY = r"\d{1,2}[\s-]+[^\W\d]{3,10}\.?[\s-]+\d{4}(?:\s(?:[гр]\.|року|года))?"
_DATE_LINE = re.compile(
    rf"({_DAY}(?:\s*[-–]\s*{_DAY})?)(?:,?\s\d\d:\d\d)?[\s|/–-]*"
    rf"(?:(?:(?:last\s)?updated|{UPDATE_WORDS})\b.{{0,60}})?\Z",
    re.IGNORECASE,
)
_DELIVERED = re.compile(
    r"\((?:as (?:delivered|prepared|recorded)|check against delivery|tel que prononcé)[^)]{0,60}\)\Z",
    re.IGNORECASE,
)
_BYLINE = re.compile(r"(?:[^\W\d][\w’' -]{0,60}\s)?by\s(?:the\s)?(?:[A-Z]|former\s[A-Z])")
_SMALL_WORDS = frozenset(
    (
        "de",
        "der",
        "den",
        "van",
        "von",
        "of",
        "the",
        "and",
        "al",
        "el",
        "la",
        "le",
        "for",
        "to",
        "in",
        "at",
        "af",
        "du",
    )
)
_OPENING = "“\"'‘(…«"
_TITLE_MARK = "\ue000"
_HEADER_LINES = 12
_LEAD = 2_000


def parse(capture: Capture) -> Parsed:
    """Read the page as one entry with its text; the kind is told by the address.

    Raises:
        ParseError: The body is empty.
        LayoutError: It has no title, or no text below it.
    """
    soup = soup_of(capture)
    main, heading = _find_landmarks(soup, capture)
    title = text_of(heading)
    marked = soup.select_one("h1.fs-huge, section.content") is not None
    language = (
        asked_language(capture.final_url) or attribute(soup.find("html"), "lang") or _path_language(capture)
    )
    printed_update = find_updated(lines_of(main))
    _break_turns(soup, main)
    heading.string = _TITLE_MARK
    captions = frozenset(id(tag) for tag in main.select("figure, figcaption, .caption, .photo-caption"))
    lines = lines_of(main, find_furniture(main) | captions)
    at = lines.index(_TITLE_MARK) if _TITLE_MARK in lines else 0
    printed, byline, body = _read_header(lines[:at], lines[at + 1 :])
    text = join_lines(body)
    if not text:
        raise _no_article(capture, "no text below its title")
    if not marked and not printed and "/cps/" in capture.final_url:
        raise _no_article(capture, 'neither "h1.fs-huge" nor "section.content" nor a date line')
    lang = language[:2].lower()
    entry = Entry(
        url=capture.final_url,
        guid="",
        kind=kind_of(capture.final_url),
        detail=Detail.PAGE,
        title=title,
        summary="",
        text=text,
        language=language,
        published=_date(soup, printed, text, lang, capture),
        updated=parse_absolute(printed_update, tz=ZoneInfo(capture.zone), lang=lang),
        byline=byline,
    )
    return Parsed(parser="nato_article", entries=(entry,), page=_describe(entry, capture))


def _describe(entry: Entry, capture: Capture) -> Page:
    dated = capture.header("date") != ""
    reference = reference_of(capture.headers, capture.fetched_at)[0] if dated else capture.reference
    return Page(title=entry.title, language=entry.language, listing=False, reference=reference)


def _path_language(capture: Capture) -> str:
    document = find_document(capture.final_url)
    return document.language if document else capture.language


def _no_article(capture: Capture, what: str) -> LayoutError:
    return LayoutError(
        f"The page has {what}: it is no nato.int article, or the site changed.",
        url=capture.final_url,
        hint="Open it in a browser, and check the source's address and parser.",
    )


def _find_landmarks(soup: Tag, capture: Capture) -> tuple[Tag, Tag]:
    heading = soup.select_one("h1.fs-huge")
    if heading is None or not text_of(heading):
        stated = " ".join(
            [
                text_of(soup.find("title")),
                attribute(soup.select_one('meta[property="og:title"]'), "content"),
            ]
        )
        headings = [one for one in soup.find_all("h1") if text_of(one)]
        # The sign-in dialog may bring a heading of its own: the title is the one the page's head repeats.
        heading = next(
            (one for one in headings if text_of(one) in stated), headings[0] if headings else None
        )
    if heading is None:
        raise _no_article(capture, "no title (h1)")
    main = find_main(soup)
    if main not in heading.parents:
        main = soup.find("body") or soup
    return main, heading


def _read_header(before: Sequence[str], after: Sequence[str]) -> tuple[str, str, list[str]]:
    """The printed day, the byline and the lines of the text proper."""
    days = [found[1] for line in before[-_HEADER_LINES:] if (found := _DATE_LINE.match(line[:200]))]
    byline = ""
    lines = drop_noise(after)
    start = 0
    for number, line in enumerate(lines[: 2 * _HEADER_LINES]):
        if found := _DATE_LINE.match(line[:200]):
            days.append(found[1])
        elif not byline and len(line) <= 300 and _BYLINE.match(line) and not line.endswith("."):
            byline = line
        elif line and not _DELIVERED.match(line) and not is_updated_line(line):
            break
        start = number + 1
    body = [line for line in lines[start:] if not _DELIVERED.match(line) and not is_updated_line(line)]
    return days[-1] if days else "", byline, body


# -- speaker turns


def _break_turns(soup: Tag, main: Tag) -> None:
    """Give each speaker's name a line of its own: transcripts run `<b>Name</b>` and the words together."""
    for bold in main.find_all(["b", "strong"]):
        name = text_of(bold)
        if not _is_name(name) or not _begins_line(bold):
            continue
        after = next((words for one in _rest(bold) if (words := tidy(one.get_text()))), "")
        if after and (after[0].isupper() or after[0] in _OPENING):
            # Inside the element: beside it, each insertion would search the whole paragraph for its place.
            bold.insert(0, soup.new_tag("br"))
            bold.insert(0, soup.new_tag("br"))
            bold.append(soup.new_tag("br"))


def _rest(bold: Tag) -> Iterator[NavigableString | Tag]:
    for one in bold.next_siblings:
        if isinstance(one, Tag) and (one.name == "br" or one.name in BLOCKS):
            return
        if isinstance(one, Tag | NavigableString):
            yield one


def _begins_line(bold: Tag) -> bool:
    node: Tag | None = bold
    while node is not None and node.name not in BLOCKS:
        for before in node.previous_siblings:
            if isinstance(before, Tag) and (before.name == "br" or before.name in BLOCKS):
                return True
            if isinstance(before, Tag | NavigableString) and before.get_text(strip=True):
                return False
        node = node.parent
    return True


def _is_name(text: str) -> bool:
    """Words that could name a speaker, without a colon: "Name:" reads as a turn where it stands."""
    words = text.split()
    if not 0 < len(words) <= 16 or len(text) > 120 or text.endswith((":", ".", "?", "!", ",")):
        return False
    return all(not word[0].islower() or word in _SMALL_WORDS for word in words) and text[0].isupper()


# -- dates


def _date(soup: Tag, printed: str, text: str, lang: str, capture: Capture) -> When | None:
    """Publication as the page states it; days told in its text count only where nothing is stated."""
    zone = ZoneInfo(capture.zone)
    evidence = find_published(soup, capture.final_url, zone)
    if when := label(parse_absolute(printed, tz=zone, lang=lang), kind="printed", where="date line"):
        evidence += when.evidence
    if not evidence:
        evidence += find_stated_days(text[:_LEAD], tz=zone)
    return combine(evidence) if evidence else None
