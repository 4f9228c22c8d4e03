"""The daemon's work put together: its jobs, the configuration they follow, and how it all stands."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic
from zoneinfo import ZoneInfo

from aggregator.config import Config, FetchSettings
from aggregator.fetch import Fetcher
from aggregator.ingest import Outcome
from aggregator.offline import AGAIN, REMARK
from aggregator.offline import NOTE as OFFLINE
from aggregator.polling import Reader
from aggregator.watch import periods
from aggregator.watch.alarms import Alert, Tiding, count_troubles
from aggregator.watch.couriers import hand_over
from aggregator.watch.outbox import Outbox, Parcel
from aggregator.watch.rounds import GATHER, Rounds
from aggregator.watch.tidying import tidy
from aggregator.watch.trouble import Trouble
from aggregator.watch.watchman import ROUND, Watchman, pack, tell_log
from parsers.errors import ConfigError, NatowireError, StoppedError, StorageError
from schedules.daemon import Job, Pace
from storage.archive import Archive

CYCLES = 4
"""Cycles under way at once: a slow site holds up its own, not the next."""

LONGEST_WAIT = timedelta(minutes=30)
"""How long a digest waits for sources that are overdue."""

log = logging.getLogger("natowire")


@dataclass(frozen=True, slots=True, kw_only=True)
class Doors:
    """What the composition root opens for the daemon.

    `clock` tells the present moment (UTC); `load` reads the configuration, with what the command line says
    instead; `open_fetcher` opens the way to the web; `read` reads a capture; `send` hands a parcel over.
    """

    clock: Callable[[], datetime]
    load: Callable[[], Config]
    open_fetcher: Callable[[FetchSettings, Callable[[], datetime]], Fetcher]
    read: Reader
    send: Callable[..., None] = hand_over


@dataclass(slots=True, kw_only=True)
class Tallies:
    """What was done since the start, counted."""

    cycles: int = 0
    cycle_seconds: float = 0.0
    polls: dict[str, int] = field(default_factory=dict)
    new: int = 0
    changed: int = 0


@dataclass(slots=True, kw_only=True)
class _Setup:
    """A configuration with the way to the web that follows it; closed when its last user is gone."""

    config: Config
    fetcher: Fetcher
    users: int = 0
    retired: bool = False


class Service:
    """The daemon's work. Use `jobs` with a `Rota`, and `close` at the end."""

    def __init__(self, archive: Archive, config: Config, doors: Doors) -> None:
        """Take up the work where the archive says it was left.

        Args:
            archive: Open; it is locked for writing only while something is stored.
            config: As it was read at the start.
            doors: See there.

        Raises:
            StorageError: The archive cannot be read.
        """
        self._archive, self._doors = archive, doors
        self._setup = _Setup(config=config, fetcher=doors.open_fetcher(config.fetch, doors.clock))
        self._lock = threading.Lock()
        self._rounds = Rounds(archive, doors.read, doors.clock, broke_off=self._renew)
        self._outbox = Outbox(archive, self._send)
        self._watchman = Watchman(archive, self._outbox)
        self._trouble = Trouble(archive, self._tell_at_once)
        self._looking, self._digesting, self._tidying = Pace(), Pace(), Pace()
        self._behind_since: datetime | None = None
        self._retired: list[_Setup] = []
        self._closing = False
        self.tallies = Tallies()
        self.config_problem = ""
        self._offline = archive.note(OFFLINE) != ""

    @property
    def config(self) -> Config:
        """The configuration that is followed."""
        return self._setup.config

    @property
    def alerts(self) -> tuple[Alert, ...]:
        """What people were told and is not mended."""
        return self._watchman.alerts

    @property
    def trouble(self) -> str:
        """Why the archive cannot be used, or ""."""
        return self._trouble.words

    @property
    def undelivered(self) -> int:
        """How many mails and webhooks wait."""
        return len(self._outbox.parcels)

    def describe(self, now: datetime) -> str:
        """How it stands, in a line."""
        if self.trouble:
            return self.trouble
        on = sum(source.enabled for source in self.config.sources)
        troubles = count_troubles(self.alerts)
        alerts = f"{troubles} alert{'s' * (troubles > 1)}" if troubles else "all well"
        try:
            due = self._rounds.due_at(self.config.sources, now)
        except StorageError as error:
            return str(error)
        following = f"next at {due:%H:%M} UTC" if due and due > now else "asking"
        return f"{on} sources, {alerts}, {following}"

    def jobs(self) -> tuple[Job, ...]:
        """All that is to be done again and again."""
        return (
            self._job("rounds", self._rounds_due, self._make_round, at_once=CYCLES),
            self._job("alarms", self._looking.due_at, self._look),
            self._job("digests", self._digests_due, self._send_digests),
            self._job("outbox", self._outbox.due_at, self._outbox.deliver),
            self._job("tidy", self._tidying.due_at, self._tidy),
            Job(name="probe", due_at=self._trouble.due_at, run=self._trouble.probe),
        )

    def reload(self) -> bool:
        """Read the configuration anew; a broken one is reported, and the old one followed on.

        Returns:
            Whether the new one is followed now.
        """
        try:
            self._follow(self._doors.load())
        except ConfigError as error:
            self.config_problem = str(error)
            log.error("the configuration cannot be used, the old one stays: %s", error)  # noqa: TRY400
            return False
        self.config_problem = ""
        self._archive.zone = self.config.zone
        for pace in (self._looking, self._digesting):
            pace.hurry()
        log.info("the configuration was read anew: %d sources", len(self.config.sources))
        return True

    def _renew(self) -> None:
        """Open the way to the web anew; who still uses the old one comes to an end with it."""
        if not self._closing:
            self._follow(self.config)

    def _follow(self, config: Config) -> None:
        fetcher = self._doors.open_fetcher(config.fetch, self._doors.clock)
        with self._lock:
            old, self._setup = self._setup, _Setup(config=config, fetcher=fetcher)
            old.retired = True
            self._retired = [one for one in (*self._retired, old) if one.users]
            unused = not old.users
        if unused:
            old.fetcher.close()

    def close(self) -> None:
        """End every request under way; they count for nothing and are made again another time."""
        self._closing = True
        for setup in (self._setup, *self._retired):
            setup.fetcher.close()

    # The jobs ---------------------------------------------------------------------------------

    def _rounds_due(self, now: datetime) -> datetime | None:
        return self._rounds.due_at(self.config.sources, now)

    def _make_round(self, now: datetime) -> None:
        begun = monotonic()
        with self._using() as setup:
            outcomes = self._rounds.ask(
                setup.config.sources, setup.fetcher, now, workers=setup.config.fetch.workers
            )
        took = monotonic() - begun
        if outcomes:
            self._count(outcomes, took)
            self._tell_offline(outcomes)
            troubled = {alert.alarm.subject for alert in self.alerts}
            if any(one.outcome == "failed" or one.source_id in troubled for one in outcomes):
                self._looking.hurry()

    def _tell_offline(self, outcomes: Sequence[Outcome]) -> None:
        """Say in the log when this machine goes offline, and when it is back."""
        offline = any(one.offline for one in outcomes)
        if offline and not self._offline:
            log.warning("%s Sources are asked again every %d min.", REMARK, AGAIN.total_seconds() // 60)
        if offline or not self._offline:
            self._offline = offline
        elif not self._archive.note(OFFLINE):
            log.info("this machine is online again")
            self._offline = False

    def _look(self, now: datetime) -> None:
        self._watchman.look(self.config, now)
        self._looking.rest(now, now + ROUND)

    def _digests_due(self, now: datetime) -> datetime | None:
        due = self._digesting.due_at(now)
        if due is None or due > now or not self._rounds.is_behind(self.config.sources, now):
            self._behind_since = None
            return due
        # After a start or a week asleep a digest waits a while for what came meanwhile.
        if self._behind_since is None or now < self._behind_since:
            self._behind_since = now
        return due if now - self._behind_since >= LONGEST_WAIT else now + GATHER

    def _send_digests(self, now: datetime) -> None:
        digests, zone = self.config.digests, ZoneInfo(self.config.zone)
        sent = periods.read_sent(self._archive.note(periods.NOTE))
        parcels = []
        for wanted, day in periods.list_unsent(digests, sent, zone, now):
            sent = periods.mark_sent(sent, wanted, day)
            title = f"digest {wanted.name} of {day}"
            parcels += [
                Parcel(
                    form="digest",
                    to=to,
                    about=wanted.name,
                    title=title,
                    text=day.isoformat(),
                    made_at=now,
                    next_at=now,
                )
                for to in wanted.to
            ]
        if parcels:
            self._outbox.add(parcels, {periods.NOTE: periods.write_sent(sent)})
        following = [periods.next_sending(wanted, zone, now) for wanted in digests if wanted.to]
        self._digesting.rest(now, min(following, default=None))

    def _tidy(self, now: datetime) -> None:
        self._tidying.rest(now, tidy(self._archive, now))

    # How they are done ------------------------------------------------------------------------

    def _job(
        self,
        name: str,
        due_at: Callable[[datetime], datetime | None],
        run: Callable[[datetime], None],
        *,
        at_once: int = 1,
    ) -> Job:
        """A job that rests while the archive cannot be used."""

        def due(now: datetime) -> datetime | None:
            if self.trouble:
                return None
            try:
                return due_at(now)
            except StorageError as error:
                self._trouble.meet(error, now)
                return None

        def guarded(now: datetime) -> None:
            if self.trouble:
                return
            try:
                run(now)
            except StoppedError:
                log.debug("%s: stopped", name)
            except StorageError as error:
                self._trouble.meet(error, now)

        return Job(name=name, due_at=due, run=guarded, at_once=at_once)

    @contextmanager
    def _using(self) -> Iterator[_Setup]:
        with self._lock:
            setup = self._setup
            setup.users += 1
        try:
            yield setup
        finally:
            with self._lock:
                setup.users -= 1
                unused = setup.retired and not setup.users
            if unused:
                setup.fetcher.close()

    def _send(self, parcel: Parcel, now: datetime) -> None:
        with self._using() as setup:
            self._doors.send(parcel, now, archive=self._archive, config=setup.config, fetcher=setup.fetcher)

    def _tell_at_once(self, tidings: tuple[Tiding, ...], now: datetime) -> None:
        tell_log(tidings)
        for parcel in pack(tidings, self.config, now):
            try:
                self._send(parcel, now)
            except NatowireError as error:
                log.warning("not delivered: %s to %s: %s", parcel.title, parcel.to, error)

    def _count(self, outcomes: Sequence[Outcome], took: float) -> None:
        tallies = self.tallies
        with self._lock:
            tallies.cycles += 1
            tallies.cycle_seconds += took
            for one in outcomes:
                tallies.polls[one.outcome] = tallies.polls.get(one.outcome, 0) + 1
            tallies.new += sum(one.new for one in outcomes)
            tallies.changed += sum(one.changed for one in outcomes)
        failed = [one for one in outcomes if one.outcome == "failed"]
        figures = {
            "sources": len(outcomes),
            "new": sum(one.new for one in outcomes),
            "changed": sum(one.changed for one in outcomes),
            "failed": len(failed),
            "seconds": round(took, 1),
        }
        log.info("asked %d sources", len(outcomes), extra={"fields": figures})
        for one in failed:
            log.warning(
                "%s failed: %s", one.source_id, one.error, extra={"fields": {"source": one.source_id}}
            )
