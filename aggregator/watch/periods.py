"""When which digest is to be sent: one for each period, whatever the clock did meanwhile. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo

from aggregator.config import DigestSettings
from aggregator.render.digest import span_period

NOTE = "digests"
"""The name of the note that says which digests were sent."""
_REMEMBERED = 8


def last_period(wanted: DigestSettings, zone: tzinfo, now: datetime) -> date:
    """The first day of the last period whose digest may be sent by now."""
    day = now.astimezone(zone).date()
    while True:
        first, last = span_period(wanted.period, day)
        if _sending_at(last, wanted, zone) <= now:
            return first
        day = first - timedelta(days=1)


def next_sending(wanted: DigestSettings, zone: tzinfo, now: datetime) -> datetime:
    """The moment at which the following one may be sent; after `now`."""
    _, last = span_period(wanted.period, last_period(wanted, zone, now))
    _, following = span_period(wanted.period, last + timedelta(days=1))
    return _sending_at(following, wanted, zone)


def _sending_at(last: date, wanted: DigestSettings, zone: tzinfo) -> datetime:
    # A time that the clocks leap over is that of the clock before; one that comes twice, the first.
    return datetime.combine(last + timedelta(days=1), wanted.at, zone).astimezone(UTC)


def list_unsent(
    digests: Sequence[DigestSettings], sent: Mapping[str, Sequence[str]], zone: tzinfo, now: datetime
) -> list[tuple[DigestSettings, date]]:
    """The digests to send now, each with the first day of its period.

    Only the last period counts: after a week asleep there is one digest, not seven.

    Args:
        digests: Those configured; one without receivers is never sent.
        sent: What `read_sent` gives.
        zone: The time zone of the days.
        now: The present moment.
    """
    periods = [(wanted, last_period(wanted, zone, now)) for wanted in digests if wanted.to]
    return [(wanted, day) for wanted, day in periods if _mark(wanted, day) not in sent.get(wanted.name, ())]


def mark_sent(
    sent: Mapping[str, Sequence[str]], wanted: DigestSettings, day: date
) -> dict[str, Sequence[str]]:
    """The same with one more digest sent.

    The last few of each are remembered, not the last alone: a clock that ran ahead and was set back comes
    by the same days twice.
    """
    before = [mark for mark in sent.get(wanted.name, ()) if mark != _mark(wanted, day)]
    return {**sent, wanted.name: [*before, _mark(wanted, day)][-_REMEMBERED:]}


def _mark(wanted: DigestSettings, day: date) -> str:
    return f"{wanted.period} {day.isoformat()}"


def read_sent(note: str) -> dict[str, Sequence[str]]:
    """Read which digests were sent, by name; an unreadable note is none."""
    try:
        return {
            str(name): [str(mark) for mark in marks] for name, marks in json.loads(note or "{}").items()
        }
    except (ValueError, TypeError, AttributeError):
        return {}


def write_sent(sent: Mapping[str, Sequence[str]]) -> str:
    """Write it as the note that the archive keeps."""
    return json.dumps(sent)
