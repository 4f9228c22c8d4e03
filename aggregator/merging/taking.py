"""All that follows from one capture, and from it alone: what a fetch and a rebuild both do."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from aggregator.merging.absorb import Tally, absorb
from aggregator.merging.withdrawals import note_listing, note_page
from parsers.errors import NatowireError
from parsers.model import Capture, Parsed
from parsers.people import Register
from parsers.registry import ITEM_PAGE
from storage.state import Decision
from storage.writer import Writer

REFUSED = "not_believed"
"""The decision that a capture, though readable, is not folded: what it says is implausible."""


def refuse(capture_id: int | None, at: datetime) -> Decision:
    """Decide that a capture is not folded, neither now nor in a rebuild."""
    return Decision(kind=REFUSED, decided_at=at, terms=(("capture", str(capture_id)),))


def list_refused(decisions: Iterable[tuple[int, Decision]]) -> frozenset[int]:
    """The numbers of the captures that are not folded."""
    return frozenset(int(dict(one.terms)["capture"]) for _, one in decisions if one.kind == REFUSED)


def take_in(
    writer: Writer,
    capture: Capture,
    capture_id: int,
    parsed: Parsed | NatowireError | None,
    register: Register,
) -> Tally | None:
    """Fold a capture into the items, and record what is no longer where it was.

    Args:
        writer: In a transaction, the capture added.
        capture: What came.
        capture_id: Its number.
        parsed: What was read of it, or why nothing was.
        register: Who held which office when.

    Returns:
        What became of its entries, or None where none were read.
    """
    tally = absorb(writer, capture, capture_id, parsed, register) if isinstance(parsed, Parsed) else None
    if writer.comes_late(capture_id, capture):
        return tally  # What has happened since is known already.
    if capture.parser == ITEM_PAGE:
        note_page(writer, capture, capture_id, parsed)
    elif tally is not None and isinstance(parsed, Parsed) and parsed.page.listing:
        before = writer.listing_before(capture_id, capture)
        note_listing(writer, capture, capture_id, parsed, tally, before)
    return tally
