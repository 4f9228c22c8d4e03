"""Row to value and value to row, both ways, and the digests that guard rows; nothing else."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Any, Protocol

from parsers.model import (
    Alias,
    Detail,
    Evidence,
    Item,
    Observation,
    Revision,
    Statement,
    Strength,
    When,
)
from storage.search import EDITED, Document, token
from storage.state import Fetch, Merge, SourceState, Withdrawal


class Row(Protocol):
    """A row by column names. A database row can hold anything, so its values are not typed."""

    def __getitem__(self, name: str, /) -> Any:  # noqa: ANN401 whatever a database holds
        """The value of a column."""


NO_NAMES = bytes(16)
"""What `names` is of an item without aliases."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = timedelta(seconds=1)
_FRACTIONS = ("seconds", "score")
_ROLES = ("published", "updated", "event")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def seconds(moment: datetime) -> int:
    """Whole seconds since 1970, negative before."""
    return (moment - _EPOCH) // _SECOND


def seconds_or_none(moment: datetime | None) -> int | None:
    """Whole seconds since 1970; None stays None."""
    return None if moment is None else (moment - _EPOCH) // _SECOND


def instant(value: int) -> datetime:
    """The instant of whole seconds since 1970, UTC."""
    return _EPOCH + timedelta(seconds=value)


def instant_or_none(value: int | None) -> datetime | None:
    """The instant of whole seconds since 1970; None stays None."""
    return None if value is None else _EPOCH + timedelta(seconds=value)


def storable(text: str) -> str:
    """Put U+FFFD for what SQLite cannot keep: NUL and lone surrogates. Offsets stay."""
    return _UNSTORABLE.sub("\ufffd", text)


# Items ----------------------------------------------------------------------------------------


def item_row(item: Item) -> dict[str, Any]:
    """The columns of `items` that the item alone decides; key, digests and sightings are the writer's."""
    row: dict[str, Any] = {
        "id": storable(item.id),
        "url": storable(item.url),
        "kind": storable(item.kind),
        "language": storable(item.language),
        "byline": storable(item.byline),
        "first_seen": seconds(item.first_seen),
        "owner": storable(item.owner),
        "text_owner": storable(item.text_owner),
        "authority": item.authority,
        "detail": int(item.detail),
        "revision": item.revision,
        "revised_at": seconds(item.revised_at),
        "edited": int(item.edited),
        "silent": int(item.silent),
    }
    for role in _ROLES:
        row.update(_when_columns(role, getattr(item, role)))
    return row


def _when_columns(role: str, when: When | None) -> dict[str, Any]:
    """The four columns of an interval."""
    return {
        f"{role}_earliest": when and seconds_or_none(when.earliest),
        f"{role}_latest": when and seconds_or_none(when.latest),
        f"{role}_best": when and seconds_or_none(when.best),
        f"{role}_precision": when and storable(when.precision),
    }


def evidence_rows(item: Item) -> list[tuple[Any, ...]]:
    """The rows of `evidence` of an item, without its key, in the order of their columns."""
    rows: list[tuple[Any, ...]] = []
    for role in _ROLES:
        when: When | None = getattr(item, role)
        if when is None:
            continue
        for conflict, witnesses in ((False, when.evidence), (True, when.conflicts)):
            rows.extend(
                _evidence_row(len(rows) + n, role, conflict, one) for n, one in enumerate(witnesses)
            )
    return rows


def _evidence_row(n: int, role: str, conflict: bool, witness: Evidence) -> tuple[Any, ...]:
    return (
        n,
        role,
        int(conflict),
        storable(witness.kind),
        storable(witness.raw),
        storable(witness.where),
        seconds_or_none(witness.earliest),
        seconds_or_none(witness.latest),
        storable(witness.rule),
        int(witness.strength),
    )


def statement_rows(item: Item) -> list[tuple[Any, ...]]:
    """The rows of `statements` of an item, without its key, in the order of their columns."""
    return [
        (
            n,
            one.field,
            one.start,
            one.end,
            None if span_of(item, one) == one.text else storable(one.text),
            one.kind,
            storable(one.cue),
            storable(one.mention),
            one.mention_start,
            one.mention_end,
            one.speaker_kind,
            storable(one.person_id),
            storable(one.person),
            storable(one.office_id),
            one.rule,
            one.confidence,
        )
        for n, one in enumerate(item.statements)
    ]


def span_of(item: Item, statement: Statement) -> str:
    """The words of the item where the statement says it stands; "" for a field no item has."""
    return _field(item.title, item.summary, item.text, statement.field)[statement.start : statement.end]


def _field(title: str, summary: str, text: str, name: str) -> str:
    return {"title": title, "summary": summary, "text": text}.get(name, "")


