"""Which stretches of a text may hold a statement; the others need not be read before they are asked for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from parsers.speech.lexicon import ACCORDING, CUES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from parsers.speech.marks import Quote

_PLAIN_WORD = re.compile(r"[a-z]{3,}")
_SURE_END = re.compile(r"\s[^\W_]{5,}\.(?=\s+[^\W_])")
"""A full stop after a word too long for an abbreviation, before another word: a sentence ends there."""

Stretch = tuple[int, int, "Sequence[Quote]", bool]
"""Start and end, the quotations between them, and whether a statement may be there."""


def split_stretches(text: str, quotes: list[Quote]) -> Iterator[Stretch]:
    """Cut a text where sentences surely end, outside quotations; a stretch is one sentence or several.

    Args:
        text: The text of a field.
        quotes: Its quotations, in order.
    """
    if not quotes and not has_cue(text):
        yield 0, len(text), (), False
        return
    start, first = 0, 0
    for hit in _SURE_END.finditer(text):
        end, last = hit.end(), first
        while last < len(quotes) and quotes[last].start < end:
            last += 1
        if last > first and quotes[last - 1].end >= end:
            continue
        yield start, end, quotes[first:last], last > first or has_cue(text[start:end])
        start, first = end, last
    if start < len(text):
        yield start, len(text), quotes[first:], first < len(quotes) or has_cue(text[start:])


def has_cue(text: str) -> bool:
    """Whether a word of the text may report speech; all that do are runs of small letters in it."""
    return not CUES.keys().isdisjoint(_PLAIN_WORD.findall(text)) or ACCORDING in text.lower()
