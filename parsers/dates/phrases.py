"""Read a relative phrase as the units it prints, whatever engine printed it."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from parsers.dates.cleaning import clean
from parsers.dates.words import (
    CALENDAR_WORDS,
    FUTURE_ENDINGS,
    FUTURE_OPENINGS,
    HOUR,
    JOINING,
    LEADING,
    NUMBERS,
    PAST_ENDINGS,
    PAST_OPENINGS,
    QUALIFIERS,
    QUALIFYING_PAIRS,
    SPECIALS,
    UNDER,
    UNDER_WORDS,
    UNITS,
    YEAR,
)

_MOST_TOKENS = 20
_CALENDAR_YEAR = 1_000
"""As many years, with nothing that says "ago", are a year of the calendar: "2022 год"."""


class Phrase(NamedTuple):
    """What a relative phrase says.

    `units` are (unit, number) pairs, largest unit first; `special` is a word for a fixed phrase
    ("now", "few", "half") or "calendar" ("last week"); `article` is true where the number was written
    as "a" or left out; `bare` where neither "ago" nor its like stood there.
    """

    units: tuple[tuple[int, int], ...] = ()
    qualifier: str = ""
    special: str = ""
    future: bool = False
    article: bool = False
    bare: bool = False


_Units = tuple[tuple[int, int], ...]


def read_phrase(text: str, lang: str = "") -> Phrase | None:
    """The units of a relative phrase, or None when the text is none. Never raises on text."""
    return _read_words(clean(text), lang)


@lru_cache(maxsize=4_096)
def _read_words(line: str, lang: str) -> Phrase | None:
    """Pages repeat their phrases: one reading of each serves them all."""
    words = line.lower().replace("’", "'").lstrip(" .–—|:;(").rstrip(" .-–—|:;)")
    fixed = _fixed(words)
    if fixed is not None:
        return fixed
    tokens = words.replace(",", " ").replace(":", " ").split()
    if not 0 < len(tokens) <= _MOST_TOKENS:
        return None
    start = 0
    while start < len(tokens) and tokens[start] in LEADING:
        start += 1
    if start:
        tokens = tokens[start:]
        fixed = _fixed(" ".join(tokens))
        if fixed is not None:
            return fixed
    return _spoken(tokens, lang)


def _fixed(words: str) -> Phrase | None:
    if words in SPECIALS:
        return Phrase(special=SPECIALS[words])
    if words in CALENDAR_WORDS:
        unit, number = CALENDAR_WORDS[words]
        return Phrase(((unit, abs(number)),), special="calendar", future=number < 0)
    return None


def _spoken(tokens: list[str], lang: str) -> Phrase | None:
    tokens, direction, ending = _without_direction(tokens)
    if not tokens:
        return None
    tokens, qualifier = _without_qualifier(tokens)
    ukrainian = ending == "тому" or lang.startswith("uk")
    found = _units(tokens, ukrainian)
    if found is None:
        return None
    units, article = found
    if not direction and not qualifier and (_is_lone(tokens[0], ukrainian) or _is_calendar_year(units)):
        return None
    return Phrase(units, qualifier, "", direction == "future", article, not direction)


def _is_lone(token: str, ukrainian: bool) -> bool:
    """Whether a phrase begins with a unit: "день" is a word like any other where no "тому" follows."""
    return token not in NUMBERS and _unit(token, ukrainian) >= 0


def _is_calendar_year(units: _Units) -> bool:
    return units[0][0] == YEAR and units[0][1] >= _CALENDAR_YEAR


def _without_direction(tokens: list[str]) -> tuple[list[str], str, str]:
    """The tokens between "in" or "il y a" and "ago" or their like, the direction and the ending."""
    last = tokens[-1]
    for endings, direction in ((PAST_ENDINGS, "past"), (FUTURE_ENDINGS, "future")):
        for ending in endings:
            if last == ending[-1] and tuple(tokens[-len(ending) :]) == ending:
                return tokens[: -len(ending)], direction, last
    for openings, direction in ((PAST_OPENINGS, "past"), (FUTURE_OPENINGS, "future")):
        for opening in openings:
            if tokens[0] == opening[0] and tuple(tokens[: len(opening)]) == opening:
                return tokens[len(opening) :], direction, ""
    return tokens, "", ""


def _without_qualifier(tokens: list[str]) -> tuple[list[str], str]:
    first = tokens[0]
    if first.startswith("~") and len(first) > 1:
        return [first[1:], *tokens[1:]], "about"
    if len(tokens) > 1 and (first, tokens[1]) in QUALIFYING_PAIRS:
        rest = [first.partition("'")[2] for first in tokens[1:2] if "'" in first]
        return rest + tokens[2:], QUALIFYING_PAIRS[first, tokens[1]]
    if first == "moins" and len(tokens) > 1 and tokens[1].startswith("d'"):
        return [tokens[1][2:], *tokens[2:]], UNDER
    if first in QUALIFIERS:
        return tokens[1:], QUALIFIERS[first]
    if first in UNDER_WORDS:
        return tokens[1:], UNDER
    return tokens, ""


def _units(tokens: list[str], ukrainian: bool) -> tuple[_Units, bool] | None:
    """Pairs of unit and number, and whether a number was an article; largest unit first, each once."""
    found: list[tuple[int, int]] = []
    article, previous, at = False, -1, 0
    while at < len(tokens):
        if tokens[at] in JOINING and found:
            at += 1
            continue
        read = _pair(tokens, at, ukrainian)
        if read is None or read[0] <= previous:
            return None
        previous, number, spoken, taken = read
        article = article or spoken
        found.append((previous, number))
        at += taken
    return (tuple(found), article) if found else None


def _pair(tokens: list[str], at: int, ukrainian: bool) -> tuple[int, int, bool, int] | None:
    """The unit and number at a place, whether the number is an article, how many tokens they take."""
    token = tokens[at]
    number = _number(token)
    if number >= 0:
        unit = _unit(tokens[at + 1], ukrainian) if at + 1 < len(tokens) else -1
        return (unit, number, not token[0].isdecimal(), 2) if unit >= 0 else None
    unit = _unit(token, ukrainian)
    if unit >= 0:
        # only Slavic languages leave the number out: "годину тому"
        return None if token.isascii() else (unit, 1, True, 1)
    pair = _glued(token, ukrainian)
    return (*pair, False, 1) if pair else None


def _number(token: str) -> int:
    if token.isdecimal():
        return int(token) if len(token) <= 6 else -1
    return NUMBERS.get(token, -1)


def _unit(token: str, ukrainian: bool) -> int:
    word = token.rstrip(".")
    unit = UNITS.get(word, -1)
    return HOUR if unit == YEAR and ukrainian and word == "год" else unit


def _glued(token: str, ukrainian: bool) -> tuple[int, int] | None:
    """A number and its unit written as one word: "2h", "3wks"."""
    digits = 0
    while digits < len(token) and token[digits].isdecimal():
        digits += 1
    unit = _unit(token[digits:], ukrainian)
    return (unit, int(token[:digits])) if 0 < digits <= 6 and unit >= 0 else None