def item_of(row: Row, witnesses: Iterable[Row], said: Iterable[Row]) -> Item:
    """Put an item together.

    Args:
        row: A row of `items` with `title`, `summary` and `text` of its document.
        witnesses: Its rows of `evidence`, in order.
        said: Its rows of `statements`, in order.
    """
    by_role: dict[tuple[str, bool], list[Evidence]] = {}
    for witness in witnesses:
        by_role.setdefault((witness["role"], bool(witness["conflict"])), []).append(_evidence_of(witness))
    published = _when_of("published", row, by_role)
    return Item(
        id=row["id"],
        url=row["url"],
        kind=row["kind"],
        title=row["title"],
        summary=row["summary"],
        text=row["text"],
        language=row["language"],
        byline=row["byline"],
        published=published or When(earliest=None, latest=None, best=None, precision="bound"),
        updated=_when_of("updated", row, by_role),
        event=_when_of("event", row, by_role),
        first_seen=instant(row["first_seen"]),
        last_seen=instant(row["last_seen"]),
        owner=row["owner"],
        text_owner=row["text_owner"],
        authority=row["authority"],
        detail=Detail(row["detail"]),
        revision=row["revision"],
        revised_at=instant(row["revised_at"]),
        edited=bool(row["edited"]),
        silent=bool(row["silent"]),
        statements=tuple(_statement_of(one, row) for one in said),
    )


def _when_of(role: str, row: Row, by_role: Mapping[tuple[str, bool], list[Evidence]]) -> When | None:
    precision = row[f"{role}_precision"]
    if precision is None:
        return None
    return When(
        earliest=instant_or_none(row[f"{role}_earliest"]),
        latest=instant_or_none(row[f"{role}_latest"]),
        best=instant_or_none(row[f"{role}_best"]),
        precision=precision,
        evidence=tuple(by_role.get((role, False), ())),
        conflicts=tuple(by_role.get((role, True), ())),
    )


def _evidence_of(row: Row) -> Evidence:
    return Evidence(
        kind=row["kind"],
        raw=row["raw"],
        where=row["place"],
        earliest=instant_or_none(row["earliest"]),
        latest=instant_or_none(row["latest"]),
        rule=row["rule"],
        strength=Strength(row["strength"]),
    )


def _statement_of(row: Row, item: Row) -> Statement:
    words = row["text"]
    if words is None:
        field = _field(item["title"], item["summary"], item["text"], row["field"])
        words = field[row["start"] : row["end"]]
    return Statement(
        field=row["field"],
        start=row["start"],
        end=row["end"],
        text=words,
        kind=row["kind"],
        cue=row["cue"],
        mention=row["mention"],
        mention_start=row["mention_start"],
        mention_end=row["mention_end"],
        speaker_kind=row["speaker_kind"],
        person_id=row["person_id"],
        person=row["person"],
        office_id=row["office_id"],
        rule=row["rule"],
        confidence=row["confidence"],
    )


def sort_instant(item: Item) -> tuple[datetime, bool]:
    """The instant an item is sorted by, and whether it is undated (then it is when it was first seen)."""
    if item.published.best is not None:
        return item.published.best, False
    if item.kind == "event" and item.event is not None and item.event.best is not None:
        return item.event.best, False
    return item.first_seen, True


def document_of(item: Item, key: int, sources: Iterable[str]) -> Document:
    """What is searched of an item.

    Args:
        item: With its statements.
        key: Its integer key.
        sources: The ids of all sources it was seen in.
    """
    at, undated = sort_instant(item)
    tokens = {token("kind", item.kind), token("lang", item.language)}
    tokens.update(token("source", source) for source in {item.owner, *sources})
    tokens.update(token("person", one.person_id) for one in item.statements if one.person_id)
    tokens.update(token("office", one.office_id) for one in item.statements if one.office_id)
    if item.edited:
        tokens.add(EDITED)
    return Document(
        item_key=key,
        at=seconds(at),
        earliest=seconds_or_none(item.published.earliest),
        latest=seconds_or_none(item.published.latest),
        first_seen=seconds(item.first_seen),
        undated=undated,
        title=storable(item.title),
        summary=storable(item.summary),
        text=storable(item.text),
        tokens=tuple(sorted(tokens)),
    )


def revision_of(row: Row, item_id: str) -> Revision:
    """A superseded text of an item."""
    return Revision(
        item_id=item_id,
        number=row["number"],
        seen_at=instant(row["seen_at"]),
        title=row["title"],
        summary=row["summary"],
        text=row["text"],
        silent=bool(row["silent"]),
    )


def present_revision(item: Item) -> Revision:
    """The text an item has now, as the last of its revisions."""
    return Revision(
        item_id=item.id,
        number=item.revision,
        seen_at=item.revised_at,
        title=item.title,
        summary=item.summary,
        text=item.text,
        silent=item.silent,
    )


