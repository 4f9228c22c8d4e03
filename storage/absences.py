"""What captures showed of items that were no longer where they had been, and the withdrawals that follow.

An absence is one capture's word: at this moment the page was gone or sent its readers elsewhere, or a
listing had dropped the item. Withdrawals follow from all absences and sightings in the order of their
moments, in whatever order they came into the archive: they are brought in line each time one is added. More
knowledge splits a withdrawal or widens it, and never takes one away, so their rows are never deleted.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection, insert, select, update

from parsers.registry import ITEM_PAGE
from parsers.urls import canonical_url, document_key
from storage.digests import with_digest
from storage.reads import find_key
from storage.scalars import instant, instant_or_none, storable
from storage.state import Withdrawal
from storage.state_rows import withdrawal_of, withdrawal_row
from storage.tables import absences, withdrawals

PAGE_KINDS = frozenset({"gone", "redirected"})
"""What an item's own page can be; the other kind, `unlisted`, is of listings."""

_ABSENT = """SELECT items.key, items.id AS item_id, items.url AS item_url, absences.kind, captures.id,
        captures.fetched_at, captures.source_id, captures.status, captures.url, captures.final_url
    FROM absences JOIN items ON items.key = absences.item_key
    JOIN captures ON captures.id = absences.capture_id"""
_UNLISTED = """SELECT absences.id, capture_id, absences.kind
    FROM absences JOIN captures ON captures.id = capture_id
    WHERE item_key = ? AND captures.source_id = ? AND absences.kind = 'unlisted'"""
_OF_THESE = " WHERE items.id IN (SELECT value FROM json_each(?))"
_SEEN = """SELECT captures.id, captures.fetched_at, captures.source_id, captures.parser, captures.url,
        captures.final_url
    FROM observations JOIN captures ON captures.id = observations.capture_id
    WHERE observations.item_key = ?"""
_ANSWERS = """SELECT id, url, final_url, status FROM captures WHERE id < :before
        AND final_url IN (SELECT value FROM json_each(:urls)) AND status IN (404, 410)
    UNION SELECT id, url, final_url, status FROM captures WHERE id < :before
        AND url <> final_url AND url IN (SELECT value FROM json_each(:urls)) ORDER BY id"""
_SHOWN = "SELECT items.id FROM observations JOIN items ON items.key = item_key WHERE capture_id = ?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Absence:
    """That a capture showed an item to be no longer there; `kind` as in `Withdrawal`."""

    item_id: str
    capture_id: int
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came from an address, or led away from it; `shown` are the ids of the items seen in it."""

    capture_id: int
    url: str
    final_url: str
    status: int
    shown: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Absent:
    at: int
    capture_id: int
    kind: str
    source_id: str
    status: int
    url: str


@dataclass(frozen=True, slots=True)
class _Seen:
    at: int
    capture_id: int
    source_id: str
    on_page: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What is on record of an item's withdrawals, and what should be.

    `wanted` are those that follow, each with the captures that showed it; `stored` those that stand.
    """

    wanted: tuple[tuple[Withdrawal, frozenset[int]], ...]
    stored: tuple[Withdrawal, ...]


def is_page_of(item_url: str, url: str) -> bool:
    """Whether an address is that of an item's own page, in any of its spellings."""
    spelled = canonical_url(url)
    key = document_key(spelled) if spelled else ""
    return bool(spelled) and (spelled == item_url or (bool(key) and key == document_key(item_url)))


def add(connection: Connection, shown: Iterable[Absence]) -> None:
    """Record absences, each once."""
    for one in shown:
        key = find_key(connection, one.item_id)
        known = select(absences.c.id).where(
            absences.c.item_key == key, absences.c.capture_id == one.capture_id
        )
        if key is not None and connection.execute(known).first() is None:
            row = {"item_key": key, "capture_id": one.capture_id, "kind": one.kind}
            connection.execute(insert(absences), with_digest(row))


def find_answers(connection: Connection, urls: Collection[str], before: int) -> tuple[Answer, ...]:
    """The captures that may tell of a page that is gone: refusals at some addresses, and ways elsewhere.

    Args:
        connection: A connection.
        urls: The addresses, as they may have been written.
        before: Only what arrived before this capture: a rebuild has the later ones at hand too.
    """
    asked = {"urls": json.dumps(sorted(urls)), "before": before}
    rows = connection.exec_driver_sql(_ANSWERS, asked).all()
    return tuple(
        Answer(
            capture_id=row[0],
            url=row[1],
            final_url=row[2],
            status=row[3],
            shown=frozenset(connection.exec_driver_sql(_SHOWN, (row[0],)).scalars()),
        )
        for row in rows
    )


def settle(connection: Connection, item_ids: Collection[str]) -> None:
    """Bring the withdrawals of items in line with all that is known of them."""
    for account in _reckon(connection, json.dumps(sorted(item_ids))):
        left = list(account.stored)
        for wanted, captures in account.wanted:
            stored = next((one for one in left if one.capture_id in captures), None)
            if stored is None:
                connection.execute(insert(withdrawals), withdrawal_row(wanted))
                continue
            left.remove(stored)
            if stored != replace(wanted, id=stored.id):
                where = withdrawals.c.id == stored.id
                connection.execute(update(withdrawals).where(where).values(withdrawal_row(wanted)))


