"""The query language as a tree: tolerant reading of what a person typed, and its canonical spelling.

```
query  = any+                      all must match
any    = one ("OR" one)*           OR joins its neighbours, as web search engines have it
one    = ("-" | "NOT") one | "(" query ")" | name ":" value | word | word "*" | "phrase"
```

Reading never fails and takes time in proportion to the text. What cannot be used becomes a `Note`; one that
`refuses` says that the answer would be wider than what was asked.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TypeAlias

from storage.fold import split_words

MAX_LENGTH = 4_096
MAX_LEAVES = 128
MAX_DEPTH = 16
MAX_PREFIXES = 8
MIN_PREFIX = 2
DATE_FILTERS = ("after", "before", "on", "seen")
FILTERS = ("speaker", "office", "source", "kind", "lang", "title", *DATE_FILTERS, "edited", "certain")
OPERATORS = ("OR", "AND", "NOT")

_QUOTES = str.maketrans(dict.fromkeys("“”„‟«»＂", '"'))
_UNSEEN = re.compile("[\x00-\x1f\x7f\ud800-\udfff]")
_MONTH = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\\.?"
_DAY = "[0-9]{1,2}(?:st|nd|rd|th)?"
_WRITTEN_DATE = re.compile(
    f"\\s*(?P<bare>{_DAY}\\s+{_MONTH}\\s+[0-9]{{4}}|{_MONTH}\\s+(?:{_DAY},?\\s+)?[0-9]{{4}}"
    "|[0-9]{1,4}\\s+(?:day|week|month|year)s?\\s+ago|(?:this|last)\\s+(?:week|month|year))(?![^\\s()])",
    re.IGNORECASE,
)
_NAME = f"(?P<name>{'|'.join(FILTERS)}):"
_VALUE = re.compile(
    f"(?:\\s+(?!(?:{'|'.join(OPERATORS)})\\b|[-−]|(?i:{'|'.join(FILTERS)}):))?"
    '(?:"(?P<quoted>[^"]*)"?|(?P<bare>[^\\s()"]+))'
)
_LEXEME = re.compile(
    '\\s+|(?P<bracket>[()])|(?P<minus>[-−]+)(?=[^\\s)])|"(?P<phrase>[^"]*)(?P<end>"?)'
    f'|(?i:{_NAME})|(?P<word>[^\\s()"]+)'
)
_SIMPLE = re.compile('[^\\s()":*−-][^\\s()":*]*')


@dataclass(frozen=True, slots=True)
class Note:
    """A part of a query that was not used as typed, and what to do about it."""

    text: str
    hint: str
    refuses: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    """One word, or several side by side; with `prefix` the last one is the beginning of a word.

    `field` is "" for title, summary and text alike, or "title".
    """

    text: str
    prefix: bool = False
    field: str = ""


@dataclass(frozen=True, slots=True)
class Filter:
    """`name:value` as typed, not yet understood."""

    name: str
    value: str
    raw: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A filter understood: items that carry this mark (see `search.token`).

    `scheme` is `person`, `office`, `source`, `kind`, `lang`, or `edited` with the value "yes".
    """

    scheme: str
    value: str


@dataclass(frozen=True, slots=True)
class And:
    """All of the parts."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """At least one of the parts."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """Everything that the part is not true of."""

    part: Node


Node: TypeAlias = Words | Filter | Mark | And | Or | Not


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read: the tree (None asks for everything), and the notes in the order of the text."""

    root: Node | None
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True)
class _Lexeme:
    """`sign` is one of `(`, `)`, `-`, `OR` and `leaf`; a leaf has its node."""

    sign: str
    text: str
    leaf: Words | Filter | None = None


@dataclass(slots=True)
class _Reader:
    """One reading under way: the signs, the next one, and what is to be reported."""

    lexemes: list[_Lexeme]
    notes: list[Note]
    place: int = field(default=0)

    def sign(self) -> str:
        return self.lexemes[self.place].sign if self.place < len(self.lexemes) else ""

    def take(self) -> _Lexeme:
        self.place += 1
        return self.lexemes[self.place - 1]

    def drop(self, hint: str, *, refuses: bool = False) -> None:
        self.notes.append(Note(self.take().text, hint, refuses))


