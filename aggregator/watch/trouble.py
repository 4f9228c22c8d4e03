"""An archive that cannot be used (disk full, locked, damaged): said once, tried again until it can."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from aggregator.watch.alarms import Alarm, Alert, Tiding, settle
from parsers.errors import LockedError, StorageError
from storage.archive import Archive

RETRY = timedelta(seconds=15)
"""How often it is tried whether an archive in trouble can be used again."""
BORNE = timedelta(minutes=10)
"""Another natowire may be writing for so long before anybody is told."""
NOTE = "daemon"

log = logging.getLogger("natowire.archive")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    error: StorageError
    since: datetime
    next_at: datetime


class Trouble:
    """Whether the archive can be used, and what people were told of it.

    What is told cannot be remembered in an archive that cannot be written: it is kept in memory.
    """

    def __init__(self, archive: Archive, tell: Callable[[tuple[Tiding, ...], datetime], None]) -> None:
        """All is well at first.

        Args:
            archive: The archive.
            tell: Brings tidings to people at once, without the archive.
        """
        self._archive, self._tell = archive, tell
        self._case: _Case | None = None
        self._alerts: tuple[Alert, ...] = ()

    @property
    def words(self) -> str:
        """What is the matter, or ""."""
        return str(self._case.error) if self._case else ""

    def meet(self, error: StorageError, now: datetime) -> None:
        """Take note of an error; the first of its kind is logged."""
        case = self._case
        if case is None or case.error.message != error.message:
            log.error("%s It is tried again every %d s.", error, RETRY.total_seconds())
        self._case = _Case(error=error, since=case.since if case else now, next_at=now + RETRY)

    def due_at(self, now: datetime) -> datetime | None:
        """When to try again; None while all is well."""
        if self._case is None:
            return None
        return self._case.next_at if self._case.next_at <= now + RETRY else now

    def probe(self, now: datetime) -> None:
        """Try whether the archive can be read and written again, and tell people what there is to tell."""
        case = self._case
        if case is None:
            return
        try:
            self._archive.states()
            with self._archive.writing("run") as writer, writer.transaction():
                writer.set_note(NOTE, f"{now.isoformat()} back after: {case.error.message}")
        except StorageError as error:
            self.meet(error, now)
        else:
            log.info("the archive can be used again")
            self._case = None
        self._settle(now)

    def _settle(self, now: datetime) -> None:
        alarms = []
        if case := self._case:
            borne = isinstance(case.error, LockedError) and now - case.since < BORNE
            if not borne:
                what, hint = case.error.message, case.error.hint
                alarms = [Alarm(subject="", kind="archive", what=what, hint=hint)]
        self._alerts, tidings = settle(self._alerts, alarms, now)
        if tidings:
            self._tell(tidings, now)
