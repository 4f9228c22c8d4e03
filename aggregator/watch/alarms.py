"""When a person has to be told that something is wrong, and when that it is well again. Pure.

An alarm is what is wrong at this moment; an alert is what people were told of it. One alert for each
trouble, repeated daily until it is mended, then one all-clear.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from aggregator.moves import find_move
from aggregator.watch.vitals import describe_worse, quiet_since, read_vitals
from parsers.errors import ImplausibleError
from schedules.sources import Source
from storage.state import SourceState

REMIND = timedelta(days=1)
"""How long after it was told an alert is told again."""
NOTICES = frozenset(("moved",))
"""Kinds that are no trouble: they are told once, and nothing stands still until somebody acts."""
TOLD_ONCE = NOTICES | {"offline"}
"""Kinds that nobody is reminded of."""
OFFLINE_FOR = timedelta(hours=1)
"""How long a machine may be offline before anybody is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How much failing is borne in silence: so many failures in a row, or failing for so long."""

    failures: int = 3
    time: timedelta = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """Something that is wrong now.

    `subject` is the id of a source, the name of a digest, or "" for natowire itself. `what` says it in a
    sentence, `hint` what to do. `kind` is, of sources, `failing`, `implausible`, `quiet`, `thin`, `moved`
    or `overdue`, of digests `delivery`, of natowire `archive` or `offline`.
    """

    subject: str
    kind: str
    what: str
    hint: str = ""

    @property
    def trouble(self) -> tuple[str, str]:
        """What it is one more word about: a source that is refused is one that fails."""
        return self.subject, "failing" if self.kind == "implausible" else self.kind

    @property
    def is_notice(self) -> bool:
        """Whether it is good to know rather than wrong."""
        return self.kind in NOTICES


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """An alarm that people were told of: since when it lasts, and when they were last told."""

    alarm: Alarm
    since: datetime
    told_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Tiding:
    """Something to tell: `event` is `alert`, `reminder` or `all_clear`."""

    event: str
    alert: Alert


def find_alarms(
    source: Source, state: SourceState | None, now: datetime, *, error_code: str = "", patience: Patience
) -> tuple[Alarm, ...]:
    """Say what is wrong with a source.

    Args:
        source: As configured.
        state: What is remembered of it; None when it was never asked.
        now: The present moment.
        error_code: The code of the error of its last fetch, where that failed.
        patience: What is borne.
    """
    if state is None or not source.enabled:
        return ()
    if state.failures:
        return _judge_failures(source, state, now, error_code, patience)
    vitals = read_vitals(state.notes)
    found = []
    # Nobody listened any longer: a week asleep is no silence of the source's.
    if last := quiet_since(vitals, min(now, state.last_success or now)):
        what = f"Nothing new has come since {last:%Y-%m-%d %H:%M} UTC, longer than ever before."
        hint = f"See whether the site has moved its news: {source.url}"
        found.append(Alarm(subject=source.id, kind="quiet", what=what, hint=hint))
    if what := describe_worse(vitals):
        hint = (
            f"`natowire sources check {source.id}` shows what is read; if it is right, `sources accept` it."
        )
        found.append(Alarm(subject=source.id, kind="thin", what=what, hint=hint))
    return (*found, *_judge_move(source, state))


def judge_offline(since: datetime | None, now: datetime) -> tuple[Alarm, ...]:
    """Say that this machine has been offline for long; `since` when, None where it is not."""
    if since is None or now - since < OFFLINE_FOR:
        return ()
    what = f"It has reached none of its sources since {since:%Y-%m-%d %H:%M} UTC."
    hint = "See to its network; natowire then goes on by itself."
    return (Alarm(subject="", kind="offline", what=what, hint=hint),)


def _judge_move(source: Source, state: SourceState) -> tuple[Alarm, ...]:
    move = find_move(source.url, state)
    if move is None:
        return ()
    what = f"Its server says that it has moved for good to {move.url}"
    if move.followed:
        hint = f'It is asked there. Write that into the configuration: url = "{move.url}"'
    else:
        what += ", where natowire does not follow of itself"
        hint = "If that is right, change its `url` in the configuration."
    return (Alarm(subject=source.id, kind="moved", what=f"{what}.", hint=hint),)


def _judge_failures(
    source: Source, state: SourceState, now: datetime, error_code: str, patience: Patience
) -> tuple[Alarm, ...]:
    if error_code == ImplausibleError.code:
        # What came is kept and not merged: nobody should have to wait to hear of that.
        return (Alarm(subject=source.id, kind="implausible", what=state.last_error),)
    well_at = state.last_success or state.last_attempt or now
    long = now - well_at >= max(patience.time, source.every * 2)
    if state.failures < patience.failures and not long:
        return ()
    since = (
        f"since {state.last_success:%Y-%m-%d %H:%M} UTC" if state.last_success else "and never went well"
    )
    times = "once" if state.failures == 1 else f"{state.failures} times in a row"
    what = f"It failed {times} {since}. {state.last_error}"
    return (Alarm(subject=source.id, kind="failing", what=what),)


def settle(
    alerts: Sequence[Alert],
    alarms: Sequence[Alarm],
    now: datetime,
    *,
    unsettled: Collection[str] = (),
) -> tuple[tuple[Alert, ...], tuple[Tiding, ...]]:
    """Compare what people were told with what is wrong now.

    Args:
        alerts: What people were told and what was not mended when last looked.
        alarms: All that is wrong now.
        now: The present moment.
        unsettled: Subjects of which nothing good can be said at present, such as sources whose last fetch
            failed: what was told of them stands.

    Returns:
        The alerts that stand from now on, and what to tell.
    """
    told = {alert.alarm.trouble: alert for alert in alerts}
    wrong = {alarm.trouble: alarm for alarm in alarms}
    standing, tidings = [], []
    for trouble, alarm in wrong.items():
        alert, event = _tell(told.get(trouble), alarm, now)
        standing.append(alert)
        if event:
            tidings.append(Tiding(event=event, alert=alert))
    for trouble, alert in told.items():
        if trouble in wrong:
            continue
        if alert.alarm.subject in unsettled:
            standing.append(alert)
        else:
            tidings.append(Tiding(event="all_clear", alert=alert))
    return tuple(standing), tuple(tidings)


def count_troubles(alerts: Sequence[Alert]) -> int:
    """How many of these alerts are about something wrong."""
    return sum(not alert.alarm.is_notice for alert in alerts)


def _tell(before: Alert | None, alarm: Alarm, now: datetime) -> tuple[Alert, str]:
    """The alert that stands for an alarm, and the event to tell, or ""."""
    if before is None:
        return Alert(alarm=alarm, since=now, told_at=now), "alert"
    if alarm.kind in TOLD_ONCE:
        known = before.alarm.what == alarm.what
        return (before, "") if known else (Alert(alarm=alarm, since=now, told_at=now), "alert")
    if now - before.told_at >= REMIND:
        return replace(before, alarm=alarm, told_at=now), "reminder"
    # A clock that was set back must not put the next reminder off by as much.
    return replace(before, told_at=min(before.told_at, now)), ""
