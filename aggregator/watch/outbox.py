"""What is to be sent and was not yet: kept in the archive, sent once each, tried again while it fails.

A parcel is marked before it is handed over and taken away after. A kill in between leaves one of which
nobody knows whether it arrived; that one is not sent again.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from threading import Lock

from parsers.errors import NatowireError, StoppedError, StorageError
from storage.archive import Archive

NOTE = "outbox"
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=5), timedelta(hours=6)
KEPT = timedelta(days=3)
"""A parcel that could not be delivered for so long is given up."""

log = logging.getLogger("natowire.outbox")


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """Something to be sent to one receiver.

    `form` is `mail`, `hook` or `digest`; `to` a mail address, or that of a webhook. `about` names a digest,
    "" otherwise. `title` and `text` are what is sent; of a digest, which is rendered when it is sent,
    `text` is a day of its period.
    """

    form: str
    to: str
    title: str
    text: str
    made_at: datetime
    next_at: datetime
    about: str = ""
    tries: int = 0
    handed_over: bool = False
    problem: str = ""


class Outbox:
    """The parcels of one archive. Only the daemon sends, so only it changes them."""

    def __init__(self, archive: Archive, send: Callable[[Parcel, datetime], None]) -> None:
        """Take what was left from before.

        Args:
            archive: Where they are kept.
            send: Hands one over, or raises a NatowireError.
        """
        self._archive, self._send = archive, send
        self._parcels: list[Parcel] = []
        # Parcels are added by one thread while another hands one over, which may take long.
        self._lock = Lock()
        for parcel in read_parcels(archive.note(NOTE)):
            if parcel.handed_over:
                log.warning("perhaps not delivered, and not sent again: %s to %s", parcel.title, parcel.to)
            else:
                self._parcels.append(parcel)

    @property
    def parcels(self) -> tuple[Parcel, ...]:
        """Those that wait."""
        return tuple(self._parcels)

    def due_at(self, now: datetime) -> datetime | None:
        """When the next one is to be tried; None while there is none."""
        return min((_due_at(parcel, now) for parcel in self._parcels), default=None)

    def add(self, parcels: Sequence[Parcel], notes: Mapping[str, str]) -> None:
        """Keep parcels, and in the same transaction the notes that say why they were made.

        A digest takes the place of an older one to the same receiver that could not be delivered.

        Raises:
            StorageError: Nothing was kept.
        """
        fresh = {(one.about, one.to) for one in parcels if one.about}
        with self._lock:
            kept = [one for one in self._parcels if not one.about or (one.about, one.to) not in fresh]
            self._keep([*kept, *parcels], notes)

    def deliver(self, now: datetime) -> None:
        """Try every parcel that is due.

        Raises:
            StorageError: The archive cannot be written; what was not marked was not sent.
        """
        for parcel in self.parcels:
            if _due_at(parcel, now) <= now:
                self._deliver(parcel, now)

    def _deliver(self, parcel: Parcel, now: datetime) -> None:
        marked = replace(parcel, handed_over=True)
        if not self._mark(parcel, marked):
            return
        try:
            self._send(parcel, now)
        except (StoppedError, StorageError):
            self._settle(marked, [parcel])
            raise
        except NatowireError as error:
            self._settle(marked, self._put_off(parcel, now, error))
        else:
            log.info("sent: %s to %s", parcel.title, parcel.to)
            self._settle(marked, [])

    def _mark(self, parcel: Parcel, marked: Parcel) -> bool:
        """Note that a parcel is about to be handed over; False where a newer one took its place."""
        with self._lock:
            others = [one for one in self._parcels if one is not parcel]
            there = len(others) < len(self._parcels)
            if there:
                self._keep([*others, marked], {})
            return there

    def _settle(self, marked: Parcel, left: Sequence[Parcel]) -> None:
        """Note what came of handing a parcel over, unless a newer one took its place meanwhile."""
        with self._lock:
            others = [one for one in self._parcels if one is not marked]
            if len(others) < len(self._parcels):
                # It has happened, whether or not the archive can be told: it must not happen again.
                self._parcels = [*others, *left]
                self._keep(self._parcels, {})

    def _put_off(self, parcel: Parcel, now: datetime, error: NatowireError) -> list[Parcel]:
        if now - parcel.made_at >= KEPT:
            log.error("given up: %s to %s: %s", parcel.title, parcel.to, error)
            return []
        wait = min(LONGEST_WAIT, FIRST_WAIT * (1 << min(parcel.tries, 10)))
        log.warning("not delivered, tried again in %s: %s to %s: %s", wait, parcel.title, parcel.to, error)
        return [replace(parcel, tries=parcel.tries + 1, next_at=now + wait, problem=str(error))]

    def _keep(self, parcels: list[Parcel], notes: Mapping[str, str]) -> None:
        with self._archive.writing("run") as writer, writer.transaction():
            writer.set_note(NOTE, write_parcels(parcels))
            for name, value in notes.items():
                writer.set_note(name, value)
        self._parcels = parcels


def _due_at(parcel: Parcel, now: datetime) -> datetime:
    """When a parcel is to be tried: a clock set back puts nothing off for long."""
    return parcel.next_at if parcel.next_at <= now + LONGEST_WAIT else now


def write_parcels(parcels: Sequence[Parcel]) -> str:
    """Write parcels as the note that the archive keeps."""
    rows = [asdict(parcel) for parcel in parcels]
    for row in rows:
        row |= {name: row[name].astimezone(UTC).isoformat() for name in ("made_at", "next_at")}
    return json.dumps(rows, ensure_ascii=False)


def read_parcels(note: str) -> tuple[Parcel, ...]:
    """Read them back; an unreadable note is none."""
    try:
        rows = json.loads(note or "[]")
        times = [
            {name: datetime.fromisoformat(row[name]) for name in ("made_at", "next_at")} for row in rows
        ]
        return tuple(Parcel(**{**row, **at}) for row, at in zip(rows, times, strict=True))
    except (ValueError, KeyError, TypeError):
        return ()
