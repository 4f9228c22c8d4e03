"""Which archive a database is of, and whether its tables are those this code knows."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from uuid import uuid4

from parsers.errors import SchemaError
from storage.scalars import checked

VERSIONS = ("0001",)
"""Every version the tables ever had, oldest first; the last is what this code reads and writes."""
SHAPE = "b35b019fcfe34a81"
"""The digest of the tables of that version (`shape_of`): while one is in the making they change."""
SCHEMA = """SELECT sql FROM sqlite_master
    WHERE name NOT LIKE 'sqlite!_%' ESCAPE '!' AND name NOT LIKE 'documents!_index!_%' ESCAPE '!'
        AND name != 'alembic_version' ORDER BY type, name"""
"""Selects what tables, indexes and views are made by; those that SQLite adds to them are its own affair."""
_STAMP = "%Y%m%dT%H%M%SZ"


def new_archive_id(created_at: datetime) -> str:
    """What tells a new archive from all others; it begins with when it was made."""
    return f"{created_at.astimezone(UTC):{_STAMP}}-{uuid4().hex}"


def is_archive_id(text: str) -> bool:
    """Tell whether a text is the id of an archive."""
    return re.fullmatch(r"\d{8}T\d{6}Z-[0-9a-f]{32}", text) is not None


@checked
def read_created_at(archive_id: str) -> datetime:
    """When an archive was made, from its id.

    Raises:
        DamagedError: It is no id of an archive.
    """
    return datetime.strptime(archive_id.partition("-")[0], _STAMP).replace(tzinfo=UTC)


def is_current(stored: str, file: Path) -> bool:
    """Tell whether an archive's tables are of this version, or older ones.

    Args:
        stored: The version its database is stamped with.
        file: The database, to name in an error.

    Raises:
        SchemaError: They are of a version this code does not know.
    """
    if stored not in VERSIONS:
        raise SchemaError(
            "This archive was made by a newer natowire.",
            hint="Install the newest natowire to use it.",
            where=str(file),
        )
    return stored == VERSIONS[-1]


def shape_of(statements: Iterable[str]) -> str:
    """Digest what the tables are made by, as `SCHEMA` selects it; white space says nothing."""
    text = ";".join("".join(statement.split()) for statement in statements)
    return blake2b(text.encode(), digest_size=8).hexdigest()


def check_shape(statements: Iterable[str], file: Path) -> None:
    """See that tables of the present version are what this code makes.

    Args:
        statements: What they are made by, as `SCHEMA` selects it.
        file: The database, to name in an error.

    Raises:
        SchemaError: They are others.
    """
    if shape_of(statements) != SHAPE:
        raise SchemaError(
            "The tables of this archive are not those of this natowire: another state of it made them, or "
            "they were changed.",
            hint=f"Use the natowire that made it; or move {file.name} away and run `natowire reparse`: all "
            "items are then made anew of the captures.",
            where=str(file),
        )
