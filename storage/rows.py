"""Row of an item to value and back; nothing else. What stands beside the items is in `state_rows`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from parsers.dates import first_seen
from parsers.model import (
    Detail,
    Evidence,
    Item,
    Observation,
    Revision,
    Statement,
    Strength,
    When,
)
from storage.digests import Row, with_digest
from storage.scalars import checked, instant, instant_or_none, seconds, seconds_or_none, storable
from storage.search import EDITED, Document, token

_ROLES = ("published", "updated", "event")

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
        "text_owner": _spell_owner(storable(item.text_owner), storable(item.owner), storable(item.url)),
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


def _spell_owner(text_owner: str, owner: str, url: str) -> str:
    """Say whose words an item has, in one word where it is the item's own source or page: as a rule."""
    brief = {f"source {owner}": "source", f"page {url}": "page"}
    return brief.get(text_owner, f":{text_owner}")


def _read_owner(spelled: str, owner: str, url: str) -> str:
    return {"source": f"source {owner}", "page": f"page {url}"}.get(spelled, spelled.removeprefix(":"))


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
            part = _ROLES.index(role), int(conflict)
            rows += [(n, *part, *_evidence_values(one)) for n, one in enumerate(witnesses, len(rows))]
    return rows


def _evidence_values(witness: Evidence) -> tuple[Any, ...]:
    latest = seconds_or_none(witness.latest)
    if latest is not None and witness == first_seen(instant(latest)):
        return (None, None, None, None, latest, None, None)
    return (
        storable(witness.kind),
        storable(witness.raw),
        storable(witness.where),
        seconds_or_none(witness.earliest),
        latest,
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


@checked
def item_of(row: Row, witnesses: Iterable[Row], said: Iterable[Row]) -> Item:
    """Put an item together.

    Args:
        row: A row of `items` with `title`, `summary` and `text` of its document.
        witnesses: Its rows of `evidence`, in order.
        said: Its rows of `statements`, in order.
    """
    by_role: dict[tuple[int, bool], list[Evidence]] = {}
    for witness in witnesses:
        part = witness["role"], bool(witness["conflict"])
        by_role.setdefault(part, []).append(_evidence_of(witness))
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
        text_owner=_read_owner(row["text_owner"], row["owner"], row["url"]),
        authority=row["authority"],
        detail=Detail(row["detail"]),
        revision=row["revision"],
        revised_at=instant(row["revised_at"]),
        edited=bool(row["edited"]),
        silent=bool(row["silent"]),
        statements=tuple(_statement_of(one, row) for one in said),
    )


def _when_of(role: str, row: Row, by_role: Mapping[tuple[int, bool], list[Evidence]]) -> When | None:
    precision, number = row[f"{role}_precision"], _ROLES.index(role)
    if precision is None:
        return None
    return When(
        earliest=instant_or_none(row[f"{role}_earliest"]),
        latest=instant_or_none(row[f"{role}_latest"]),
        best=instant_or_none(row[f"{role}_best"]),
        precision=precision,
        evidence=tuple(by_role.get((number, False), ())),
        conflicts=tuple(by_role.get((number, True), ())),
    )


def _evidence_of(row: Row) -> Evidence:
    if row["kind"] is None:
        return first_seen(instant(row["latest"]))
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


def document_of(item: Item, key: int, sources: Iterable[str]) -> Document:
    """What is searched of an item.

    Args:
        item: With its statements.
        key: Its integer key.
        sources: The ids of all sources it was seen in.
    """
    # An event that is to come stands where it was announced, not at the head of every answer.
    at = item.published.best or item.first_seen
    date = item.date
    tokens = {token("kind", storable(item.kind)), token("lang", storable(item.language))}
    tokens.update(token("source", storable(source)) for source in {item.owner, *sources})
    tokens.update(token("person", one.person_id) for one in item.statements if one.person_id)
    tokens.update(token("office", one.office_id) for one in item.statements if one.office_id)
    if item.edited:
        tokens.add(EDITED)
    return Document(
        item_key=key,
        at=seconds(at),
        earliest=seconds_or_none(date.earliest),
        latest=seconds_or_none(date.latest),
        first_seen=seconds(item.first_seen),
        undated=date.best is None,
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
