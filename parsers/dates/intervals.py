"""Build `When` values: the best point, the precision, the witness."""

from __future__ import annotations

from datetime import datetime, timedelta

from parsers.dates.zones import DAY, EPOCH, HOUR, seconds_of
from parsers.model import Evidence, Strength, When

_PRECISIONS = (
    (1, "second"),
    (60, "minute"),
    (HOUR, "hour"),
    (DAY + HOUR, "day"),
    (28 * DAY - HOUR - 1, "range"),
    (62 * DAY + HOUR, "month"),
)


def precision_of(earliest: datetime | None, latest: datetime | None) -> str:
    """The word for the width of an interval; `bound` when an end is not known."""
    if earliest is None or latest is None:
        return "bound"
    return precision_of_width(seconds_of(latest) - seconds_of(earliest) + 1)


def precision_of_width(seconds: int) -> str:
    """The word for a width in seconds."""
    for limit, word in _PRECISIONS:
        if seconds <= limit:
            return word
    return "year"


def interval(
    low: int | None, high: int | None, *, kind: str, raw: str, rule: str, strength: Strength
) -> When:
    """One witness as a `When`: epoch seconds, inclusive; None is an unknown end.

    The best point is the middle, which has the least mean error when every instant is as likely.
    """
    earliest = None if low is None else EPOCH + timedelta(0, low)
    latest = None if high is None else EPOCH + timedelta(0, high)
    witness = Evidence(
        kind=kind, raw=raw, where="", earliest=earliest, latest=latest, rule=rule, strength=strength
    )
    if low is None or high is None:
        return When(
            earliest=earliest,
            latest=latest,
            best=None,
            precision="bound",
            evidence=(witness,),
            conflicts=(),
        )
    return When(
        earliest=earliest,
        latest=latest,
        best=EPOCH + timedelta(0, (low + high) // 2),
        precision=precision_of_width(high - low + 1),
        evidence=(witness,),
        conflicts=(),
    )
