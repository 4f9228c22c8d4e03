"""What could go wrong, looked for: the archive, its configuration and its sources."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from storage.health import examine_archive

from aggregator.config import Config, load
from aggregator.shapes import Json
from parsers.errors import ConfigError, NatowireError, StorageError
from schedules.sources import Source
from storage.archive import Archive
from storage.state import SourceState

QUIET_PERIODS = 4
"""A source without a good fetch for so many times its `every` needs a look."""
LEAST_QUIET = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing looked at. `level` is `fine`, `warning` or `error`; `hint` says what to do."""

    level: str
    what: str
    hint: str = ""
    exit_code: int = 0

    def shape(self) -> Json:
        """The finding as JSON."""
        return {"level": self.level, "what": self.what, "hint": self.hint}


def examine(folder: Path, config_file: Path, now: datetime) -> tuple[Finding, ...]:
    """Look at everything; what cannot be looked at is a finding itself."""
    findings: list[Finding] = []
    config = _examine_config(config_file, findings)
    try:
        with Archive.open(folder) as archive:
            findings += [
                Finding(level=fact.level, what=fact.what, hint=fact.hint, exit_code=_code(fact.level, 3))
                for fact in examine_archive(archive, now)
            ]
            states = archive.states()
    except StorageError as error:
        findings.append(_error(error, 3))
        return tuple(findings)
    for source in config.sources if config else ():
        findings.append(_examine_source(source, states.get(source.id), now))
    return tuple(findings)


def _code(level: str, code: int) -> int:
    return code if level == "error" else 0


def _error(error: NatowireError, code: int) -> Finding:
    return Finding(level="error", what=error.message, hint=error.hint, exit_code=code)


def _examine_config(file: Path, findings: list[Finding]) -> Config | None:
    try:
        config = load(file)
    except ConfigError as error:
        findings.append(_error(error, 2))
        return None
    on = sum(source.enabled for source in config.sources)
    findings.append(Finding(level="fine", what=f"The configuration names {on} sources to fetch."))
    return config


def _examine_source(source: Source, state: SourceState | None, now: datetime) -> Finding:
    """How long ago a source was last fetched well."""
    if not source.enabled:
        return Finding(level="fine", what=f"{source.id} is disabled.")
    if state is None or state.last_attempt is None:
        hint = f"natowire fetch {source.id}"
        return Finding(level="warning", what=f"{source.id} was never fetched.", hint=hint)
    if state.failures:
        what = f"{source.id} failed {state.failures} times in a row: {state.last_error}"
        return Finding(level="error", what=what, hint=f"natowire sources check {source.id}", exit_code=1)
    assert state.last_success is not None
    quiet = now - state.last_success
    if quiet > max(source.every * QUIET_PERIODS, LEAST_QUIET):
        what = f"{source.id} was last fetched well {quiet.days} days ago."
        hint = "Is the daemon, or whatever runs `natowire fetch`, still running?"
        return Finding(level="warning", what=what, hint=hint)
    return Finding(
        level="fine", what=f"{source.id} was last fetched well {state.last_success:%Y-%m-%d %H:%M} UTC."
    )
