"""The layouts a source may be read by, each with the days it is valid for.

The modules that know a layout are imported when a document of it is met, not before: naming them
must cost a command nothing.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType

from parsers.errors import ParseError
from parsers.model import Capture, Entry, Parsed, Problem
from parsers.urls import host_of

LONGEST_TITLE, LONGEST_SUMMARY, LONGEST_TEXT = 1_000, 50_000, 1_000_000
"""Characters kept of each; more would cost memory and inform nobody. The capture holds the rest."""
MOST_ENTRIES = 20_000
"""More entries than this in one document are an attack or a mistake, not news."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """One document layout: its name in `sources.toml`, what it reads, and when sites used it.

    `valid_from` and `valid_to` are the first and last day it was met on its site; None is open.
    """

    name: str
    purpose: str
    valid_from: date | None = None
    valid_to: date | None = None

    def covers(self, day: date) -> bool:
        """Whether the layout was in use on that day."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day <= self.valid_to
        )

    def parse(self, capture: Capture) -> Parsed:
        """Read a capture by this layout.

        Raises:
            ParseError: It cannot be read; LayoutError where a landmark is missing.
        """
        parsed: Parsed = importlib.import_module(f"parsers.{self.name}").parse(capture)
        return _bound(parsed)


def _bound(parsed: Parsed) -> Parsed:
    """The same with overlong words cut, and each cut told."""
    entries = tuple(_cut(entry) for entry in parsed.entries)
    cut = [
        n for n, (one, other) in enumerate(zip(parsed.entries, entries, strict=True), 1) if one is not other
    ]
    what = "It is overlong; its end is in the capture only."
    problems = tuple(Problem(where=f"entry {number}", what=what) for number in cut)
    return replace(parsed, entries=entries, problems=parsed.problems + problems) if cut else parsed


def _cut(entry: Entry) -> Entry:
    title, summary, text = entry.title, entry.summary, entry.text
    if len(title) <= LONGEST_TITLE and len(summary) <= LONGEST_SUMMARY and len(text) <= LONGEST_TEXT:
        return entry
    return replace(
        entry, title=title[:LONGEST_TITLE], summary=summary[:LONGEST_SUMMARY], text=text[:LONGEST_TEXT]
    )
