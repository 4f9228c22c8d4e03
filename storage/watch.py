"""What a watch over years asks of the fetches: how each source was watched, and what may be missing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from storage.scalars import instant

if TYPE_CHECKING:
    from storage.archive import Archive


@dataclass(frozen=True, slots=True, kw_only=True)
class Gap:
    """A time in which items may have come and gone unseen: from one good poll to the next.

    At its end everything on the listing was new; `listed` is how many items that were.
    """

    source_id: str
    begins: datetime
    ends: datetime
    listed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """The polls of a source that are on record: from `since` on, how many, how many of them failed.

    `reached` counts the good ones whose listing reached back to something known, or had not changed.
    """

    source_id: str
    since: datetime
    polls: int
    failed: int
    reached: int


def load_gaps(archive: Archive) -> tuple[Gap, ...]:
    """Every known gap of every source, oldest first."""
    with archive.reading() as connection:
        rows = connection.exec_driver_sql(
            "SELECT source_id, earlier, started_at, listed FROM (SELECT id, source_id, started_at, listed,"
            " reached_known, lag(started_at) OVER (PARTITION BY source_id ORDER BY id) AS earlier"
            " FROM fetches WHERE outcome <> 'failed') WHERE reached_known = 0 AND earlier IS NOT NULL"
            " ORDER BY id"
        ).all()
    return tuple(
        Gap(source_id=row[0], begins=instant(row[1]), ends=instant(row[2]), listed=row[3]) for row in rows
    )


def load_watch(archive: Archive) -> dict[str, Watch]:
    """How each source was watched, by id."""
    with archive.reading() as connection:
        rows = connection.exec_driver_sql(
            "SELECT source_id, min(started_at), count(*), sum(outcome = 'failed'),"
            " sum(outcome <> 'failed' AND reached_known IS NOT 0) FROM fetches GROUP BY source_id"
        ).all()
    return {
        row[0]: Watch(
            source_id=row[0], since=instant(row[1]), polls=row[2], failed=row[3] or 0, reached=row[4] or 0
        )
        for row in rows
    }
