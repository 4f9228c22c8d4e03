"""Keeping the record of fetches small: it is to grow with what happens, not with time."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from storage.ledger import Ledger

NOTE = "tidied"
"""The name of the note that says when it was last done."""
EVERY = timedelta(days=1)
THINNED_AFTER = timedelta(days=14)
"""Rows of "not modified" older than this are thinned out."""

log = logging.getLogger("natowire.tidying")


def tidy(ledger: Ledger, now: datetime) -> datetime:
    """Thin out old fetches that found nothing new, if that was not done within a day.

    Returns:
        When it is to be done next.

    Raises:
        StorageError: The archive cannot be written.
    """
    last = _read(ledger.note(NOTE))
    if last is not None and last <= now < last + EVERY:
        return last + EVERY
    with ledger.noting("tidy") as entries:
        gone = entries.thin_fetches(now - THINNED_AFTER)
        entries.set_note(NOTE, now.isoformat())
    if gone:
        log.info("thinned out %d old fetches that found nothing new", gone)
    return now + EVERY


def _read(note: str) -> datetime | None:
    try:
        return datetime.fromisoformat(note)
    except ValueError:
        return None
