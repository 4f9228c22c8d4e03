"""From what was read of a capture to the archive's items: the fold, one document at a time.

Everything here follows from the capture alone (its bytes, its headers and what its source said of it)
and from what people decided, so that absorbing all captures again in the order of their arrival makes
the same items.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from aggregator.merging.copies import Fingerprint, fingerprint
from aggregator.merging.filing import SCHEME
from aggregator.merging.matching import BY_TITLE, Match, match, match_words
from aggregator.merging.merge import (
    Merged,
    comes_late,
    differs,
    find_quarrel,
    found,
    merge,
    reinstate,
    settle,
    tells_nothing,
)
from aggregator.merging.naming import (
    ADDRESSES,
    Named,
    Sighting,
    is_words,
    name_entries,
    url_names,
    words_alias,
)
from aggregator.merging.tally import Tally
from parsers.model import Alias, Capture, Item, Observation, Parsed, Problem
from parsers.people import Register
from parsers.speech import find_statements
from parsers.urls import canonical_url
from storage.puts import Put
from storage.state import Merge
from storage.writer import Writer

OUTCOMES = ("new", "changed", "seen")
MOST_LIKE = 6
"""Items of a like fingerprint whose words are compared with an entry's."""
MOST_BEARERS = 48
"""Of the items that bear one band, the newest are looked at."""


@dataclass(slots=True, kw_only=True)
class _Fold:
    """One document on its way into the archive."""

    writer: Writer
    sighting: Sighting
    capture_id: int
    register: Register
    recorded: set[tuple[str, str]]
    banned: Mapping[str, set[str]]
    folded: dict[str, Merged] = field(default_factory=dict)
    filed: set[str] = field(default_factory=set)
    names: dict[str, dict[Alias, None]] = field(default_factory=dict)
    bearers: dict[Alias, list[str]] = field(default_factory=dict)
    joined: list[Merge] = field(default_factory=list)
    unchanged: dict[str, Item] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    placed: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Candidates:
    """What the archive holds that an entry may be about: items by its names, and items of like words."""

    named: Sequence[tuple[Alias, Item]]
    prints: Fingerprint | None = None
    like: Sequence[Item] = ()


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
    entries = name_capture(capture, parsed, sighting_of(capture))
    return fold_entries(writer, capture, capture_id, entries, register, inventory=parsed.page.inventory)


def fold_entries(
    writer: Writer,
    capture: Capture,
    capture_id: int,
    entries: Sequence[Named],
    register: Register,
    *,
    inventory: bool = False,
) -> Tally:
    """Fold some entries of a capture into the archive's items; arguments as for `absorb`.

    Of an inventory (see `parsers.model.Page`) an entry that is as its source listed it before is passed
    over: tens of thousands of sightings at every poll would tell nothing, and fill the archive.
    """
    sighting = sighting_of(capture)
    stored = _find_candidates(writer, entries)
    fold = _begin(writer, sighting, capture_id, stored, register)
    for one, candidates in zip(entries, stored, strict=True):
        known = _find_unchanged(fold, one, candidates.named) if inventory else None
        if known is not None:
            fold.unchanged[known.id] = known
        fold.placed.append(known.id if known else _absorb_one(fold, one, candidates))
    _save(fold, list(fold.folded))
    for joined in fold.joined:
        writer.add_merge(joined)
    return _count(fold, entries)


def name_capture(capture: Capture, parsed: Parsed, sighting: Sighting) -> tuple[Named, ...]:
    """The entries' names; a page of its own is also known by the address it was asked for at."""
    named = name_entries(parsed.entries, sighting)
    if parsed.page.listing or len(named) != 1:
        return named
    asked = name_entries([replace(parsed.entries[0], guid="", url=capture.url)], sighting)[0]
    addresses = tuple(alias for alias in asked.aliases if alias.scheme in {*ADDRESSES, "asked", "copy"})
    whole = dict.fromkeys((*named[0].aliases, *addresses))
    return (
        replace(named[0], aliases=tuple(sorted(whole, key=lambda a: (is_words(a), a.scheme == "copy")))),
    )


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


def _find_candidates(writer: Writer, entries: Sequence[Named]) -> list[_Candidates]:
    """Look all entries up at once by name; those that no name of their own leads anywhere, by words."""
    named = writer.find_named([one.aliases for one in entries])
    unknown = [n for n, pairs in enumerate(named) if all(alias.scheme == "copy" for alias, _ in pairs)]
    prints = {n: _fingerprint(entries[n]) for n in unknown}
    like = writer.find_like([_bands(prints[n].probes) for n in unknown]) if unknown else []
    of_like = dict(zip(unknown, like, strict=True))
    return [
        _Candidates(named=pairs, prints=prints.get(n), like=of_like.get(n, ()))
        for n, pairs in enumerate(named)
    ]


