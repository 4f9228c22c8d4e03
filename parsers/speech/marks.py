"""Where quotations begin and end: all marks, wrong ones too, over paragraphs too."""

from __future__ import annotations

import re
from typing import NamedTuple

_MARK = re.compile(r"[“”„‟\"«»]|''|``|\n\s*")
_ANY = re.compile(r"[“”„‟\"«»‘'`]")
_SINGLE = re.compile(r"(?:(?<=[\s(\[—–-])|^)[‘'](?=[^\W_])", re.MULTILINE)
_SINGLE_END = re.compile(r"(?<=[^\s])[’'](?![^\W_])|\n")
_OPENERS = '“„‟"«”'
_LONGEST_SINGLE = 1500


class Quote(NamedTuple):
    """A quotation with its marks: `[start, end)`; `closed` is false when its end mark is missing."""

    start: int
    end: int
    closed: bool


def find_quotes(text: str) -> list[Quote]:
    """Find quotations in order, never overlapping; those inside another are part of it.

    A quotation that is still open when a paragraph ends goes on when the next paragraph begins with a
    mark; otherwise it ends there, unclosed.
    """
    if _ANY.search(text) is None:
        return []
    found: list[Quote] = []
    start, opener = -1, ""
    for hit in _MARK.finditer(text):
        mark, at, end = hit.group(), hit.start(), hit.end()
        if start < 0:
            if mark[0] != "\n" and _opens(text, mark, at, end):
                start, opener = at, mark
            continue
        role = _at_break(text, hit) if mark[0] == "\n" else _inside(text, mark, opener, at, end)
        if role in {"close", "cut"}:
            found.append(Quote(start, end if role == "close" else at, closed=role == "close"))
            start = -1
        elif role == "restart":
            start, opener = at, mark
    if start >= 0 and text[start:].strip():
        found.append(Quote(start, len(text.rstrip()), closed=False))
    singles = _find_singles(text, found)
    return sorted((*found, *singles), key=lambda quote: quote.start) if singles else found


def _at_break(text: str, hit: re.Match[str]) -> str:
    """`cut` where a paragraph ends inside a quotation and the next does not take it up with a mark."""
    following = text[hit.end() : hit.end() + 1]
    return "cut" if following and following not in _OPENERS and _is_break(text, hit) else ""


def _is_break(text: str, hit: re.Match[str]) -> bool:
    """A line break parts paragraphs, unless the next line goes on in lower case."""
    following = text[hit.end() : hit.end() + 1]
    return hit.group().count("\n") > 1 or not following.islower()


def _opens(text: str, mark: str, at: int, end: int) -> bool:
    before, after = text[at - 1 : at], text[end : end + 1]
    if not after.strip():
        return mark == "«" and after not in {"", "\n"}
    if mark in "“„‟«" or mark == "``":
        return True
    return not before or not (before.isalnum() or before in ",.!?%)")


def _inside(text: str, mark: str, opener: str, at: int, end: int) -> str:
    """What a mark does inside a quotation: `close`, `restart` (an end was missing) or nothing ("")."""
    before, after = text[at - 1 : at], text[end : end + 1]
    if opener == "«" or mark in "«»":
        return "close" if mark == "»" and opener == "«" else ""
    opening = (
        (not before.strip() or before in "([—–")
        and bool(after.strip())
        and (after.isalnum() or after in "‘'[$.")
    )
    if mark in "“„‟" or mark == "``":
        if opener == "„" or (before.strip() and not after.isalnum()):
            return "close"
        return "" if text.rfind("\n", max(0, at - 3), at) >= 0 else "restart"
    if opening:
        return "" if "\n" in text[max(0, at - 3) : at] else ("restart" if mark != "”" else "")
    return "close"


def _find_singles(text: str, taken: list[Quote]) -> list[Quote]:
    """Quotations in single marks outside the others; an apostrophe is none."""
    found: list[Quote] = []
    bounds = iter(taken)
    blocked = next(bounds, None)
    at = 0
    while hit := _SINGLE.search(text, at):
        at = hit.end()
        while blocked is not None and blocked.end <= hit.start():
            blocked = next(bounds, None)
        if blocked is not None and blocked.start <= hit.start():
            at = blocked.end
            continue
        limit = min(hit.end() + _LONGEST_SINGLE, blocked.start if blocked else len(text))
        close, at = _close_single(text, hit.end(), limit, plain=hit.group() == "'")
        if close:
            found.append(Quote(hit.start(), close, closed=True))
    return found


def _close_single(text: str, start: int, limit: int, *, plain: bool) -> tuple[int, int]:
    """The end of a single-marked quotation (0 without one), and where to go on looking.

    It ends at a mark after punctuation, or at one that is no plural's. Where nothing ends it, nothing
    ends one begun later in the same stretch, which keeps the search linear.
    """
    for hit in _SINGLE_END.finditer(text, start, limit):
        if hit.group() == "\n":
            return 0, hit.end()
        before, after = text[hit.start() - 1], text[hit.end() : hit.end() + 1]
        ends = before in ".,!?…" or (after in {",", ":"} and before != "s") or not after
        if ends or (not plain and before not in "sz"):
            return hit.end(), hit.end()
    return 0, limit
