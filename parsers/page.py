"""A static page watched for change: its sections as text, headings on lines of their own."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from parsers.dates import combine, parse_absolute, reference_of
from parsers.errors import LayoutError
from parsers.main_text import drop_noise, find_furniture, find_main, find_updated, is_updated_line
from parsers.markup import attribute, join_lines, lines_of, soup_of, text_of
from parsers.model import Capture, Detail, Entry, Page, Parsed
from parsers.urls import kind_of
from parsers.witness import find_published

_FEWEST_WORDS = 5


def parse(capture: Capture) -> Parsed:
    """Read a page as one entry of kind `page`, which may state its last update.

    A page watched for change has no publication date, unless its head or its address states one; one whose
    address names a day is a document of that day, of the kind its address tells.

    Raises:
        ParseError: The body is empty.
        LayoutError: There is no text in it: a shell that a script would fill, or furniture alone.
    """
    soup = soup_of(capture)
    main = find_main(soup)
    title = text_of(main.h1 or soup.h1) or text_of(soup.title)
    skipped = find_furniture(main) | ({id(main.h1)} if main.h1 else set())
    lines = drop_noise(lines_of(main, skipped))
    text = join_lines([line for line in lines if not is_updated_line(line)])
    if len(text.split()) < _FEWEST_WORDS:
        raise LayoutError(
            "The page has no text of its own.",
            url=capture.final_url,
            hint="Open it in a browser: a script may fill it, or it may be a sign-in page.",
        )
    language = attribute(soup.find("html"), "lang") or capture.language
    zone = ZoneInfo(capture.zone)
    printed = find_updated(lines_of(soup))
    updated = parse_absolute(printed, tz=zone, lang=language[:2].lower()) if printed else None
    published = find_published(soup, capture.final_url, zone)
    document = any(one.kind == "path" for one in published)
    reference = reference_of(capture.headers, capture.fetched_at)[0] if capture.header("date") else None
    entry = Entry(
        url=capture.final_url,
        guid="",
        kind=kind_of(capture.final_url, "page") if document else "page",
        detail=Detail.PAGE,
        title=title,
        summary="",
        text=text,
        language=language,
        published=combine(published) if published else None,
        updated=updated,
    )
    page = Page(title=title, language=language, listing=False, reference=reference or capture.reference)
    return Parsed(parser="page", entries=(entry,), page=page)
