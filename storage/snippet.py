"""Why an item was found: a short piece of its own text around the words asked for."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from storage.fold import align, split_words
from storage.grammar import Words

_READ = 100_000
_NARROWEST = 20
_ELLIPSIS = "…"


@dataclass(frozen=True, slots=True)
class Snippet:
    """One line of an item's own text; `marks` are the places in it that match, as (start, end)."""

    text: str
    marks: tuple[tuple[int, int], ...] = ()


def make(title: str, summary: str, text: str, terms: Sequence[Words], *, width: int = 200) -> Snippet:
    """Cut the piece that shows why an item matches.

    It is the surroundings of the first match in the text, else in the summary. Without any it is the
    beginning of the summary, else of the text. The title, which a reader sees anyway, stands in only where
    there is nothing else.

    Args:
        title: The item's title, as it is.
        summary: Its summary.
        text: Its text; the first 100,000 characters are looked at.
        terms: What was asked for (`Query.words`); those for the title alone count in the title alone.
        width: Characters at most, ellipses included; at least 20.

    Returns:
        Words of one field with white space evened out, cut at word bounds, and all the matches in them.
    """
    title, summary, text = (" ".join(field[:_READ].split()) for field in (title, summary, text))
    width = max(width, _NARROWEST)
    pattern = _write_pattern([term for term in terms if not term.field])
    for field in (text, summary):
        places = _find(field, pattern)
        if places:
            return _cut(field, places, width)
    if summary or text:
        return _cut(summary or text, [], width)
    return _cut(title, _find(title, _write_pattern(terms)), width)


def _write_pattern(terms: Sequence[Words]) -> re.Pattern[str] | None:
    """Any of the terms as whole words in a text spelled as the index compares it."""
    choices = []
    for term in terms:
        phrase = "[\\W_]+".join(re.escape(word) for word in split_words(term.text))
        choices.append(phrase + "[^\\W_]*" * term.prefix)
    return re.compile(f"(?<![^\\W_])(?:{'|'.join(choices)})(?![^\\W_])") if choices else None


def _find(field: str, pattern: re.Pattern[str] | None) -> list[tuple[int, int]]:
    if pattern is None or not field:
        return []
    spelled, places = align(field)
    return [(places[match.start()], places[match.end()]) for match in pattern.finditer(spelled)]


def _cut(field: str, places: list[tuple[int, int]], width: int) -> Snippet:
    """The part of a field around its first match, a quarter of the width before it."""
    if len(field) <= width:
        return Snippet(field, tuple(places))
    room = width - 2 * len(_ELLIPSIS)
    first, last = places[0] if places else (0, 0)
    start = max(0, min(first - room // 4, len(field) - room))
    end = min(start + room, len(field))
    if start:
        start = field.find(" ", start - 1, first) + 1 or start
    if end < len(field):
        space = field.rfind(" ", last, end + 1)
        end = space if space > start else end
    shift = start - (len(_ELLIPSIS) if start else 0)
    before, after = _ELLIPSIS * (start > 0), _ELLIPSIS * (end < len(field))
    marks = ((at - shift, min(to, end) - shift) for at, to in places if start <= at < end)
    return Snippet(before + field[start:end] + after, tuple(marks))
