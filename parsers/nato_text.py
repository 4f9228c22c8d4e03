"""What nato.int's documents have in common, as page or as model: the lines around a text, and its turns."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, tzinfo

from bs4.element import NavigableString, Tag

from parsers.dates import parse_absolute
from parsers.main_text import UPDATE_WORDS, drop_noise, drop_sign_in, is_updated_line
from parsers.markup import BLOCKS, text_of, tidy
from parsers.model import Evidence
from parsers.witness import label

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
_HEADER_LINES = 12
_LONGEST_DAY = 60
_AS_DAY = frozenset(("second", "minute", "hour", "day"))


def read_header(before: Sequence[str], after: Sequence[str]) -> tuple[str, str, list[str]]:
    """The printed day, the byline and the lines of the text proper.

    Args:
        before: The lines above the title.
        after: Those below it.
    """
    days = [day for line in before[-_HEADER_LINES:] if (day := _find_day(line))]
    byline = ""
    lines = drop_noise(drop_sign_in(after))
    start = 0
    for number, line in enumerate(lines[: 2 * _HEADER_LINES]):
        if day := _find_day(line):
            days.append(day)
        elif not byline and len(line) <= 300 and _BYLINE.match(line) and not line.endswith("."):
            byline = line
        elif line and not _DELIVERED.match(line) and not is_updated_line(line):
            break
        start = number + 1
    body = [line for line in lines[start:] if not _DELIVERED.match(line) and not is_updated_line(line)]
    return days[-1] if days else "", byline, body


def _find_day(line: str) -> str:
    """The day that is all a line says, as written, or ""."""
    if found := _DATE_LINE.match(line[:200]):
        return found[1]
    if len(line) > _LONGEST_DAY or is_updated_line(line):
        return ""
    when = parse_absolute(line, tz=UTC)
    return line if when is not None and when.precision in _AS_DAY else ""


def find_printed(printed: str, zone: tzinfo, lang: str) -> tuple[Evidence, ...]:
    """The day of a date line as a witness of publication."""
    when = label(parse_absolute(printed, tz=zone, lang=lang), kind="printed", where="date line")
    return when.evidence if when else ()


# -- speaker turns


def break_turns(soup: Tag, main: Tag) -> None:
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
