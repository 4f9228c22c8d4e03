"""A query in the language of SQLite and FTS5, and the marks that stand for filters in the index."""

from __future__ import annotations

import re
from collections.abc import Iterator

from parsers.errors import QueryError
from storage.days import OPEN, Span
from storage.fold import fold
from storage.grammar import And, Mark, Node, Not, Or, Words
from storage.query import Query

EVERY, EDITED = "every", "edited"
"""Marks without a value: on every document, on those edited."""

REACHES = ((86_400, ""), (8 * 86_400, "wide8"), (64 * 86_400, "wide64"), (512 * 86_400, "wide512"))
"""How far, in seconds, the bounds of a date lie from its sort instant at most, and the mark that says so.

A date filter widens its range of row ids by the reach and so looks through few that do not belong there.
"""

WIDEST = "widest"
"""The mark of documents that reach further, or have an open bound."""

SCHEMES = ("person", "office", "source", "kind", "lang")
"""Marks with a value; none of these words begins another or a mark without one."""

SHIFT = 20
"""A row id is its sort instant in seconds, times two to this power, plus a number."""

_ALWAYS = (-(1 << 42), 1 << 42)
_WEIGHTS = "1.0, 8.0, 3.0, 0.0"
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyz123456789")


def token(scheme: str, value: str) -> str:
    """The one word that stands for a value in `marks`: ("source", "nato-watch") is "sourcenato00watch".

    Two values never share a word: a hyphen is `00`, any other character that is no plain letter or digit is
    its code point in hexadecimal between `0` and `z`. Of a language only the primary subtag counts ("en" of
    "en-GB").

    Args:
        scheme: One of `SCHEMES`, or `edited`, whose value does not matter.
        value: An id or name, exact.

    Returns:
        ASCII letters and digits only, so that the tokenizer leaves it whole.

    Raises:
        QueryError: There is no such scheme.
    """
    if scheme == EDITED:
        return EDITED
    if scheme not in SCHEMES:
        raise QueryError(f"There are no marks of the scheme {scheme!r}.")
    if scheme == "lang":
        value = re.split("[-_]", value.lower(), maxsplit=1)[0]
    return scheme + "".join(_spell(character) for character in value)


def write_match(node: Node) -> str:
    """A tree as the right side of FTS5's MATCH.

    User words always name the columns they may be found in, so that they never reach `marks`, and stand in
    quotation marks, so that nothing in them is an operator.

    Args:
        node: Without filters: `parse_query` resolves them.

    Raises:
        QueryError: A filter was left in the tree.
    """
    match node:
        case Words(text=text, prefix=prefix, field=field):
            columns = field or "{title summary text}"
            return f"{columns} : {_quote(fold(text))}" + " *" * prefix
        case Mark(scheme=scheme, value=value):
            return write_mark(token(scheme, value))
        case Or(parts=parts):
            return "(" + " OR ".join(write_match(part) for part in parts) + ")"
        case And(parts=parts):
            return _write_all(parts)
        case Not():
            return _write_all((node,))
    raise QueryError(f"The filter {node.name!r} was never resolved.")


def reach_mark(reach: int | None) -> str:
    """The mark for how far a document's date reaches from its sort instant, in seconds; None is open."""
    return next((mark for far, mark in REACHES if reach is not None and reach <= far), WIDEST)


def write_mark(mark: str) -> str:
    """One mark as a MATCH expression."""
    return f"marks : {_quote(mark)}"


def write_selects(
    query: Query, bounds: tuple[int, int], *, ranked: bool
) -> Iterator[tuple[str, tuple[str | int, ...]]]:
    """The statements that together find the newest answers: one, or one for each reach with dates.

    A document close to its sort instant is found by its row id; the few that reach further by their mark in
    a wider range. Several statements may give the same row; the first gives all those in its own range.

    Args:
        query: Not refused.
        bounds: The least and greatest row id an answer may have.
        ranked: Whether to score the answers.

    Yields:
        SQL giving row id, item key and score (lower is better), newest first; its values but for the
        last, the limit.
    """
    match = write_match(query.root) if query.root else ""
    if query.published == OPEN:
        yield _write_select(match, bounds, query, ranked=ranked)
        return
    start, end = seconds(query.published)
    for reach, mark in REACHES:
        near = (max(bounds[0], (start - reach) << SHIFT), min(bounds[1], (end + reach + 1) << SHIFT))
        yield _write_select(_both(match, mark), near, query, ranked=ranked)
    yield _write_select(_both(match, WIDEST), bounds, query, ranked=ranked)


def _both(match: str, mark: str) -> str:
    return " AND ".join(filter(None, [match, write_mark(mark) if mark else ""]))


def _write_select(
    match: str, bounds: tuple[int, int], query: Query, *, ranked: bool
) -> tuple[str, tuple[str | int, ...]]:
    tests, values = _write_tests(query)
    score = f"bm25(documents_index, {_WEIGHTS})" if ranked else "0"
    if match:
        tables = "documents_index CROSS JOIN documents ON documents.rowid = documents_index.rowid"
        tests, values = ["documents_index MATCH ?", *tests], [match, *values]
        rowid = "documents_index.rowid"
    else:
        tables, rowid = "documents", "documents.rowid"
    where = " AND ".join([*tests, f"{rowid} BETWEEN ? AND ?"])
    return (
        f"SELECT {rowid}, item_key, {score} FROM {tables} WHERE {where} ORDER BY {rowid} DESC LIMIT ?",  # noqa: S608 constants
        (*values, *bounds),
    )


def _write_tests(query: Query) -> tuple[list[str], list[str | int]]:
    """What the rows themselves must show: overlap with the dates asked for, or containment in them."""
    tests: list[str] = []
    values: list[str | int] = []
    from_column, to_column = ("earliest", "latest") if query.certain else ("latest", "earliest")
    unbounded = "" if query.certain else "{} IS NULL OR "
    for column, sign, bound in (
        (from_column, ">=", query.published.earliest),
        (to_column, "<=", query.published.latest),
        ("first_seen", ">=", query.seen.earliest),
        ("first_seen", "<=", query.seen.latest),
    ):
        if bound is not None:
            tests.append(f"({unbounded.format(column)}{column} {sign} ?)")
            values.append(int(bound.timestamp()))
    return tests, values


def seconds(span: Span) -> tuple[int, int]:
    """Both ends of a span in seconds since 1970, open ones beyond all dates there are."""
    earliest, latest = _ALWAYS
    start = earliest if span.earliest is None else int(span.earliest.timestamp())
    return start, latest if span.latest is None else int(span.latest.timestamp())


def _write_all(parts: tuple[Node, ...]) -> str:
    """FTS5's NOT has two sides; a query of negations alone is taken from everything."""
    wanted = [write_match(part) for part in parts if not isinstance(part, Not)] or [write_mark(EVERY)]
    unwanted = [write_match(part.part) for part in parts if isinstance(part, Not)]
    both = "(" + " AND ".join(wanted) + ")"
    return f"({both} NOT ({' OR '.join(unwanted)}))" if unwanted else both


def _quote(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _spell(character: str) -> str:
    if character in _PLAIN:
        return character
    return "00" if character == "-" else f"0{ord(character):x}z"