def _fingerprint(one: Named) -> Fingerprint:
    return fingerprint(one.entry.title, one.entry.text or one.entry.summary)


def _bands(values: Iterable[str]) -> list[Alias]:
    return [Alias(scheme="near", scope="", value=value) for value in values]


def _begin(
    writer: Writer,
    sighting: Sighting,
    capture_id: int,
    stored: Iterable[_Candidates],
    register: Register,
) -> _Fold:
    """The fold of a document, with the merges of its source's entries that are on record."""
    known = {item.id for one in stored for item in (*(item for _, item in one.named), *one.like)}
    merges = writer.merges_of(sorted(known), sighting.source_id) if known else ()
    banned: dict[str, set[str]] = {}
    for one in merges:
        if one.undone_at is not None:
            banned.setdefault(one.url or one.title, set()).add(one.item_id)
    return _Fold(
        writer=writer,
        sighting=sighting,
        capture_id=capture_id,
        register=register,
        recorded={(one.item_id, one.url or one.title) for one in merges},
        banned=banned,
        filed={one.item_id for one in merges if one.reason == BY_TITLE and one.undone_at is None},
    )


def _absorb_one(fold: _Fold, one: Named, candidates: _Candidates) -> str:
    """Fold one entry; gives the id of its item."""
    there = [(alias, _present(fold, item)) for alias, item in candidates.named]
    here = [(alias, fold.folded[key].item) for alias in one.aliases for key in fold.bearers.get(alias, ())]
    banned = fold.banned.get(one.url or one.entry.title, set())
    matched = match(one, fold.sighting, there + here, banned, fold.filed)
    prints = candidates.prints
    if matched is None:
        prints = prints or _fingerprint(one)
        matched = match_words(one, _find_like(fold, candidates, prints), banned)
    if matched is None:
        item = _found(fold, one, {item.id for _, item in there + here})
    else:
        item = _joined(fold, one, matched)
    elsewhere = {alias for alias, other in there + here if other.id != item.id}
    _name(fold, _without(one, elsewhere), item, matched, prints)
    return item.id


def _find_unchanged(fold: _Fold, one: Named, stored: Iterable[tuple[Alias, Item]]) -> Item | None:
    """The item that the source has shown before as the entry shows it now, or None."""
    here = {item.id: item for alias, item in stored if alias.scheme == "url" and alias.value == one.url}
    if len(here) != 1:
        return None
    (item,) = here.values()
    own = item.owner == fold.sighting.source_id and item.url == one.url
    shown = own or (item.id, one.url) in fold.recorded
    return item if shown and item.id not in fold.folded and tells_nothing(one.entry, item) else None


def _without(one: Named, elsewhere: set[Alias]) -> Named:
    """The entry without the address it was asked for at, where that is another item's."""
    kept = {"guid", "text", "copy", "asked", SCHEME}
    own = url_names(one.url)
    names = [name for name in one.aliases if name.scheme in kept or name in own or name not in elsewhere]
    return replace(one, aliases=tuple(names))


def _present(fold: _Fold, item: Item) -> Item:
    """An item as the document has made it so far."""
    return fold.folded[item.id].item if item.id in fold.folded else item


def _find_like(fold: _Fold, candidates: _Candidates, prints: Fingerprint) -> list[Item]:
    """Items that may have the entry's words: stored ones, and those this document brought."""
    probes = _bands(prints.probes)
    like = candidates.like if candidates.prints else fold.writer.find_like([probes])[0]
    votes = Counter(key for probe in probes for key in fold.bearers.get(probe, ())[-MOST_BEARERS:])
    keys = dict.fromkeys(item.id for item in like) | dict.fromkeys(
        key for key, _ in votes.most_common(MOST_LIKE)
    )
    stored = {item.id: item for item in like}
    return [fold.folded[key].item if key in fold.folded else stored[key] for key in keys]


def _found(fold: _Fold, one: Named, taken: set[str]) -> Item:
    merged = found(one, fold.sighting, taken)
    merged = replace(merged, item=attribute(merged.item, fold.register))
    fold.folded[merged.item.id] = merged
    return merged.item


