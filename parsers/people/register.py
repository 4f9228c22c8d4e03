"""The register of offices: who held which, when, read from its TOML text."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from parsers.errors import ParseError
from parsers.people.names import bare_name, strip_titles, without_initials, words_of
from parsers.people.tenure import FOREVER, Tenure, loosen, read_bound

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Words = tuple[str, ...]
_ARTICLES = frozenset({"the", "le", "la", "l"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """A post with a stable id. `titles` are as recorded, `also` other spellings of them."""

    id: str
    name: str
    titles: tuple[str, ...]
    also: tuple[str, ...]
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Someone named in the register. `role` is given for those without an office in it."""

    id: str
    name: str
    variants: tuple[str, ...] = ()
    role: str = ""
    seen: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """Offices, persons and tenures, with the indexes made of them.

    `titles` maps a folded title to its office, `openings` the first word of titles to the number of words
    of the longest that begins so; `names` maps a folded full name or variant to persons,
    `surnames` every shorter ending of a name to persons; `initials` the first letter of a last name to
    (last name, first name, person), for finding misspellings.
    """

    as_of: date
    conventions: str
    honorifics: tuple[str, ...]
    offices: tuple[Office, ...]
    persons: tuple[Person, ...]
    tenures: tuple[Tenure, ...]
    office_by_id: Mapping[str, Office] = field(repr=False)
    person_by_id: Mapping[str, Person] = field(repr=False)
    tenures_of: Mapping[str, tuple[Tenure, ...]] = field(repr=False)
    titles: Mapping[Words, str] = field(repr=False)
    openings: Mapping[str, int] = field(repr=False)
    names: Mapping[Words, tuple[str, ...]] = field(repr=False)
    surnames: Mapping[Words, tuple[str, ...]] = field(repr=False)
    initials: Mapping[str, tuple[tuple[str, str, str], ...]] = field(repr=False)

    @property
    def office_names(self) -> Mapping[str, str]:
        """The names of the offices by their ids."""
        return {office.id: office.name for office in self.offices}


def load_register(text: str) -> Register:
    """Read the register from the text of `offices.toml`.

    Args:
        text: The TOML document: `[[office]]` with `[[office.holder]]`, and `[[other]]`.

    Raises:
        ParseError: The text is no TOML, or a key or date is missing or wrong.
    """
    try:
        return _build(tomllib.loads(text))
    except (tomllib.TOMLDecodeError, KeyError, TypeError, AttributeError, ValueError) as error:
        message = f"The register of offices could not be read: {error!r}."
        raise ParseError(message, hint="Correct offices.toml.") from error


def title_words(title: str) -> Words:
    """The folded words of an office title: without articles, remarks and a second "NATO"."""
    return tuple(word for word in words_of(bare_name(title)) if word not in _ARTICLES)


def _build(tree: dict[str, Any]) -> Register:
    open_until = date.fromisoformat(tree["end_unverified_from"]) - timedelta(days=1)
    offices = tuple(_office(row) for row in tree["office"])
    tenures = tuple(
        _tenure(office["id"], row, open_until) for office in tree["office"] for row in office["holder"]
    )
    persons = _persons(tree)
    names, surnames = _index_names(persons)
    titles = {title_words(t): o.id for o in offices for t in (o.name, *o.titles, *o.also)}
    return Register(
        as_of=date.fromisoformat(tree["as_of"]),
        conventions=tree["conventions"],
        honorifics=tuple(tree["honorifics"]),
        offices=offices,
        persons=persons,
        tenures=tenures,
        office_by_id={office.id: office for office in offices},
        person_by_id={person.id: person for person in persons},
        tenures_of=_group(tenures),
        titles=titles,
        openings=_index_openings(titles),
        names=names,
        surnames=surnames,
        initials=_index_initials(persons),
    )


def _office(row: dict[str, Any]) -> Office:
    return Office(
        id=row["id"],
        name=row["office"],
        titles=tuple(row.get("titles", ())),
        also=tuple(row.get("also", ())),
        note=row.get("note", ""),
    )


def _tenure(office_id: str, row: dict[str, Any], open_until: date) -> Tenure:
    start = read_bound(row["start"])
    end = read_bound(row["end"]) if "end" in row else None
    verified = row["verified"]
    exact = start.earliest == start.latest and (end is None or end.earliest == end.latest)
    if (
        not verified and exact
    ):  # a day is written that no source states, and which one is only said in prose
        start, end = loosen(start), loosen(end) if end else None
    return Tenure(
        office_id=office_id,
        person_id=row["person_id"],
        start=start,
        end=end,
        country=row.get("country", ""),
        source=row["source"],
        verified=verified,
        acting=row.get("acting", False),
        uncertain=row.get("uncertain", False),
        end_unverified=row.get("end_unverified", False),
        open_until=open_until if row.get("end_unverified", False) else FOREVER,
        note=row.get("note", ""),
        end_reason=row.get("end_reason", ""),
    )


def _persons(tree: dict[str, Any]) -> tuple[Person, ...]:
    found: dict[str, Person] = {}
    for row in (holder for office in tree["office"] for holder in office["holder"]):
        before = found.get(row["person_id"])
        variants = (*(before.variants if before else ()), *row.get("variants", ()))
        found[row["person_id"]] = Person(
            id=row["person_id"], name=row["name"], variants=tuple(dict.fromkeys(variants))
        )
    for row in tree.get("other", ()):
        key = "-".join(words_of(row["name"]))
        found[key] = Person(
            id=key,
            name=row["name"],
            variants=tuple(row.get("variants", ())),
            role=row["role"],
            seen=row.get("seen", ""),
        )
    for row in tree.get("spelling", ()):
        person = found[row["person_id"]]
        found[person.id] = replace(person, variants=(*person.variants, *row["names"]))
    return tuple(found.values())


def _group(tenures: Iterable[Tenure]) -> dict[str, tuple[Tenure, ...]]:
    grouped: dict[str, tuple[Tenure, ...]] = {}
    for tenure in tenures:
        for key in (tenure.office_id, tenure.person_id):
            grouped[key] = (*grouped.get(key, ()), tenure)
    return grouped


def _index_openings(titles: Iterable[Words]) -> dict[str, int]:
    found: dict[str, int] = {}
    for words in titles:
        if words:
            found[words[0]] = max(found.get(words[0], 0), len(words))
    return found


def _index_names(persons: Iterable[Person]) -> tuple[dict[Words, Words], dict[Words, Words]]:
    names: dict[Words, dict[str, None]] = {}
    surnames: dict[Words, dict[str, None]] = {}
    for person in persons:
        for written in (person.name, *person.variants):
            _, name = strip_titles(words_of(bare_name(written)))
            if not name:
                continue
            for key in (name, without_initials(name)):
                target = names if len(key) > 1 else surnames
                target.setdefault(key, {})[person.id] = None
            if "of" not in name:
                for at in range(1, len(name)):
                    surnames.setdefault(name[at:], {})[person.id] = None
    return {k: tuple(v) for k, v in names.items()}, {k: tuple(v) for k, v in surnames.items()}


def _index_initials(persons: Iterable[Person]) -> dict[str, tuple[tuple[str, str, str], ...]]:
    found: dict[str, list[tuple[str, str, str]]] = {}
    for person in persons:
        name = strip_titles(words_of(person.name))[1]
        if name:
            found.setdefault(name[-1][0], []).append((name[-1], name[0], person.id))
    return {letter: tuple(rows) for letter, rows in found.items()}
