"""An article, a transcript or an official text on nato.int, from the addresses of 2008 to the present site.

Up to autumn 2025: `section.content.cf` with `h1.fs-huge`, the lines "19 Nov. 2019 -", "|", "Last updated:
21 Nov. 2019 10:03", a byline, a caption, "(As delivered)", the text. Since then Adobe Experience Manager:
sign-in furniture, the title, the text as static HTML; the day is in the address, speaker turns are
`<b>Name</b>`.
"""

from __future__ import annotations

from zoneinfo import ZoneInfo

from bs4.element import Tag

from parsers.dates import combine, find_stated_days, parse_absolute, reference_of
from parsers.errors import LayoutError
from parsers.main_text import find_furniture, find_main, find_updated, is_sign_in
from parsers.markup import attribute, join_lines, lines_of, soup_of, text_of
from parsers.model import Capture, Detail, Entry, Page, Parsed, When
from parsers.nato_paths import find_place
from parsers.nato_text import break_turns, find_printed, read_header
from parsers.urls import asked_language, find_document, kind_of
from parsers.witness import find_published

_TITLE_MARK = "\ue000"
_LEAD = 2_000
_FEWEST_WORDS = 4
"""The present site serves frames that a script fills: what is left of one is no text."""


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
    break_turns(soup, main)
    heading.string = _TITLE_MARK
    captions = frozenset(id(tag) for tag in main.select("figure, figcaption, .caption, .photo-caption"))
    lines = lines_of(main, find_furniture(main) | captions)
    at = lines.index(_TITLE_MARK) if _TITLE_MARK in lines else 0
    printed, byline, body = read_header(lines[:at], lines[at + 1 :])
    text = join_lines(body)
    if len(text.split()) < (_FEWEST_WORDS if find_place(capture.final_url) else 1):
        raise _no_article(capture, "no text below its title")
    if not marked and not printed and "/cps/" in capture.final_url:
        raise _no_article(capture, 'neither "h1.fs-huge" nor "section.content" nor a date line')
    lang = language[:2].lower()
    entry = Entry(
        url=capture.final_url,
        guid="",
        kind=_kind(capture),
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
    here = find_document(capture.final_url) or find_place(capture.final_url)
    return here.language if here else capture.language


def _kind(capture: Capture) -> str:
    place = find_place(capture.final_url)
    return place.kind if place else kind_of(capture.final_url)


def _no_article(capture: Capture, what: str) -> LayoutError:
    return LayoutError(
        f"The page has {what}: it is no nato.int article, or the site changed.",
        url=capture.final_url,
        hint="Open it in a browser, and check the source's address and parser.",
    )


def _find_landmarks(soup: Tag, capture: Capture) -> tuple[Tag, Tag]:
    heading = soup.select_one("h1.fs-huge")
    if heading is None or not text_of(heading):
        heading = _find_heading(soup)
    if heading is None:
        raise _no_article(capture, "no title (h1)")
    main = find_main(soup)
    if main not in heading.parents:
        main = soup.find("body") or soup
    return main, heading


def _find_heading(soup: Tag) -> Tag | None:
    """The title's heading: the one that the page's head repeats; a dialog may bring others."""
    stated = " ".join(
        [text_of(soup.find("title")), attribute(soup.select_one('meta[property="og:title"]'), "content")]
    ).casefold()
    firsts = [one for one in soup.find_all("h1") if text_of(one)]
    lesser = [one for one in soup.find_all(["h2", "h3"]) if len(text_of(one).split()) > 1]
    repeated = next((one for one in (*firsts, *lesser) if text_of(one).casefold() in stated), None)
    return repeated or next((one for one in firsts if not is_sign_in(text_of(one))), None)


# -- dates


def _date(soup: Tag, printed: str, text: str, lang: str, capture: Capture) -> When | None:
    """Publication as the page states it; days told in its text count only where nothing is stated."""
    zone = ZoneInfo(capture.zone)
    evidence = find_published(soup, capture.final_url, zone)
    evidence += find_printed(printed, zone, lang)
    if not evidence:
        evidence += find_stated_days(text[:_LEAD], tz=zone)
    return combine(evidence) if evidence else None