def _joined(fold: _Fold, one: Named, matched: Match) -> Item:
    """Fold an entry into the item it is about."""
    before = matched.item
    if not matched.is_copy and (quarrel := find_quarrel(before, one, fold.sighting)):
        fold.problems.append(quarrel)
    merged = merge(before, one, fold.sighting, as_copy=matched.is_copy)
    if merged.item.revision != before.revision:
        if before.id in fold.folded:
            _save(fold, [before.id])
        known = fold.writer.item(before.id)
        merged = replace(merged, item=settle(merged.item, known.revisions))
        if comes_late(before, merged.item, fold.sighting.seen_at, _said_at(fold, known)):
            is_new = all(older.number != merged.item.revision for older in known.revisions)
            merged = _note_older(fold, before, merged, one, is_new=is_new)
    if merged.outcome != "seen":
        merged = replace(merged, item=attribute(merged.item, fold.register))
    fold.folded[before.id] = _since(fold.folded.get(before.id), merged)
    key = (before.id, one.url or one.entry.title)
    if matched.reason and key not in fold.recorded:
        fold.recorded.add(key)
        fold.joined.append(_record(fold, one, matched))
        if matched.reason == BY_TITLE:
            fold.filed.add(before.id)
    return merged.item


def _said_at(fold: _Fold, item: Item) -> datetime:
    """When the document that has an item's text was last seen, as far as that was after this capture."""
    later = [one for one in item.observations if one.seen_at > fold.sighting.seen_at]
    kind, _, name = item.text_owner.partition(" ")
    if kind in ("page", "model") and later:
        addresses = fold.writer.final_urls([one.capture_id for one in later])
        names = {*url_names(name), *url_names(item.url)}
        later = [one for one in later if names & {*_names_of(addresses.get(one.capture_id, ""))}]
    else:
        later = [one for one in later if one.source_id == name]
    return max((one.seen_at for one in later), default=item.revised_at)


def _names_of(url: str) -> list[Alias]:
    return url_names(spelled) if (spelled := canonical_url(url)) else []


def _note_older(fold: _Fold, before: Item, merged: Merged, one: Named, *, is_new: bool) -> Merged:
    """Keep a text that was there before the present one among the revisions, unless it stands there."""
    earlier = fold.folded.get(before.id)
    fold.folded[before.id] = replace(merged, item=replace(merged.item, silent=False))
    _save(fold, [before.id])
    item = reinstate(before, merged.item, one.entry)
    outcome = "changed" if is_new or differs(item, before) else "seen"
    fold.folded[before.id] = earlier or Merged(item=before, outcome="seen")
    return Merged(item=item, outcome=outcome)


def _record(fold: _Fold, one: Named, matched: Match) -> Merge:
    return Merge(
        item_id=matched.item.id,
        source_id=fold.sighting.source_id,
        capture_id=fold.capture_id,
        url=one.url,
        title=one.entry.title,
        reason=matched.reason,
        score=matched.score,
        merged_at=fold.sighting.seen_at,
    )


def _since(earlier: Merged | None, later: Merged) -> Merged:
    """An item listed twice in one document is new if it was new the first time."""
    if earlier is None or earlier.outcome == "seen":
        return later
    return replace(later, outcome=earlier.outcome)


def _name(fold: _Fold, one: Named, item: Item, matched: Match | None, prints: Fingerprint | None) -> None:
    """Note what the item is known as: by its own entry's names, and by its words if they are new."""
    names = [*(one.as_copy if matched is not None and matched.is_copy else one.own)]
    if matched is None:  # Its words are the entry's.
        names += [alias for alias in one.aliases if is_words(alias)]
        names += _bands((prints or _fingerprint(one)).bands)
    elif matched.item.revision != item.revision:
        words = words_alias(item.title, item.summary, item.text)
        names += [words] if words else []
        names += _bands(fingerprint(item.title, item.text or item.summary).bands)
    known = fold.names.setdefault(item.id, {})
    for name in names:
        bearers = fold.bearers.setdefault(name, [])
        if name not in known:
            known[name] = None
            if item.id not in bearers[-1:]:
                bearers.append(item.id)


def _save(fold: _Fold, keys: Iterable[str]) -> None:
    """Put items as they stand now."""
    puts = []
    for key in keys:
        item = fold.folded[key].item
        observation = Observation(
            item_id=key,
            capture_id=fold.capture_id,
            source_id=fold.sighting.source_id,
            seen_at=fold.sighting.seen_at,
        )
        puts.append(Put(item, list(fold.names.get(key, ())), observation))
    fold.writer.put_many(puts)


def _count(fold: _Fold, entries: Sequence[Named]) -> Tally:
    addresses: dict[str, str] = {}
    for key, one in zip(fold.placed, entries, strict=True):
        addresses.setdefault(key, one.entry.url)
    outcomes = {name: [m.item for m in fold.folded.values() if m.outcome == name] for name in OUTCOMES}
    outcomes["seen"] += [item for key, item in fold.unchanged.items() if key not in fold.folded]
    return Tally(
        listed=len(entries),
        addresses=addresses,
        new=tuple(outcomes["new"]),
        changed=tuple(outcomes["changed"]),
        seen=tuple(outcomes["seen"]),
        merged=len(fold.joined),
        placed=tuple(fold.placed),
        problems=tuple(fold.problems),
    )
