"""All that follows from one capture, and from it alone: what a fetch and a rebuild both do."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from aggregator.merging.absorb import absorb
from aggregator.merging.tally import Tally
from aggregator.merging.withdrawals import find_dropped, find_gone, find_missed
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
    absent = [*find_gone(writer, capture, capture_id, parsed)]
    if tally is not None and isinstance(parsed, Parsed):
        absent += find_missed(writer, capture_id, tally)
        # What an inventory showed before is not on record in full; the pages say when they are gone.
        if capture.parser != ITEM_PAGE and not parsed.page.inventory:
            absent += find_dropped(writer, capture, capture_id, parsed, tally)
    writer.add_absences(absent)
    seen = [item.id for item in tally.items] if tally else []
    writer.settle_withdrawals({one.item_id for one in absent} | set(seen))
    return tally
