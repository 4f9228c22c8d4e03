"""Days a body states: "said today (8 November 2022)", "On 27 and 28 October 2022, …"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, tzinfo

from parsers.dates.absolute import parse_absolute, read_written
from parsers.dates.cleaning import clean
from parsers.dates.names import DAY_AFTER, DAY_BEFORE, MONTHS, SAME_DAY, WEEKDAYS
from parsers.dates.written import Written, span_of
from parsers.dates.zones import instant
from parsers.model import Evidence, Strength, When

_MOST = 6_000
"""Characters of a body that are read; news say when in their first lines."""
_MOST_FOUND = 8


def _any(words: frozenset[str] | dict[str, int]) -> str:
    return "|".join(sorted((re.escape(word) for word in words if len(word) > 2), key=len, reverse=True))


_MONTH = rf"(?:{_any(MONTHS)})\b\.?"
_DAYS = r"\d{1,2}(?:st|nd|rd|th|er)?"
_JOIN = r"\s?(?:,|-|–|and|to|et|au|і|та|и|по|до|&)\s?"
_DATE = (
    rf"(?:{_DAYS}(?:{_JOIN}{_DAYS}){{0,3}}\s{_MONTH}(?:\s\d{{4}})?(?:{_JOIN}{_DAYS}\s{_MONTH})?"
    rf"|{_MONTH}\s{_DAYS}(?:{_JOIN}{_DAYS})?),?(?:\s\d{{4}})?"
)
_IN_BRACKETS = re.compile(
    rf"\b({_any(SAME_DAY | DAY_BEFORE | DAY_AFTER)}|{_any(WEEKDAYS)})[,’'s]{{0,2}}\s?\(([^()]{{3,40}})\)",
    re.IGNORECASE,
)
_IN_LINE = re.compile(
    rf"\b(?:on|from|between|le|du|entre|з|с|від)\s(?:(?:{_any(WEEKDAYS)}),?\s)?({_DATE})", re.IGNORECASE
)
_BARE = re.compile(rf"(?<!\w){_DATE}(?!\w)", re.IGNORECASE)
_AHEAD = re.compile(
    r"\b(?:will|shall|is due|are due|to be held|scheduled|upcoming|forthcoming|next|"
    r"begins|starts|opens|takes place|deadline|aura lieu|відбудеться|состоится|пройдет|пройдёт)\b",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"(?<![A-Z])[.!?](?=\s+[^\Wa-z\d_])|\n")


def find_stated_days(text: str, *, tz: tzinfo, page_date: date | None = None) -> tuple[Evidence, ...]:
    """The days a body states of itself or of what it tells.

    "today (8 November 2022)" is a witness of publication on that day, "yesterday (14 July 2025)" of the
    day after. "On Tuesday (25 October 2022)" or "On 27 and 28 October 2022" tell of an event, which bounds
    publication from below only; not where the sentence looks ahead. A day after "since" is a mention and
    no witness at all.

    Args:
        text: The body; at most 6,000 characters are read.
        tz: The zone the days are counted in.
        page_date: A day near the page's, for days printed without a year.

    Returns:
        At most eight witnesses, in order of the text.
    """
    found: list[Evidence] = []
    for sentence in _sentences(text[:_MOST]):
        ahead = _AHEAD.search(sentence) is not None
        for raw, word, inside in _candidates(sentence):
            if ahead and word not in SAME_DAY and word not in DAY_BEFORE:
                continue
            written = read_written(clean(inside), page_date)
            if written is not None:
                found.append(_witness(raw, word, written, tz))
        if len(found) >= _MOST_FOUND:
            break
    return tuple(found[:_MOST_FOUND])


def find_mention(text: str, *, tz: tzinfo, page_date: date | None = None) -> When | None:
    """The first day told of in running text: "On 26 March 2022, Iraq received more than a ton".

    Args:
        text: The sentence; at most 256 characters are read.
        tz: The zone the day is counted in.
        page_date: A day near the page's, for days printed without a year.

    Returns:
        The interval of the day or days, or None where none is told of. Never raises on text.
    """
    head = clean(text)
    told = [inside for _, _, inside in _candidates(head)]
    for written in (*told, *(found[0] for found in _BARE.finditer(head))):
        found = parse_absolute(written, tz=tz, page_date=page_date, role="mention")
        if found is not None:
            return found
    return None


def _sentences(text: str) -> Iterator[str]:
    start = 0
    for end in _SENTENCE_END.finditer(text):
        yield text[start : end.end()]
        start = end.end()
    yield text[start:]


def _candidates(sentence: str) -> Iterator[tuple[str, str, str]]:
    """What was written, the word before its brackets, and the date in it, in order of the text."""
    if not any(character.isdecimal() for character in sentence):
        return
    places = [(m.start(), m[0], m[1].lower(), m[2]) for m in _IN_BRACKETS.finditer(sentence)]
    places += [(m.start(), m[0], "", m[1]) for m in _IN_LINE.finditer(sentence)]
    for _, raw, word, inside in sorted(places):
        yield raw, word.replace("’", "'"), inside


def _witness(raw: str, word: str, written: Written, tz: tzinfo) -> Evidence:
    if word in DAY_BEFORE:
        written = written._replace(first=written.first + 1, last=written.last + 1)
    elif word in DAY_AFTER:
        written = written._replace(first=written.first - 1, last=written.last - 1)
    low, high = span_of(written, tz)
    own = word in SAME_DAY or word in DAY_BEFORE or word in DAY_AFTER
    return Evidence(
        kind="today" if own else "event",
        raw=raw[:120],
        where="text",
        earliest=instant(low),
        latest=instant(high) if own else None,
        rule=word if own else "event day",
        strength=Strength.TODAY if own else Strength.EVENT,
    )
