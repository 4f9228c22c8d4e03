"""Whether it is this machine that is cut off rather than the sites, by the answers of a cycle. Pure.

A name that cannot be resolved and an address without a route are what a dead site looks like, and what
every site looks like from a machine without a network. Where each of several hosts shows that, and those
that were well a while ago show it too, it is the machine: then nothing counts against the sources.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from enum import Enum

from parsers.errors import NatowireError, UnreachableError
from parsers.urls import host_of
from schedules.sources import Source
from storage.state import SourceState

NOTE = "offline"
"""The name of the note that says since when this machine seems to be offline; "" is not."""
AGAIN = timedelta(minutes=5)
"""How soon the sources of a cycle that found the machine offline are asked again."""
LEAST_HOSTS = 2
WITNESSES = 2
"""So many sources that were well are asked whether they cannot be reached either."""
REMARK = "This machine seems to be offline."


class Verdict(Enum):
    """What a cycle shows of this machine."""

    ONLINE = "online"
    OFFLINE = "offline"
    UNKNOWN = "unknown"


def judge_cycle(answers: Iterable[tuple[Source, NatowireError | None]]) -> Verdict:
    """Say whether this machine is offline.

    Args:
        answers: Each source that was asked, and the error it failed with.

    Returns:
        Offline where not one was reached and they lie on `LEAST_HOSTS` hosts at least; unknown where there
        were fewer.
    """
    hosts = set()
    for source, error in answers:
        if not isinstance(error, UnreachableError):
            return Verdict.ONLINE
        hosts.add(host_of(source.url))
    return Verdict.OFFLINE if len(hosts) >= LEAST_HOSTS else Verdict.UNKNOWN


def choose_witnesses(
    sources: Iterable[Source], states: Mapping[str, SourceState], hosts: Collection[str]
) -> tuple[Source, ...]:
    """The sources to ask too before a machine is called offline: dead sites may fail together.

    Args:
        sources: Those that may be asked.
        states: What is remembered of each.
        hosts: Those that were not reached.

    Returns:
        The ones that were well most lately, each on another host; few.
    """
    well = {
        source: state.last_success
        for source in sources
        if (state := states.get(source.id)) and state.last_success and not state.failures
    }
    by_host: dict[str, Source] = {}
    for source in sorted(well, key=lambda one: well[one], reverse=True):
        by_host.setdefault(host_of(source.url), source)
    return tuple(source for host, source in by_host.items() if host not in hosts)[:WITNESSES]


def read_since(note: str) -> datetime | None:
    """Since when this machine is offline, by the note; None where it is not."""
    try:
        return datetime.fromisoformat(note).astimezone(UTC) if note else None
    except ValueError:
        return None
