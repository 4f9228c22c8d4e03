"""Checks what stands beside the items: that no row of it was changed, and that none is missing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from sqlalchemy import Connection, Table, select

from storage.absences import read_all
from storage.digests import row_digest
from storage.ledger import THINNED
from storage.state import Damage
from storage.tables import (
    absences,
    fetches,
    merges,
    notes,
    revisions,
    source_states,
    visits,
    withdrawals,
)

_GUARDED = (revisions, merges, absences, withdrawals, fetches, source_states, visits, notes)
# SQLite remembers how many rows these ever had; only fetches are taken away, and counted then.
_COUNTED = (merges, absences, withdrawals, fetches)
_STATELESS = """SELECT DISTINCT source_id FROM fetches
    WHERE source_id NOT IN (SELECT source_id FROM source_states)"""
_STRAY_WITHDRAWALS = """SELECT id FROM withdrawals
    WHERE capture_id IS NULL OR capture_id NOT IN (SELECT capture_id FROM absences)"""


def check_rows(connection: Connection, _folder: Path) -> Iterator[Damage]:
    """Compare the rows that carry a digest of themselves.

    Args:
        connection: A connection to read with.
    """
    for table in _GUARDED:
        for row in connection.execute(select(table)).mappings():
            if row_digest(dict(row)) != row["digest"]:
                yield Damage(kind="row", where=_name_row(table, dict(row)), what="Its values were changed.")


def _name_row(table: Table, row: dict[str, object]) -> str:
    return " ".join([table.name, *(str(row[column.name]) for column in table.primary_key)])


def check_counts(connection: Connection, _folder: Path) -> Iterator[Damage]:
    """Compare how many rows there are with how many there should be.

    Args:
        connection: A connection to read with.
    """
    thinned = connection.execute(select(notes.c.value).where(notes.c.name == THINNED)).scalar()
    for table in _COUNTED:
        count = connection.exec_driver_sql(f"SELECT count(*) FROM {table.name}").scalar() or 0  # noqa: S608 a constant
        given = connection.exec_driver_sql(
            "SELECT seq FROM sqlite_sequence WHERE name = ?", (table.name,)
        ).scalar()
        missing = (given or 0) - count - (int(thinned or 0) if table is fetches else 0)
        if missing:
            what = f"{missing} rows are missing." if missing > 0 else f"{-missing} rows are too many."
            yield Damage(kind="row", where=table.name, what=what)
    for (source_id,) in connection.exec_driver_sql(_STATELESS):
        yield Damage(kind="row", where=f"source_states {source_id}", what="The row is missing.")


def check_withdrawals(connection: Connection, _folder: Path) -> Iterator[Damage]:
    """Compare the withdrawals with what the captures showed.

    Args:
        connection: A connection to read with.
    """
    for account in read_all(connection):
        stored = [replace(one, id=0) for one in account.stored]
        for wanted, _ in account.wanted:
            if wanted not in stored:
                what = "A withdrawal that follows from the captures is missing, or is another."
                yield Damage(kind="row", where=f"withdrawals of {wanted.item_id}", what=what)
    for (number,) in connection.exec_driver_sql(_STRAY_WITHDRAWALS):
        yield Damage(kind="row", where=f"withdrawals {number}", what="No capture showed it.")
