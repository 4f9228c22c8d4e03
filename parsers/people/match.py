"""Which persons and offices a search word means, and what else it may have meant."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING

from parsers.people.names import PARTICLES, bare_name, strip_titles, without_initials, words_of
from parsers.people.register import title_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from parsers.people.register import Register, Words

_LONGEST = 200
_SUGGESTIONS = 3
_CLOSE = 0.72


@dataclass(frozen=True, slots=True, kw_only=True)
class PeopleMatch:
    """Persons a query means: ids and names, side by side; without any, names it may have meant."""

    person_ids: tuple[str, ...]
    names: tuple[str, ...]
    suggestions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeMatch:
    """Offices a query means: ids and names, side by side; without any, names it may have meant."""

    office_ids: tuple[str, ...]
    names: tuple[str, ...]
    suggestions: tuple[str, ...] = ()


def match_people(query: str, register: Register, known: Iterable[tuple[str, str]] = ()) -> PeopleMatch:
    """Find the persons a query names by full name, surname, recorded variant or id.

    Accents, case, hyphens and titles in front do not matter. A surname finds all its bearers.

    Args:
        query: What was typed; at most 200 characters are read.
        register: The register of offices.
        known: (person id, name) of speakers met outside the register.

    Returns:
        The match, in the register's order; suggestions only when nothing matched.
    """
    asked = words_of(query[:_LONGEST])
    names = _all_names(register, known)
    _, proper = strip_titles(asked)
    keys = {asked, proper, without_initials(proper)} - {()}
    found = [pid for pid, (_, spellings) in names.items() if keys & spellings]
    if found:
        return PeopleMatch(person_ids=tuple(found), names=tuple(names[pid][0] for pid in found))
    return PeopleMatch(person_ids=(), names=(), suggestions=_suggest_people(proper or asked, names))


def match_offices(query: str, register: Register) -> OfficeMatch:
    """Find the offices a query names: a title in any recorded spelling, or how one begins.

    "secretary general" is that office alone, never its deputy; "assistant secretary general", which
    is no full title, is every office that begins so.

    Args:
        query: What was typed; at most 200 characters are read.
        register: The register of offices.
    """
    asked = title_words(query[:_LONGEST])
    bare = tuple(word for word in asked if word != "nato")
    by_id = next((o.id for o in register.offices if title_words(o.id) == asked), "")
    exact = by_id or register.titles.get(asked, "") or _bare_titles(register).get(bare, "")
    found = [exact] if exact else _beginning_with(bare, register)
    if found:
        return OfficeMatch(
            office_ids=tuple(found), names=tuple(register.office_by_id[oid].name for oid in found)
        )
    titles = {" ".join(words): office_id for words, office_id in register.titles.items()}
    close = get_close_matches(" ".join(asked), list(titles), n=_SUGGESTIONS, cutoff=_CLOSE)
    near = dict.fromkeys(register.office_by_id[titles[title]].name for title in close)
    return OfficeMatch(office_ids=(), names=(), suggestions=tuple(near))


def _bare_titles(register: Register) -> dict[Words, str]:
    bare: dict[Words, str] = {}
    for words, office_id in register.titles.items():
        bare.setdefault(tuple(word for word in words if word != "nato"), office_id)
    return bare


def _beginning_with(asked: Words, register: Register) -> list[str]:
    if not asked:
        return []
    starts = [oid for title, oid in _bare_titles(register).items() if title[: len(asked)] == asked]
    return [office.id for office in register.offices if office.id in starts]


def _all_names(
    register: Register, known: Iterable[tuple[str, str]]
) -> dict[str, tuple[str, frozenset[Words]]]:
    names = {
        person.id: (person.name, _spellings(person.id, person.name, *person.variants))
        for person in register.persons
    }
    for person_id, name in known:
        if person_id not in names:
            names[person_id] = (name, _spellings(person_id, name))
    return names


def _spellings(person_id: str, *written: str) -> frozenset[Words]:
    keys: set[Words] = {tuple(person_id.split("-"))}
    for one in written:
        words = words_of(bare_name(one))
        _, name = strip_titles(words)
        keys |= {words, name, without_initials(name)}
        if "of" not in name:
            ends = range(2, len(name) + 1)
            keys |= {name[at:end] for end in ends for at in range(1, end) if name[end - 1] not in PARTICLES}
    return frozenset(keys - {()})


def _suggest_people(asked: Words, names: Mapping[str, tuple[str, frozenset[Words]]]) -> tuple[str, ...]:
    spelled: dict[str, list[str]] = {}
    for name, spellings in names.values():
        for words in spellings:
            spelled.setdefault(" ".join(words), []).append(name)
        first = words_of(name)[:1]
        spelled.setdefault(" ".join(first), []).append(name)
    close = get_close_matches(" ".join(asked), list(spelled), n=2 * _SUGGESTIONS, cutoff=_CLOSE)
    near = dict.fromkeys(name for spelling in close for name in spelled[spelling])
    return tuple(near)[:_SUGGESTIONS]
