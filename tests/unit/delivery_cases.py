"""Items for the tests of digests, feeds, citations and exports."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from parsers.model import Detail, Evidence, Item, Statement, Strength, When

BRUSSELS = ZoneInfo("Europe/Brussels")


def at(text: str) -> datetime:
    """The instant written as `2022-11-08T10:00` (UTC)."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def span(earliest: str | None, latest: str | None, best: str | None = "", precision: str = "range") -> When:
    """An interval; `best` is its earliest unless said otherwise."""
    begin = at(earliest) if earliest else None
    end = at(latest) if latest else None
    point = begin if best == "" else (at(best) if best else None)
    return When(earliest=begin, latest=end, best=point, precision=precision)


def day(date: str) -> When:
    """A whole day in Brussels."""
    local = datetime.fromisoformat(date).replace(tzinfo=BRUSSELS)
    end = local.replace(hour=23, minute=59, second=59)
    return When(
        earliest=local.astimezone(UTC),
        latest=end.astimezone(UTC),
        best=local.replace(hour=12).astimezone(UTC),
        precision="day",
        evidence=(
            Evidence(
                kind="printed",
                raw=date,
                where="span.date",
                earliest=local.astimezone(UTC),
                latest=end.astimezone(UTC),
                rule="day",
                strength=Strength.STATED,
            ),
        ),
    )


UNDATED = When(earliest=None, latest=at("2022-11-09T08:00"), best=None, precision="bound")


def say(
    person: str = "Jens Stoltenberg", office: str = "secretary-general", **changes: object
) -> Statement:
    """Something someone said in the title."""
    values: dict[str, object] = {
        "field": "title",
        "start": 0,
        "end": 4,
        "text": "Lake",
        "kind": "direct",
        "cue": "said",
        "mention": person,
        "mention_start": 10,
        "mention_end": 10 + len(person),
        "speaker_kind": "person" if person else "office",
        "person_id": person.lower().replace(" ", "-"),
        "person": person,
        "office_id": office,
        "rule": "title_colon",
        "confidence": "high",
    }
    return Statement(**(values | changes))  # type: ignore[arg-type]


def make(number: int = 1, **changes: object) -> Item:
    """An item; every field can be changed."""
    values: dict[str, object] = {
        "id": f"i{number:04d}",
        "url": f"https://www.nato.int/cps/en/natohq/news_{number}.htm",
        "kind": "news",
        "title": f"Ministers meet at the lake, part {number}",
        "summary": "The ministers met. They agreed to meet again.",
        "text": "The ministers met at the lake.\n\nThey agreed to meet again.",
        "language": "en",
        "byline": "",
        "published": day("2022-11-08"),
        "updated": None,
        "event": None,
        "first_seen": at("2022-11-09T08:00"),
        "last_seen": at("2022-11-10T08:00"),
        "owner": "natowatch",
        "text_owner": "natowatch",
        "authority": 1,
        "detail": Detail.TEASER,
        "revision": 1,
        "revised_at": at("2022-11-09T08:00"),
    }
    return Item(**(values | changes))  # type: ignore[arg-type]
