"""What is asked of the archive: user text and command-line filters become one `Query`.

Pure: the register of people, the zone and the present moment are handed in. Text typed by a person never
raises; what could not be used is in `Query.ignored`, and a filter that could not be understood never
widens the answer: such a query is `refused` and finds nothing.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from typing import Protocol

from parsers.errors import QueryError
from storage.days import OPEN, Span, read_day, read_span
from storage.grammar import (
    DATE_FILTERS,
    FILTERS,
    And,
    Filter,
    Mark,
    Node,
    Not,
    Note,
    Or,
    Words,
    join_all,
    join_any,
    make_words,
    negate,
    note_prefixes,
    read_query,
    walk_leaves,
    write_query,
)

_YES = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
_LANGUAGES = {"english": "en", "french": "fr", "ukrainian": "uk", "russian": "ru", "german": "de"}
_LANGUAGE = re.compile("([a-z]{2,3})(?:[-_][a-z0-9]{2,8})*")
_LONGEST_NAME = 100


class People(Protocol):
    """What `parsers.people.match_people` says of a name."""

    @property
    def person_ids(self) -> tuple[str, ...]:
        """Ids of the persons meant."""

    @property
    def names(self) -> tuple[str, ...]:
        """Their names, in the same order."""

    @property
    def suggestions(self) -> tuple[str, ...]:
        """Names that may have been meant, when nobody is."""


class Offices(Protocol):
    """What `parsers.people.match_offices` says of a title."""

    @property
    def office_ids(self) -> tuple[str, ...]:
        """Ids of the offices meant."""

    @property
    def names(self) -> tuple[str, ...]:
        """Their names, in the same order."""

    @property
    def suggestions(self) -> tuple[str, ...]:
        """Names that may have been meant, when none is."""


FindPeople = Callable[[str], People]
FindOffices = Callable[[str], Offices]


@dataclass(frozen=True, slots=True)
class Named:
    """An id and the name to show for it."""

    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A question to the archive, understood.

    `root` is the tree of words and marks, None for everything; `published` and `seen` bound publication
    and first sight; with `certain` an item's whole interval must lie in `published`, else it need only
    overlap. `words` are what an answer may show highlighted. `refused` queries find nothing, and
    `ignored` says why.
    """

    text: str
    root: Node | None
    published: Span = OPEN
    seen: Span = OPEN
    certain: bool = False
    words: tuple[Words, ...] = ()
    speakers: tuple[Named, ...] = ()
    offices: tuple[Named, ...] = ()
    sources: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    ignored: tuple[Note, ...] = ()
    refused: bool = False

    def understood(self) -> dict[str, object]:
        """The query as JSON-able values; instants are ISO 8601 in UTC, `before` is exclusive."""
        return {
            "text": self.text,
            "expression": write_query(self.root) if self.root else "",
            "words": [words.text + "*" * words.prefix for words in self.words],
            "speakers": [{"id": one.id, "name": one.name} for one in self.speakers],
            "offices": [{"id": one.id, "name": one.name} for one in self.offices],
            "sources": list(self.sources),
            "kinds": list(self.kinds),
            "languages": list(self.languages),
            **self.published.shape(),
            "seen": self.seen.shape() if self.seen != OPEN else None,
            "certain": self.certain,
            "refused": self.refused,
            "ignored": [{"text": note.text, "hint": note.hint} for note in self.ignored],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class _World:
    """What names in a query may refer to."""

    people: FindPeople
    offices: FindOffices
    sources: Collection[str]
    kinds: Collection[str]
    zone: tzinfo
    now: datetime


@dataclass(slots=True)
class _Draft:
    """A query being put together."""

    world: _World
    notes: list[Note]
    published: Span = field(default_factory=Span)
    seen: Span = field(default_factory=Span)
    certain: bool = False
    names: dict[str, str] = field(default_factory=dict)

    def refuse(self, text: str, hint: str) -> None:
        self.notes.append(Note(text, hint, refuses=True))


def parse_query(
    text: str,
    *,
    people: FindPeople,
    offices: FindOffices,
    sources: Collection[str],
    kinds: Collection[str],
    zone: tzinfo,
    now: datetime,
    **flags: str | bool | Sequence[str] | None,
) -> Query:
    """Understand a query.

    Args:
        text: What was typed, in the query language (docs/search.md). Anything goes.
        people: Finds persons by name: `parsers.people.match_people` with its register and the speakers met.
        offices: Finds offices by name.
        sources: The ids of the archive's sources.
        kinds: The kinds of items.
        zone: In which days begin.
        now: What "today" refers to, aware.
        **flags: Filters given beside the text, by their names in the language (`speaker`, `after` …);
            several values for one are alternatives, dates apart. Empty ones and None count as not given.

    Returns:
        The query; never raises on what a person typed.

    Raises:
        QueryError: A flag that is no filter of the language: a mistake of the calling program.
    """
    if unknown := sorted(set(flags) - set(FILTERS)):
        raise QueryError(f"There is no filter {unknown[0]!r}.", hint=f"Filters are {', '.join(FILTERS)}.")
    reading = read_query(text)
    world = _World(people=people, offices=offices, sources=sources, kinds=kinds, zone=zone, now=now)
    draft = _Draft(world, list(reading.notes))
    parts = [_resolve(reading.root, draft, free=True)] if reading.root else []
    parts.extend(_resolve_flag(name, value, draft) for name, value in flags.items())
    root = join_all(parts)
    draft.notes += note_prefixes(root)
    if draft.published.is_empty() or draft.seen.is_empty():
        draft.refuse(text, "the dates asked for leave no day between them")
    return _finish(text, root, draft)


def _finish(text: str, root: Node | None, draft: _Draft) -> Query:
    leaves = list(dict.fromkeys(walk_leaves(root, negated=False)))

    def values(scheme: str) -> tuple[str, ...]:
        return tuple(leaf.value for leaf in leaves if isinstance(leaf, Mark) and leaf.scheme == scheme)

    return Query(
        text=text,
        root=root,
        published=draft.published,
        seen=draft.seen,
        certain=draft.certain,
        words=tuple(leaf for leaf in leaves if isinstance(leaf, Words)),
        speakers=tuple(Named(value, draft.names[value]) for value in values("person")),
        offices=tuple(Named(value, draft.names[value]) for value in values("office")),
        sources=values("source"),
        kinds=values("kind"),
        languages=values("lang"),
        ignored=tuple(dict.fromkeys(draft.notes)),
        refused=any(note.refuses for note in draft.notes),
    )


def _resolve_flag(name: str, value: str | bool | Sequence[str] | None, draft: _Draft) -> Node | None:
    if isinstance(value, bool):
        value = "yes" if value else "no"
    given = [value] if isinstance(value, str) else list(value or ())
    filters = [Filter(name, typed, f"{name}:{typed}") for one in given if (typed := " ".join(one.split()))]
    nodes = [_resolve_filter(one, draft, free=True) for one in filters]
    return join_any(node for node in nodes if node is not None)


def _resolve(node: Node, draft: _Draft, *, free: bool) -> Node | None:
    """A tree without filters: each became a mark, a bound of the draft, or a note.

    Args:
        node: As read.
        draft: Collects bounds and notes.
        free: Whether the node must hold whatever else does, neither an alternative nor negated.
    """
    match node:
        case And(parts=parts):
            return join_all(_resolve(part, draft, free=free) for part in parts)
        case Or(parts=parts):
            kept = [_resolve(part, draft, free=False) for part in parts]
            return join_any(part for part in kept if part is not None)
        case Not(part=part):
            kept_part = _resolve(part, draft, free=False)
            return negate(kept_part) if kept_part is not None else None
        case Filter():
            return _resolve_filter(node, draft, free=free)
    return node


def _resolve_filter(node: Filter, draft: _Draft, *, free: bool) -> Node | None:
    if not node.value:
        draft.refuse(
            node.raw, f'{node.name}: needs a value; write {node.name}:word or {node.name}:"two words"'
        )
        return None
    if node.name in DATE_FILTERS or node.name == "certain":
        if not free:
            draft.refuse(node.raw, f"{node.name}: holds for the whole query; it takes no minus and no OR")
        elif node.name == "certain":
            _resolve_certain(node, draft)
        else:
            _resolve_date(node, draft)
        return None
    return _RESOLVERS[node.name](node, draft)


def _resolve_certain(node: Filter, draft: _Draft) -> None:
    if (wanted := _YES.get(node.value.lower())) is None:
        draft.refuse(node.raw, "write certain:yes or certain:no")
    else:
        draft.certain = wanted


def _resolve_date(node: Filter, draft: _Draft) -> None:
    read = read_span if node.name in {"on", "seen"} else read_day
    span = read(node.value, zone=draft.world.zone, now=draft.world.now)
    if isinstance(span, str):
        draft.refuse(node.raw, f"no date was read in '{node.value[:60]}': {span}")
    elif node.name == "seen":
        draft.seen = draft.seen.narrow(span)
    elif node.name == "after":
        draft.published = draft.published.narrow(Span(span.earliest, None))
    elif node.name == "before":
        end = span.earliest and span.earliest - timedelta(seconds=1)
        draft.published = draft.published.narrow(Span(None, end))
    else:
        draft.published = draft.published.narrow(span)


def _resolve_title(node: Filter, draft: _Draft) -> Node | None:
    words = make_words(node.value, "title")
    if words is None:
        draft.refuse(node.raw, "it holds no letter or digit to search for")
    return words


def _resolve_speaker(node: Filter, draft: _Draft) -> Node | None:
    found = draft.world.people(node.value[:_LONGEST_NAME])
    return _resolve_names(node, draft, found.person_ids, found.names, found.suggestions, "person")


def _resolve_office(node: Filter, draft: _Draft) -> Node | None:
    found = draft.world.offices(node.value[:_LONGEST_NAME])
    return _resolve_names(node, draft, found.office_ids, found.names, found.suggestions, "office")


def _resolve_names(
    node: Filter,
    draft: _Draft,
    ids: tuple[str, ...],
    names: tuple[str, ...],
    suggestions: tuple[str, ...],
    scheme: str,
) -> Node | None:
    if not ids:
        _refuse_unknown(node, draft, suggestions)
    draft.names.update(zip(ids, names, strict=True))
    return join_any(Mark(scheme, one) for one in ids)


def _resolve_source(node: Filter, draft: _Draft) -> Node | None:
    wanted = node.value.casefold()
    found = [source for source in draft.world.sources if source.casefold() == wanted]
    if not found:
        _refuse_unknown(node, draft, _suggest(wanted, draft.world.sources))
    return join_any(Mark("source", source) for source in found)


def _resolve_kind(node: Filter, draft: _Draft) -> Node | None:
    wanted = re.sub("[ -]+", "_", node.value.lower())
    spellings = (wanted, wanted.removesuffix("s"), re.sub("ies$", "y", wanted))
    found = next((kind for kind in spellings if kind in draft.world.kinds), None)
    if found is None:
        near = [kind for kind in sorted(draft.world.kinds) if kind.startswith(wanted)]
        near = near or _suggest(wanted, draft.world.kinds)
        if near:
            _refuse_unknown(node, draft, near)
        else:
            draft.refuse(
                node.raw,
                f"no kind '{wanted[:_LONGEST_NAME]}'; there are {', '.join(sorted(draft.world.kinds))}",
            )
        return None
    return Mark("kind", found)


def _resolve_language(node: Filter, draft: _Draft) -> Node | None:
    wanted = node.value.lower()
    match = _LANGUAGE.fullmatch(_LANGUAGES.get(wanted, wanted))
    if match is None:
        draft.refuse(node.raw, "write a language as its code: lang:en, lang:fr, lang:uk")
        return None
    return Mark("lang", match[1])


def _resolve_edited(node: Filter, draft: _Draft) -> Node | None:
    wanted = _YES.get(node.value.lower())
    if wanted is None:
        draft.refuse(node.raw, "write edited:yes or edited:no")
        return None
    edited = Mark("edited", "yes")
    return edited if wanted else Not(edited)


_RESOLVERS: dict[str, Callable[[Filter, _Draft], Node | None]] = {
    "speaker": _resolve_speaker,
    "office": _resolve_office,
    "source": _resolve_source,
    "kind": _resolve_kind,
    "lang": _resolve_language,
    "title": _resolve_title,
    "edited": _resolve_edited,
}


def _refuse_unknown(node: Filter, draft: _Draft, suggestions: Collection[str]) -> None:
    hint = f"no {node.name} '{node.value[:_LONGEST_NAME]}'"
    if suggestions:
        *others, last = suggestions
        hint += f"; did you mean {', '.join(others)} or {last}?" if others else f"; did you mean {last}?"
    draft.refuse(node.raw, hint)


def _suggest(wanted: str, known: Collection[str]) -> list[str]:
    return difflib.get_close_matches(wanted[:_LONGEST_NAME], list(known), n=3, cutoff=0.6)
