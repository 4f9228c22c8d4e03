"""What one document brought."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from parsers.model import Item, Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What one document brought: how many entries it listed, and the items they became.

    `addresses` are those the items were listed under, as written, by item id; `placed` are the ids of the
    entries' items, entry by entry. `merged` counts the merges recorded: entries that joined another's
    item. `problems` are where what it says contradicts another document of the item.
    """

    listed: int
    addresses: Mapping[str, str]
    new: tuple[Item, ...]
    changed: tuple[Item, ...]
    seen: tuple[Item, ...]
    merged: int = 0
    placed: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def items(self) -> tuple[Item, ...]:
        """All items of the document, each once."""
        return self.new + self.changed + self.seen

    @property
    def reached_known(self) -> bool:
        """Whether it still held something known, so that nothing was missed since the last poll."""
        return bool(self.changed or self.seen)
