"""A source that has moved for good: followed at once, its new address adopted once it is confirmed.

A permanent redirect counts when polls of two different days agree on it, and never across hosts (see
`aggregator.fetch.manners.moved_to`). The configuration keeps the address that a person wrote; when that is
edited, or the new address fails, natowire asks there again. A move to another host is not followed, but
remembered: a person should know of it. Pure.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from aggregator.fetch.manners import moved_to
from schedules.policy import confirm_move
from storage.state import SourceState

if TYPE_CHECKING:
    from aggregator.fetch import NotModified
    from parsers.model import Capture

MOVED = "moved"
"""The note that holds the configured address, the one it leads to, and the first day that was seen."""
POINTED = "pointed"
"""The same, and the last day, of an address that is not followed."""
PERMANENT = frozenset((301, 308))


@dataclass(frozen=True, slots=True)
class Move:
    """Where a source has moved to for good, and whether it is asked there."""

    url: str
    followed: bool


def find_move(configured: str, state: SourceState) -> Move | None:
    """Where a source has moved to from its configured address, once that is confirmed."""
    if (adopted := address_of(configured, state)) != configured:
        return Move(adopted, followed=True)
    origin, target, first_day, last_day = _read_pointer(state)
    return Move(target, followed=False) if origin == configured and first_day < last_day else None


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
    if came is None:
        return state
    target = moved_to(came.redirects, came.final_url) if came.redirects else ""
    state = _point(configured, state, "" if target else _elsewhere(came), now)
    if not target:
        return _forget(state)
    origin, seen, first_day = _read(state)
    if (origin, seen) != (configured, target):
        first_day = now.date()
    sightings = [(datetime.combine(first_day, now.timetz()), target), (now, target)]
    note = (MOVED, f"{configured} {target} {first_day.isoformat()}")
    notes = (*(pair for pair in state.notes if pair[0] != MOVED), note)
    return replace(state, notes=notes, adopted_url=confirm_move(sightings))


def _elsewhere(came: Capture | NotModified) -> str:
    permanent = all(hop.status in PERMANENT for hop in came.redirects)
    return came.final_url if came.redirects and permanent else ""


def _point(configured: str, state: SourceState, target: str, now: datetime) -> SourceState:
    """Remember where a source's server points without being followed; "" is nowhere."""
    others = tuple(pair for pair in state.notes if pair[0] != POINTED)
    if not target:
        return replace(state, notes=others)
    today = now.date().isoformat()
    origin, seen, first_day, _ = _read_pointer(state)
    first_day = first_day if (origin, seen) == (configured, target) else today
    return replace(state, notes=(*others, (POINTED, f"{configured} {target} {first_day} {today}")))


def _read_pointer(state: SourceState) -> tuple[str, str, str, str]:
    match dict(state.notes).get(POINTED, "").split(" "):
        case [origin, target, first_day, last_day]:
            return origin, target, first_day, last_day
    return "", "", "", ""


def _read(state: SourceState) -> tuple[str, str, date]:
    origin, target, day = (dict(state.notes).get(MOVED) or "  1970-01-01").split(" ")
    return origin, target, date.fromisoformat(day)


def _forget(state: SourceState) -> SourceState:
    return replace(state, notes=tuple(pair for pair in state.notes if pair[0] != MOVED), adopted_url="")
