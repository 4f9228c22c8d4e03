"""What is no longer where it was: pages that are gone, and items that left their listing.

The decisions are pure; `note_page`, `note_listing` and `note_return` write them down, once each, in the
caller's transaction. The item itself stays as it is. A fetch that failed shows nothing, and neither does a
listing that came broken: only a server that says "gone", another document in the place of one, or a listing
that still reaches past the place where the item stood.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from aggregator.merging.absorb import Tally
from aggregator.merging.alike import judge_copy
from aggregator.merging.naming import is_site, url_names
from parsers.errors import LayoutError, NatowireError
from parsers.model import Capture, Entry, Item, Parsed
from parsers.urls import canonical_url, document_key
from storage.state import Withdrawal
from storage.writer import Writer

GONE = frozenset({404, 410})
"""The answers by which a server says that there is no such page."""
CONTENT = frozenset({200, 203})
PAGE_KINDS = frozenset({"gone", "redirected"})
LEAST_LEFT = 0.5
"""A listing of less than this share of what it listed before came broken, or is another one."""


def judge_page(capture: Capture, parsed: Parsed | NatowireError | None, item: Item) -> str:
    """Say what an answer at an item's address tells of the item.

    Args:
        capture: The answer.
        parsed: What was read of it; an error or None where it was no content.
        item: The item whose page was asked for.

    Returns:
        `gone` or `redirected`; `there` where its page came; "" where the answer tells nothing.
    """
    if capture.status in GONE:
        return "gone"
    if capture.status not in CONTENT or not isinstance(parsed, Parsed | LayoutError):
        return ""
    shown = (
        next(iter(parsed.entries), None) if isinstance(parsed, Parsed) and not parsed.page.listing else None
    )
    if not _went_elsewhere(capture):
        return "there" if shown else ""
    # A list, a home page, whatever is no document, or another one.
    return "there" if shown and not _is_home(capture) and _is_same(shown, item) else "redirected"


def _is_home(capture: Capture) -> bool:
    return is_site(canonical_url(capture.final_url))


def _went_elsewhere(capture: Capture) -> bool:
    """Whether the answer came from another document's address: not from a new spelling of the same."""
    asked, came = canonical_url(capture.url), canonical_url(capture.final_url)
    if asked.rstrip("/") == came.rstrip("/"):
        return False
    key = document_key(asked)
    return not key or key != document_key(came)


def _is_same(entry: Entry, item: Item) -> bool:
    """Whether a page at a new address shows the item: sites move, and send their readers on."""
    if judge_copy(entry.title, "", item.title, ""):
        return True
    bodies = entry.text or entry.summary, item.text or item.summary
    return all(bodies) and bool(judge_copy("", bodies[0], "", bodies[1]))


def find_unlisted(previous: Sequence[Item], present: Sequence[Item]) -> tuple[Item, ...]:
    """The items that left a listing which still reaches further back than they.

    Args:
        previous: The items of the listing before, those that came into the archive first leading.
        present: The items of the listing now.

    Returns:
        Those of `previous` that are not in `present` although an older one still is; nothing where the
        listing came broken.
    """
    now = {item.id for item in present}
    missing = [item for item in previous if item.id not in now]
    if not missing or len(present) < LEAST_LEFT * len(previous):
        return ()
    stayed = [item for item in previous if item.id in now]
    return tuple(item for item in missing if any(_is_older(other, item) for other in stayed))


def _is_older(one: Item, other: Item) -> bool:
    """Whether one item is surely older than another: by their dates, else by when they came."""
    latest, earliest = one.published.latest, other.published.earliest
    if latest is not None and earliest is not None:
        return latest < earliest
    return one.first_seen < other.first_seen


