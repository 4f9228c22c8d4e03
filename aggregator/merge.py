"""Dedupe and fold, pure: what one entry of one capture does to one item.

Two questions, kept apart:

*Which item?* `aliases` names an entry in every way it can be known; `match` picks the item that
those names lead to. A GUID names an item only within its source.

*What may it say?* `standing` weighs who speaks: an item's own page and the sources of its host (or
trusted for it) are at HOME; the source that brought the item is its BRINGER; anybody else leaves an
observation and nothing more. Once HOME has spoken the bringer is a stranger too, and what it said of
the date is forgotten: otherwise a feed could plant words and dates on an address that is not its own.
Among equals the most detailed document owns the text, so a feed and its page alternating for ever do
not overwrite each other.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import IntEnum
from itertools import chain

from parsers.dates import first_seen, observe
from parsers.model import Alias, Entry, Item, When
from parsers.urls import canonical_url, document_key, host_of

LEAST_WORDS = 12
"""Fewer words than these are too common ("Weekly press briefing") to know an item by."""


class Standing(IntEnum):
    """Who speaks of an item."""

    STRANGER = 0
    BRINGER = 1
    HOME = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """How and where entries were seen: one capture of one source.

    `final_url` says who really served the bytes; `trusts` are the hosts whose items the
    configuration lets this source write.
    """

    source_id: str
    final_url: str
    seen_at: datetime
    trusts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """An entry with the names it can be known by, the surest first."""

    entry: Entry
    url: str
    aliases: tuple[Alias, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """What became of an item: `outcome` is `new`, `changed` or `seen`."""

    item: Item
    outcome: str


def name_entries(entries: Sequence[Entry], sighting: Sighting) -> tuple[Named, ...]:
    """Name the entries of one document.

    An address that several entries of one document share (a feed whose items all link to the home
    page) names none of them, and neither does the address of a whole site.
    """
    urls = [canonical_url(entry.url, sighting.final_url) if entry.url else "" for entry in entries]
    shared = Counter(url for url, _ in {(u, e.guid or e.title) for u, e in zip(urls, entries, strict=True)})
    return tuple(
        _name(entry, "" if shared[url] > 1 or (_is_site(url) and len(entries) > 1) else url, sighting)
        for entry, url in zip(entries, urls, strict=True)
    )


def _is_site(url: str) -> bool:
    return url.count("/") == 3 and url.endswith("/")


def _name(entry: Entry, url: str, sighting: Sighting) -> Named:
    aliases = []
    if entry.guid:
        aliases.append(Alias(scheme="guid", scope=sighting.source_id, value=entry.guid))
    if url:
        key = document_key(url)
        aliases += [Alias(scheme="document", scope="", value=key)] if key else []
        aliases.append(Alias(scheme="url", scope="", value=url))
    if not aliases:
        aliases.append(Alias(scheme="text", scope=sighting.source_id, value=digest_words(entry)))
    if len(_words(entry)) >= LEAST_WORDS:
        aliases.append(Alias(scheme="text", scope="", value=digest_words(entry)))
    return Named(
        entry=entry, url=url or canonical_url(entry.url, sighting.final_url), aliases=tuple(aliases)
    )


def _words(entry: Entry) -> list[str]:
    return f"{entry.title} {entry.summary} {entry.text}".casefold().split()


def digest_words(entry: Entry) -> str:
    """A digest of the entry's words: the same for any white space and case."""
    return hashlib.sha256(" ".join(_words(entry)).encode()).hexdigest()[:32]


def item_id(named: Named) -> str:
    """The permalink an entry gives the item it founds: 16 characters of [a-z2-7].

    Made of the surest thing that does not change when a source is renamed: the canonical URL, else
    source and GUID, else the words.
    """
    order = {"url": 0, "guid": 1, "text": 2, "document": 3}
    alias = min(named.aliases, key=lambda alias: order[alias.scheme])
    return _short(f"{alias.scheme}\n{alias.scope}\n{alias.value}")


def _short(seed: str) -> str:
    number = int.from_bytes(hashlib.sha256(seed.encode()).digest()[:10], "big")
    return "".join("abcdefghijklmnopqrstuvwxyz234567"[number >> shift & 31] for shift in range(75, -1, -5))


def match(named: Named, candidates: Sequence[tuple[Alias, Item]]) -> Item | None:
    """The item an entry is about, or None when it is new.

    Args:
        named: The entry and its names.
        candidates: The items those names lead to, each with the name that led there.

    Returns:
        The item found by the surest name whose own GUID and dates do not speak against it.
    """
    by_alias = dict(candidates)
    for alias in named.aliases:
        item = by_alias.get(alias)
        if item is not None and (alias.scheme != "text" or alias.scope or _may_be_copy(named.entry, item)):
            return item
    return None


def _may_be_copy(entry: Entry, item: Item) -> bool:
    """Equal words are one item unless their dates exclude each other."""
    return entry.published is None or _overlap(entry.published, item.published)


def _overlap(one: When, other: When) -> bool:
    starts = [when.earliest for when in (one, other) if when.earliest]
    ends = [when.latest for when in (one, other) if when.latest]
    return not starts or not ends or max(starts) <= min(ends)


