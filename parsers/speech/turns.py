"""Transcripts: who has the floor, turn by turn, and monologues under a byline."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from parsers.model import Statement
from parsers.people import person_id_of
from parsers.people.names import words_of
from parsers.people.resolve import UNKNOWN, Resolution
from parsers.speech.labels import Label, find_labels
from parsers.speech.nouns import COLLECTIVES, ROLES
from parsers.speech.story import catch_up, look_up, names_of

if TYPE_CHECKING:
    from parsers.speech.story import Story

_NOISE = re.compile(
    r"\((?:As delivered|As prepared(?: for delivery)?|Check against delivery|Transcript[^()\n]{0,60}"
    r"|Applause|Laughter|Inaudible|Through interpreter|As translated"
    r"|Exact transcript|Telle que prononcée)\)[ .]*|\*{2,}|-{3,}",
    re.IGNORECASE,
)
_BYLINE = re.compile(
    r"(?:(?:opening |keynote |closing |joint |doorstep |press |introductory |video |welcoming |welcome )*"
    r"(?:speech|remarks|statement|address|press point|press conference|message|keynote|lecture"
    r"|intervention|interview|op-?ed|article|opinion|point|comments|briefing|discours|allocution|déclaration|виступ|промова)"
    r"(?: (?:of|with|from|par|du|de))?\s*[-–—:]?\s*)?"
    r"(?:by|par|du|von)\s+(?P<who>[^\n]{3,160})$",
    re.IGNORECASE,
)
_SPOKEN = frozenset({"transcript", "speech", "opinion", "opinions", "review", "story", "op-ed"})
_TAIL = re.compile(
    r"\s+(?:at|in|on|to|during|ahead of|following|after|before|with|and)\s.*$", re.IGNORECASE
)


def read_turns(text: str, story: Story, *, byline: str, kind: str) -> tuple[list[Statement], int]:
    """Find the turns of a transcript, or the monologue of a byline.

    Args:
        text: The text of the item.
        story: What the document has told so far.
        byline: The printed author line, "" when there is none.
        kind: The item's kind, "" when unknown.

    Returns:
        The turns, and where the first begins: what stands before is ordinary text. No turns and the
        length of the text when it is no transcript.
    """
    labels = _trust(list(find_labels(text, story)), kind)
    head, author, mention = _read_byline(text, story, byline, kind)
    found: list[Statement] = []
    if author is not None:
        end = labels[0].start if labels else len(text)
        found += _turn(text, head, end, author, mention, rule="byline")
    for number, label in enumerate(labels):
        end = labels[number + 1].start if number + 1 < len(labels) else len(text)
        place = (label.mention, label.start, label.end)
        found += _turn(text, label.body, end, _speaker(label, story), place, rule="turn")
    first = head if author is not None else labels[0].start if labels else len(text)
    return found, first


def _trust(labels: list[Label], kind: str) -> list[Label]:
    """Only a transcript has turns: its kind says so, or at least two labels do, one of them surely."""
    colons = [label for label in labels if not label.bare]
    if kind == "transcript":
        enough = bool(labels)
    else:
        enough = len(colons) >= 2 and any(label.sure for label in colons)
        enough = enough or sum(label.bare for label in labels) >= 3
    if not enough:
        return []
    repeated = {label.mention for label in labels if label.sure} | {
        a.mention
        for i, a in enumerate(labels)
        if any(a.mention == b.mention for b in labels[max(0, i - 40) : i])
    }
    return [
        label
        for label in labels
        if label.sure or label.mention in repeated or _is_person_like(label.mention)
    ]


def _is_person_like(mention: str) -> bool:
    words = words_of(mention)
    return 2 <= len(words) <= 8 and not set(words) & COLLECTIVES


def _speaker(label: Label, story: Story) -> Resolution:
    if label.asker:
        return replace(UNKNOWN, speaker_kind="unnamed", rule="asker", confidence="medium")
    found = look_up(story, label.mention)
    if found.person_id:
        return found
    words = words_of(label.mention)
    bearers = names_of(story).bearers.get(words[-1], {}) if words else {}
    names = [n for n, _ in bearers.values() if len(words) == 1 or words_of(n)[-2:] == words[-2:]]
    resolved = {r.person_id: r for r in (look_up(story, n) for n in names) if r.person_id}
    if len(resolved) == 1:
        return replace(next(iter(resolved.values())), rule="full_name_before")
    if found.office_id:
        catch_up(story)
        return story.office_person.get(found.office_id, found)
    name = names[0] if len(names) == 1 else _proper(label.mention)
    if not name:
        return UNKNOWN
    return replace(
        UNKNOWN,
        speaker_kind="person",
        person_id=person_id_of(name),
        person=name,
        rule="name_as_written",
        confidence="medium",
    )


def _proper(mention: str) -> str:
    """The name in a label: without its titles and roles, in ordinary case."""
    words = mention.split(",", maxsplit=1)[0].split()
    lows = [word.lower().rstrip(".,") for word in words]
    begin = max(
        (i + 1 for i, low in enumerate(lows) if low in ROLES or low in {"mr", "ms", "mrs", "dr"}), default=0
    )
    proper = words[begin:]
    return " ".join(word.title() if word.isupper() and len(word) > 2 else word for word in proper)


def _turn(
    text: str, start: int, end: int, found: Resolution, place: tuple[str, int, int], *, rule: str
) -> list[Statement]:
    start, end = _trim(text, start, end)
    if start >= end:
        return []
    mention, mention_start, mention_end = place
    return [
        Statement(
            field="text",
            start=start,
            end=end,
            text=text[start:end],
            kind="turn",
            cue=":" if rule == "turn" else "by",
            mention=mention,
            mention_start=mention_start,
            mention_end=mention_end,
            speaker_kind=found.speaker_kind,
            person_id=found.person_id,
            person=found.person,
            office_id=found.office_id,
            rule=f"{rule}/{found.rule}",
            confidence=found.confidence,
        )
    ]


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    """Leave out white space and stage directions at both ends of a turn."""
    while True:
        while start < end and text[start].isspace():
            start += 1
        noise = _NOISE.match(text, start, end)
        if noise is None:
            break
        start = noise.end()
    while True:
        while end > start and text[end - 1].isspace():
            end -= 1
        line = text.rfind("\n", start, end) + 1 or start
        if line >= end or not _NOISE.fullmatch(text, line, end):
            return start, end
        end = line


def _read_byline(
    text: str, story: Story, byline: str, kind: str
) -> tuple[int, Resolution | None, tuple[str, int, int]]:
    """The author of a monologue, from the byline or the first lines of the text, and where it begins."""
    if byline.strip() and (byline.strip().lower().startswith("by ") or kind in _SPOKEN):
        author, words = _author(byline, story)
        if author is not None:
            return 0, author, (words, -1, -1)
    at = 0
    for line in text[:1200].splitlines(keepends=True)[:6]:
        indent = len(line) - len(line.lstrip())
        found = _BYLINE.match(line.strip())
        author, words = _author(found["who"], story) if found else (None, "")
        if author is not None and found is not None:
            start = at + indent + found.start("who")
            return at + len(line), author, (words, start, start + len(words))
        at += len(line)
    return 0, None, ("", -1, -1)


def _author(written: str, story: Story) -> tuple[Resolution | None, str]:
    """The one person of the register a byline names; a journalist's byline makes no monologue."""
    written = re.sub(r"^\s*(?:by|par)\s+", "", written.strip(), flags=re.IGNORECASE)
    tries = [written] if " and " in written.lower() else [_TAIL.sub("", written), written]
    for words in tries:
        found = look_up(story, words)
        if found.person_id or found.office_id:
            return found, words
    return None, ""
