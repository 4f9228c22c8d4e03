"""The labels of transcript turns: `NAME (Role):`, `Name [Outlet]:`, `Q:`, a name on its own line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from parsers.people.names import words_of
from parsers.speech.nouns import NOT_NAMES, ROLES
from parsers.speech.story import look_up

if TYPE_CHECKING:
    from collections.abc import Iterator

    from parsers.speech.story import Story

_LONGEST = 160
_ASKER = (
    r"(?:Q(?:uestion)?|A(?:nswer)?|Moderator|Interviewer|Journalist|Reporter|Host|Presenter|Speaker|Audience"
    r"|Participant|Press|Unidentified\s+\w+|Unknown|Operator|Interpreter|Питання|Запитання|Ведучий|Ведуча|Модератор"
    r"|Modérateur|Modératrice|Journaliste)"
)
_QUESTION = re.compile(
    rf"(?P<label>{_ASKER}(?:\s?\d{{1,2}})?)\s*(?:[\[(](?P<role>[^\])\n]{{1,80}})[\])])?\s*:\s*",
    re.IGNORECASE,
)
_NAMED = re.compile(
    r"(?P<label>[^\W\d_][^:\n()\[\]“”\"?!;]{1,110}?)\s*"
    r"(?P<remark>[(\[][^()\[\]\n:]{1,110}[)\]])?\s*:(?:\s+|$)"
)
_ASKER_ALONE = re.compile(
    r"Q|Questions?|Moderator|Interviewer|Journalist|Reporter|Unidentified \w+", re.IGNORECASE
)
_BARE = re.compile(r"[^\W\d_][^:\n?!;“”\"]{2,110}$")
_NOISE_WORDS = frozenset(
    {
        *(
            "note",
            "notes",
            "background",
            "read",
            "more",
            "watch",
            "source",
            "photo",
            "video",
            "update",
            "subject",
        ),
        *(
            "date",
            "time",
            "place",
            "location",
            "venue",
            "contact",
            "email",
            "tel",
            "phone",
            "press",
            "related",
        ),
        *(
            "topics",
            "topic",
            "theme",
            "documents",
            "agenda",
            "programme",
            "web",
            "website",
            "audio",
            "media",
        ),
        *(
            "transcript",
            "remarks",
            "speech",
            "statement",
            "title",
            "summary",
            "correction",
            "editor",
            "caption",
        ),
    }
)


@dataclass(frozen=True, slots=True)
class Label:
    """One label at `[start, end)` of the field; the turn's words begin at `body`.

    `mention` is the words that name the speaker; `asker` is true for "Q:" and its like; `sure` when the
    register knows the name or office; `bare` for a name with no colon on a line of its own.
    """

    start: int
    end: int
    body: int
    mention: str
    asker: bool
    sure: bool
    bare: bool


def find_labels(text: str, story: Story) -> Iterator[Label]:
    """Labels at the beginnings of lines, in order."""
    at = 0
    for line in text.splitlines(keepends=True):
        head = line[:_LONGEST]
        indent = len(head) - len(head.lstrip(" \t\u00a0*>-–—"))
        found = _read(head[indent:].rstrip("\r\n"), at + indent, story)
        if found is not None:
            yield found
        at += len(line)


def _read(line: str, at: int, story: Story) -> Label | None:
    asked = _QUESTION.match(line)
    if asked:
        end = at + asked.end("label")
        return Label(at, end, at + asked.end(), asked["label"], asker=True, sure=True, bare=False)
    alone = line.strip()
    if _ASKER_ALONE.fullmatch(alone):
        return Label(at, at + len(alone), at + len(line), alone, asker=True, sure=True, bare=True)
    named = _NAMED.match(line)
    if named and _is_name(named["label"], with_remark=bool(named["remark"])):
        mention = named["label"].rstrip(" ,")
        sure = _is_known(mention, story) or bool(named["remark"])
        return Label(at, at + len(mention), at + named.end(), mention, asker=False, sure=sure, bare=False)
    bare = line.rstrip()
    if _BARE.match(bare) and bare[-1:] not in ".,":
        mention = re.sub(r"\s*[(\[].*$", "", bare)
        if mention and _is_name(mention, with_remark=False) and _is_known(mention, story):
            return Label(at, at + len(mention), at + len(line), mention, asker=False, sure=True, bare=True)
    return None


def _is_known(mention: str, story: Story) -> bool:
    found = look_up(story, mention)
    return bool(found.person_id or found.office_id)


def _is_name(label: str, *, with_remark: bool) -> bool:
    """Whether a label is written as a name: capitals but for small words, no heading's words."""
    words = label.replace(",", " ").split()
    lows = words_of(label)
    if not 1 <= len(words) <= (14 if with_remark else 12) or not lows:
        return False
    if any(low in _NOISE_WORDS for low in lows) or (
        lows[0] in NOT_NAMES and lows[0] not in {"the", "mr", "ms"}
    ):
        return False
    small = [word for word in words if not (word[0].isupper() or not word[0].isalpha())]
    allowed = {
        "of",
        "the",
        "de",
        "van",
        "von",
        "der",
        "for",
        "and",
        "la",
        "le",
        "di",
        "da",
        "del",
        "al",
        "bin",
    }
    if any(word.lower() not in allowed and word.lower() not in ROLES for word in small):
        return False
    return not any(character.isdigit() for character in label)
