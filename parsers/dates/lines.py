"""One line in, one line out: the pure body of `natowire date --jsonl`."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, tzinfo
from zoneinfo import ZoneInfo

from parsers.dates.absolute import parse_absolute
from parsers.dates.combining import combine
from parsers.dates.reading import read_date
from parsers.dates.relative import parse_relative
from parsers.model import Evidence, Ref, When

_DEFAULT_ZONE = "Europe/Brussels"
_MOST_OBSERVATIONS = 10_000


def answer_line(fields: Mapping[str, object]) -> dict[str, object]:
    """Read one written date from the fields of a line; nulls where it is no date. Never raises.

    Args:
        fields: `text`, and optionally `id, now, tz, granularity, engine, lang, page_date, role`.
    """
    tz = _zone(fields.get("tz"))
    if tz is None:
        return _answer(fields, None, "")
    now = _ref(fields.get("now"))
    when = read_date(
        _word(fields.get("text")),
        now=now,
        tz=tz,
        granularity=_count(fields.get("granularity")),
        engine=_word(fields.get("engine")) or None,
        lang=_word(fields.get("lang")),
        page_date=_day(fields.get("page_date"), tz) or (_local_day(now.latest, tz) if now else None),
        role=_word(fields.get("role")),
    )
    return _answer(fields, when, when.evidence[0].rule if when else "")


def answer_series(fields: Mapping[str, object]) -> dict[str, object]:
    """Intersect the sightings of one item: `observations` is a list of `{"text", "now"}`. Never raises."""
    tz = _zone(fields.get("tz"))
    observations = fields.get("observations")
    if tz is None or not isinstance(observations, list):
        return _answer(fields, None, "")
    evidence: list[Evidence] = []
    for observation in observations[:_MOST_OBSERVATIONS]:
        now = _ref(observation.get("now")) if isinstance(observation, Mapping) else None
        if now is None:
            continue
        when = parse_relative(
            _word(observation.get("text")),
            now,
            tz=tz,
            granularity=_count(fields.get("granularity")),
            engine=_word(fields.get("engine")) or None,
            lang=_word(fields.get("lang")),
        )
        evidence += when.evidence if when else ()
    if not evidence:
        return _answer(fields, None, "")
    whole = combine(evidence)
    return _answer(fields, whole, f"{len(whole.evidence)} sightings, {len(whole.conflicts)} conflicts")


def _answer(fields: Mapping[str, object], when: When | None, rule: str) -> dict[str, object]:
    return {
        "id": fields.get("id"),
        "earliest": _shown(when.earliest) if when else None,
        "latest": _shown(when.latest) if when else None,
        "best": _shown(when.best) if when else None,
        "precision": when.precision if when else None,
        "rule": rule or None,
    }


def _shown(at: datetime | None) -> str | None:
    return (
        None if at is None else at.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"
    )


def _word(value: object) -> str:
    return value if isinstance(value, str) else ""


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and 0 < value < 100 else None


def _zone(value: object) -> tzinfo | None:
    if value is None:
        value = _DEFAULT_ZONE
    try:
        return ZoneInfo(value) if isinstance(value, str) else None
    except (KeyError, ValueError, OSError):  # an unknown name, or one that is no path at all
        return None


def _ref(value: object) -> Ref | None:
    when = parse_absolute(value, tz=UTC) if isinstance(value, str) else None
    if when is None or when.earliest is None or when.latest is None:
        return None
    return Ref(earliest=when.earliest, latest=when.latest, source="given")


def _day(value: object, tz: tzinfo) -> date | None:
    when = parse_absolute(value, tz=tz) if isinstance(value, str) else None
    return _local_day(when.earliest, tz) if when and when.earliest else None


def _local_day(at: datetime, tz: tzinfo) -> date:
    try:
        return at.astimezone(tz).date()
    except (OverflowError, ValueError):  # at either end of the calendar
        return at.date()