def move_unlisted(connection: Connection, source_id: str, item_id: str, to_id: str) -> None:
    """Let what a source's listings dropped be another item, for which it was taken by mistake.

    Args:
        connection: In a transaction open for writing.
        source_id: The source.
        item_id: The item that it never showed.
        to_id: The one that it did; where its own listings have dropped that before, nothing is moved.
    """
    key, to_key = find_key(connection, item_id), find_key(connection, to_id)
    if connection.exec_driver_sql(_UNLISTED, (to_key, storable(source_id))).first() is not None:
        return
    for row in connection.exec_driver_sql(_UNLISTED, (key, storable(source_id))).all():
        moved = with_digest({"item_key": to_key, "capture_id": row[1], "kind": row[2]})
        connection.execute(update(absences).where(absences.c.id == row[0]).values(moved))
    theirs = select(withdrawals).where(
        withdrawals.c.item_id == item_id,
        withdrawals.c.source_id == storable(source_id),
        withdrawals.c.kind == "unlisted",
    )
    for stored in map(withdrawal_of, connection.execute(theirs).mappings().all()):
        here = update(withdrawals).where(withdrawals.c.id == stored.id)
        connection.execute(here.values(withdrawal_row(replace(stored, item_id=to_id))))


def read_all(connection: Connection) -> Iterator[Account]:
    """What is on record of the withdrawals of every item that was ever absent, and what should be."""
    return _reckon(connection, None)


def _reckon(connection: Connection, item_ids: str | None) -> Iterator[Account]:
    narrowed = (_ABSENT + _OF_THESE, (item_ids,)) if item_ids is not None else (_ABSENT, ())
    by_item: defaultdict[tuple[int, str, str], list[_Absent]] = defaultdict(list)
    for (
        key,
        item_id,
        item_url,
        kind,
        number,
        at,
        source_id,
        status,
        url,
        final_url,
    ) in connection.exec_driver_sql(*narrowed).all():
        shown_at = final_url if kind == "redirected" else url
        by_item[key, item_id, item_url].append(_Absent(at, number, kind, source_id, status, shown_at))
    for (key, item_id, item_url), absent in by_item.items():
        rows = connection.execute(
            select(withdrawals).where(withdrawals.c.item_id == item_id).order_by(withdrawals.c.id)
        )
        seen = [_seen(row, item_url) for row in connection.exec_driver_sql(_SEEN, (key,)).all()]
        yield Account(
            wanted=tuple(_find_withdrawals(item_id, absent, seen)),
            stored=tuple(withdrawal_of(row) for row in rows.mappings()),
        )


def _seen(row: Sequence[object], item_url: str) -> _Seen:
    number, at, source_id, parser, url, final_url = row
    on_page = parser == ITEM_PAGE or is_page_of(item_url, str(url)) or is_page_of(item_url, str(final_url))
    return _Seen(int(str(at)), int(str(number)), str(source_id), on_page)


def _find_withdrawals(
    item_id: str, absent: Sequence[_Absent], seen: Sequence[_Seen]
) -> Iterator[tuple[Withdrawal, frozenset[int]]]:
    """The withdrawals of an item: those of its page, then those of each source's listing."""
    pages = [one for one in absent if one.kind in PAGE_KINDS]
    yield from _find_spans(item_id, pages, [one for one in seen if one.on_page], seen)
    for source_id in sorted({one.source_id for one in absent if one.kind not in PAGE_KINDS}):
        unlisted = [one for one in absent if one.kind not in PAGE_KINDS and one.source_id == source_id]
        listed = [one for one in seen if one.source_id == source_id and not one.on_page]
        yield from _find_spans(item_id, unlisted, listed, seen)


def _find_spans(
    item_id: str, absent: Sequence[_Absent], present: Sequence[_Seen], seen: Sequence[_Seen]
) -> Iterator[tuple[Withdrawal, frozenset[int]]]:
    """The spans of time in which an item was absent and never present, oldest first.

    What was not there before it was first seen anywhere was not withdrawn.
    """
    first = min((one.at for one in seen), default=None)
    gone = [one for one in absent if first is not None and one.at > first]
    missed = {one.capture_id for one in gone}
    events: list[_Absent | _Seen] = [*gone, *(one for one in present if one.capture_id not in missed)]
    span: list[_Absent] = []
    for event in sorted(events, key=lambda one: (one.at, one.capture_id)):
        if isinstance(event, _Absent):
            span.append(event)
        elif span:
            yield _span(item_id, span, seen, event.at)
            span = []
    if span:
        yield _span(item_id, span, seen, None)


def _span(
    item_id: str, absent: Sequence[_Absent], seen: Sequence[_Seen], returned_at: int | None
) -> tuple[Withdrawal, frozenset[int]]:
    first = absent[0]
    before = [one for one in seen if one.at < first.at]
    theirs = [one for one in before if one.source_id == first.source_id]
    withdrawal = Withdrawal(
        item_id=item_id,
        source_id=first.source_id,
        kind=first.kind,
        last_seen=instant(max(one.at for one in theirs or before)),
        noticed_at=instant(first.at),
        capture_id=first.capture_id,
        status=first.status,
        url=first.url,
        returned_at=instant_or_none(returned_at),
    )
    return withdrawal, frozenset(one.capture_id for one in absent)