def revision_row(revision: Revision, key: int) -> dict[str, Any]:
    """A row of `revisions`."""
    return with_digest(
        {
            "item_key": key,
            "number": revision.number,
            "seen_at": seconds(revision.seen_at),
            "silent": int(revision.silent),
            "title": storable(revision.title),
            "summary": storable(revision.summary),
            "text": storable(revision.text),
        }
    )


def observation_of(row: Row, item_id: str) -> Observation:
    """A sighting of an item; the row has the `source_id` of its source."""
    return Observation(
        item_id=item_id,
        capture_id=row["capture_id"],
        source_id=row["source_id"],
        seen_at=instant(row["seen_at"]),
    )


# What is kept beside the items ----------------------------------------------------------------


def fetch_row(fetch: Fetch) -> dict[str, Any]:
    """A row of `fetches` but for its id."""
    return with_digest(_columns(fetch, Fetch.__slots__))


def fetch_of(row: Row) -> Fetch:
    """One attempt to fetch a source."""
    fields = _fields(row, Fetch.__slots__, ("started_at",))
    if fields["reached_known"] is not None:
        fields["reached_known"] = bool(fields["reached_known"])
    return Fetch(**fields)


def state_row(state: SourceState) -> dict[str, Any]:
    """A row of `source_states`."""
    row = _columns(state, SourceState.__slots__)
    row["notes"] = json.dumps(state.notes)
    return with_digest(row)


def state_of(row: Row) -> SourceState:
    """What is remembered of a source."""
    fields = _fields(row, SourceState.__slots__, ("next_due_at", "last_attempt", "last_success"))
    fields["notes"] = tuple((name, value) for name, value in json.loads(row["notes"]))
    return SourceState(**fields)


def merge_row(merge: Merge) -> dict[str, Any]:
    """A row of `merges` but for its id."""
    return with_digest(_columns(merge, [name for name in Merge.__slots__ if name != "id"]))


def merge_of(row: Row) -> Merge:
    """A recorded merge."""
    return Merge(**_fields(row, Merge.__slots__, ("merged_at", "undone_at")))


def withdrawal_row(withdrawal: Withdrawal) -> dict[str, Any]:
    """A row of `withdrawals` but for its id."""
    return with_digest(_columns(withdrawal, [name for name in Withdrawal.__slots__ if name != "id"]))


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


# Digests --------------------------------------------------------------------------------------


def with_digest(row: dict[str, Any]) -> dict[str, Any]:
    """The row and, under `digest`, the digest of all the rest of it."""
    return {**row, "digest": row_digest(row)}


def row_digest(row: Mapping[str, Any]) -> bytes:
    """Digest a row, by its column names in their order; `digest` itself and a row's own `id` stand aside."""
    values = [(name, row[name]) for name in sorted(row) if name not in ("digest", "id")]
    return _hash(values, 8)


def item_digest(
    row: Row, witnesses: Sequence[Sequence[Any]], said: Sequence[Sequence[Any]], texts: Row
) -> bytes:
    """Digest everything an item is, its sightings and aliases apart.

    Args:
        row: Its columns as `item_row` gives them; others are not looked at.
        witnesses: Its rows as `evidence_rows` gives them.
        said: Its rows as `statement_rows` gives them.
        texts: A mapping with its `title`, `summary` and `text` as stored.
    """
    columns = [row[name] for name in _ITEM_COLUMNS]
    words = [texts["title"], texts["summary"], texts["text"]]
    return _hash([columns, words, [list(one) for one in witnesses], [list(one) for one in said]], 16)


def seal_of(digest: bytes, last_seen: int, sightings: int, names: bytes) -> bytes:
    """Digest the columns of an item that change at every sighting, bound to the item by its digest."""
    return _hash([digest.hex(), last_seen, sightings, names.hex()], 8)


def alias_name(alias: Alias) -> bytes:
    """The 16 bytes an alias is kept as: addresses are long, and an item has several."""
    return _hash([alias.scheme, alias.scope, alias.value], 16)


def add_name(names: bytes, name: bytes) -> bytes:
    """Put an alias into the sum an item keeps of its aliases, or take it out again."""
    return bytes(one ^ other for one, other in zip(names, name, strict=True))


_ITEM_COLUMNS = (
    *(
        "id",
        "url",
        "kind",
        "language",
        "byline",
        "first_seen",
        "owner",
        "text_owner",
        "authority",
        "detail",
    ),
    *("revision", "revised_at", "edited", "silent"),
    *(f"{role}_{part}" for role in _ROLES for part in ("earliest", "latest", "best", "precision")),
)


def _hash(value: object, size: int) -> bytes:
    """Digest the JSON of plain values; rows hold no booleans, for SQLite has none."""
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"))
    return blake2b(text.encode(), digest_size=size).digest()
