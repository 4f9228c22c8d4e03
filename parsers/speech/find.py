"""Who says what in an item: the one door of the package."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parsers.speech.prose import read_prose
from parsers.speech.story import open_story

if TYPE_CHECKING:
    from parsers.model import Statement, When
    from parsers.people import Register


def find_statements(
    title: str,
    summary: str,
    text: str,
    *,
    on: When | None,
    register: Register,
    language: str = "",
    byline: str = "",
    kind: str = "",
) -> tuple[Statement, ...]:
    """Find the statements in an item's fields, in order of field and place."""
    story = open_story((title, summary, text), on, register)
    found: list[Statement] = []
    for name, field in (("title", title), ("summary", summary), ("text", text)):
        if name == "summary" and field.strip() and field.strip() in text:
            continue
        found += read_prose(name, field, story)
    return tuple(found)
