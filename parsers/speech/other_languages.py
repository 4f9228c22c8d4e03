"""Plain forms of reported speech in French, Ukrainian and Russian; anything else is left unsaid."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from parsers.model import Statement
from parsers.speech.marks import find_quotes
from parsers.speech.story import look_up

if TYPE_CHECKING:
    from collections.abc import Iterator

    from parsers.people import Resolution
    from parsers.speech.story import Story

_FRENCH = (
    r"a (?:déclaré|dit|affirmé|souligné|ajouté|indiqué|précisé|expliqué|rappelé|estimé|annoncé"
    r"|assuré|insisté|conclu|salué|averti)"
)
_SLAVIC = (
    r"заявив|заявила|сказав|сказала|наголосив|наголосила"
    r"|зазначив|зазначила|підкреслив|підкреслила|додав|додала"
    r"|повідомив|повідомила|запевнив|запевнила|пояснив|пояснила|заявил|сказал|сказала|отметил|отметила"
    r"|подчеркнул|подчеркнула|добавил|добавила|сообщил|сообщила"
)
_CUE = re.compile(rf"(?<!\w)(?P<cue>{_FRENCH}|{_SLAVIC})(?!\w)")
_MAYBE = re.compile(rf"{_FRENCH}|{_SLAVIC}")  # found sooner than the whole pattern, wherever that is found
_THAT = re.compile(r"\s*,?\s*(?:que|qu['’]|що|что)\s*(?=\w)")
_BEFORE_QUOTE = re.compile(r"[^«»“”\"„\n]{0,80}?[:,]\s*$")
_AFTER_QUOTE = re.compile(r"^\s*[,.]?\s*[—–-]?\s*$")
_END = re.compile(r"[.!?…]\s|[.!?…]?$|\n")
_FARTHEST = 160
_MOST_WORDS = 14


def read_other_language(name: str, text: str, story: Story, language: str) -> list[Statement]:
    """Find statements of persons and offices of the register in French, Ukrainian and Russian.

    Args:
        name: The field.
        text: Its text.
        story: What the document has told so far.
        language: A language tag; English rules these forms out.
    """
    if language.lower().startswith("en") or _MAYBE.search(text) is None:
        return []
    quotes = find_quotes(text)
    found: dict[tuple[int, int], Statement] = {}
    at = 0
    for cue in _CUE.finditer(text):
        while at < len(quotes) and quotes[at].end < cue.start() - _FARTHEST:
            at += 1
        near = [(q.start, q.end) for q in quotes[at : at + 4] if abs(q.start - cue.end()) < 4000]
        for statement in _read_cue(name, text, cue, near, story):
            found.setdefault((statement.start, statement.end), statement)
    return list(found.values())


def _read_cue(
    name: str, text: str, cue: re.Match[str], quotes: list[tuple[int, int]], story: Story
) -> Iterator[Statement]:
    if any(start < cue.start() < end for start, end in quotes):
        return
    left = _mention_before(text, cue.start(), story)
    right = _mention_after(text, cue.end(), story)
    for start, end in quotes:
        if end <= cue.start() and right and _AFTER_QUOTE.match(text[end : cue.start()]):
            yield _statement(name, text, (start, end), "direct", cue, right)
        elif (end <= cue.start() and left and _AFTER_QUOTE.match(text[end : left[0]])) or (
            start >= cue.end() and left and _BEFORE_QUOTE.match(text[cue.end() : start][-200:])
        ):
            yield _statement(name, text, (start, end), "direct", cue, left)
    that = _THAT.match(text, cue.end())
    if that and left:
        final = _END.search(text, that.end())
        stop = final.start() if final else len(text)
        if stop - that.end() > 10 and not any(that.end() <= s < stop for s, _ in quotes):
            yield _statement(name, text, (that.end(), stop), "indirect", cue, left)


def _mention_before(text: str, at: int, story: Story) -> tuple[int, int, Resolution] | None:
    """The longest phrase that ends before the cue and names someone of the register."""
    begin = max(0, at - _FARTHEST)
    begin = max(begin, *(text.rfind(mark, begin, at) + 1 for mark in '\n«»“”".!?'))
    words = list(re.finditer(r"\S+", text[begin:at]))
    last = len(text[begin:at].rstrip(" ,"))
    for word in words[-_MOST_WORDS:]:
        phrase = text[begin + word.start() : begin + last]
        found = look_up(story, phrase)
        if found.person_id or found.office_id:
            return begin + word.start(), begin + last, found
    return None


def _mention_after(text: str, at: int, story: Story) -> tuple[int, int, Resolution] | None:
    """The longest phrase that begins after the cue and names someone of the register."""
    limit = min(len(text), at + _FARTHEST)
    stops = [i for mark in '\n«»“”".!?' if (i := text.find(mark, at, limit)) >= 0]
    chunk = text[at : min(stops, default=limit)]
    words = list(re.finditer(r"\S+", chunk))[:_MOST_WORDS]
    for word in reversed(words):
        phrase = chunk[words[0].start() : word.end()].rstrip(" ,:—–-")
        found = look_up(story, phrase)
        if found.person_id or found.office_id:
            start = at + words[0].start()
            return start, start + len(phrase), found
    return None


def _statement(
    name: str,
    text: str,
    span: tuple[int, int],
    kind: str,
    cue: re.Match[str],
    speaker: tuple[int, int, Resolution],
) -> Statement:
    start, end, found = speaker
    return Statement(
        field=name,
        start=span[0],
        end=span[1],
        text=text[span[0] : span[1]],
        kind=kind,
        cue=cue["cue"],
        mention=text[start:end],
        mention_start=start,
        mention_end=end,
        speaker_kind=found.speaker_kind,
        person_id=found.person_id,
        person=found.person,
        office_id=found.office_id,
        rule=f"other_language/{found.rule}",
        confidence="medium" if found.confidence == "high" else found.confidence,
    )
