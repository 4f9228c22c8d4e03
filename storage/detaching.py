"""Taking from an item what a mistaken merge gave it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, delete, select, update

from parsers.model import Alias, Item, Observation
from storage import names, reads, search
from storage.digests import add_name, alias_name, seal_of
from storage.rows import document_of
from storage.scalars import seconds, storable
from storage.tables import items, observations, sources


def detach(connection: Connection, item: Item, source_id: str, taken: Sequence[Alias]) -> None:
    """Take a source's sightings, and names, from an item.

    Args:
        connection: In a transaction open for writing.
        item: Whole, as stored; what its other sources say of it stays.
        source_id: The source whose sightings were of something else.
        taken: The names of that other thing.
    """
    key = reads.find_key(connection, item.id)
    assert key is not None  # it was read from there
    wanted = select(sources.c.key).where(sources.c.id == storable(source_id)).scalar_subquery()
    connection.execute(
        delete(observations).where(observations.c.item_key == key, observations.c.source_key == wanted)
    )
    _drop_names(connection, key, [alias_name(alias) for alias in taken])
    left = [one for one in item.observations if one.source_id != storable(source_id)]
    _reseal(connection, key, left)
    search.put(connection, [document_of(item, key, {one.source_id for one in left})])


def _drop_names(connection: Connection, key: int, dropped: Sequence[bytes]) -> None:
    found = names.find(connection, dropped)
    borne = [name for name, keys in found.items() if key in keys]
    if not borne:
        return
    names.drop(connection, borne, key)
    total = connection.execute(select(items.c.names).where(items.c.key == key)).scalar_one()
    for name in borne:
        total = add_name(total, name)
    connection.execute(update(items).where(items.c.key == key).values(names=total))


def _reseal(connection: Connection, key: int, left: Sequence[Observation]) -> None:
    row = connection.execute(select(items).where(items.c.key == key)).mappings().one()
    last = max((seconds(one.seen_at) for one in left), default=row["last_seen"])
    moved = {"last_seen": last, "sightings": len(left)}
    seal = seal_of({**row, **moved})
    connection.execute(update(items).where(items.c.key == key).values(seal=seal, **moved))
