"""Row to value and back for what stands beside the items: fetches, states, merges, withdrawals."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from storage.digests import Row, with_digest
from storage.scalars import checked, instant_or_none, seconds, storable
from storage.state import Fetch, Merge, SourceState, Withdrawal

FETCH_COLUMNS = tuple(Fetch.__slots__)
"""The columns of `fetches` but for its id and digest."""
STATE_COLUMNS = tuple(SourceState.__slots__)
"""The columns of `source_states` but for its digest."""
_FRACTIONS = ("seconds", "score")


def fetch_row(fetch: Fetch) -> dict[str, Any]:
    """A row of `fetches` but for its id."""
    return with_digest(_columns(fetch, FETCH_COLUMNS))


@checked
def fetch_of(row: Row) -> Fetch:
    """One attempt to fetch a source."""
    fields = _fields(row, FETCH_COLUMNS, ("started_at",))
    if fields["reached_known"] is not None:
        fields["reached_known"] = bool(fields["reached_known"])
    return Fetch(**fields)


def state_row(state: SourceState) -> dict[str, Any]:
    """A row of `source_states`."""
    row = _columns(state, STATE_COLUMNS)
    row["notes"] = json.dumps(state.notes)
    return with_digest(row)


@checked
def state_of(row: Row) -> SourceState:
    """What is remembered of a source."""
    fields = _fields(row, STATE_COLUMNS, ("next_due_at", "last_attempt", "last_success"))
    fields["notes"] = tuple((name, value) for name, value in json.loads(row["notes"]))
    return SourceState(**fields)


def merge_row(merge: Merge) -> dict[str, Any]:
    """A row of `merges` but for its id."""
    return with_digest(_columns(merge, [name for name in Merge.__slots__ if name != "id"]))


@checked
def merge_of(row: Row) -> Merge:
    """A recorded merge."""
    return Merge(**_fields(row, Merge.__slots__, ("merged_at", "undone_at")))


def withdrawal_row(withdrawal: Withdrawal) -> dict[str, Any]:
    """A row of `withdrawals` but for its id."""
    return with_digest(_columns(withdrawal, [name for name in Withdrawal.__slots__ if name != "id"]))


@checked
def withdrawal_of(row: Row) -> Withdrawal:
    """A recorded withdrawal."""
    return Withdrawal(**_fields(row, Withdrawal.__slots__, ("last_seen", "noticed_at", "returned_at")))


def _columns(value: object, names: Iterable[str]) -> dict[str, Any]:
    """A flat value as columns of the same names."""
    row: dict[str, Any] = {}
    for name in names:
        field = getattr(value, name)
        if isinstance(field, datetime):
            field = seconds(field)
        elif isinstance(field, bool):
            field = int(field)
        elif name in _FRACTIONS:
            field = float(field)
        row[name] = storable(field) if isinstance(field, str) else field
    return row


def _fields(row: Row, names: Iterable[str], instants: Sequence[str]) -> dict[str, Any]:
    """The fields of a flat value from columns of the same names."""
    return {name: instant_or_none(row[name]) if name in instants else row[name] for name in names}
