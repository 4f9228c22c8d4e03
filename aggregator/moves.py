"""A source that has moved for good: followed at once, its new address adopted once it is confirmed.

A permanent redirect counts when polls of two different days agree on it, and never across hosts (see
`aggregator.fetch.manners.moved_to`). The configuration keeps the address that a person wrote; when that is
edited, or the new address fails, natowire asks there again. Pure.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from aggregator.fetch import NotModified, moved_to
from parsers.model import Capture
from schedules.policy import confirm_move
from storage.state import SourceState

MOVED = "moved"
"""The note that holds the configured address, the one it leads to, and the first day that was seen."""


def address_of(configured: str, state: SourceState) -> str:
    """Where to ask for a source: at its adopted address while that belongs to the configured one."""
    origin, _, _ = _read(state)
    return state.adopted_url if state.adopted_url and origin == configured else configured


def note_move(
    configured: str, state: SourceState, came: Capture | NotModified | None, now: datetime
) -> SourceState:
    """Remember what an answer says of where the source is.

    Args:
        configured: The address in the configuration.
        state: What is remembered so far.
        came: The answer, None where it was a failure.
        now: When it came, UTC.
    """
    if address_of(configured, state) != configured:
        return state if came is not None else _forget(state)
    target = moved_to(came.redirects, came.final_url) if came is not None and came.redirects else ""
    if not target:
        return _forget(state) if came is not None else state
    origin, seen, first_day = _read(state)
    if (origin, seen) != (configured, target):
        first_day = now.date()
    sightings = [(datetime.combine(first_day, now.timetz()), target), (now, target)]
    note = (MOVED, f"{configured} {target} {first_day.isoformat()}")
    notes = (*(pair for pair in state.notes if pair[0] != MOVED), note)
    return replace(state, notes=notes, adopted_url=confirm_move(sightings))


def _read(state: SourceState) -> tuple[str, str, date]:
    origin, target, day = (dict(state.notes).get(MOVED) or "  1970-01-01").split(" ")
    return origin, target, date.fromisoformat(day)


def _forget(state: SourceState) -> SourceState:
    return replace(state, notes=tuple(pair for pair in state.notes if pair[0] != MOVED), adopted_url="")
