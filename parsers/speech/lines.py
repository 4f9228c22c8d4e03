"""One line of `natowire speech --jsonl`: the pure body between two JSON objects."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from parsers.model import When
from parsers.speech.find import find_statements

if TYPE_CHECKING:
    from collections.abc import Mapping

    from parsers.model import Statement
    from parsers.people import Register

_BRUSSELS = ZoneInfo("Europe/Brussels")
_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")


def answer_line(fields: Mapping[str, object], register: Register) -> dict[str, object]:
    """Answer one line: the statements of a text.

    Args:
        fields: `id`, `title`, `text`, `date` (ISO 8601: an instant, a day, a month or a year) and `lang`;
            also `summary`, `byline` and `kind`. All may be missing; what is no text counts as "".
        register: The register of offices.

    Returns:
        `id` as given, and `statements` with offsets in code points; `person` and `office` are names of the
        register (of a speaker outside it, the name as written), None where unknown.
    """
    words = {key: value if isinstance(value, str) else "" for key, value in fields.items()}
    found = find_statements(
        words.get("title", ""),
        words.get("summary", ""),
        words.get("text", ""),
        on=read_day(words.get("date", "")),
        register=register,
        language=words.get("lang", ""),
        byline=words.get("byline", ""),
        kind=words.get("kind", ""),
    )
    return {"id": fields.get("id"), "statements": [_row(statement, register) for statement in found]}


def read_day(written: str) -> When | None:
    """Read an ISO 8601 date: an instant, or the Brussels days of a day, a month or a year.

    Returns:
        None for anything else; never raises.
    """
    written = written.strip()
    found = _DATE.fullmatch(written)
    try:
        if found is None:
            instant = datetime.fromisoformat(written)
            instant = (instant if instant.tzinfo else instant.replace(tzinfo=UTC)).astimezone(UTC)
            return When(earliest=instant, latest=instant, best=instant, precision="second")
        year, month, day = (int(part) if part else 0 for part in found.groups())
        first = datetime(year, month or 1, day or 1, tzinfo=_BRUSSELS)
        last_day = day or monthrange(year, month or 12)[1]
        last = datetime(year, month or 12, last_day, 23, 59, 59, tzinfo=_BRUSSELS)
    except (ValueError, OverflowError):
        return None
    precision = "day" if day else "month" if month else "year"
    return _interval(first, last, precision)


def _interval(first: datetime, last: datetime, precision: str) -> When | None:
    try:
        earliest, latest = first.astimezone(UTC), last.astimezone(UTC)
    except OverflowError:
        return None
    middle = earliest + timedelta(seconds=int((latest - earliest).total_seconds()) // 2)
    return When(earliest=earliest, latest=latest, best=middle, precision=precision)


def _row(statement: Statement, register: Register) -> dict[str, object]:
    office = register.office_by_id.get(statement.office_id)
    return {
        "field": statement.field,
        "start": statement.start,
        "end": statement.end,
        "text": statement.text,
        "kind": statement.kind,
        "cue": statement.cue,
        "mention": statement.mention or None,
        "mention_start": statement.mention_start if statement.mention else None,
        "mention_end": statement.mention_end if statement.mention else None,
        "speaker_kind": statement.speaker_kind,
        "person": statement.person or None,
        "office": office.name if office else None,
        "rule": statement.rule,
        "confidence": statement.confidence,
    }
