"""The daemon's figures in Prometheus' text format. Pure.

Source: prometheus.io, "Exposition formats", version 0.0.4.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from storage.state import SourceState


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """All that is shown. Seconds everywhere; `states` are those of the enabled sources."""

    version: str
    started_at: datetime
    config_ok: bool
    archive_ok: bool
    alerts: int
    undelivered: int
    cycles: int
    cycle_seconds: float
    polls: Mapping[str, int]
    new: int
    changed: int
    cpu_seconds: float
    memory_bytes: int
    states: Iterable[SourceState]


def write_metrics(figures: Figures) -> str:
    """Write the figures, each with what it means."""
    return "\n".join([*_own(figures), *_sources(figures.states), ""])


def _own(figures: Figures) -> Iterator[str]:
    build = [(f'{{version="{_escape(figures.version)}"}}', 1)]
    polls = [(f'{{outcome="{_escape(name)}"}}', count) for name, count in sorted(figures.polls.items())]
    yield from _metric("build_info", "gauge", "The version that runs.", build)
    yield from _plain("start_time_seconds", "gauge", "When it was started.", figures.started_at.timestamp())
    yield from _plain(
        "config_ok", "gauge", "Whether the configuration last read could be used.", figures.config_ok
    )
    yield from _plain("archive_ok", "gauge", "Whether the archive can be used.", figures.archive_ok)
    yield from _plain("alerts_open", "gauge", "Troubles people were told of.", figures.alerts)
    yield from _plain("outbox_parcels", "gauge", "Mails and webhooks that wait.", figures.undelivered)
    yield from _plain("cycles_total", "counter", "Cycles done.", figures.cycles)
    yield from _plain("cycle_seconds_total", "counter", "Time spent in them.", figures.cycle_seconds)
    yield from _metric("polls_total", "counter", "Sources asked, by what came of it.", polls)
    yield from _plain("items_new_total", "counter", "Items that were new.", figures.new)
    yield from _plain("items_changed_total", "counter", "Items that changed.", figures.changed)
    yield from _plain(
        "cpu_seconds_total", "counter", "Processor time, readers included.", figures.cpu_seconds
    )
    yield from _plain(
        "resident_memory_bytes", "gauge", "Memory of the daemon itself.", figures.memory_bytes
    )


def _sources(states: Iterable[SourceState]) -> Iterator[str]:
    known = [(f'{{source="{_escape(state.source_id)}"}}', state) for state in states]
    failures = [(label, state.failures) for label, state in known]
    good = [(label, state.last_success.timestamp()) for label, state in known if state.last_success]
    due = [(label, state.next_due_at.timestamp()) for label, state in known if state.next_due_at]
    yield from _metric("source_failures", "gauge", "Failures in a row.", failures)
    yield from _metric("source_last_success_timestamp_seconds", "gauge", "The last good fetch.", good)
    yield from _metric("source_next_due_timestamp_seconds", "gauge", "When it is asked next.", due)


def _plain(name: str, kind: str, meaning: str, value: float) -> Iterator[str]:
    return _metric(name, kind, meaning, [("", value)])


def _metric(name: str, kind: str, meaning: str, values: Iterable[tuple[str, float]]) -> Iterator[str]:
    yield f"# HELP natowire_{name} {meaning}"
    yield f"# TYPE natowire_{name} {kind}"
    yield from (f"natowire_{name}{label} {_number(value)}" for label, value in values)


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else f"{value:.3f}"


def _escape(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
