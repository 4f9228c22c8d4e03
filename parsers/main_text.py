"""Where a page's own text is, and what around it is furniture."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bs4.element import Tag

from parsers.markup import attribute, text_of

# Pop-ups (dialogs, hidden or "modal" boxes) are no furniture: nato.int keeps sections of text in them.
_FURNITURE = ("nav", "footer", "aside", "form", "button")
_NAMES = re.compile(
    r"(?:\A|[\s_-])(?:breadcrumbs?|share|sharing|social|cookies?|consent|newsletter|login|sign-?in|signin"
    r"|related|skip-link|visually-hidden|sr-only|noprint|navbox|mw-editsection|toc|mw-jump-link|catlinks|pager"
    r"|pagination|language|menu)(?=\Z|[\s_-])",
    re.IGNORECASE,
)
_ROLES = frozenset(("navigation", "search", "banner", "contentinfo", "alert", "alertdialog"))
_NOISE = re.compile(
    r"(?:sign(?:ed)? (?:in|up|out)|log ?(?:in|out)|register|create (?:an )?account|my account"
    r"|forgot(?:ten)?\b.{0,40}|password|username|e-?mail(?: address)?|remember me|skip to (?:main )?content"
    r"|back to top|menu|search|home|close|share(?: (?:this|on)\b.{0,20})?|print(?: this page)?"
    r"|follow us(?: on\b.{0,30})?|accept(?: all)?(?: cookies)?|this website uses cookies\b.{0,200}"
    r"|go straight to\b.{0,10}|subscribe\b.{0,40}|[›»]\s?.{0,80}|[|·•*\W]{0,20})\Z",
    re.IGNORECASE,
)
_SIGN_IN = re.compile(
    r"\b(?:sign(?:ed)?[ -](?:in|up|out)|log(?:ged)?[ -]?(?:in|out)|passwords?|user ?name|remember me"
    r"|(?:my|your|an|new) account)\b",
    re.IGNORECASE,
)
_LONGEST_SIGN_IN, _FEWEST_SIGN_INS = 160, 3
_LONGEST_DIALOG, _DIALOG_BEGINS, _DIALOG_GAP = 60, 10, 8
"""In lines that have words: how far a dialog may reach, begin, and pause."""
UPDATE_WORDS = (
    r"(?:dernière )?mise? à jour|(?:останнє |востаннє )?оновлен(?:о|ня)|(?:последнее )?обновлен(?:о|ие)"
)
"""What stands before the day of the last update in French, Ukrainian and Russian."""
_UPDATED = re.compile(
    rf"(?:\blast (?:updated|modified|edited|reviewed)|\Aupdated|\b(?:{UPDATE_WORDS}))"
    r"(?: on| le)?\s*:?\s*(?=[^.:;]{0,24}\d)(.{4,60})",
    re.IGNORECASE,
)
_MAIN = (
    "section.content",
    "main",
    "[role=main]",
    "#main-content",
    "#content",
    "#mw-content-text",
    "article",
)


def find_main(soup: Tag) -> Tag:
    """The element that holds the page's own text: the first known mark of it with words, else the body."""
    for selector in _MAIN:
        for found in soup.select(selector, limit=3):
            if len(text_of(found)) >= 40:
                return found
    body = soup.find("body")
    return body if isinstance(body, Tag) else soup


def find_furniture(node: Tag) -> frozenset[int]:
    """`id()` of the elements that are no text of the page: navigation, forms, cookie bars, sharing."""
    return frozenset(id(tag) for tag in node.find_all(_is_furniture))


def _is_furniture(tag: Tag) -> bool:
    if tag.name in _FURNITURE or attribute(tag, "role").lower() in _ROLES:
        return True
    if tag.name in ("main", "body", "html", "article", "h1"):
        return False
    names = f"{attribute(tag, 'class')} {attribute(tag, 'id')}"
    return len(names) > 1 and _NAMES.search(names[:500]) is not None


def drop_noise(lines: Sequence[str]) -> list[str]:
    """The lines without those that only work the page: sign-in, sharing, "close", bullets alone."""
    return [line for line in lines if not line or len(line) > 240 or not _NOISE.match(line)]


def is_sign_in(line: str) -> bool:
    """Whether a short line is of an account: signing in or out, a password."""
    return len(line) <= _LONGEST_SIGN_IN and _SIGN_IN.search(line) is not None


def drop_sign_in(lines: Sequence[str]) -> list[str]:
    """The lines without what stands at their beginning about signing in: a page's dialog, laid out as text.

    One such line may be news; it is a dialog where there are several near each other, and then all from the
    first of them to the last are of it.
    """
    spoken = [number for number, line in enumerate(lines) if line]
    seeds = [place for place, number in enumerate(spoken[:_LONGEST_DIALOG]) if is_sign_in(lines[number])]
    if not seeds or seeds[0] > _DIALOG_BEGINS:
        return list(lines)
    last = seeds[0]
    for place in seeds:
        last = place if place - last <= _DIALOG_GAP else last
    if sum(place <= last for place in seeds) < _FEWEST_SIGN_INS:
        return list(lines)
    first, end = spoken[seeds[0]], spoken[last]
    return [*lines[:first], "", *lines[end + 1 :]]


def find_updated(lines: Sequence[str]) -> str:
    """What a page prints as its last update, or ""."""
    for line in lines:
        if len(line) <= 240 and (found := _UPDATED.search(line)):
            return found[1]
    return ""


def is_updated_line(line: str) -> bool:
    """Whether a line does nothing but state the last update."""
    found = _UPDATED.search(line) if len(line) <= 120 else None
    return found is not None and found.start() <= len("This page was ")
