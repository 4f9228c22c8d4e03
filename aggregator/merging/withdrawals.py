"""What is no longer where it was: pages that are gone, and items that left their listing.

Everything here decides; `take_in` has it written down, and `storage.absences` makes withdrawals of it. The
item itself stays as it is. A fetch that failed shows nothing, and neither does a listing that came broken:
only a server that says "gone", another document in the place of one, or a listing that still reaches past
the place where the item stood.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from aggregator.merging.alike import judge_copy
from aggregator.merging.naming import is_site, url_names
from aggregator.merging.tally import Tally
from parsers.errors import LayoutError, NatowireError
from parsers.model import Capture, Entry, Item, Parsed
from parsers.urls import canonical_url, document_key
from storage.absences import PAGE_KINDS, Absence, Answer, is_page_of
from storage.writer import Writer

GONE = frozenset({404, 410})
"""The answers by which a server says that there is no such page."""
CONTENT = frozenset({200, 203})
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


def _is_home(came: Capture | Answer) -> bool:
    return is_site(canonical_url(came.final_url))


def _went_elsewhere(capture: Capture | Answer) -> bool:
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


def find_gone(
    writer: Writer, capture: Capture, capture_id: int, parsed: Parsed | NatowireError | None
) -> Iterator[Absence]:
    """The items whose own page a capture shows to be gone.

    Args:
        writer: In a transaction, the capture added and absorbed.
        capture: An answer at any address.
        capture_id: Its number.
        parsed: What was read of it, or why nothing was.
    """
    if capture.status not in GONE and not _went_elsewhere(capture):
        return
    for item in _items_at(writer, capture.url):
        verdict = judge_page(capture, parsed, item)
        if verdict in PAGE_KINDS:
            yield Absence(item_id=item.id, capture_id=capture_id, kind=verdict)


def _items_at(writer: Writer, url: str) -> list[Item]:
    """The items whose own address this is: one, unless a link was used again."""
    spelled = canonical_url(url)
    return (
        [item for item in writer.find(url_names(spelled)) if is_page_of(item.url, url)] if spelled else []
    )


def find_dropped(
    writer: Writer, capture: Capture, capture_id: int, parsed: Parsed, tally: Tally
) -> Iterator[Absence]:
    """The items that left a listing: those of the one before it, and its own before the one after it.

    Args:
        writer: In a transaction, the capture added and absorbed.
        capture: The listing, at its source's own address; it may have come late.
        capture_id: Its number.
        parsed: What was read of it.
        tally: What it brought.
    """
    if not parsed.page.listing or parsed.problems or not tally.items:
        return
    before, after = writer.listings_around(capture_id, capture)
    listed = tally.items
    for missing in find_unlisted(writer.seen_in(before), listed) if before else ():
        yield Absence(item_id=missing.id, capture_id=capture_id, kind="unlisted")
    for missing in find_unlisted(listed, writer.seen_in(after)) if after else ():
        yield Absence(item_id=missing.id, capture_id=after or 0, kind="unlisted")


def find_missed(writer: Writer, capture_id: int, tally: Tally) -> Iterator[Absence]:
    """The absences of new items which arrived before them: a crawl of later years was brought in first.

    Args:
        writer: In a transaction, the new items absorbed.
        capture_id: The number of the capture that brought them.
        tally: What it brought.
    """
    addresses = {item.id: {item.url, tally.addresses.get(item.id, "")} - {""} for item in tally.new}
    answers = writer.answers_at(set().union(*addresses.values()), capture_id) if tally.new else ()
    for answer in answers:
        for item in tally.new:
            verdict = _judge_answer(answer, item)
            if verdict and (is_page_of(item.url, answer.url) or is_page_of(item.url, answer.final_url)):
                yield Absence(item_id=item.id, capture_id=answer.capture_id, kind=verdict)


def _judge_answer(answer: Answer, item: Item) -> str:
    """The same as `judge_page`, from what is on record of an answer.

    Where a way elsewhere led to no known item and no home page, it may have been a page for signing in.
    """
    if answer.status in GONE:
        return "gone"
    if answer.status not in CONTENT or item.id in answer.shown or not _went_elsewhere(answer):
        return ""
    return "redirected" if answer.shown or _is_home(answer) else ""