def read_query(text: str) -> Reading:
    """Read what a person typed as a tree.

    Args:
        text: Anything; `MAX_LENGTH` characters, `MAX_LEAVES` words and filters, and brackets nested
            `MAX_DEPTH` deep are read, more is refused by a note.

    Returns:
        The tree and the notes. Never raises.
    """
    notes: list[Note] = []
    if len(text) > MAX_LENGTH:
        notes.append(
            Note(text[:40] + "…", f"a query may have {MAX_LENGTH:,} characters at most", refuses=True)
        )
    plain = _UNSEEN.sub(" ", text[:MAX_LENGTH].translate(_QUOTES))
    reader = _Reader(_scan(plain, notes), notes)
    return Reading(_read_all(reader, 0), tuple(notes))


def join_all(parts: Iterable[Node | None]) -> Node | None:
    """One node for all of the parts: nested ones flattened, None for none."""
    flat: list[Node] = []
    for part in parts:
        flat.extend(part.parts if isinstance(part, And) else () if part is None else (part,))
    return And(tuple(flat)) if len(flat) > 1 else flat[0] if flat else None


def join_any(parts: Iterable[Node]) -> Node | None:
    """One node for any of the parts: nested ones flattened, None for none."""
    flat: list[Node] = []
    for part in parts:
        flat.extend(part.parts if isinstance(part, Or) else (part,))
    return Or(tuple(flat)) if len(flat) > 1 else flat[0] if flat else None


def negate(part: Node) -> Node:
    """The opposite of a node."""
    return part.part if isinstance(part, Not) else Not(part)


def write_query(node: Node) -> str:
    """Spell a tree in the query language; reading the result gives the same tree."""
    match node:
        case Words(text=text, prefix=prefix, field=scope):
            shown = text + "*" * prefix
            simple = _SIMPLE.fullmatch(text) and text not in OPERATORS
            return f"{scope}:" * bool(scope) + (shown if simple else f'"{shown}"')
        case Filter(name=name, value=value) | Mark(scheme=name, value=value):
            name = "speaker" if name == "person" else name
            return f"{name}:{value}" if _SIMPLE.fullmatch(value) else f'{name}:"{value}"'
        case And(parts=parts):
            return " ".join(
                f"({write_query(part)})" if isinstance(part, Or) else write_query(part) for part in parts
            )
        case Or(parts=parts):
            return " OR ".join(
                f"({write_query(part)})" if isinstance(part, And) else write_query(part) for part in parts
            )
        case Not(part=part):
            shown = write_query(part)
            return f"-({shown})" if isinstance(part, And | Or) else f"-{shown}"


def make_words(written: str, scope: str = "") -> Words | None:
    """The words of a text typed, without quotation marks; None when there are none."""
    if not split_words(written):
        return None
    asked = " ".join(written.replace('"', " ").split())
    text = asked.rstrip("*")
    return Words(text.rstrip(), prefix=text != asked and text[-1:].isalnum(), field=scope)


def walk_leaves(node: Node | None, *, negated: bool) -> Iterator[Words | Filter | Mark]:
    """The leaves of a tree in order, with those under a negation or without."""
    match node:
        case And(parts=parts) | Or(parts=parts):
            for part in parts:
                yield from walk_leaves(part, negated=negated)
        case Not(part=part) if negated:
            yield from walk_leaves(part, negated=True)
        case Words() | Filter() | Mark():
            yield node


def note_prefixes(root: Node | None) -> list[Note]:
    """Refusals for beginnings of words so short or so many that looking them up would take seconds."""
    leaves = walk_leaves(root, negated=True)
    prefixes = [leaf for leaf in leaves if isinstance(leaf, Words) and leaf.prefix]
    short = (leaf for leaf in prefixes if len(split_words(leaf.text)[-1]) < MIN_PREFIX)
    hint = f"at least {MIN_PREFIX} letters must stand before *"
    notes = [Note(write_query(leaf), hint, refuses=True) for leaf in short]
    if len(prefixes) > MAX_PREFIXES:
        hint = f"at most {MAX_PREFIXES} words of a query may end in *"
        notes.append(Note(write_query(prefixes[MAX_PREFIXES]), hint, refuses=True))
    return notes


def _scan(text: str, notes: list[Note]) -> list[_Lexeme]:
    lexemes: list[_Lexeme] = []
    place = leaves = 0
    while place < len(text):
        match = _LEXEME.match(text, place)
        assert match is not None, "every character begins some lexeme"
        lexeme, place = _make_lexeme(text, match, notes)
        if lexeme is None:
            continue
        leaves += lexeme.sign == "leaf"
        if leaves > MAX_LEAVES:
            hint = f"a query may have {MAX_LEAVES} words and filters at most"
            notes.append(Note(text[match.start() : match.start() + 40], hint, refuses=True))
            break
        lexemes.append(lexeme)
    return lexemes


