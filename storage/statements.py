"""Statements over the columns of a value, for the driver alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def write_insert(verb: str, table: str, names: Sequence[str]) -> str:
    """A statement that inserts rows given by column names; `verb` says what it does with those there."""
    values = ", ".join(f":{name}" for name in names)
    return f"{verb} INTO {table} ({_quoted(names)}) VALUES ({values})"


def write_select(names: Iterable[str], rest: str) -> str:
    """A statement that selects columns; `rest` is all that follows FROM."""
    return " ".join(("SELECT", _quoted(names), "FROM", rest))


def _quoted(names: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)
