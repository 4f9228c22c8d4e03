"""The rounds of the daemon: whoever is due is asked, those that are due together in one cycle."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime, timedelta

from aggregator.fetch import Fetcher
from aggregator.ingest import Finder, Outcome, refresh
from aggregator.offline import AGAIN, choose_witnesses
from aggregator.polling import Reader, next_poll
from parsers.errors import NatowireError
from schedules.sources import Source
from storage.archive import Archive
from storage.state import SourceState

GATHER = timedelta(seconds=15)
"""Whoever is due within this joins the cycle: one transaction notes many that brought nothing."""
TRUSTED = timedelta(minutes=1)
"""When others (`natowire fetch`) asked a source, the daemon knows it so much later at the latest."""
HELD = timedelta(hours=1)
"""How long a source is left alone on which natowire's own code failed."""

log = logging.getLogger("natowire.rounds")


class Rounds:
    """Which sources are due and which are being asked; a source is never asked twice at a time."""

    def __init__(
        self,
        archive: Archive,
        read: Reader,
        clock: Callable[[], datetime],
        *,
        broke_off: Callable[[], None] = lambda: None,
    ) -> None:
        """Take the doors; when each source is due stands in the archive.

        Args:
            archive: Open.
            read: Reads a capture.
            clock: The present moment, UTC.
            broke_off: Is told when a cycle ended in the middle: answers under way are lost, and what the
                fetcher holds for them is not given back.
        """
        self._archive, self._read, self._clock = archive, read, clock
        self._broke_off = broke_off
        self._asking: set[str] = set()
        self._held: dict[Source, datetime] = {}
        self._table: dict[str, SourceState] = {}
        self._table_at: datetime | None = None
        self._lock = threading.Lock()

    def due_at(self, sources: Iterable[Source], now: datetime) -> datetime | None:
        """When the next of these sources is due; None while there is none to wait for.

        Raises:
            StorageError: The archive cannot be read.
        """
        table = self._look(now)
        with self._lock:
            free = [source for source in sources if source.enabled and source.id not in self._asking]
        return min((self._moment(source, table, now) for source in free), default=None)

    def is_behind(self, sources: Iterable[Source], now: datetime) -> bool:
        """Whether any of these sources is overdue or being asked.

        Raises:
            StorageError: The archive cannot be read.
        """
        due = self.due_at(sources, now)
        return bool(self._asking) or (due is not None and due <= now)

    def ask(
        self, sources: Sequence[Source], fetcher: Fetcher, now: datetime, *, workers: int
    ) -> tuple[Outcome, ...]:
        """Ask all of these sources that are due; where the machine is offline, again in a few minutes.

        Args:
            sources: Those configured.
            fetcher: The way to the web.
            now: The present moment.
            workers: Threads at most.

        Returns:
            An outcome for each that was due.

        Raises:
            StorageError: The archive cannot be written; what came until then is stored.
            StoppedError: The fetcher was closed meanwhile.
        """
        chosen = self._take(sources, now)
        taken = {source.id for source in chosen}

        def find_witnesses(hosts: Collection[str]) -> tuple[Source, ...]:
            found = self._take_witnesses(sources, hosts, now)
            taken.update(source.id for source in found)
            return found

        try:
            outcomes = self._ask(chosen, fetcher, now, workers, find_witnesses) if chosen else ()
            if any(outcome.offline for outcome in outcomes):
                self._held.update((source, now + AGAIN) for source in chosen)
            return outcomes
        finally:
            with self._lock:
                self._asking -= taken
                self._table_at = None

    def _take(self, sources: Iterable[Source], now: datetime) -> tuple[Source, ...]:
        table = self._look(now)
        with self._lock:
            chosen = tuple(
                source
                for source in sources
                if source.enabled
                and source.id not in self._asking
                and self._moment(source, table, now) <= now + GATHER
            )
            self._asking |= {source.id for source in chosen}
        return chosen

    def _take_witnesses(
        self, sources: Iterable[Source], hosts: Collection[str], now: datetime
    ) -> tuple[Source, ...]:
        """Others that nobody asks at present; they are asked a little before their time."""
        table = self._look(now)
        with self._lock:
            free = [source for source in sources if source.enabled and source.id not in self._asking]
            found = choose_witnesses(free, table, hosts)
            self._asking |= {source.id for source in found}
        return found

    def _ask(
        self,
        chosen: Sequence[Source],
        fetcher: Fetcher,
        now: datetime,
        workers: int,
        witnesses: Finder,
    ) -> tuple[Outcome, ...]:
        try:
            return refresh(
                self._archive,
                chosen,
                fetcher,
                self._read,
                self._clock,
                workers=workers,
                witnesses=witnesses,
            )
        except NatowireError:
            self._broke_off()
            raise
        except Exception:
            self._broke_off()
            log.exception("a cycle of %d sources failed; they are asked one by one", len(chosen))
        table = self._archive.states()
        left = [source for source in chosen if self._moment(source, table, now) <= now + GATHER]
        return tuple(outcome for source in left for outcome in self._ask_alone(source, fetcher, now))

    def _ask_alone(self, source: Source, fetcher: Fetcher, now: datetime) -> tuple[Outcome, ...]:
        try:
            return refresh(self._archive, [source], fetcher, self._read, self._clock, workers=1)
        except NatowireError:
            raise
        except Exception as error:
            log.exception("natowire itself failed on source %s; please report this", source.id)
            self._held[source] = now + max(HELD, source.every)
            what = f"natowire itself failed on it ({type(error).__name__})."
            return (Outcome(source_id=source.id, outcome="failed", error=NatowireError(what)),)

    def _look(self, now: datetime) -> dict[str, SourceState]:
        at = self._table_at
        if at is None or not at <= now < at + TRUSTED:
            self._table, self._table_at = self._archive.states(), now
        return self._table

    def _moment(self, source: Source, table: dict[str, SourceState], now: datetime) -> datetime:
        """When a source is due; one that is held back, not before it is let go."""
        # Held as it is configured: who edits it may have mended it.
        held = self._held.get(source, now)
        if held > now:
            return min(held, now + max(HELD, source.every))
        return next_poll(source, table.get(source.id), now)
