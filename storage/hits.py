"""Answers as people and programs see them: hits, and statements with the item they were made in."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from parsers.model import KINDS, Item, Statement, When
from parsers.people import Register, match_offices, match_people
from storage import reads, search
from storage.query import Query, parse_query
from storage.snippet import make
from storage.tables import sources

BATCH = 200
"""Items read at a time where all answers are wanted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One answer to a search.

    `date` is the one it is found by (see `Item.date`); `source` is the source that first brought
    the item; `speakers` are the names of those who speak in it, each once; `snippet` is a line of the
    item's own text, `marks` the places in it that match.
    """

    id: str
    title: str
    url: str
    date: When
    published: When
    event: When | None
    source: str
    kind: str
    speakers: tuple[str, ...]
    snippet: str
    marks: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The answers to a query, in order; `more` when there are others behind them.

    `query` says how the question was understood, and what of it was ignored; `cursor` is where the
    next page begins.
    """

    query: Query
    hits: tuple[Hit, ...]
    more: bool
    cursor: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A statement and the item it was made in."""

    statement: Statement
    hit: Hit


@dataclass(frozen=True, slots=True, kw_only=True)
class Sayings:
    """The statements a query finds, newest first."""

    query: Query
    said: tuple[Said, ...]
    more: bool


def understand(
    connection: Connection, text: str, register: Register, zone: str, now: datetime, **flags: str
) -> Query:
    """Understand a query with what this archive knows: its speakers and its sources."""
    return parse_query(
        text,
        people=lambda name: match_people(name, register, _list_met(connection)),
        offices=lambda title: match_offices(title, register),
        sources=connection.execute(select(sources.c.id)).scalars().all(),
        kinds=KINDS,
        zone=ZoneInfo(zone),
        now=now,
        **flags,
    )


_MET = """WITH RECURSIVE met(id) AS (
        SELECT min(person_id) FROM statements WHERE person_id != ''
        UNION ALL
        SELECT (SELECT min(person_id) FROM statements WHERE person_id > met.id AND person_id != '')
        FROM met WHERE met.id IS NOT NULL
    )
    SELECT id, (SELECT person FROM statements WHERE person_id = met.id LIMIT 1)
    FROM met WHERE id IS NOT NULL"""


def _list_met(connection: Connection) -> list[tuple[str, str]]:
    """Everyone with a statement, as (id, name): a step of the index for each, not a look at every row."""
    return [(row[0], row[1]) for row in connection.exec_driver_sql(_MET)]


def find_page(
    connection: Connection, query: Query, *, limit: int, sort: str = "date", before: int | None = None
) -> Page:
    """The first answers to a query, or those behind a cursor."""
    found = search.find(connection, query, limit=limit, sort=sort, before=before)
    items = reads.load_items(connection, found.keys).values()
    return Page(
        query=query,
        hits=tuple(make_hit(item, query) for item in items),
        more=found.more,
        cursor=found.cursor,
    )


def find_items(connection: Connection, query: Query, limit: int | None = None) -> Iterator[Item]:
    """The items a query finds, newest first, with statements and evidence."""
    before, left = None, limit
    while left is None or left > 0:
        batch = BATCH if left is None else min(left, BATCH)
        found = search.find(connection, query, limit=batch, before=before)
        yield from reads.load_items(connection, found.keys).values()
        if not found.more:
            return
        before = found.cursor
        left = None if left is None else left - len(found.keys)


def find_statements(connection: Connection, query: Query, limit: int) -> Sayings:
    """The statements in the items a query finds, newest first.

    Where the query names speakers or offices, only theirs; words have to be in the item, not in the
    statement itself.
    """
    people = {one.id for one in query.speakers}
    offices = {one.id for one in query.offices}
    said: list[Said] = []
    for item in find_items(connection, query):
        hit = make_hit(item, query)
        said += [Said(statement=one, hit=hit) for one in item.statements if _is_by(one, people, offices)]
        if len(said) > limit:
            break
    return Sayings(query=query, said=tuple(said[:limit]), more=len(said) > limit)


def _is_by(statement: Statement, people: Collection[str], offices: Collection[str]) -> bool:
    return (not people or statement.person_id in people) and (not offices or statement.office_id in offices)


def make_hit(item: Item, query: Query) -> Hit:
    """An item as an answer to a query."""
    snippet = make(item.title, item.summary, item.text, query.words)
    return Hit(
        id=item.id,
        title=item.title,
        url=item.url,
        date=item.date,
        published=item.published,
        event=item.event,
        source=item.owner,
        kind=item.kind,
        speakers=speakers_of(item),
        snippet=snippet.text,
        marks=snippet.marks,
    )


def speakers_of(item: Item) -> tuple[str, ...]:
    """The names of those who speak in an item, each once, in the order of their first words."""
    return tuple(dict.fromkeys(one.person for one in item.statements if one.person))
