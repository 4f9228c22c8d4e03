"""Dates as people print them: a line of tokens becomes a line of letters, and its shape is looked up.

`D` is a number of one or two digits, `Y` one of four, `M` a month, `-` a word or mark of a range; `/` and
`.` stand only between numbers. "Tue, 29 Jun. 2022 - 30 Jun. 2022" is `DMY-DMY`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from parsers.dates.names import DAY_AFTER, DAY_BEFORE, FILLING, MONTHS, RANGING, SAME_DAY, WEEKDAYS
from parsers.dates.written import day_number

_TOKEN = re.compile(
    r"\d+|[^\W\d_]+(?:['’][^\W\d_]+)?|(?<=\d)[./](?=\d)|[-\u2010-\u2015\u2212/&+]|[^\s\w]|_"
)
_IGNORED = frozenset(",()|:;*[]›»«\"'`~•·_#!<>")
_MOST_TOKENS = 24


_WORDS: dict[str, tuple[str, int]] = {
    **dict.fromkeys(_IGNORED | FILLING, (" ", 0)),
    **dict.fromkeys(SAME_DAY | DAY_BEFORE | DAY_AFTER, (" ", 0)),
    **dict.fromkeys(RANGING | set("-&+\u2010\u2011\u2012\u2013\u2014\u2015\u2212"), ("-", 0)),
    **{mark: (mark, 0) for mark in "/."},
    **{word: ("W", number) for word, number in WEEKDAYS.items()},
    **{word: ("M", number) for word, number in MONTHS.items()},
}
"""The letter and value of every word and mark of a date; what is neither here nor a number is none."""


class Tokens(NamedTuple):
    """The shape of a line, the value of each of its letters, and what stood beside them."""

    shape: str
    values: list[int]
    weekday: int | None
    digits: int = 0
    month_first: bool = False


class Day(NamedTuple):
    """A day whose year may be missing (None)."""

    year: int | None
    month: int
    day: int


Days = tuple[Day, Day]


def read_tokens(text: str) -> Tokens | None:
    """The shape of a line in lower case, or None as soon as a word is no part of any date."""
    shape: list[str] = []
    values: list[int] = []
    weekday: int | None = None
    digits = 0
    for found in _TOKEN.finditer(text):
        word = found[0]
        letter, value = _WORDS.get(word) or _WORDS.get(word.removesuffix("'s")) or _number(word)
        if letter == "M" and word == "mar" and _is_french_tuesday(text, found.end()):
            letter, value = "W", 1
        if letter in "DYM-/.":
            shape.append(letter)
            values.append(value)
            digits = len(word) if letter in "DY" else digits
        elif letter == "W":
            weekday = value
        elif letter == "?":
            return None
    return _trimmed("".join(shape), values, weekday, digits) if len(shape) <= _MOST_TOKENS else None


def _trimmed(shape: str, values: list[int], weekday: int | None, digits: int) -> Tokens:
    start, end = 0, len(shape)
    while start < end and shape[start] in "-/.":
        start += 1
    while start < end and shape[end - 1] in "-/.":
        end -= 1
    return Tokens(shape[start:end], values[start:end], weekday, digits)


def _number(token: str) -> tuple[str, int]:
    size = len(token)
    if not token.isdecimal() or size > 4 or size == 3:
        return "?", 0
    return ("Y" if size == 4 else "D"), int(token)


def _is_french_tuesday(text: str, at: int) -> bool:
    following = _TOKEN.findall(text[at : at + 24])
    words = [word for word in following if word.isalnum()]
    return len(words) > 1 and words[0].isdecimal() and words[1] in MONTHS


def read_days(tokens: Tokens) -> Days | None:
    """First and last day of a shape, or None when it is none of a date."""
    shape = tokens.shape.replace(".", "") if "M" in tokens.shape else tokens.shape
    kept = [value for letter, value in zip(tokens.shape, tokens.values, strict=True) if letter in "DMY"]
    for pattern, reading in _SHAPES:
        if pattern.fullmatch(shape):
            return reading(shape, kept, tokens)
    return None


def _year(letter: str, value: int) -> int:
    """Two digits as in RFC 2822: to 49 this century, from 50 the last."""
    return value if letter == "Y" else value + (2000 if value < 50 else 1900)


def _day_first(shape: str, values: list[int], tokens: Tokens) -> Days | None:
    """`DMY`, `D-DMY`, `DD-DM`, `D-M-Y`: the days before the month are the first to the last."""
    letters = [letter for letter in shape if letter in "DMY"]
    at = letters.index("M")
    if letters[-1] == "D" and tokens.digits < 2:
        return None  # a year has two digits at least
    year = _year(letters[at + 1], values[at + 1]) if len(letters) > at + 1 else None
    return Day(year, values[at], values[0]), Day(year, values[at], values[at - 1])


def _month_first(shape: str, values: list[int], _tokens: Tokens) -> Days:
    """`MDY`, `MD-DY`, `MD`."""
    letters = [letter for letter in shape if letter in "DMY"]
    year = values[-1] if letters[-1] == "Y" else None
    last = values[-2] if year is not None else values[-1]
    return Day(year, values[0], values[1]), Day(year, values[0], last)


def _year_first(_shape: str, values: list[int], _tokens: Tokens) -> Days:
    year, month, day = values
    return Day(year, month, day), Day(year, month, day)


def _two_days(shape: str, values: list[int], _tokens: Tokens) -> Days:
    """`DM-DMY`, `DMY-DMY`, `MD-MDY`: a missing year is the other day's, or the one before it."""
    letters = "".join(letter for letter in shape if letter in "DMY")
    half = 3 if letters[2] == "Y" else 2
    first, last = _one(letters[:half], values[:half]), _one(letters[half:], values[half:])
    if first.year is None and last.year is not None:
        first = first._replace(year=last.year - (1 if first[1:] > last[1:] else 0))
    return first, last