def standing(item_url: str, item_owner: str, sighting: Sighting) -> Standing:
    """What a sighting may say of an item: see the module's docstring."""
    host = host_of(item_url)
    if host and (host == host_of(sighting.final_url) or _trusts(host, sighting.trusts)):
        return Standing.HOME
    return Standing.BRINGER if item_owner == sighting.source_id else Standing.STRANGER


def _trusts(host: str, trusted: Iterable[str]) -> bool:
    return any(host == name or host.endswith("." + name) for name in trusted)


def found(named: Named, sighting: Sighting) -> Merged:
    """Make a new item of an entry seen for the first time."""
    entry = named.entry
    witnesses = entry.published.evidence + entry.published.conflicts if entry.published else ()
    item = Item(
        id=item_id(named),
        url=named.url,
        kind=entry.kind,
        title=entry.title,
        summary=entry.summary,
        text=entry.text,
        language=entry.language,
        byline=entry.byline,
        published=observe(None, (*witnesses, first_seen(sighting.seen_at))),
        updated=entry.updated,
        event=entry.event,
        first_seen=sighting.seen_at,
        last_seen=sighting.seen_at,
        owner=sighting.source_id,
        text_owner=_document(named, sighting),
        authority=standing(named.url, sighting.source_id, sighting),
        detail=entry.detail,
        revision=1,
        revised_at=sighting.seen_at,
    )
    return Merged(item=item, outcome="new")


def _document(named: Named, sighting: Sighting) -> str:
    """Which document speaks: an item's own page is one whoever fetched it, a listing is its source's."""
    own = named.url and named.url == canonical_url(sighting.final_url)
    return f"page {named.url}" if own else f"source {sighting.source_id}"


def merge(item: Item, named: Named, sighting: Sighting) -> Merged:
    """Fold what an entry says into the item it is about.

    Idempotent: the same entry of the same capture a second time changes nothing.
    """
    seen = replace(
        item,
        last_seen=max(item.last_seen, sighting.seen_at),
        first_seen=min(item.first_seen, sighting.seen_at),
    )
    power = standing(item.url, item.owner, sighting)
    if power is Standing.STRANGER or power < item.authority:
        return Merged(item=seen, outcome="seen")
    if power > item.authority:
        seen = replace(seen, published=observe(None, [first_seen(seen.first_seen)]))
    revised = _revise(seen, named, sighting, power) if _may_revise(item, named, sighting, power) else seen
    told = _date(revised, named.entry, sighting)
    return Merged(item=told, outcome="changed" if _differs(told, item) else "seen")


def _date(item: Item, entry: Entry, sighting: Sighting) -> Item:
    witnesses = entry.published.evidence + entry.published.conflicts if entry.published else ()
    if sighting.seen_at == item.first_seen:
        witnesses = (*witnesses, first_seen(sighting.seen_at))
    return replace(
        item,
        published=observe(item.published, witnesses) if witnesses else item.published,
        updated=_later(item.updated, entry.updated),
        event=entry.event or item.event,
    )


def _later(one: When | None, other: When | None) -> When | None:
    if one is None or one.best is None:
        return other or one
    return other if other is not None and other.best is not None and other.best > one.best else one


def _may_revise(item: Item, named: Named, sighting: Sighting, power: Standing) -> bool:
    """The owner of the text may change it; another document only by knowing more."""
    rank, present = (power, named.entry.detail), (item.authority, item.detail)
    return rank > present or (rank == present and _document(named, sighting) == item.text_owner)


def _revise(item: Item, named: Named, sighting: Sighting, power: Standing) -> Item:
    entry = named.entry
    owner = _document(named, sighting)
    same_words = _fold(entry.title, entry.summary, entry.text) == _fold(item.title, item.summary, item.text)
    owned = replace(
        item,
        # A page of no known layout says nothing of what kind of item it shows.
        kind=item.kind if entry.kind == "page" else entry.kind,
        language=entry.language or item.language,
        byline=entry.byline or item.byline,
        text_owner=owner,
        authority=power,
        detail=entry.detail,
    )
    if same_words:
        return owned
    edit = owner == item.text_owner
    return replace(
        owned,
        title=entry.title or item.title,
        summary=entry.summary,
        text=entry.text,
        revision=item.revision + 1,
        revised_at=sighting.seen_at,
        edited=item.edited or edit,
        silent=edit and not _says_updated(item, entry),
    )


def _says_updated(item: Item, entry: Entry) -> bool:
    """Whether the document itself states a later update than was known."""
    if entry.updated is None or entry.updated.best is None:
        return False
    return item.updated is None or item.updated.best is None or entry.updated.best > item.updated.best


def _fold(*parts: str) -> tuple[str, ...]:
    """White space is no edit."""
    return tuple(" ".join(part.split()) for part in parts)


def _differs(new: Item, old: Item) -> bool:
    """Whether anything a reader could quote is different."""
    return _quotable(new) != _quotable(old)


def _quotable(item: Item) -> tuple[object, ...]:
    bounds = chain.from_iterable(
        (when.earliest, when.latest) if when else (None, None)
        for when in (item.published, item.updated, item.event)
    )
    return (item.kind, item.title, *_fold(item.summary, item.text), *bounds)
