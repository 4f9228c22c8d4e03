"""How alike two texts are: is one a copy of the other with small edits, or another item of the same
pattern?

The words are aligned (sentences first, words where sentences differ), so that what was put in or left
out is told from what was put in place of something else. An editor adds a line, drops a sentence, mends
a word. A series keeps its sentences and changes the names and the figures in them: a name in place of a
name, a number in place of a number is what makes two items, however alike the rest.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from itertools import chain

BRIEF = 150
"""Words up to which a text is judged as a brief one."""

MOST_CLASHES = 4
"""Names and figures that may differ in a long text, one for 200 words."""

_BRIEF_REWRITTEN, _BRIEF_GROWN = (4, 0.12), (25, 0.6)
_FULL_REWRITTEN, _FULL_GROWN = (0, 0.08), (0, 0.25)
"""How many words may give way to others in a copy, and how many may be added or dropped: so many at least,
and so large a share of the shorter text."""

_MOST_CELLS = 360_000
"""Beyond so many pairs to compare, a stretch counts as replaced: difflib takes quadratic time."""
_SENTENCE = re.compile(r"[.!?…][\"'”’»)\]]*\s+|\n")
"""What parts sentences; it begins with one of a few characters, so that the rest is passed over quickly."""
_WORD = re.compile(r"\d+(?:[.,\u00a0\u202f]\d+)*|\w+")
_NUMERALS = frozenset(
    (
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "twenty",
        "thirty",
        "forty",
        "fifty",
        "hundred",
        "thousand",
        "million",
        "billion",
        "first",
        "second",
        "third",
        "fourth",
        "fifth",
        "sixth",
        "seventh",
        "eighth",
        "ninth",
        "tenth",
    )
)


@dataclass(frozen=True, slots=True)
class Edits:
    """What turns one text into another, in words; `words` are those of the shorter one.

    `clashes` are names put in place of names and numbers in place of numbers.
    """

    words: int = 0
    replaced: int = 0
    added: int = 0
    dropped: int = 0
    clashes: int = 0

    def __add__(self, other: Edits) -> Edits:
        """The edits of two stretches together."""
        return Edits(
            self.words + other.words,
            self.replaced + other.replaced,
            self.added + other.added,
            self.dropped + other.dropped,
            self.clashes + other.clashes,
        )

    @property
    def rewritten(self) -> int:
        """Words that gave way to others, there or elsewhere in the text."""
        return self.replaced + min(self.added, self.dropped)

    @property
    def score(self) -> float:
        """How much of the longer one stands in both, from 0 to 1."""
        longer = self.words + abs(self.added - self.dropped)
        return max(0.0, round(1 - (self.replaced + max(self.added, self.dropped)) / max(longer, 1), 4))


def judge_copy(title: str, body: str, other_title: str, other_body: str) -> float:
    """Decide whether two texts are copies of one but for small edits.

    Args:
        title: The title of one.
        body: Its words.
        other_title: The title of the other.
        other_body: Its words.

    Returns:
        How alike they are, from 0 to 1, or 0.0 where they are two items.
    """
    # The alignment depends on which comes first; the verdict must not.
    if (other_title, other_body) < (title, body):
        title, body, other_title, other_body = other_title, other_body, title, body
    heads = compare_titles(title, other_title)
    if not have_same_figures(title, other_title):
        return 0.0
    edits = compare_texts(body, other_body)
    fits = _fits_brief if edits.words <= BRIEF else _fits_full
    return edits.score if fits(edits, heads) else 0.0


def _fits_brief(edits: Edits, heads: Edits) -> bool:
    # A word changed in the title must be the only one changed: else it is the topic that changed.
    if heads.replaced and (heads.replaced > 1 or heads.words < 3 or edits.replaced):
        return False
    return (
        not edits.clashes + heads.clashes
        and edits.replaced <= max(2, edits.words * 0.08)
        and edits.rewritten <= _most(edits.words, *_BRIEF_REWRITTEN)
        and max(edits.added, edits.dropped) <= _most(edits.words, *_BRIEF_GROWN)
    )


def _fits_full(edits: Edits, heads: Edits) -> bool:
    # Another headline may stand over the same text; then it has to be the very same.
    strict = heads.clashes or 2 * heads.replaced > heads.words
    return (
        edits.clashes <= (0 if strict else min(edits.words // 200, MOST_CLASHES))
        and edits.rewritten <= edits.words * (0.02 if strict else _FULL_REWRITTEN[1])
        and max(edits.added, edits.dropped) <= edits.words * (0.10 if strict else _FULL_GROWN[1])
    )


def compare_titles(one: str, other: str) -> Edits:
    """Compare two titles; a number on one side only is a clash too."""
    old, new = _title_words(one), _title_words(other)
    strange = not have_same_figures(one, other)
    return _compare_words(old, new) + Edits(min(len(old), len(new)), clashes=int(strange))


def _title_words(title: str) -> list[str]:
    """The words of a title, in small letters where a capital says nothing: In Titles Written Like This."""
    words = _WORD.findall(title)
    long = [word for word in words[1:] if len(word) > 2]
    if len(long) > 3 and all(word[0].isupper() for word in long):
        return [word.casefold() for word in words]
    return _without_capital(words)


def _without_capital(words: Sequence[str]) -> list[str]:
    """The words of a sentence; the first in small letters, unless it is capitals throughout."""
    if not words or (len(words[0]) > 1 and words[0].isupper()):
        return list(words)
    return [words[0].lower(), *words[1:]]


def have_same_figures(one: str, other: str) -> bool:
    """Whether two titles have the same numbers in them, or neither has any."""
    return _figures(_WORD.findall(one)) == _figures(_WORD.findall(other))


def compare_texts(one: str, other: str) -> Edits:
    """Compare two texts, in time linear for copies; it ends early where they are none."""
    old, new = _read_sentences(one, other)
    lengths = sum(map(len, old)), sum(map(len, new))
    edits = Edits(min(lengths))
    if _are_far(old, new, edits.words):
        return replace(edits, replaced=max(lengths))
    most = 0 if edits.words <= BRIEF else MOST_CLASHES
    for before, after in _differing(old, new):
        edits += _compare_words(before, after)
        if edits.clashes > most or edits.replaced > 0.1 * edits.words + 4:
            break
    return edits


def _are_far(old: Sequence[tuple[str, ...]], new: Sequence[tuple[str, ...]], words: int) -> bool:
    """Whether more words differ than in any copy, whatever their order: counting is quick, aligning is not.

    A word of one text that the other has not was replaced, or added or dropped. So the fewer of such words
    are at most the rewritten ones, the more of them at most the rewritten and the added or dropped ones.
    """
    # Sentences that both have count alike on both sides.
    ours, theirs = Counter(old), Counter(new)
    left, right = (
        Counter(word.casefold() for part in text.elements() for word in part)
        for text in (ours - theirs, theirs - ours)
    )
    shared = (left & right).total()
    fewer, more = sorted((left.total() - shared, right.total() - shared))
    brief = words <= BRIEF
    rewritten = _most(words, *(_BRIEF_REWRITTEN if brief else _FULL_REWRITTEN))
    grown = _most(words, *(_BRIEF_GROWN if brief else _FULL_GROWN))
    return fewer > rewritten or more > rewritten + grown


def _most(words: int, least: int, share: float) -> float:
    return max(least, words * share)


def _read_sentences(*texts: str) -> list[list[tuple[str, ...]]]:
    """The words of each sentence of each text, those that have any.

    The first word is in small letters, where a capital says nothing. What stands in several texts is read
    once: copies have most of their sentences in common.
    """
    parts = [_SENTENCE.split(text) for text in texts]
    read = {one: tuple(_without_capital(_WORD.findall(one))) for one in dict.fromkeys(chain(*parts))}
    return [[words for one in sentences if (words := read[one])] for sentences in parts]


def _differing(
    old: Sequence[tuple[str, ...]], new: Sequence[tuple[str, ...]]
) -> list[tuple[list[str], list[str]]]:
    """The stretches of sentences in which two texts differ, as words."""
    start, old_end, new_end = _trim(old, new)
    old, new = old[start:old_end], new[start:new_end]
    if len(old) * len(new) > _MOST_CELLS:
        return [(_flat(old), _flat(new))]
    steps = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return [(_flat(old[i:j]), _flat(new[k:m])) for step, i, j, k, m in steps if step != "equal"]


def _flat(sentences: Sequence[tuple[str, ...]]) -> list[str]:
    return [word for sentence in sentences for word in sentence]


def _trim(old: Sequence[object], new: Sequence[object]) -> tuple[int, int, int]:
    """Where two rows begin to differ, and where each ceases to."""
    shorter = min(len(old), len(new))
    start = next((n for n in range(shorter) if old[n] != new[n]), shorter)
    left = shorter - start
    tail = next((n for n in range(left) if old[-1 - n] != new[-1 - n]), left)
    return start, len(old) - tail, len(new) - tail


def _compare_words(old: Sequence[str], new: Sequence[str]) -> Edits:
    """The edits between two stretches of words."""
    low_old, low_new = [word.casefold() for word in old], [word.casefold() for word in new]
    start, old_end, new_end = _trim(low_old, low_new)
    low_old, low_new = low_old[start:old_end], low_new[start:new_end]
    if not low_old or not low_new:
        return Edits(added=len(low_new), dropped=len(low_old))
    if len(low_old) * len(low_new) > _MOST_CELLS:
        return Edits(replaced=max(len(low_old), len(low_new)), clashes=1)
    edits = Edits()
    for step, i, j, k, m in SequenceMatcher(None, low_old, low_new, autojunk=False).get_opcodes():
        if step == "equal":
            continue
        common = min(j - i, m - k)
        clashes = _count_clashes(old[start + i : start + j], new[start + k : start + m]) if common else 0
        edits += Edits(0, common, m - k - common, j - i - common, clashes)
    return edits


def _count_clashes(before: Sequence[str], after: Sequence[str]) -> int:
    return sum(
        _clash([word for word in before if kind(word)], [word for word in after if kind(word)])
        for kind in (_is_figure, _is_name)
    )


def _clash(before: Sequence[str], after: Sequence[str]) -> int:
    """How many of these give way to another, one spelling of the same apart."""
    left = [word for word in before if not any(_is_same(word, other) for other in after)]
    right = [word for word in after if not any(_is_same(word, other) for other in before)]
    return min(len(left), len(right))


def _is_figure(word: str) -> bool:
    return word[0].isdigit() or word.casefold() in _NUMERALS


def _is_name(word: str) -> bool:
    return word[0].isupper()


def _figures(words: Sequence[str]) -> set[str]:
    return {_number(word) for word in words if _is_figure(word)}


def _number(word: str) -> str:
    return re.sub(r"\D", "", word).lstrip("0") or word.casefold()


def _is_same(word: str, other: str) -> bool:
    """One number written in two ways, a name cut short or misspelt."""
    if _is_figure(word) or _is_figure(other):
        return _number(word) == _number(other)
    one, two = word.casefold(), other.casefold()
    if min(len(one), len(two)) >= 3 and (one.startswith(two) or two.startswith(one)):
        return True
    if min(len(one), len(two)) < 4 or abs(len(one) - len(two)) > 1:
        return False
    start, one_end, two_end = _trim(one, two)
    return max(one_end, two_end) - start <= (2 if sorted(one) == sorted(two) else 1)
