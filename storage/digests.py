"""The digests that guard what is stored: a changed value no longer fits the digest beside it.

They show faults and careless edits. Whoever can write to the database can compute them anew; only
the captures' chain, with its head kept elsewhere, answers that.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from hashlib import blake2b
from typing import Any, Protocol

from parsers.model import Alias

NO_NAMES = bytes(12)
"""What `names` is of an item without aliases."""

NAME_SIZES = (5, 12)
"""Bytes a stored alias may have: those of a band, and all others."""

_TEXTS = ("title", "summary", "text")

# Those that move with every sighting have a seal of their own.
_APART = ("key", "digest", "last_seen", "sightings", "names", "kept", "seal")


@cache
def _item_columns() -> tuple[str, ...]:
    from storage.tables import items  # noqa: PLC0415  SQLAlchemy's, which digests of other rows do without

    return tuple(column.name for column in items.columns if column.name not in _APART)


_write = json.JSONEncoder(ensure_ascii=True, separators=(",", ":")).encode


class Row(Protocol):
    """A row by column names. A database row can hold anything, so its values are not typed."""

    def __getitem__(self, name: str, /) -> Any:  # noqa: ANN401 whatever a database holds
        """The value of a column."""


def with_digest(row: dict[str, Any]) -> dict[str, Any]:
    """The row and, under `digest`, the digest of all the rest of it."""
    return {**row, "digest": row_digest(row)}


def row_digest(row: Mapping[str, Any]) -> bytes:
    """Digest a row by its column names in order; `digest` itself and a row's own `id` stand aside."""
    values = [(name, row[name]) for name in sorted(row) if name not in ("digest", "id")]
    return _hash(values, 8)


def item_digest(
    row: Row,
    witnesses: Sequence[Sequence[Any]],
    said: Sequence[Sequence[Any]],
    texts: Row,
) -> bytes:
    """Digest everything an item is, its sightings and aliases apart.

    Args:
        row: Its columns as `item_row` gives them; others are not looked at.
        witnesses: Its rows as `evidence_rows` gives them.
        said: Its rows as `statement_rows` gives them.
        texts: A mapping with its `title`, `summary` and `text` as stored.
    """
    columns = [row[name] for name in _item_columns()]
    # As JSON a long text would take several times as long.
    words = [blake2b(texts[name].encode(), digest_size=16).hexdigest() for name in _TEXTS]
    return _hash([columns, words, [list(one) for one in witnesses], [list(one) for one in said]], 8)


def seal_of(row: Row) -> bytes:
    """Digest the columns of an item that change with its sightings, bound to the item by its digest."""
    return _hash(
        [row["digest"].hex(), row["last_seen"], row["sightings"], row["names"].hex(), row["kept"]], 8
    )


def alias_name(alias: Alias) -> bytes:
    """The bytes an alias is kept as: 12, for addresses are long, and an item has several.

    The five of a band are its own. There are many, and what they lead to is compared word by word.
    """
    if alias.scheme == "near":
        return bytes.fromhex(alias.value)
    return _hash([alias.scheme, alias.scope, alias.value], 12)


def add_name(names: bytes, name: bytes) -> bytes:
    """Put an alias into the sum an item keeps of its aliases, or take it out again."""
    name = name.ljust(len(names), b"\0")
    return bytes(one ^ other for one, other in zip(names, name, strict=False))


def _hash(value: object, size: int) -> bytes:
    """Digest the JSON of plain values; rows hold no booleans, for SQLite has none."""
    text = _write(value)
    return blake2b(text.encode(), digest_size=size).digest()
