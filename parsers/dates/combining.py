"""Combine the witnesses of a date: intersect what agrees, keep what contradicts, narrow by sightings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby

from parsers.dates.intervals import precision_of
from parsers.dates.zones import DAY, FIRST, LAST, instant, seconds_of
from parsers.model import Evidence, Strength, When

_MOST_CONFLICTS = 8
_DATELESS = frozenset((Strength.EVENT, Strength.FIRST_SEEN))
"""Witnesses that only bound a date and never say it."""

Span = tuple[int, int]


def first_seen(at: datetime) -> Evidence:
    """The witness that an item was in hand at a moment: a hard upper bound."""
    return Evidence(
        kind="first_seen",
        raw=at.isoformat(),
        where="capture",
        earliest=None,
        latest=at,
        rule="in hand",
        strength=Strength.FIRST_SEEN,
    )


def combine(evidence: Iterable[Evidence]) -> When:
    """What all witnesses together say.

    The stronger are heard first. A witness that leaves nothing of what the stronger ones say is listed
    under `conflicts`; among equally strong ones the largest party that agrees is believed, and of equal
    parties the earlier. Every order of the witnesses gives the same result.

    A date up to a day beyond first seen is a wrong clock or zone, and read as the day up to first seen;
    one further in the future contradicts.
    """
    witnesses = sorted(set(evidence), key=_rank)
    ceiling = min((seconds_of(w.latest) for w in witnesses if _is_ceiling(w) and w.latest), default=LAST)
    low, high = FIRST, LAST
    agreed: list[Evidence] = []
    conflicts: list[Evidence] = []
    for _, group in groupby(witnesses, key=lambda witness: witness.strength):
        low, high, kept, dropped = _hear(tuple(group), low, high, ceiling)
        agreed += kept
        conflicts += dropped
    return _settle(low, high, tuple(agreed), tuple(conflicts))


def observe(when: When | None, evidence: Iterable[Evidence]) -> When:
    """An item's date after one more sighting.

    The same witness is listed once. The list stays short over any number of sightings: those that set a
    bound and the first of each kind and rule are kept.
    """
    known = (*when.evidence, *when.conflicts) if when else ()
    whole = combine((*known, *evidence))
    kept = _first_of_each(whole.evidence)
    for bound, side in ((whole.earliest, "earliest"), (whole.latest, "latest")):
        setter = next((w for w in whole.evidence if bound and getattr(w, side) == bound), None)
        if setter and setter not in kept:
            kept.append(setter)
    return When(
        earliest=whole.earliest,
        latest=whole.latest,
        best=whole.best,
        precision=whole.precision,
        evidence=tuple(sorted(kept, key=_rank)),
        conflicts=tuple(_first_of_each(whole.conflicts)[:_MOST_CONFLICTS]),
    )


def _is_ceiling(witness: Evidence) -> bool:
    return witness.strength == Strength.FIRST_SEEN


def _rank(witness: Evidence) -> tuple[int, int, int, str, str, str, str]:
    low, high = _ends(witness)
    return -witness.strength, high, low, witness.kind, witness.rule, witness.raw, witness.where


def _ends(witness: Evidence) -> Span:
    low = FIRST if witness.earliest is None else seconds_of(witness.earliest)
    return low, LAST if witness.latest is None else seconds_of(witness.latest)


def _span(witness: Evidence, ceiling: int) -> Span:
    low, high = _ends(witness)
    if ceiling < low <= ceiling + DAY and witness.strength != Strength.EVENT:
        return low - DAY, ceiling
    return low, high


def _hear(
    group: Sequence[Evidence], low: int, high: int, ceiling: int
) -> tuple[int, int, list[Evidence], list[Evidence]]:
    """Narrow `low` to `high` by equally strong witnesses: the new ends, who agrees, who does not."""
    spans = [_span(witness, ceiling) for witness in group]
    fitting = [span for span in spans if span[0] <= high and span[1] >= low and span[0] <= span[1]]
    if not fitting:
        return low, high, [], list(group)
    first, last = max(low, *(s[0] for s in fitting)), min(high, *(s[1] for s in fitting))
    if first > last:
        first, last = _largest_party(fitting, low, high)
    kept: list[Evidence] = []
    dropped: list[Evidence] = []
    for witness, span in zip(group, spans, strict=True):
        (kept if span[0] <= first and span[1] >= last else dropped).append(witness)
    return first, last, kept, dropped


def _largest_party(spans: Sequence[Span], low: int, high: int) -> Span:
    """Where most spans overlap, the earliest such place."""
    edges = sorted(
        [(max(first, low), 0, 1) for first, _ in spans] + [(min(last, high), 1, -1) for _, last in spans]
    )
    depth, deepest, place = 0, 0, low
    for at, _, step in edges:
        depth += step
        if depth > deepest:
            deepest, place = depth, at
    party = [span for span in spans if span[0] <= place <= span[1]]
    return max(low, *(s[0] for s in party)), min(high, *(s[1] for s in party))


def _settle(low: int, high: int, agreed: tuple[Evidence, ...], conflicts: tuple[Evidence, ...]) -> When:
    earliest = None if low == FIRST else instant(low)
    latest = None if high == LAST else instant(high)
    dated = any(witness.strength not in _DATELESS for witness in agreed)
    known = dated and earliest is not None and latest is not None
    return When(
        earliest=earliest,
        latest=latest,
        best=instant((low + high) // 2) if known else None,
        precision=precision_of(earliest, latest) if known else "bound",
        evidence=agreed,
        conflicts=conflicts,
    )


def _first_of_each(witnesses: Iterable[Evidence]) -> list[Evidence]:
    """The first witness of each kind, rule and strength, in the order given."""
    found: dict[tuple[str, str, int], Evidence] = {}
    for witness in witnesses:
        found.setdefault((witness.kind, witness.rule, witness.strength), witness)
    return list(found.values())
