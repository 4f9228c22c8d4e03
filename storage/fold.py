"""One spelling per word: how index text and query text are made alike.

SQLite's `unicode61 remove_diacritics 2` lower-cases and takes the marks off accented Latin letters, but
leaves letters that are no base-plus-mark (ł, đ, ø, æ, ß …). `FOLDS` deals with those, once: `fold_sql`
makes it the SQL of the view the index is built from, `fold` applies it to the words of a query.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

_LETTERS = {
    "ł": "l",
    "đ": "d",
    "ð": "d",
    "ø": "o",
    "ħ": "h",
    "ŧ": "t",
    "ŋ": "n",
    "þ": "th",
    "æ": "ae",
    "œ": "oe",
    "ə": "a",  # Azerbaijani: Əliyev is written Aliyev in English
    "ё": "е",  # Russian prints ё or е at will
    "и\u0306": "й",  # й and ї typed as two characters; the tokenizer would take their marks off
    "і\u0308": "ї",
}
FOLDS: tuple[tuple[str, str], ...] = (
    *_LETTERS.items(),
    *((letter.upper(), plain) for letter, plain in _LETTERS.items()),
    ("ß", "ss"),
    ("ẞ", "ss"),
    ("ı", "i"),
    ("ﬁ", "fi"),
    ("ﬂ", "fl"),
    ("ʼ", "'"),  # a letter to Unicode, an apostrophe to whoever typed it
    ("\u00ad", ""),  # a soft hyphen is no part of the word, nor are the joiners
    ("\u200d", ""),
    ("\u200c", ""),
)
"""What is written, and how it is indexed, in order of application."""

_STAGE = 15
_MARKS = "\u0300-\u036f\u00ad\u200c\u200d"
_WORD = re.compile("[^\\W_]+")
_LONG = "İ" + "".join(letter for letter, plain in FOLDS if len(letter) == 1 and len(plain) != 1)
_UNEVEN = re.compile(f"(?:[{_LONG}]|.(?=[{_MARKS}]))[{_MARKS}]*|[{_MARKS}]+", re.DOTALL)


def _bases() -> dict[int, str | None]:
    """What `unicode61 remove_diacritics 2` does after `FOLDS`: Latin letters lose their marks."""
    accented = [chr(point) for point in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00))]
    bases: dict[int, str | None] = {
        ord(letter): base
        for letter in accented
        if (base := unicodedata.normalize("NFD", letter)[0]).isascii()
    }
    return {**bases, **dict.fromkeys(range(0x300, 0x370)), ord("ς"): "σ"}


_BASES = _bases()


def fold(text: str) -> str:
    """Spell a text the way the index does, apart from case and accents, which the index folds itself.

    Args:
        text: Anything; case and white space stay.

    Returns:
        The text with `FOLDS` applied: exactly what `fold_sql` makes of it in the database.
    """
    if text.isascii():
        return text
    for written, plain in FOLDS:
        text = text.replace(written, plain)
    return text


def fold_sql(columns: Sequence[str], others: str, table: str) -> str:
    """The SELECT that folds columns of a table: nested `replace()` calls, the same on every dialect.

    The calls are spread over nested queries, since SQLite's parser takes no more than some thirty in one
    another; its planner makes one query of them.

    Args:
        columns: The columns to fold; they keep their names. Trusted, as are the others.
        others: What else to select, as it stands in a SELECT.
        table: Where from.

    Returns:
        A SELECT that applies `FOLDS` in order, the first one innermost.
    """
    names = ", ".join(part.split(" AS ")[-1] for part in others.split(", "))
    query, outer = table, others
    for start in range(0, len(FOLDS), _STAGE):
        folded = (f"{_replace(column, FOLDS[start : start + _STAGE])} AS {column}" for column in columns)
        query = f"(SELECT {outer}, {', '.join(folded)} FROM {query})"  # noqa: S608 constants
        outer = names
    return query[1:-1]


def _replace(expression: str, folds: Sequence[tuple[str, str]]) -> str:
    for written, plain in folds:
        quoted = plain.replace("'", "''")
        expression = f"replace({expression}, '{written}', '{quoted}')"
    return expression


def spell(text: str) -> str:
    """A text as the index compares it: folded, lower case, Latin letters without their marks."""
    if text.isascii():
        return text.lower()
    return fold(text).lower().translate(_BASES)


def split_words(text: str) -> list[str]:
    """The words of a text as the index has them: letters and digits make words, all else parts them."""
    return _WORD.findall(spell(text))


def align(text: str) -> tuple[str, Sequence[int]]:
    """A text spelled as the index compares it, and where each of its characters comes from.

    Args:
        text: Plain text, as it is.

    Returns:
        The spelling, and for each place in it, its end included, the place in `text` in code points.
    """
    pieces: list[str] = []
    places: list[int] = []
    done = 0
    for uneven in _UNEVEN.finditer(text):
        start, end = uneven.span()
        piece = spell(uneven.group())
        pieces += (spell(text[done:start]), piece)
        places += (*range(done, start), *([start] * len(piece)))
        done = end
    pieces.append(spell(text[done:]))
    places += range(done, len(text) + 1)
    return "".join(pieces), places
