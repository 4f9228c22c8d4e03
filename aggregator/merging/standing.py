"""Who may say what of an item."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum

from aggregator.merging.naming import Sighting
from parsers.urls import host_of


class Standing(IntEnum):
    """Who speaks of an item."""

    STRANGER = 0
    BRINGER = 1
    HOME = 2


def standing(item_url: str, item_owner: str, sighting: Sighting) -> Standing:
    """What a sighting may say of an item.

    Its own page and the sources of its host, or trusted for it, are at HOME; the source that brought it is
    its BRINGER; anybody else is a STRANGER, who leaves an observation and nothing more.
    """
    host = host_of(item_url)
    if host and (host == host_of(sighting.final_url) or _trusts(host, sighting.trusts)):
        return Standing.HOME
    return Standing.BRINGER if item_owner == sighting.source_id else Standing.STRANGER


def _trusts(host: str, trusted: Iterable[str]) -> bool:
    return any(host == name or host.endswith("." + name) for name in trusted)