def _one(letters: str, values: list[int]) -> Day:
    by_letter = dict(zip(letters, values, strict=True))
    return Day(by_letter.get("Y"), by_letter["M"], by_letter["D"])


def _whole_months(shape: str, values: list[int], _tokens: Tokens) -> Days | None:
    """`MY`, `M-MY`, `MY-MY`."""
    if shape.count("Y") == 2:
        found = [_whole_months("MY", values[at : at + 2], _tokens) for at in (0, 2)]
        return (found[0][0], found[1][1]) if found[0] and found[1] else None
    months, year = values[:-1], values[-1]
    if shape[0] == "Y":
        year, months = values[0], values[1:]
    if not 1 <= year <= 9_998:
        return None
    after = date(year + months[-1] // 12, months[-1] % 12 + 1, 1)
    last = date.fromordinal(after.toordinal() - 1)
    return Day(year, months[0], 1), Day(year, months[-1], last.day)


def _numeric(shape: str, values: list[int], tokens: Tokens) -> Days | None:
    """`D/D/Y`: day first, unless only month first makes a day, or one on the weekday that stands there."""
    letters = [letter for letter in shape if letter in "DY"]
    if letters[0] == "Y":
        return _year_first(shape, values, tokens)
    if tokens.digits < 2:
        return None
    year = _year(letters[2], values[2])
    first = Day(year, values[1], values[0])
    swapped = Day(year, values[0], values[1])
    number = day_number(year, values[1], values[0])
    other = day_number(year, values[0], values[1])
    if other is None or number == other:
        return first, first
    if number is None or _prefers(tokens, number, other):
        return swapped, swapped
    return first, first


def _prefers(tokens: Tokens, number: int, other: int) -> bool:
    if tokens.weekday is None:
        return False
    wanted = tokens.weekday + 1
    return other % 7 == wanted % 7 and (number % 7 != wanted % 7 or tokens.month_first)


def _two_numeric(_shape: str, values: list[int], _tokens: Tokens) -> Days:
    """`D.D.Y-D.D.Y`, `D-D.D.Y`."""
    if len(values) == 4:
        return Day(values[3], values[2], values[0]), Day(values[3], values[2], values[1])
    return Day(values[2], values[1], values[0]), Day(values[5], values[4], values[3])


_Reading = Callable[[str, list[int], Tokens], Days | None]

_SHAPES: tuple[tuple[re.Pattern[str], _Reading], ...] = (
    (re.compile(r"D(?:[-/]*D)*[-/]?M[-/]?[YD]?"), _day_first),
    (re.compile(r"M[-/]?D(?:[-/]*D)*[-/]?Y|M[-/]?D(?:-+D)*"), _month_first),
    (re.compile(r"D-?M-?Y-+D-?M-?Y|DM-+DMY?|MD-+MDY?|MDY-+MDY"), _two_days),
    (re.compile(r"Y[-/]?M[-/]?D"), _year_first),
    (re.compile(r"M(?:[-/]+M)?[-/]?Y|YM|MY-+MY"), _whole_months),
    (re.compile(r"D([-/.])D\1[YD]|Y([-/.])D\2D"), _numeric),
    (re.compile(r"D([-/.])D\1Y-+D\1D\1Y|D-D\.D\.Y"), _two_numeric),
)
