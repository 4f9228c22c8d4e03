"""The watchman of the daemon: compares what is wrong with what people were told, and writes to them."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from aggregator.config import Config
from aggregator.offline import NOTE as OFFLINE
from aggregator.offline import read_since
from aggregator.watch.alarms import (
    Alarm,
    Alert,
    Patience,
    Tiding,
    find_alarms,
    judge_offline,
    settle,
)
from aggregator.watch.outbox import Outbox, Parcel
from aggregator.watch.tidings import (
    name_alarm,
    name_subject,
    read_alerts,
    write_alerts,
    write_hook,
    write_mail,
)
from storage.archive import Archive

NOTE = "alerts"
"""The name of the note that holds what people were told."""
ROUND = timedelta(minutes=5)
"""How often everything is looked at, whether anything happened or not."""
MANY_TRIES = 3
"""A digest that was refused so many times raises an alarm."""

log = logging.getLogger("natowire.alarms")


class Watchman:
    """Knows what people were told; the archive remembers it for the next one."""

    def __init__(self, archive: Archive, outbox: Outbox) -> None:
        """Take what people were told before."""
        self._archive, self._outbox = archive, outbox
        self._alerts = read_alerts(archive.note(NOTE))

    @property
    def alerts(self) -> tuple[Alert, ...]:
        """What people were told and is not mended."""
        return self._alerts

    def look(self, config: Config, now: datetime) -> None:
        """Look at everything, and put what there is to tell into the outbox.

        Raises:
            StorageError: The archive cannot be used; it is told the next time.
        """
        alarms, failing = survey(self._archive, config, now)
        alarms += judge_parcels(self._outbox.parcels)
        # Of what is not watched any more nothing can be said, neither ill nor well.
        watched = {source.id for source in config.sources if source.enabled}
        watched |= {digest.name for digest in config.digests}
        watched.add("")
        before = tuple(alert for alert in self._alerts if alert.alarm.subject in watched)
        standing, tidings = settle(before, alarms, now, unsettled=failing)
        if standing != self._alerts or tidings:
            parcels = pack(tidings, config, now)
            self._outbox.add(parcels, {NOTE: write_alerts(standing)})
            self._alerts = standing
        tell_log(tidings)


def accept(archive: Archive, source_id: str) -> bool:
    """Take what a source is like now for right: forget what it was like, and ask it anew.

    Returns:
        Whether anything was known of it.

    Raises:
        StorageError: The archive cannot be written.
    """
    with archive.writing("sources accept") as writer, writer.transaction():
        state = archive.states().get(source_id)
        if state is None:
            return False
        writer.set_state(replace(state, notes=(), etag="", last_modified="", next_due_at=None))
    return True


def survey(archive: Archive, config: Config, now: datetime) -> tuple[list[Alarm], set[str]]:
    """Look at every source, while this machine is online.

    Returns:
        What is wrong, and the ids of all sources whose last fetch failed: of any, on a machine offline.
    """
    if since := read_since(archive.note(OFFLINE)):
        return [*judge_offline(since, now)], {source.id for source in config.sources}
    states = archive.states()
    patience = Patience(failures=config.daemon.failures, time=config.daemon.failing_for)
    alarms, failing = list[Alarm](), set[str]()
    for source in config.sources:
        state, code = states.get(source.id), ""
        if source.enabled and state is not None and state.failures:
            failing.add(source.id)
            code = next((fetch.error_code for fetch in archive.fetches(source.id, 1)), "")
        alarms += find_alarms(source, state, now, error_code=code, patience=patience)
    return alarms, failing


def judge_parcels(parcels: Sequence[Parcel]) -> list[Alarm]:
    """Say which digests cannot be delivered."""
    stuck = {one.about: one for one in parcels if one.about and one.tries >= MANY_TRIES}
    return [
        Alarm(subject=name, kind="delivery", what=f"To {one.to}: {one.problem}")
        for name, one in stuck.items()
    ]


def pack(tidings: Sequence[Tiding], config: Config, now: datetime) -> list[Parcel]:
    """Make the parcels that bring tidings to all who are to have them; one each, however much there is."""
    if not tidings:
        return []
    title, text = write_mail(tidings)
    hook = write_hook(tidings, now)
    receivers = {to: ("mail", text) for settings in config.alerts for to in settings.to}
    receivers |= {settings.url: ("hook", hook) for settings in config.alerts if settings.url}
    return [
        Parcel(form=form, to=to, title=title, text=words, made_at=now, next_at=now)
        for to, (form, words) in receivers.items()
    ]


def tell_log(tidings: Sequence[Tiding]) -> None:
    """Write to the log what people are told."""
    for tiding in tidings:
        alarm = tiding.alert.alarm
        if tiding.event == "all_clear":
            log.info("well again: %s (%s)", name_subject(alarm), alarm.kind)
        elif alarm.is_notice:
            log.warning("%s: %s %s", name_alarm(alarm), alarm.what, alarm.hint)
        else:
            log.error("%s: %s %s", name_alarm(alarm), alarm.what, alarm.hint)
