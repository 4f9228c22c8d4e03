"""What changed between two texts of an item, word by word."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from parsers.model import Revision

CONTEXT = 6
"""Unchanged words shown on either side of a change."""
MOST_WORDS = 20_000
"""Beyond so many words texts are compared by paragraph, not by word: difflib takes quadratic time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Some words in a row: `kind` is `same`, `added` or `removed`."""

    kind: str
    words: str


def compare(before: Revision, after: Revision) -> tuple[Change, ...]:
    """The changes from one text to the next, in order, with a few unchanged words around each.

    Args:
        before: The earlier revision.
        after: The later one.

    Returns:
        Runs of words; unchanged ones are cut in the middle with "…".
    """
    old, new = _words(before), _words(after)
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    return tuple(_runs(matcher, old, new))


def _words(revision: Revision) -> list[str]:
    text = f"{revision.title}\n{revision.summary}\n{revision.text}"
    words = text.split()
    return words if len(words) <= MOST_WORDS else [line for line in text.splitlines() if line.strip()]


def _runs(matcher: SequenceMatcher[str], old: list[str], new: list[str]) -> Iterator[Change]:
    blocks = matcher.get_opcodes()
    for number, (tag, old_from, old_to, new_from, new_to) in enumerate(blocks):
        if tag == "equal":
            words = _cut(old[old_from:old_to], first=number == 0, last=number == len(blocks) - 1)
            yield Change(kind="same", words=words)
            continue
        if old_to > old_from:
            yield Change(kind="removed", words=" ".join(old[old_from:old_to]))
        if new_to > new_from:
            yield Change(kind="added", words=" ".join(new[new_from:new_to]))


def _cut(words: list[str], *, first: bool, last: bool) -> str:
    """Unchanged words: only those next to a change."""
    head = [] if first else words[:CONTEXT]
    tail = [] if last else words[-CONTEXT:]
    if len(words) <= len(head) + len(tail):
        return " ".join(words)
    return " ".join([*head, "…", *tail])
