"""A small world for queries: three speakers, two offices, and a clock that stands still."""

from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from storage.query import Query, parse_query

PEOPLE = {"jens-stoltenberg": "Jens Stoltenberg", "ann-smith": "Ann Smith", "bob-smith": "Bob Smith"}
OFFICES = {"secretary-general": "Secretary General", "cmc": "Chair of the Military Committee"}
NOW = datetime(2022, 11, 26, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Found:
    person_ids: tuple[str, ...] = ()
    office_ids: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    suggestions: tuple[str, ...] = ()


def find(name: str, known: dict[str, str]) -> Found:
    """Whoever has the name as a word of theirs; who begins like it is suggested."""
    ids = tuple(
        one for one, full in known.items() if name.lower() in (one, full.lower(), *full.lower().split())
    )
    near = () if ids else tuple(full for full in known.values() if name.lower()[:5] in full.lower())
    return Found(person_ids=ids, office_ids=ids, names=tuple(known[one] for one in ids), suggestions=near)


def ask(text: str, **flags) -> Query:
    return parse_query(
        text,
        people=lambda name: find(name, PEOPLE),
        offices=lambda name: find(name, OFFICES),
        sources=("nato", "nato-watch", "natowatch"),
        kinds=("news", "press_release", "story", "transcript"),
        zone=ZoneInfo("Europe/Brussels"),
        now=NOW,
        **flags,
    )
