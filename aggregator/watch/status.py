"""How it all stands: every source, what it was watched and what may be missing, and who has to act."""

from __future__ import annotations

import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from aggregator.config import Config
from aggregator.offline import NOTE as OFFLINE
from aggregator.render.shapes import Json, shape_time
from aggregator.watch.alarms import Alarm, Alert
from aggregator.watch.outbox import NOTE as OUTBOX
from aggregator.watch.outbox import Parcel, read_parcels
from aggregator.watch.tidings import read_alerts, shape_alert
from aggregator.watch.watchman import NOTE as ALERTS
from aggregator.watch.watchman import judge_parcels, survey
from schedules.sources import Source
from storage.archive import Archive
from storage.lock import DAEMON_LOCK, holder, is_held
from storage.state import SourceState
from storage.watch import Gap, Watch, load_gaps, load_watch

OVERDUE_PERIODS, LEAST_OVERDUE = 4, timedelta(days=1)
"""Nobody seems to fetch a source that was not asked for so many times its `every`, and for so long."""
SHOWN_GAPS = 100
NO_SPACE = 1_000_000
"""With fewer bytes free nothing more can be stored, or soon."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How one source stands; `gaps` are the last ones, oldest first, of `gap_count`."""

    source: Source
    state: SourceState | None
    watch: Watch | None
    gaps: tuple[Gap, ...]
    gap_count: int
    alarms: tuple[Alarm, ...]

    def shape(self) -> Json:
        """The standing as JSON."""
        state = self.state
        return {
            "id": self.source.id,
            "enabled": self.source.enabled,
            "last_success": shape_time(state.last_success if state else None),
            "last_attempt": shape_time(state.last_attempt if state else None),
            "next_due": shape_time(state.next_due_at if state else None),
            "failures": state.failures if state else 0,
            "error": state.last_error if state else "",
            "coverage": shape_coverage(self),
            "alarms": [asdict(alarm) for alarm in self.alarms],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """How everything stands; `daemon` says who runs it, "" when nobody does."""

    daemon: str
    standings: tuple[Standing, ...]
    alarms: tuple[Alarm, ...]
    alerts: tuple[Alert, ...]
    undelivered: tuple[Parcel, ...]

    @property
    def needs_person(self) -> bool:
        """Whether anything is wrong that natowire cannot mend by itself."""
        return any(not alarm.is_notice for alarm in self.alarms)

    def shape(self) -> Json:
        """The status as JSON."""
        return {
            "daemon": self.daemon or None,
            "needs_person": self.needs_person,
            "alarms": [asdict(alarm) for alarm in self.alarms],
            "alerts": [shape_alert(alert) for alert in self.alerts],
            "undelivered": [
                {"title": one.title, "to": one.to, "tries": one.tries, "problem": one.problem}
                for one in self.undelivered
            ],
            "sources": [standing.shape() for standing in self.standings],
        }


def shape_coverage(standing: Standing) -> Json:
    """What is known of how completely a source was watched, as JSON.

    `unknown_since` is there while its fetches fail: what came and went since is not known yet.
    """
    watch, state = standing.watch, standing.state
    return {
        "since": shape_time(watch.since if watch else None),
        "polls": watch.polls if watch else 0,
        "failed": watch.failed if watch else 0,
        "reached": watch.reached if watch else 0,
        "gap_count": standing.gap_count,
        "gaps": [
            {"from": shape_time(gap.begins), "to": shape_time(gap.ends), "listed": gap.listed}
            for gap in standing.gaps
        ],
        "unknown_since": shape_time(state.last_success if state and state.failures else None),
    }


def examine(archive: Archive, config: Config, now: datetime) -> Status:
    """Look at every source.

    Raises:
        StorageError: The archive cannot be read.
    """
    found, _ = survey(archive, config, now)
    undelivered = tuple(one for one in read_parcels(archive.note(OUTBOX)) if one.tries)
    states, watches = archive.states(), load_watch(archive)
    found += judge_parcels(undelivered)
    if not archive.note(OFFLINE):
        found += [
            alarm
            for source in config.sources
            for alarm in judge_overdue(source, states.get(source.id), now)
        ]
    found += judge_space(shutil.disk_usage(archive.folder).free)
    lock = archive.folder / DAEMON_LOCK
    return Status(
        daemon=holder(lock) if is_held(lock) else "",
        standings=_stand(config.sources, states, watches, load_gaps(archive), found),
        alarms=tuple(found),
        alerts=read_alerts(archive.note(ALERTS)),
        undelivered=undelivered,
    )


def _stand(
    sources: Sequence[Source],
    states: Mapping[str, SourceState],
    watches: Mapping[str, Watch],
    gaps: Sequence[Gap],
    alarms: Sequence[Alarm],
) -> tuple[Standing, ...]:
    standings = []
    for source in sources:
        own = tuple(gap for gap in gaps if gap.source_id == source.id)
        standings.append(
            Standing(
                source=source,
                state=states.get(source.id),
                watch=watches.get(source.id),
                gaps=own[-SHOWN_GAPS:],
                gap_count=len(own),
                alarms=tuple(alarm for alarm in alarms if alarm.subject == source.id),
            )
        )
    return tuple(standings)


def judge_space(free: int) -> tuple[Alarm, ...]:
    """Say that the disk is full: who cannot write cannot leave a word of that in the archive."""
    if free >= NO_SPACE:
        return ()
    what = f"The disk is full ({free // 1000} KB free): nothing more is stored."
    return (Alarm(subject="", kind="archive", what=what, hint="Free some space; natowire then goes on."),)


def judge_overdue(source: Source, state: SourceState | None, now: datetime) -> tuple[Alarm, ...]:
    """Say that nobody fetches a source any more: the daemon cannot raise this alarm itself."""
    if not source.enabled or state is None or state.last_attempt is None:
        return ()
    if now - state.last_attempt <= max(source.every * OVERDUE_PERIODS, LEAST_OVERDUE):
        return ()
    what = f"It was last asked {state.last_attempt:%Y-%m-%d %H:%M} UTC: nobody fetches any more."
    hint = "Start `natowire run`, or let a timer run `natowire fetch --due`."
    return (Alarm(subject=source.id, kind="overdue", what=what, hint=hint),)
