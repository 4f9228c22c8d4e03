"""Undoing a merge: an entry that was taken for another's item becomes an item of its own, and stays one.

What a person decided stands among the captures, so that a rebuild comes to the same: see `honour`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from aggregator.merging.absorb import fold_entries, name_capture, sighting_of
from aggregator.merging.matching import match
from aggregator.merging.naming import Named
from parsers.errors import NatowireError, NotFoundError, UsageError
from parsers.model import Alias, Capture, Item, Observation, Parsed
from storage.archive import Archive
from storage.state import Decision, Merge
from storage.writer import Writer

DECISION = "merge_undone"


@dataclass(frozen=True, slots=True, kw_only=True)
class Undone:
    """A merge undone, and the ids of the items its entry makes now: none where no capture can be read."""

    merge: Merge
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Showing:
    """A capture that showed an item: the entries that were not about it, and whether others are."""

    number: int
    capture: Capture
    strange: tuple[Named, ...]
    true: bool


def undo(
    archive: Archive, merge_id: int, now: datetime, read: Callable[[Capture], Parsed | NatowireError]
) -> Undone:
    """Undo a merge: the entry becomes an item of its own again, and is never merged with that one again.

    Args:
        archive: Open.
        merge_id: The number of the merge.
        now: The moment of the decision, UTC.
        read: Reads a capture.

    Raises:
        NotFoundError: There is no such merge.
        UsageError: It was undone before.
        StorageError: The archive cannot be written.
    """
    merge = next((one for one in archive.merges() if one.id == merge_id), None)
    if merge is None:
        hint = "`natowire merges list` shows them."
        raise NotFoundError(f"There is no merge {merge_id}.", hint=hint, where=str(merge_id))
    if merge.undone_at is not None:
        hint = "`natowire merges list` shows which are not."
        raise UsageError(f"Merge {merge_id} was undone before.", value=str(merge_id), hint=hint)
    with archive.writing("merges undo") as writer, writer.transaction():
        undone = writer.undo_merge(merge_id, now)
        return Undone(merge=undone, items=_separate(writer, archive, undone, read))


def honour(
    writer: Writer,
    archive: Archive,
    decision: Decision,
    read: Callable[[Capture], Parsed | NatowireError],
) -> None:
    """Do again what a person decided, when a rebuild comes to it in the order of arrival.

    A merge that was not made this time, since entries are read or compared in a better way, is noted as
    undone: it shall not be made later either.

    Args:
        writer: In a transaction.
        archive: The one that is written, with the captures up to the decision folded.
        decision: Of any kind; only undone merges concern items.
        read: Reads a capture.
    """
    if decision.kind != DECISION:
        return
    terms = dict(decision.terms)
    known = _find_merges(writer, terms)
    for merge in known:
        if merge.undone_at is None:
            _separate(writer, archive, writer.mark_undone(merge.id, decision.decided_at), read)
    if not known:
        writer.add_merge(_merge_of(decision, terms))


def is_undoing(decision: Decision) -> bool:
    """Whether a decision undoes a merge, and says which."""
    terms = dict(decision.terms)
    named = terms.get("item"), terms.get("source"), terms.get("url") or terms.get("title")
    return decision.kind == DECISION and all(named)


def is_honoured(writer: Writer, decision: Decision) -> bool:
    """Whether the merges that a decision undoes are undone already."""
    known = _find_merges(writer, dict(decision.terms))
    return bool(known) and all(one.undone_at is not None for one in known)


def _find_merges(writer: Writer, terms: dict[str, str]) -> list[Merge]:
    return [
        one
        for one in writer.merges_of([terms.get("item", "")], terms.get("source", ""))
        if (one.url or one.title) == (terms.get("url") or terms.get("title"))
    ]


def _merge_of(decision: Decision, terms: dict[str, str]) -> Merge:
    capture = terms.get("capture", "")
    return Merge(
        item_id=terms.get("item", ""),
        source_id=terms.get("source", ""),
        capture_id=int(capture) if capture.isdecimal() else 0,
        url=terms.get("url", ""),
        title=terms.get("title", ""),
        reason="",
        score=0.0,
        merged_at=decision.decided_at,
        undone_at=decision.decided_at,
    )


def _separate(
    writer: Writer,
    archive: Archive,
    merge: Merge,
    read: Callable[[Capture], Parsed | NatowireError],
) -> tuple[str, ...]:
    """Take an undone merge's entry out of the item and fold it again; gives the items it makes now."""
    item = writer.item(merge.item_id)
    showings = _find_showings(writer, archive, merge, item, read)
    names = {alias: None for one in showings for named in one.strange for alias in named.aliases}
    writer.detach(item.id, source_id=merge.source_id, aliases=_theirs(names, item))
    for one in showings:
        if one.true:
            writer.put(writer.items([item.id])[item.id], observation=_sighting(item, merge, one))
    made: dict[str, None] = {}
    for one in showings:
        if one.strange:
            tally = fold_entries(writer, one.capture, one.number, one.strange, archive.register)
            made |= dict.fromkeys(tally.placed)
    if len(made) == 1 and not any(one.true for one in showings):
        writer.move_unlisted(merge.source_id, item.id, next(iter(made)))
    writer.settle_withdrawals({item.id, *made})
    return tuple(made)


def _find_showings(
    writer: Writer,
    archive: Archive,
    merge: Merge,
    item: Item,
    read: Callable[[Capture], Parsed | NatowireError],
) -> list[_Showing]:
    """The captures in which the source showed the item, as far as they can still be read."""
    showings = []
    for number in [one.capture_id for one in item.observations if one.source_id == merge.source_id]:
        capture = archive.capture(number)
        parsed = read(capture)
        if isinstance(parsed, NatowireError):
            continue
        named = name_capture(capture, parsed, sighting_of(capture))
        strange = [one for one in named if (one.url or one.entry.title) == (merge.url or merge.title)]
        others = [one for one in named if one not in strange]
        showings.append(
            _Showing(
                number=number,
                capture=capture,
                strange=tuple(strange),
                true=_speak_of(writer, capture, others, item),
            )
        )
    return showings


def _speak_of(writer: Writer, capture: Capture, entries: Sequence[Named], item: Item) -> bool:
    """Whether any of these entries is about the item by a name of its own, or as a copy."""
    sighting = sighting_of(capture)
    for one, pairs in zip(entries, writer.find_named([one.aliases for one in entries]), strict=True):
        if any(found.id == item.id for _, found in pairs):
            matched = match(one, sighting, pairs)
            if matched is not None and matched.item.id == item.id:
                return True
    return False


def _theirs(names: Iterable[Alias], item: Item) -> list[Alias]:
    """The names that go: not the item's own address, nor words it has."""
    own = {item.url}
    return [
        alias
        for alias in names
        if alias.scheme in {"guid", "copy", "asked"} or (alias.scheme == "url" and alias.value not in own)
    ]


def _sighting(item: Item, merge: Merge, showing: _Showing) -> Observation:
    return Observation(
        item_id=item.id,
        capture_id=showing.number,
        source_id=merge.source_id,
        seen_at=showing.capture.fetched_at,
    )
