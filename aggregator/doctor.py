"""What could go wrong, looked for: the configuration, the archive's ground, and the sources."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

from aggregator.config import Config, DigestSettings, load
from parsers.errors import ConfigError, NatowireError, StorageError
from schedules.sources import Source
from storage.archive import Archive
from storage.health import Finding
from storage.health import examine as examine_archive
from storage.state import SourceState

QUIET_PERIODS = 4
"""A source without a good fetch for so many times its `every` needs a look."""
LEAST_QUIET = timedelta(days=1)

Findings = tuple[tuple[Finding, int], ...]
"""Findings, each with the exit code it deserves: 0, or that of the error it is."""


def examine(folder: Path, config_file: Path, now: datetime) -> Findings:
    """Look at everything; what cannot be looked at is a finding itself."""
    config, configured = _examine_config(config_file)
    try:
        with Archive.open(folder) as archive:
            ground = _with_code(examine_archive(archive, now), 3)
            states = archive.states()
            digests = [_examine_digest(digest, archive, now) for digest in config.digests]
    except StorageError as error:
        return (*configured, *_with_code([_failed("archive", error)], 3))
    looks = [_examine_source(source, states.get(source.id), now) for source in config.sources]
    return (*configured, *ground, *_with_code(looks, 1), *_with_code(digests, 2))


def _with_code(findings: Iterable[Finding], code: int) -> Iterator[tuple[Finding, int]]:
    for finding in findings:
        yield finding, code if finding.state == "fail" else 0


def _failed(name: str, error: NatowireError) -> Finding:
    return Finding(name=name, state="fail", what=error.message, hint=error.hint)


def _examine_config(file: Path) -> tuple[Config, Findings]:
    try:
        config = load(file)
    except ConfigError as error:
        return Config(), tuple(_with_code([_failed("configuration", error)], 2))
    on = sum(source.enabled for source in config.sources)
    what = f"{on} of {len(config.sources)} sources are to be fetched."
    return config, ((Finding(name="configuration", state="ok", what=what), 0),)


def _examine_digest(digest: DigestSettings, archive: Archive, now: datetime) -> Finding:
    """Whether the query of a digest is understood: one that is not finds nothing, day after day."""
    query, name = archive.search(digest.query, limit=0, now=now).query, f"digest {digest.name}"
    if not query.ignored:
        return Finding(name=name, state="ok", what="Its query is understood.")
    what = "; ".join(f"'{note.text}': {note.hint}" for note in query.ignored)
    effect = "It finds nothing, ever." if query.refused else "The rest of it is answered."
    return Finding(
        name=name, state="warn", what=f"{effect} {what}", hint="Mend its query in the configuration."
    )


def _examine_source(source: Source, state: SourceState | None, now: datetime) -> Finding:
    """How long ago a source was last fetched well."""
    if not source.enabled:
        return Finding(name=source.id, state="ok", what="Disabled.")
    if state is None or state.last_attempt is None:
        return Finding(
            name=source.id, state="warn", what="Never fetched.", hint=f"natowire fetch {source.id}"
        )
    if state.failures:
        what = f"Failed {state.failures} times in a row: {state.last_error}"
        return Finding(name=source.id, state="fail", what=what, hint=f"natowire sources check {source.id}")
    assert state.last_success is not None  # it was tried, and did not fail
    quiet = now - state.last_success
    if quiet > max(source.every * QUIET_PERIODS, LEAST_QUIET):
        hint = "Is whatever runs `natowire fetch` still running?"
        return Finding(name=source.id, state="warn", what=f"Last fetched {quiet.days} days ago.", hint=hint)
    return Finding(
        name=source.id, state="ok", what=f"Last fetched well {state.last_success:%Y-%m-%d %H:%M} UTC."
    )
