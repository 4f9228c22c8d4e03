"""What is reported without quotation marks: the span of the words, verb by verb."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parsers.people.names import CIVIL_TITLES, RANKS
from parsers.speech.lexicon import ACTS, ADVERBS, PLAIN

if TYPE_CHECKING:
    from collections.abc import Iterator

    from parsers.speech.cues import Cue
    from parsers.speech.tokens import Sentence

_TIME = frozenset(
    {"in", "on", "at", "during", "today", "yesterday", "after", "before", "(", "here", "last", "of"}
)
_CLAUSE = frozenset({"that", "how", "why", "what", "whether"})
_BEFORE_NEXT = ADVERBS | {"and", "but", "then"}
_PARENTHETIC = PLAIN | {"according"}
_TAKING = (PLAIN | ACTS) - {"add", "tell", "observe", "repeat", "argue"}
_OFFICIAL = RANKS | CIVIL_TITLES
_SHORTEST = 3
_ADDRESSEE = 10


def reported_spans(sentence: Sentence, cues: list[Cue]) -> Iterator[tuple[tuple[int, int], Cue]]:
    """The spans `[start, end)` of reported words in a sentence without quotation, each with its cue."""
    for number, cue in enumerate(cues):
        if cue.denied or cue.subject is None or cue.subject.kind == "document":
            continue
        span = _before(sentence, cue) or _after(sentence, cue, _limit(sentence, cues[number + 1 :]))
        if span is not None:
            yield span, cue


def _limit(sentence: Sentence, later: list[Cue]) -> int:
    """The token before which a report ends: where "and added …" begins, or the full stop."""
    end = len(sentence)
    while end > 0 and sentence[end - 1].text in {".", "!", "?"}:
        end -= 1
    following = next((cue for cue in later if cue.joined), None)
    if following is not None:
        end = following.at
        while end > 0 and (sentence[end - 1].low in _BEFORE_NEXT or sentence[end - 1].text == ","):
            end -= 1
    return end


def _before(sentence: Sentence, cue: Cue) -> tuple[int, int] | None:
    """`It is cold, Mr X said today.`, `…, said Mr X.`, `…, according to X.`"""
    if cue.subject is None or cue.verb not in _PARENTHETIC:
        return None
    begin, last = (cue.at, cue.subject.last) if cue.inverted else (cue.subject.first, cue.at)
    if begin < _SHORTEST or sentence[begin - 1].text != ",":
        return None
    following = sentence[last + 1] if last + 1 < len(sentence) else None
    if following is not None and following.text not in {".", ",", "?", "!"} and following.low not in _TIME:
        return None
    if any(token.low in _CLAUSE for token in sentence[last + 1 :]):
        return None
    return sentence[0].start, sentence[begin - 2].end


def _after(sentence: Sentence, cue: Cue, end: int) -> tuple[int, int] | None:
    """`Mr X said (that) it is cold.`"""
    if cue.verb == "according":
        at = next((i for i in range(cue.at, len(sentence)) if sentence[i].text == ","), -1)
        return _span(sentence, at + 1, end) if at > 0 and cue.at == 0 else None
    if cue.inverted:
        return None
    at = _skip(sentence, cue.at + 1)
    low = sentence[at].low if at < len(sentence) else ""
    clause = next((i for i in range(at, min(at + _ADDRESSEE, end)) if sentence[i].low in _CLAUSE), -1)
    if low in _CLAUSE:
        return _span(sentence, at + (low == "that"), end)
    if cue.verb == "tell" or (low in _TIME and cue.verb not in {"call", "warn"}):
        return _span(sentence, clause + 1, end) if clause >= 0 else None
    if cue.verb == "say":
        return _span(sentence, at, end)
    return _span(sentence, at, end) if _takes_object(sentence, cue, at) else None


def _skip(sentence: Sentence, at: int) -> int:
    while at < len(sentence) and (sentence[at].low in ADVERBS or sentence[at].text in {",", ":"}):
        at += 1
    if at < len(sentence) and sentence[at].text == "(":
        close = next((i for i in range(at, len(sentence)) if sentence[i].text == ")"), at)
        at = close + 1
    return at


def _takes_object(sentence: Sentence, cue: Cue, at: int) -> bool:
    """Whether a verb other than "say" reports by its object: only an office's or titled person's."""
    low = sentence[at].low if at < len(sentence) else ""
    if cue.verb == "call":
        return low in {"on", "upon", "for"} and _speaks_officially(cue)
    if cue.verb == "pay":
        return _speaks_officially(cue)
    if cue.verb == "welcome":
        rest = " ".join(token.low for token in sentence[at:])
        return _speaks_officially(cue) and not any(
            p in rest for p in ("to nato h", "to brussels", "headquarters")
        )
    return cue.verb in _TAKING and _speaks_officially(cue)


def _speaks_officially(cue: Cue) -> bool:
    if cue.subject is None:
        return False
    return cue.subject.kind in {"role", "pronoun"} or any(
        word.lower().rstrip(".") in _OFFICIAL for word in cue.subject.text.split()
    )


def _span(sentence: Sentence, at: int, end: int) -> tuple[int, int] | None:
    if at < end and sentence[at].text == "tribute":
        at += 2
    if end - at < _SHORTEST - 1:
        return None
    return sentence[at].start, sentence[end - 1].end
