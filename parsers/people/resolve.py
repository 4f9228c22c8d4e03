"""From the words that name someone, and a date, to a person and an office: never by a guess."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

from parsers.people.names import CIVIL_TITLES, RANKS, STATE_TITLES, strip_titles, without_initials, words_of
from parsers.people.near import is_misspelling
from parsers.people.register import title_words
from parsers.people.tenure import covers, days_of, touches

if TYPE_CHECKING:
    from datetime import date

    from parsers.model import When
    from parsers.people.register import Register, Words

    Days = tuple[date, date]

_LONGEST = 300
_GRACE = timedelta(days=31)  # a man is still "Mr Stoltenberg" in the news of his farewell
_BEFORE_OFFICE = frozenset(
    {"nato", "new", "current", "acting", "interim", "outgoing", "our", "my", "alliance", "and"}
)
_AFTER_OFFICE = frozenset(
    {"of", "for", "at", "to", "in", "de", "des", "du", "designate", "elect", "emeritus"}
)
_NAME_FIRST = frozenset({"former", "ex", "then", "incoming", "late", "next", "future", "previous"})
_BEFORE_TITLE = _BEFORE_OFFICE | _NAME_FIRST | CIVIL_TITLES | RANKS
_LONGEST_TITLE = 14
_PARTS = re.compile(r"[,;()–—]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """Who a mention means. "" is unknown: an office may be known while its holder is not.

    `speaker_kind` is `person`, `office`, `collective`, `unnamed` or `unknown`; `rule` says which rule
    decided; `confidence` is `high`, `medium` or `low`.
    """

    speaker_kind: str
    person_id: str
    person: str
    office_id: str
    office: str
    rule: str
    confidence: str


UNKNOWN = Resolution(
    speaker_kind="unknown",
    person_id="",
    person="",
    office_id="",
    office="",
    rule="unresolved",
    confidence="low",
)


class _Parts(NamedTuple):
    """A mention taken apart: the office it states ("" for none), titles, and the name proper."""

    office_id: str
    past: bool
    titles: Words
    name: Words


def resolve(mention: str, on: When | None, register: Register) -> Resolution:
    """Say who is meant by a mention on a date.

    An office goes with its holder only where one tenure certainly covers the whole interval; a
    surname only to someone who held an office then, or is the only bearer when no date is given.

    Args:
        mention: "NATO Secretary General Jens Stoltenberg", "Mr Stoltenberg", "SACEUR" …; at most 300
            characters are read.
        on: When it was said; None when that is unknown.
        register: The register of offices.

    Returns:
        The resolution; its kind is `unknown` when the register has no answer. Never raises on text.
    """
    return resolve_at(mention, days_of(on), register)


def resolve_at(mention: str, days: Days | None, register: Register) -> Resolution:
    """As `resolve`, for the calendar days of the date: a document has one date and many mentions."""
    parts = _take_apart(_join_title(mention[:_LONGEST], register), register)
    if parts is None:
        return UNKNOWN
    if parts.name:
        return _resolve_name(parts, days, register)
    if not parts.office_id or parts.past:
        return UNKNOWN
    return _resolve_office(parts.office_id, days, register)


def _join_title(mention: str, register: Register) -> str:
    """The mention with a title that has a comma inside freed of it, so that commas part what is left."""
    if "," not in mention:
        return mention
    words = title_words(mention)
    whole = _find_title(words, register)
    if whole is None:
        return mention
    first = title_words(mention.partition(",")[0])
    piece = _find_title(first, register)
    if piece is not None and piece[1] - piece[0] >= whole[1] - whole[0]:
        return mention
    return f"{' '.join(words[: whole[1]])}, {' '.join(words[whole[1] :])}"


def _take_apart(mention: str, register: Register) -> _Parts | None:
    office_id, past = "", False
    titles: Words = ()
    name: Words = ()
    for piece in _PARTS.split(mention):
        words = title_words(piece)
        if not words:
            continue
        found = _find_title(words, register)
        if ("and" in words or "und" in words or "et" in words) and (
            found is None or "and" not in words[found[0] : found[1]]
        ):
            return None
        if found is None:
            front, rest = strip_titles(words)
            past = past or not _NAME_FIRST.isdisjoint(words)
        else:
            start, end, key = found
            before, rest = words[:start], words[end:]
            past = past or not _NAME_FIRST.isdisjoint(before)
            office_id = office_id or key
            front, rest = strip_titles(rest)
        if rest and not name:
            titles, name = front, rest
    return _Parts(office_id, past, titles, name)


def _find_title(words: Words, register: Register) -> tuple[int, int, str] | None:
    """The longest office title in the words that stands as a title of its own, not inside another."""
    for start, word in enumerate(words):
        if word not in register.openings:
            continue
        longest = min(register.openings[word], _LONGEST_TITLE)
        ends = range(min(len(words), start + longest), start, -1)
        hit = next((end for end in ends if words[start:end] in register.titles), None)
        if hit is None:
            continue
        stands = _BEFORE_TITLE.issuperset(words[:start])
        follows = words[hit] if hit < len(words) else ""
        if stands and follows not in _AFTER_OFFICE:
            return start, hit, register.titles[words[start:hit]]
        return None
    return None


def _resolve_office(office_id: str, days: Days | None, register: Register) -> Resolution:
    office = register.office_by_id[office_id]
    found = replace(
        UNKNOWN,
        speaker_kind="office",
        office_id=office.id,
        office=office.name,
        rule="office_without_holder",
        confidence="medium",
    )
    if days is None:
        return replace(found, rule="office_without_date")
    possible = [t for t in register.tenures_of[office_id] if touches(t, days)]
    if len(possible) != 1 or not covers(possible[0], days):
        return found
    person = register.person_by_id[possible[0].person_id]
    return Resolution(
        speaker_kind="person",
        person_id=person.id,
        person=person.name,
        office_id=office.id,
        office=office.name,
        rule="office_at_date",
        confidence="high" if possible[0].verified else "medium",
    )


def _resolve_name(parts: _Parts, days: Days | None, register: Register) -> Resolution:
    name = parts.name
    full = register.names.get(name) or register.names.get(without_initials(name), ())
    if full:
        return _choose(full, parts, days, register, rule="full_name")
    short = register.surnames.get(name, ())
    if short:
        return _choose_surname(short, parts, days, register)
    near = _near_names(parts, days, register)
    if len(near) == 1:
        return replace(
            _choose(near, parts, days, register, rule="misspelt_name"),
            rule="misspelt_name",
            confidence="low",
        )
    return UNKNOWN


def _choose(
    persons: Words, parts: _Parts, days: Days | None, register: Register, *, rule: str
) -> Resolution:
    """The one person of several bearers of a name: by the office named, else by tenure at the date."""
    if len(persons) > 1:
        fitting = tuple(p for p in persons if _offices_held(p, days, register))
        named = tuple(p for p in persons if parts.office_id in _offices_ever(p, register))
        persons = named if len(named) == 1 else fitting
    if len(persons) != 1:
        return UNKNOWN
    person = register.person_by_id[persons[0]]
    office_id, sure = _office_of(person.id, parts, days, register)
    common = rule == "full_name" and not office_id and parts.name not in register.names
    return Resolution(
        speaker_kind="person",
        person_id=person.id,
        person=person.name,
        office_id=office_id,
        office=register.office_by_id[office_id].name if office_id else "",
        rule=rule,
        confidence="low" if common else "high" if sure else "medium",
    )


def _choose_surname(persons: Words, parts: _Parts, days: Days | None, register: Register) -> Resolution:
    """A surname means someone only with an office: the one stated, or one held at the date."""
    if parts.office_id:
        fit = tuple(p for p in persons if parts.office_id in _offices_ever(p, register))
        rule = "office_and_surname"
    elif set(parts.titles) & STATE_TITLES:
        fit = tuple(p for p in persons if _role_names(parts.titles, p, register))
        rule = "title_and_surname"
    elif days is not None:
        fit = tuple(p for p in persons if _offices_held(p, days, register))
        near = (days[0] - _GRACE, days[1] + _GRACE) if parts.titles else days
        fit = fit or tuple(p for p in persons if _offices_held(p, near, register))
        rule = "surname_at_date"
    else:
        fit = persons if parts.titles and len(persons) == 1 else ()
        rule = "only_bearer"
    if len(fit) != 1 or not (parts.titles or parts.office_id or days is not None):
        return UNKNOWN
    found = _choose(fit, parts, days, register, rule=rule)
    weak = rule in {"surname_at_date", "only_bearer", "title_and_surname"}
    return replace(found, confidence="medium") if weak else found


def _role_names(titles: Words, person_id: str, register: Register) -> bool:
    """Whether a title of state fits the recorded role: "President" to "President of Serbia"."""
    role = register.person_by_id[person_id].role
    spoken = {word for word in titles if word in STATE_TITLES}
    held = " ".join(words_of(role)) if role else " ".join(_offices_ever(person_id, register))
    return (
        bool(spoken) and spoken <= set(held.replace("-", " ").split()) and "secretary general" not in held
    )


def _offices_held(person_id: str, days: Days | None, register: Register) -> tuple[str, ...]:
    """Offices the person may have held on those days, by id."""
    if days is None:
        return ()
    return tuple(t.office_id for t in register.tenures_of.get(person_id, ()) if touches(t, days))


def _offices_ever(person_id: str, register: Register) -> frozenset[str]:
    return frozenset(t.office_id for t in register.tenures_of.get(person_id, ()))


def _office_of(person_id: str, parts: _Parts, days: Days | None, register: Register) -> tuple[str, bool]:
    """The office a named person speaks in, "" when unclear, and whether office and date agree."""
    ever, held = _offices_ever(person_id, register), _offices_held(person_id, days, register)
    if parts.past:
        return "", False
    if parts.office_id:
        fits = parts.office_id in (held if days is not None else ever)
        return (parts.office_id if fits else ""), fits
    if len(set(held)) == 1:
        return held[0], True
    return "", days is not None and not held and not ever


def _near_names(parts: _Parts, days: Days | None, register: Register) -> tuple[str, ...]:
    """Persons whose name the mention misspells; only where something else points at them too."""
    *first, last = parts.name
    found: dict[str, None] = {}
    if len(first) > 3 or set(parts.titles) & STATE_TITLES:
        return ()
    if not (first or parts.office_id or (parts.titles and len(last) > 7)):
        return ()
    for family, given, person_id in register.initials.get(last[0], ()):
        if (first and first[0] != given) or not is_misspelling(last, family):
            continue
        held = _offices_held(person_id, days, register)
        same_first = bool(first) and first[0] == given
        in_office = not first and bool(parts.office_id) and parts.office_id in held
        serving = not first and bool(parts.titles) and len(last) > 7 and bool(held)
        if same_first or in_office or serving:
            found[person_id] = None
    return tuple(found)
