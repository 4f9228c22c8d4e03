"""What one entry of one capture does to one item: the fold, pure.

`standing` weighs who speaks: an item's own page and the sources of its host (or trusted for it) are at
HOME; the source that brought the item is its BRINGER; anybody else leaves an observation and nothing
more. Once HOME has spoken the bringer is a stranger too, and what it said of dates and authors is
forgotten: otherwise a feed could plant words and dates on an address that is not its own. Among equals
the most detailed document owns the text, so a feed and its page alternating for ever do not overwrite
each other.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain

from aggregator.merging.naming import Named, Sighting, item_id
from aggregator.merging.noise import core_of
from aggregator.merging.standing import Standing, standing
from parsers.dates import first_seen, observe
from parsers.model import Entry, Item, Problem, Revision, When
from parsers.nato_paths import page_address
from parsers.urls import canonical_url

_PAGE, _MODEL = "page ", "model "


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """What became of an item: `outcome` is `new`, `changed` or `seen`."""

    item: Item
    outcome: str


def found(named: Named, sighting: Sighting, taken: Iterable[str] = ()) -> Merged:
    """Make a new item of an entry seen for the first time.

    Args:
        named: The entry and its names.
        sighting: Where it was seen.
        taken: Permalinks that are other items'.
    """
    entry = named.entry
    witnesses = entry.published.evidence + entry.published.conflicts if entry.published else ()
    item = Item(
        id=item_id(named, sighting, set(taken)),
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
    here = canonical_url(sighting.final_url)
    if named.url and named.url == here:
        return f"{_PAGE}{named.url}"
    if named.url and named.url == page_address(here):
        return f"{_MODEL}{named.url}"
    return f"source {sighting.source_id}"


def find_quarrel(item: Item, named: Named, sighting: Sighting) -> Problem | None:
    """That an item's page and its model differ in title: one has told it, the other tells it now."""
    told, tells = item.text_owner, _document(named, sighting)
    titles = {told.partition(" ")[0]: item.title, tells.partition(" ")[0]: named.entry.title}
    if set(titles) != {"page", "model"} or not all(titles.values()):
        return None
    if len({core_of(title).casefold() for title in titles.values()}) == 1:
        return None
    what = f"The page is titled {titles['page'][:200]!r}, its model {titles['model'][:200]!r}."
    return Problem(where=item.url[:200], what=what)


def merge(item: Item, named: Named, sighting: Sighting, *, as_copy: bool = False) -> Merged:
    """Fold what an entry says into the item it is about.

    Idempotent: the same entry of the same capture a second time changes nothing.

    Args:
        item: As it stands.
        named: The entry and its names.
        sighting: Where it was seen.
        as_copy: Only its words say that it is this item: whoever publishes a copy has no say in it.
    """
    seen = replace(
        item,
        last_seen=max(item.last_seen, sighting.seen_at),
        first_seen=min(item.first_seen, sighting.seen_at),
    )
    power = standing(item.url, item.owner, sighting)
    if as_copy or power is Standing.STRANGER or power < item.authority:
        return Merged(item=seen, outcome="seen")
    if power > item.authority:
        seen = _forget(seen)
    if _may_revise(item, named, sighting, power):
        revised = _revise(seen, named, sighting, power)
    else:
        revised = _say_earlier(seen, named.entry, sighting)
    told = _date(revised, named.entry, sighting)
    return Merged(item=told, outcome="changed" if differs(told, item) else "seen")


def _say_earlier(item: Item, entry: Entry, sighting: Sighting) -> Item:
    """The item with a text that is older than was known, where a lesser document had it before."""
    if sighting.seen_at < item.revised_at and words_of(entry) == words_of(item):
        return replace(item, revised_at=sighting.seen_at)
    return item


def _forget(item: Item) -> Item:
    """The item without what somebody said of it who may no longer speak; its words give way anyway."""
    return replace(
        item,
        published=observe(None, [first_seen(item.first_seen)]),
        updated=None,
        event=None,
        byline="",
        language="",
    )


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
    return rank > present or (rank == present and _is_same(_document(named, sighting), item.text_owner))


def _is_same(document: str, other: str) -> bool:
    """Whether it is one document that speaks: an item's own page is one at whatever address it is had."""
    return document == other or (document.startswith(_PAGE) and other.startswith(_PAGE))


def _revise(item: Item, named: Named, sighting: Sighting, power: Standing) -> Item:
    entry = named.entry
    owner = _document(named, sighting)
    # What has no title of its own keeps the one it had, unless a stranger gave it.
    title = entry.title or (item.title if power == item.authority else "")
    same_words = words_of(replace(item, title=title, summary=entry.summary, text=entry.text)) == words_of(
        item
    )
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
        return replace(owned, revised_at=min(item.revised_at, sighting.seen_at))
    edit = _is_same(owner, item.text_owner)
    return replace(
        owned,
        title=title,
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


def words_of(text: Entry | Item | Revision) -> tuple[str, ...]:
    """What counts as the text: white space, counters and other noise make no edit."""
    return tuple(core_of(part) for part in (text.title, text.summary, text.text))


def settle(item: Item, known: Iterable[Revision]) -> Item:
    """Number a text that has just changed: one that was there before has its number already.

    A page that goes back and forth between two texts has two revisions, however often it does.

    Args:
        item: With its new text.
        known: Its revisions until now.
    """
    known = list(known)
    words = words_of(item)
    same = next((one for one in known if words_of(one) == words), None)
    if same is None:
        return replace(item, revision=1 + max((one.number for one in known), default=0))
    return replace(item, revision=same.number, revised_at=same.seen_at)


def comes_late(item: Item, revised: Item, seen_at: datetime, said_at: datetime) -> bool:
    """Whether a new text is the same document's as it was before the present text was last seen.

    Captures may come in any order: a crawl of years ago is brought in after the page of today.

    Args:
        item: As it stood.
        revised: With the text that has come.
        seen_at: When that text was seen.
        said_at: When the document that has the present text was last seen.
    """
    same = (item.authority, item.detail) == (revised.authority, revised.detail)
    same = same and _is_same(item.text_owner, revised.text_owner)
    return same and seen_at < max(item.revised_at, said_at)


def reinstate(item: Item, revised: Item, entry: Entry) -> Item:
    """Let the present text stand after an older one was noted.

    Args:
        item: As it stood.
        revised: With the older text and all that its document says beside.
        entry: What the older document says.
    """
    stated = entry.updated.best if entry.updated else None
    present = item.updated.best if item.updated else None
    return replace(
        revised,
        kind=item.kind,
        title=item.title,
        summary=item.summary,
        text=item.text,
        language=item.language,
        byline=item.byline,
        event=item.event or revised.event,
        revision=item.revision,
        revised_at=item.revised_at,
        edited=True,
        silent=present is None or (stated is not None and stated >= present),
    )


def tells_nothing(entry: Entry, item: Item) -> bool:
    """Whether a listed address with its dates alone tells nothing of an item that was not known."""
    if entry.title or entry.summary or entry.text:
        return False
    witnesses = item.published.evidence + item.published.conflicts
    dated = entry.published is None or all(one in witnesses for one in entry.published.evidence)
    return dated and _later(item.updated, entry.updated) is item.updated


def differs(new: Item, old: Item) -> bool:
    """Whether anything a reader could quote is different."""
    return _quotable(new) != _quotable(old)


def _quotable(item: Item) -> tuple[object, ...]:
    bounds = chain.from_iterable(
        (when.earliest, when.latest) if when else (None, None)
        for when in (item.published, item.updated, item.event)
    )
    return (item.kind, *words_of(item), *bounds)
