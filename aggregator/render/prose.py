"""Small pure rules for text that leaves the house: one line, safe to print, cut where a sentence ends."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import urlsplit

MAX_READ = 4000
"""Characters of a text looked at when a summary is cut from it."""

MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
"""Names of months, January first, in the language of the program whatever the locale."""

LONGEST_PLACE = 200
"""Characters shown of the address of an item without a title."""

_KEPT_FORMAT = "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"
"""Format characters that scripts need or that do no harm; overrides of direction are not among them."""

_NOT_IN_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""The complement of `Char` in XML 1.0, 5th edition, production 2."""

_SENTENCE_END = re.compile(r"[.!?…][)\]\"'”’»]*(?=\s+[\"'“‘«(\[]*[^\Wa-z_])")
_ABBREVIATED = re.compile(
    r"(?:\b(?:Mr|Mrs|Ms|Dr|Prof|St|Sen|Rep|Gov|Hon|Gen|Lt|Col|Maj|Capt|Cpt|Cdr|Cmdr|Adm|Brig|Sgt|Amb|Jr|Sr|No|Art|vs"
    r"|Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sep|Sept|Oct|Nov|Dec|approx|ca|cf|e\.g|i\.e)|\b[^\W\d_])\.$"
)


def make_printable(text: str) -> str:
    """Drop what a terminal, a mail header or a reader could be misled by.

    Control characters (terminal escapes), lone surrogates (not UTF-8) and overrides of writing direction
    go; line ends and tabs stay.
    """
    if text.isascii() and text.isprintable():
        return text
    return "".join(char for char in text if _is_printable(char))


def headline_of(title: str, url: str) -> str:
    """What an item is called where people read: its title, or that it has none and where it lies.

    A list of addresses names no titles: until their pages were read nobody knows them, and an address sold
    as one would be quoted.
    """
    if named := join_line(title):
        return named
    place = join_line(url.partition("://")[2].partition("?")[0])
    return f"(no title) {place[:LONGEST_PLACE]}".rstrip()


def join_line(text: str) -> str:
    """The text as one printable line: every run of white space is one space, none at the ends."""
    return " ".join(make_printable(" ".join(text.split())).split())


def drop_illegal_xml(text: str) -> str:
    """Drop the characters XML 1.0 cannot hold, however they are escaped."""
    return _NOT_IN_XML.sub("", text)


def cut_at_sentence(text: str, limit: int) -> str:
    """As many whole sentences from the start of a text as fit.

    "Mr. Stoltenberg", "8 Nov. 2022" and initials end no sentence. Where not even the first fits, it is cut
    between words and ends with "…".

    Args:
        text: Any text; line ends count as spaces; `MAX_READ` characters are read.
        limit: Most characters in the result.

    Returns:
        One printable line, "" for an empty text.
    """
    line = join_line(text[:MAX_READ])
    if len(line) <= limit:
        return line
    ends = [match.end() for match in _SENTENCE_END.finditer(line, 0, limit + 60) if match.end() <= limit]
    for end in reversed(ends):
        if not _ABBREVIATED.search(line[max(0, end - 12) : end]):
            return line[:end]
    return cut_between_words(line, limit)


def cut_between_words(line: str, limit: int) -> str:
    """The start of a line, at most `limit` characters with the "…" that says it was cut."""
    if len(line) <= limit:
        return line
    head = line[: limit - 1]
    whole = head.rpartition(" ")[0] if line[limit - 1] != " " else head
    return (whole or head).rstrip(" ,;:–-") + "…"


def is_web_address(url: str) -> bool:
    """Whether a link may be made of it: http or https with a host, in one printable word."""
    if not url or len(url.split()) != 1 or make_printable(url) != url:
        return False
    try:
        parts = urlsplit(url)
        return parts.scheme.lower() in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        return False


def _is_printable(char: str) -> bool:
    if char in "\t\n\r":
        return True
    category = unicodedata.category(char)
    return category not in {"Cc", "Cs"} and (
        category != "Cf" or char in _KEPT_FORMAT or ord(char) > 0xE0000
    )
