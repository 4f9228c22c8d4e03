"""The layouts a source may be read by, each with the days it is valid for.

The modules that know a layout are imported when a document of it is met, not before: naming them
must cost a command nothing.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType

from parsers.errors import LayoutError, ParseError
from parsers.model import Capture, Entry, Parsed, Problem

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
        return parsed


PLAIN = "page"
"""The layout of HTML pages that show no marks of any other."""
AUTO = "auto"
"""The name that asks `detect` for the layout."""
ITEM_PAGE = "item_page"
"""The same for the page of one item: a list of items there means that the item has moved away."""

INVENTORIES = frozenset(("sitemap",))
"""The layouts of documents that list all there is every time, see `model.Page`."""

PARSERS: Mapping[str, Layout] = MappingProxyType(
    {
        layout.name: layout
        for layout in (
            Layout(name="feed", purpose="RSS, RDF, Atom and JSON Feed"),
            Layout(name="drupal", purpose="a page of Drupal's feed aggregator, versions 6 to 9.5"),
            Layout(
                name="nato_home",
                purpose="the nato.int home page up to autumn 2025",
                valid_from=date(2013, 1, 1),
                valid_to=date(2025, 11, 30),
            ),
            Layout(name="nato_article", purpose="an article, transcript or official text on nato.int"),
            Layout(
                name="sitemap",
                purpose="the sitemap of nato.int since autumn 2025",
                valid_from=date(2025, 9, 1),
            ),
            Layout(
                name="nato_model",
                purpose="a page of nato.int as `*.model.json`, since autumn 2025",
                valid_from=date(2025, 9, 1),
            ),
            Layout(
                name="nato_list",
                purpose="the JSON of nato.int's list service, since autumn 2025",
                valid_from=date(2025, 9, 1),
            ),
            Layout(name=PLAIN, purpose="a static page watched for change"),
        )
    }
)


def _detect(capture: Capture) -> str:
    from parsers.detecting import detect  # noqa: PLC0415  it knows the marks of all layouts

    return detect(capture)


def read(capture: Capture) -> Parsed:
    """Read a capture by the layout its source names, or by the one it shows where that is "auto".

    Raises:
        ParseError: The body is empty, cannot be read, holds more than `MOST_ENTRIES` entries, or the
            source names no layout there is; LayoutError where a landmark is missing.
    """
    if not capture.body.strip():
        raise ParseError(
            "The response has no body.",
            url=capture.final_url,
            hint="Open the address in a browser: it may have moved.",
        )
    name = _detect(capture) if capture.parser in ("", AUTO, ITEM_PAGE) else capture.parser
    layout = PARSERS.get(name)
    if layout is None:
        raise ParseError(
            f"There is no parser {name!r}.",
            url=capture.final_url,
            hint=f"Use one of: {', '.join(PARSERS)}, auto.",
        )
    parsed = layout.parse(capture)
    if capture.parser == ITEM_PAGE and parsed.page.listing:
        raise LayoutError("The item's page shows a list now.", url=capture.final_url)
    if len(parsed.entries) > MOST_ENTRIES:
        raise ParseError(
            f"The document has {len(parsed.entries)} entries; at most {MOST_ENTRIES} are read.",
            url=capture.final_url,
        )
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