def note_page(
    writer: Writer,
    capture: Capture,
    capture_id: int,
    parsed: Parsed | NatowireError | None,
    item_ids: Collection[str] = (),
) -> int:
    """Record what an answer at the address of items' own page tells of them.

    Args:
        writer: In a transaction, the capture added and absorbed.
        capture: The answer.
        capture_id: Its number.
        parsed: What was read of it, or why nothing was.
        item_ids: The items whose page it is; where none are given, those of the address asked for.

    Returns:
        How many withdrawals were recorded.
    """
    items = list(writer.items(list(item_ids)).values()) if item_ids else _items_at(writer, capture.url)
    count = 0
    for item in items:
        verdict = judge_page(capture, parsed, item)
        if verdict == "there":
            note_return(writer, [item.id], capture.source_id, capture.fetched_at, kinds=PAGE_KINDS)
        elif verdict and not _is_open(writer, item, capture.source_id, PAGE_KINDS):
            writer.add_withdrawal(
                Withdrawal(
                    item_id=item.id,
                    source_id=capture.source_id,
                    kind=verdict,
                    last_seen=_last_there(writer, item, capture),
                    noticed_at=capture.fetched_at,
                    capture_id=capture_id,
                    status=capture.status,
                    url=capture.final_url if verdict == "redirected" else capture.url,
                )
            )
            count += 1
    return count


def _items_at(writer: Writer, url: str) -> list[Item]:
    """The items whose own address this is: one, unless a link was used again."""
    spelled = canonical_url(url)
    return [item for item in writer.find(url_names(spelled)) if item.url == spelled] if spelled else []


def _is_open(writer: Writer, item: Item, source_id: str, kinds: Collection[str]) -> bool:
    return any(one.kind in kinds for one in writer.open_withdrawals([item.id], source_id))


def _last_there(writer: Writer, item: Item, capture: Capture) -> datetime:
    """When the item was last seen by this source before this answer; else by anyone."""
    seen = [
        one.seen_at
        for one in writer.item(item.id).observations
        if one.source_id == capture.source_id and one.seen_at < capture.fetched_at
    ]
    return max(seen, default=item.last_seen)


def note_listing(
    writer: Writer,
    capture: Capture,
    capture_id: int,
    parsed: Parsed,
    tally: Tally,
    previous: int | None,
    seen_at: datetime | None = None,
) -> int:
    """Record which items left a listing, and which are back.

    Args:
        writer: In a transaction, the capture added and absorbed.
        capture: The listing, at the source's own address.
        capture_id: Its number.
        parsed: What was read of it.
        tally: What it brought.
        previous: The number of the capture that showed the listing before; None where there was none.
        seen_at: When the listing before was last there unchanged; None: when it was captured.

    Returns:
        How many withdrawals were recorded.
    """
    if not parsed.page.listing or parsed.problems or not tally.items:
        return 0
    ids = [item.id for item in tally.items]
    note_return(writer, ids, capture.source_id, capture.fetched_at, kinds={"unlisted"})
    if previous is None:
        return 0
    before = writer.seen_in(previous)
    gone = find_unlisted(before, tally.items)
    known = {
        one.item_id
        for one in writer.open_withdrawals([item.id for item in gone], capture.source_id)
        if one.kind == "unlisted"
    }
    for item in gone:
        if item.id not in known:
            writer.add_withdrawal(
                Withdrawal(
                    item_id=item.id,
                    source_id=capture.source_id,
                    kind="unlisted",
                    last_seen=seen_at or _last_there(writer, item, capture),
                    noticed_at=capture.fetched_at,
                    capture_id=capture_id,
                    status=capture.status,
                    url=capture.url,
                )
            )
    return len({item.id for item in gone} - known)


def note_return(
    writer: Writer,
    item_ids: Sequence[str],
    source_id: str,
    at: datetime,
    *,
    kinds: Collection[str],
) -> int:
    """Record that withdrawn items are there again; gives how many were."""
    back = [one for one in writer.open_withdrawals(item_ids, source_id) if one.kind in kinds]
    for one in back:
        writer.end_withdrawal(one.id, at)
    return len(back)
