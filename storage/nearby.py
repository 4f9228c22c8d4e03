"""What may have been meant by words that no item has: other spellings, and slips of the hand."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from string import ascii_lowercase

from sqlalchemy import Connection

from storage.fold import split_words
from storage.grammar import Note, Words
from storage.match import write_match
from storage.query import Query

_ALPHABETS = (ascii_lowercase, "абвгдежзийклмнопрстуфхцчшщъыьэюяіїєґ", "αβγδεζηθικλμνξοπρστυφχψω")
_RUNS = re.compile(r"\d+|[^\W\d_]+")
_ACRONYM = range(2, 6)
"""So many letters may be an acronym that the archive writes with full stops."""
_WORD = range(4, 25)
"""So long a word is searched for slips: of shorter ones nearly every neighbour is another word."""
_ENOUGH = 100
"""Items counted to tell a common spelling from a rare one."""
_NAMED = 3
_LOOKED_INTO = 3
"""Words of one query at most: each is some 400 looks into the index."""
_COUNT = f"""SELECT key, (SELECT count(*) FROM (
        SELECT 1 FROM documents_index WHERE documents_index MATCH each.value LIMIT {_ENOUGH}
    )) FROM json_each(?) AS each"""  # noqa: S608 a constant


def suggest(connection: Connection, query: Query) -> tuple[Note, ...]:
    """Say which words of a query no item has, and which of their neighbours some item has.

    Args:
        connection: Reading.
        query: One that found nothing.

    Returns:
        A note for each such word or phrase, in order; none for a refused query, which says why itself.
    """
    words = () if query.refused else [one for one in query.words if not one.prefix]
    absent = [one for one, count in zip(words, _count(connection, words), strict=True) if not count]
    return tuple(
        Note(one.text, f"no item has it{_propose(connection, one)}") for one in absent[:_LOOKED_INTO]
    )


def _propose(connection: Connection, word: Words) -> str:
    """The neighbours that are there as the end of a hint, the commonest first; "" for none."""
    for near in (_respell, _mistype):
        texts = list(dict.fromkeys(near(split_words(word.text))))
        counts = _count(connection, [replace(word, text=text) for text in texts])
        found = sorted((-count, text) for text, count in zip(texts, counts, strict=True) if count)
        if found:
            spelled = (f'"{text}"' if " " in text else text for _, text in found[:_NAMED])
            return f"; did you mean {', '.join(spelled)}?"
    return ""


def _respell(parts: Sequence[str]) -> Iterator[str]:
    """The same letters and digits, joined or parted otherwise: COP-27, COP27; UN, U.N."""
    if len(parts) > 1:
        yield "".join(parts)
    for part in parts if len(parts) == 1 else ():
        runs = _RUNS.findall(part)
        if len(runs) > 1:
            yield " ".join(runs)
        elif part.isalpha() and len(part) in _ACRONYM:
            yield " ".join(part)


def _mistype(parts: Sequence[str]) -> Iterator[str]:
    """Every word that one slip makes of this one: a letter too few, too many, another, or two exchanged."""
    for word in parts if len(parts) == 1 else ():
        letters = next((one for one in _ALPHABETS if word[0] in one), "")
        for place in range(len(word) + 1) if len(word) in _WORD else ():
            before, after = word[:place], word[place:]
            yield from (before + letter + after for letter in letters)
            if after:
                yield before + after[1:]
                yield from (before + letter + after[1:] for letter in letters)
            if len(after) > 1:
                yield before + after[1] + after[0] + after[2:]


def _count(connection: Connection, words: Sequence[Words]) -> list[int]:
    """How many items have each, at most `_ENOUGH`."""
    found = connection.exec_driver_sql(_COUNT, (json.dumps([write_match(one) for one in words]),))
    return [count for _, count in found]
