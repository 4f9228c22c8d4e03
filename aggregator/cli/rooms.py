"""Which module holds which command, so that a run imports only the one it needs."""

from __future__ import annotations

from importlib import import_module
from types import MappingProxyType

import typer

ROOMS = MappingProxyType(
    {
        "demo": ("demo",),
        "archive": ("init", "stats", "doctor"),
        "fetching": ("fetch", "ingest", "parse"),
        "service": ("run", "status"),
        "reading": ("search", "show", "statements", "speakers"),
        "dates": ("date", "speech"),
        "delivery": ("digest", "feed", "export", "cite"),
        "keeping": ("verify", "backup", "restore", "reparse"),
        "sources": ("sources",),
        "merges": ("merges",),
    }
)
"""The commands of each module of this package, in the order in which help lists them."""
GROUPS = ("sources", "merges")
"""Those whose commands stand under a word of their own."""


def room_of(word: str) -> str | None:
    """The module of a command, or None when there is no such command."""
    return next((room for room, commands in ROOMS.items() if word in commands), None)


def furnish(app: typer.Typer, room: str | None) -> None:
    """Give an application the commands of one module, or of all."""
    for name in (room,) if room else ROOMS:
        module = import_module(f"aggregator.cli.{name}")
        app.add_typer(module.app, name=name if name in GROUPS else None)
