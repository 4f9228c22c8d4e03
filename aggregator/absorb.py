"""From what was read of a capture to the archive's items: the fold, one document at a time.

Everything here follows from the capture alone (its bytes, its headers and what its source said of it), so
that absorbing all captures again in the order of their arrival makes the same items.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from aggregator.merge import Merged, Named, Sighting, found, match, merge, name_entries
from parsers.model import Alias, Capture, Item, Observation, Parsed
from parsers.people import Register
from parsers.speech import find_statements
from storage.puts import Put
from storage.writer import Writer


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """What one document brought: how many entries it listed, and the items they became.

    `addresses` are those the items were listed under, as written, by item id.
    """

    listed: int
    addresses: Mapping[str, str]
    new: tuple[Item, ...]
    changed: tuple[Item, ...]
    seen: tuple[Item, ...]

    @property
    def items(self) -> tuple[Item, ...]:
        """All items of the document, each once."""
        return self.new + self.changed + self.seen

    @property
    def reached_known(self) -> bool:
        """Whether it still held something known, so that nothing was missed since the last poll."""
        return bool(self.changed or self.seen)


OUTCOMES = ("new", "changed", "seen")


def sighting_of(capture: Capture) -> Sighting:
    """How the entries of a capture were seen."""
    return Sighting(
        source_id=capture.source_id,
        final_url=capture.final_url,
        seen_at=capture.fetched_at,
        trusts=capture.trusts,
    )


def absorb(writer: Writer, capture: Capture, capture_id: int, parsed: Parsed, register: Register) -> Tally:
    """Fold the entries of one capture into the archive's items.

    Args:
        writer: In a transaction.
        capture: Where the entries were read.
        capture_id: Its number in the archive.
        parsed: What was read.
        register: Who held which office when.

    Returns:
        What became of the entries; an item listed twice counts once.
    """
    sighting = sighting_of(capture)
    named = _names(capture, parsed, sighting)
    folded: dict[str, Merged] = {}
    known_as: dict[Alias, str] = {}
    addresses: dict[str, str] = {}
    for one, stored in zip(named, writer.find_named([one.aliases for one in named]), strict=True):
        here = [(alias, folded[known_as[alias]].item) for alias in one.aliases if alias in known_as]
        there = [(alias, folded[item.id].item if item.id in folded else item) for alias, item in stored]
        merged = _fold(one, here + there, sighting, register)
        folded[merged.item.id] = _since(folded.get(merged.item.id), merged)
        known_as |= dict.fromkeys(one.aliases, merged.item.id)
        addresses.setdefault(merged.item.id, one.entry.url)
    names: dict[str, list[Alias]] = {}
    for alias, item_id in known_as.items():
        names.setdefault(item_id, []).append(alias)
    writer.put_many(
        [_put(one.item, names.get(one.item.id, ()), capture_id, sighting) for one in folded.values()]
    )
    outcomes = {name: [m.item for m in folded.values() if m.outcome == name] for name in OUTCOMES}
    return Tally(
        listed=len(named),
        addresses=addresses,
        new=tuple(outcomes["new"]),
        changed=tuple(outcomes["changed"]),
        seen=tuple(outcomes["seen"]),
    )


def _put(item: Item, aliases: Sequence[Alias], capture_id: int, sighting: Sighting) -> Put:
    observation = Observation(
        item_id=item.id, capture_id=capture_id, source_id=sighting.source_id, seen_at=sighting.seen_at
    )
    return Put(item, aliases, observation)


def _names(capture: Capture, parsed: Parsed, sighting: Sighting) -> tuple[Named, ...]:
    """The entries' names; a page of its own is also known by the address it was asked for at."""
    named = name_entries(parsed.entries, sighting)
    if parsed.page.listing or len(named) != 1:
        return named
    asked = name_entries([replace(parsed.entries[0], guid="", url=capture.url)], sighting)[0]
    addresses = tuple(alias for alias in asked.aliases if alias.scheme in {"url", "document"})
    return (replace(named[0], aliases=tuple(dict.fromkeys((*named[0].aliases, *addresses)))),)


def _fold(
    named: Named, candidates: Sequence[tuple[Alias, Item]], sighting: Sighting, register: Register
) -> Merged:
    item = match(named, candidates)
    merged = found(named, sighting) if item is None else merge(item, named, sighting)
    if merged.outcome == "seen":
        return merged
    return replace(merged, item=attribute(merged.item, register))


def attribute(item: Item, register: Register) -> Item:
    """The item with its statements found anew: who speaks depends on the words and on the date."""
    return replace(
        item,
        statements=find_statements(
            item.title,
            item.summary,
            item.text,
            on=item.published,
            register=register,
            language=item.language,
            byline=item.byline,
            kind=item.kind,
        ),
    )


def _since(earlier: Merged | None, later: Merged) -> Merged:
    """An item listed twice in one document is new if it was new the first time."""
    if earlier is None or earlier.outcome == "seen":
        return later
    return replace(later, outcome=earlier.outcome)
