"""Titles that report without a verb: `Secretary General to X: …`, `X at Y: …`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from parsers.model import Statement
from parsers.speech.marks import find_quotes
from parsers.speech.phrases import Mention, read_right
from parsers.speech.story import Story, identify, note_person
from parsers.speech.tokens import tokenize

if TYPE_CHECKING:
    from parsers.people.resolve import Resolution
    from parsers.speech.tokens import Sentence

_PLACES = frozenset(
    {
        *(
            "to",
            "at",
            "in",
            "on",
            "aboard",
            "from",
            "ahead",
            "during",
            "after",
            "before",
            "following",
            "with",
        ),
        *("tells", "says", "said", "told", ":", "–", "—", "-"),
    }
)
_HEADINGS = re.compile(
    r"(?:joint|press|opening|remarks|speech|statement|programme|program|media|photos?|video|transcript|agenda|live"
    r"|watch|doorstep|biograph|interview|update|schedule|background|keynote|address)\b",
    re.IGNORECASE,
)
_DASHES = frozenset({"–", "—", "-", "--"})
_LONGEST = 400


def read_title(title: str, story: Story) -> list[Statement]:
    """Read a title of the form "someone, somewhere: what was said".

    Returns:
        One statement, or none: the part before the colon must begin with an office or a name the
        register knows, the part after it must be no heading such as "joint press conference".
    """
    quotes = find_quotes(title) if len(title) <= _LONGEST else []
    if not quotes and (":" not in title or len(title) > _LONGEST):
        return []
    tokens = [token for token in tokenize(title, quotes) if token.kind != "n"]
    if len(tokens) > 2 and tokens[0].kind == "q" and tokens[1].text in _DASHES:
        return _read_signed(title, tokens, story)
    colon = next((i for i, token in enumerate(tokens) if token.text == ":"), -1)
    if colon < 1 or colon + 1 >= len(tokens):
        return []
    subject = _subject(tokens, colon)
    if subject is None:
        return []
    found = identify(story, subject)
    rest = tokens[colon + 1 :]
    known = found.person_id in story.register.person_by_id or found.office_id
    if not known or not _is_said(title, rest):
        return []
    note_person(story, subject, found)
    return [_statement(title, rest, subject, found)]


def _read_signed(title: str, tokens: Sentence, story: Story) -> list[Statement]:
    """`“…” – Admiral Bauer`: a quotation and, after a dash, nothing but a name."""
    subject = read_right(tokens, 2)
    if subject is None or subject.kind not in {"name", "role"} or subject.last + 1 != len(tokens):
        return []
    found = identify(story, subject)
    if found.person_id not in story.register.person_by_id and not found.office_id:
        return []
    note_person(story, subject, found)
    return [_statement(title, tokens[:1], subject, found)]


def _subject(tokens: Sentence, colon: int) -> Mention | None:
    subject = read_right(tokens, 0)
    if subject is None or subject.kind not in {"name", "role"} or subject.last >= colon:
        return None
    following = tokens[subject.last + 1].low
    return subject if following in _PLACES else None


def _is_said(title: str, rest: Sentence) -> bool:
    return (
        len(rest) > 0
        and not _HEADINGS.match(title[rest[0].start :])
        and (len(rest) > 2 or rest[0].kind == "q")
    )


def _statement(title: str, rest: Sentence, subject: Mention, found: Resolution) -> Statement:
    quoted = rest[0].kind == "q"
    start = rest[0].start
    end = rest[0].end if quoted else len(title.rstrip())
    return Statement(
        field="title",
        start=start,
        end=end,
        text=title[start:end],
        kind="direct" if quoted else "indirect",
        cue=":",
        mention=subject.text,
        mention_start=subject.start,
        mention_end=subject.end,
        speaker_kind=found.speaker_kind,
        person_id=found.person_id,
        person=found.person,
        office_id=found.office_id,
        rule=f"title/{found.rule}",
        confidence="medium" if found.confidence == "high" else found.confidence,
    )
