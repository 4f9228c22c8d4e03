"""Say of a date that was read where it stood and what kind of witness it is."""

from __future__ import annotations

from dataclasses import replace

from parsers.model import When


def label(when: When | None, *, kind: str, where: str) -> When | None:
    """The same date, its evidence named after the place it stood in (see `model.Evidence`)."""
    if when is None:
        return None
    return replace(when, evidence=tuple(replace(one, kind=kind, where=where) for one in when.evidence))
