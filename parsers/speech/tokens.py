"""Words, marks and quotations in a row, and the sentences they make."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from parsers.speech.marks import Quote

_TOKEN = re.compile(
    r"(?P<break>\n\s*)|(?P<word>(?:[^\W\d_]\.){2,}|[^\W_]+(?:[.'’&\-‑][^\W_]+)*(?:(?<=s)[’'](?=\s))?\.?)|(?P<mark>\.\.\.|--|\S)"
)
_DOTTED = frozenset(
    {
        *("mr.", "ms.", "mrs.", "dr.", "st.", "jr.", "sr.", "lt.", "col.", "gen.", "maj.", "brig.", "adm."),
        *("capt.", "sgt.", "cmdr.", "rep.", "sen.", "gov.", "sec.", "amb.", "prof.", "rev.", "hon.", "vs."),
        *("etc.", "e.g.", "i.e.", "no.", "jan.", "feb.", "mar.", "apr.", "jun.", "jul.", "aug.", "sep."),
        *(
            "sept.",
            "oct.",
            "nov.",
            "dec.",
            "u.s.",
            "u.k.",
            "u.n.",
            "d.c.",
            "pres.",
            "lt.col.",
            "ret.",
            "cpl.",
        ),
        *("vice-adm.", "rt.", "ltg.", "inc.", "co.", "corp.", "p.m.", "a.m."),
    }
)
_MAY_END = frozenset(
    {"etc.", "u.s.", "u.k.", "u.n.", "d.c.", "p.m.", "a.m.", "inc.", "co.", "corp.", "jr.", "sr."}
)
_STOPS = frozenset({".", "!", "?", "…"})
_ENDING = _STOPS | _MAY_END
_BEGINNING = frozenset({"the", "he", "she", "it", "they", "a", "but", "and", "in", "this", "we"})
_FINAL = frozenset(".!?…")


class Token(NamedTuple):
    """One word (`w`), mark (`p`), quotation (`q`) or paragraph break (`n`) at `[start, end)`.

    `low` is a word in lower case, `stem` that without the full stop of an abbreviation; a mark is both.
    """

    kind: str
    start: int
    end: int
    text: str
    low: str
    stem: str


Sentence = list[Token]
LONGEST = 150  # no sentence people write is longer; it keeps the reading of one bounded


def tokenize(
    text: str, quotes: Sequence[Quote], start: int = 0, stop: int | None = None
) -> Iterator[Token]:
    """Cut a text, or its stretch `[start, stop)`, into tokens; a quotation in it is one token."""
    at = start
    for quote in quotes:
        if at < quote.start:
            yield from _cut(text, at, quote.start)
        yield Token("q", quote.start, quote.end, text[quote.start : quote.end], "", "")
        if not quote.closed:
            yield Token("n", quote.end, quote.end, "", "", "")
        at = quote.end
    yield from _cut(text, at, len(text) if stop is None else stop)


def _cut(text: str, start: int, end: int) -> Iterator[Token]:
    for hit in _TOKEN.finditer(text, start, end):
        word, kind = hit[0], hit.lastgroup
        first, last = hit.span()
        if kind == "word":
            low = word.lower()
            if word[-1] != ".":
                yield Token("w", first, last, word, low, low)
            elif low in _DOTTED or (len(word) == 2 and word[0].isupper()) or word.count(".") > 1:
                yield Token("w", first, last, word, low, low.rstrip("."))
            else:
                yield Token("w", first, last - 1, word[:-1], low[:-1], low[:-1])
                yield Token("p", last - 1, last, ".", ".", ".")
        elif kind == "mark":
            yield Token("p", first, last, word, word, word)
        else:
            following = text[last : last + 1]
            if word.count("\n") > 1 or not following.islower():
                yield Token("n", first, last, "\n", "\n", "\n")


def split_sentences(tokens: Iterable[Token]) -> Iterator[Sentence]:
    """Group tokens into sentences; a paragraph break is a sentence of its own (`n`).

    A full stop inside a quotation ends the sentence only when what follows does not report it.
    """
    sentence: Sentence = []
    ended = False  # whether the next token decides
    for token in tokens:
        if token.kind == "n":
            if sentence:
                yield sentence
            yield [token]
            sentence, ended = [], False
            continue
        if ended and (len(sentence) >= LONGEST or _ends(sentence[-1], token)):
            yield sentence
            sentence = []
        sentence.append(token)
        ended = token.low in _ENDING or token.kind == "q" or len(sentence) >= LONGEST
    if sentence:
        yield sentence


def _ends(token: Token, following: Token) -> bool:
    if token.kind == "q":
        inner = token.text[:-1].rstrip("”\"'’ ")
        return inner[-1:] in _FINAL and (
            following.kind == "q" or following.text[:1].isupper() or following.text == "("
        )
    if token.text in _STOPS:
        return following.text not in {")", "]", ",", ".", "…"}
    if token.low in _MAY_END and following.kind == "w":
        return following.low in _BEGINNING and following.text[0].isupper()
    return False
