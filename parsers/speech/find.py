"""Who says what in an item: the one door of the package."""

from __future__ import annotations

from typing import TYPE_CHECKING

from parsers.speech.other_languages import read_other_language
from parsers.speech.prose import read_prose
from parsers.speech.story import open_story
from parsers.speech.titles import read_title
from parsers.speech.turns import read_turns

if TYPE_CHECKING:
    from parsers.model import Statement, When
    from parsers.people import Register
    from parsers.speech.story import Story


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
    """Find the statements in an item's fields, in order of field and place.

    A quotation counts with its marks, an indirect statement as the reported words alone, a turn as all
    that is said from its label to the next. A summary that the text repeats is not read twice. Time is
    linear in the length of the fields; any text is welcome.

    Args:
        title: The title, "" for none.
        summary: The summary or teaser.
        text: The body.
        on: When the item was published: offices are resolved at this date.
        register: The register of offices.
        language: A language tag when known; it decides nothing where the script already does.
        byline: The printed author line: "by NATO Secretary General …" makes the body a monologue.
        kind: The item's kind (`parsers.model.KINDS`); `transcript` makes labels turns.

    Returns:
        Statements for which `field[start:end] == text` holds. Never raises on text.
    """
    story = open_story((title, summary, text), on, register)
    found = _read_title(title, story, language)
    if summary.strip() and summary.strip() not in text:
        found += _read(summary, "summary", story, language)
    turns, first = read_turns(text, story, byline=byline, kind=kind)
    found += _read(text[:first] if turns else text, "text", story, language)
    return (*found, *turns)


def _read_title(title: str, story: Story, language: str) -> list[Statement]:
    found = read_title(title, story)
    return found or _read(title, "title", story, language)


def _read(text: str, name: str, story: Story, language: str) -> list[Statement]:
    found = [*read_prose(name, text, story), *read_other_language(name, text, story, language)]
    return sorted(found, key=lambda statement: statement.start)