def _make_lexeme(text: str, match: re.Match[str], notes: list[Note]) -> tuple[_Lexeme | None, int]:
    """The lexeme at a match, None for one that says nothing, and where the next one begins."""
    shown, end = match.group(), match.end()
    if name := match["name"]:
        return _read_filter(text, match, name.lower())
    if match["phrase"] is not None:
        if not match["end"]:
            notes.append(
                Note(shown, "the quotation mark is never closed; all that follows was read as one phrase")
            )
        return _make_words(match["phrase"], shown, notes), end
    if word := match["word"]:
        if word in OPERATORS:
            sign = {"OR": "OR", "NOT": "-", "AND": ""}[word]
            return (_Lexeme(sign, shown) if sign else None), end
        _note_unknown_filter(word, notes)
        return _make_words(word, shown, notes), end
    if sign := "-" if match["minus"] else match["bracket"]:
        return _Lexeme(sign, shown), end
    return None, end


def _read_filter(text: str, name_match: re.Match[str], name: str) -> tuple[_Lexeme, int]:
    value = _WRITTEN_DATE.match(text, name_match.end()) if name in DATE_FILTERS else None
    value = value or _VALUE.match(text, name_match.end())
    end = value.end() if value else name_match.end()
    shown = text[name_match.start() : end]
    groups = value.groupdict() if value else {}
    wanted = " ".join((groups.get("quoted") or (groups.get("bare") or "").rstrip(",;")).split())
    return _Lexeme("leaf", shown, Filter(name, wanted, shown)), end


def _make_words(written: str, shown: str, notes: list[Note]) -> _Lexeme | None:
    words = make_words(written)
    if words is None:
        notes.append(Note(shown, "it holds no letter or digit to search for"))
        return None
    return _Lexeme("leaf", shown, words)


_ELSEWHERE = {
    "author": "speaker",
    "by": "speaker",
    "said": "speaker",
    "role": "office",
    "since": "after",
    "until": "before",
    "date": "on",
    "feed": "source",
    "site": "source",
    "type": "kind",
    "language": "lang",
    "intitle": "title",
    "changed": "edited",
}
"""What other search languages call our filters."""


def _note_unknown_filter(word: str, notes: list[Note]) -> None:
    name, colon, value = word.partition(":")
    if not (colon and value and len(name) <= 12):
        return
    hint = f"no filter '{name}:', so it was read as words; did you mean"
    meant = _ELSEWHERE.get(name.lower())
    near = [meant] if meant else difflib.get_close_matches(name.lower(), FILTERS, n=1, cutoff=0.75)
    notes.extend(Note(word, f"{hint} {known}:?") for known in near)


def _read_all(reader: _Reader, depth: int) -> Node | None:
    parts: list[Node | None] = []
    while sign := reader.sign():
        if sign == ")" and depth:
            break
        if sign == ")":
            reader.drop("no bracket is open here")
        elif sign == "OR":
            reader.drop("OR stands between two words")
        else:
            parts.append(_read_any(reader, depth))
    return join_all(parts)


def _read_any(reader: _Reader, depth: int) -> Node | None:
    parts = [_read_one(reader, depth)]
    while reader.sign() == "OR":
        if reader.place + 1 == len(reader.lexemes) or reader.lexemes[reader.place + 1].sign in {")", "OR"}:
            reader.drop("OR stands between two words")
            continue
        reader.take()
        parts.append(_read_one(reader, depth))
    return join_any(part for part in parts if part is not None)


def _read_one(reader: _Reader, depth: int) -> Node | None:
    negated = False
    node: Node | None = None
    while reader.sign() == "-":
        if reader.place + 1 == len(reader.lexemes) or reader.lexemes[reader.place + 1].sign in {")", "OR"}:
            reader.drop("nothing follows that could be left out")
            return None
        reader.take()
        negated = not negated
    if reader.sign() == "(":
        node = _read_group(reader, depth)
    elif reader.sign() == "leaf":
        node = reader.take().leaf
    return negate(node) if negated and node is not None else node


def _read_group(reader: _Reader, depth: int) -> Node | None:
    if depth == MAX_DEPTH:
        reader.drop(f"brackets may be nested {MAX_DEPTH} deep at most", refuses=True)
        _skip_group(reader)
        return None
    opening = reader.take()
    node = _read_all(reader, depth + 1)
    if reader.sign() == ")":
        reader.take()
    else:
        reader.notes.append(Note(opening.text, "the bracket is never closed; it was read up to the end"))
    return node


def _skip_group(reader: _Reader) -> None:
    still_open = 1
    while still_open and reader.sign():
        still_open += {"(": 1, ")": -1}.get(reader.take().sign, 0)
