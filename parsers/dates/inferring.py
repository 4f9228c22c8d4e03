"""What a page's own strings tell of the engine that printed them."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

from parsers.dates.cleaning import clean
from parsers.dates.phrases import Phrase, read_phrase
from parsers.dates.words import FEW, MINUTE, NOW, SECOND, WEEK

_MOST_TEXTS = 1_000
_SHORT_WORDS = frozenset(("min", "sec", "min.", "sec."))
_WORDPRESS_WORDS = frozenset(("mins", "secs", "min", "sec"))


def infer_granularity(texts: Iterable[str]) -> int | None:
    """The most units seen in any one relative phrase of a page, or None when there is none."""
    counts = [len(phrase.units) for _, phrase in _phrases(texts) if phrase.units and not phrase.special]
    return max(counts, default=None)


def infer_engine(texts: Iterable[str]) -> str | None:
    """The engine that can have printed all of a page's relative phrases, or None when several could.

    Args:
        texts: The phrases of one page, as shown.
    """
    read = list(_phrases(texts))
    if not read:
        return None
    for engine, is_its in _SIGNS:
        if any(is_its(words, phrase) for words, phrase in read):
            return engine
    return None


def _phrases(texts: Iterable[str]) -> Iterable[tuple[frozenset[str], Phrase]]:
    for _, text in zip(range(_MOST_TEXTS), texts, strict=False):
        phrase = read_phrase(text)
        if phrase is not None:
            lowered = clean(text).lower()
            yield frozenset(lowered.split()) | ({","} if "," in lowered else set()), phrase


def _is_rails(_: frozenset[str], phrase: Phrase) -> bool:
    return bool(phrase.qualifier) or phrase.special == "half"


def _is_django(words: frozenset[str], phrase: Phrase) -> bool:
    return ("," in words and len(phrase.units) > 1) or (
        phrase.special == NOW and "now" in words and len(words) == 1
    )


def _is_moment(_: frozenset[str], phrase: Phrase) -> bool:
    return phrase.special == FEW or (phrase.article and len(phrase.units) == 1 and not phrase.bare)


def _is_timeago(_: frozenset[str], phrase: Phrase) -> bool:
    return phrase.special == NOW


def _is_calendar(_: frozenset[str], phrase: Phrase) -> bool:
    return phrase.special == "calendar"


def _is_drupal7(words: frozenset[str], phrase: Phrase) -> bool:
    units = [unit for unit, _ in phrase.units]
    skips = any(after != before + 1 for before, after in pairwise(units))
    return skips and bool(words & _SHORT_WORDS or units[0] < WEEK)


def _is_format_interval(words: frozenset[str], phrase: Phrase) -> bool:
    return len(phrase.units) > 1 and bool(words & _SHORT_WORDS)


def _is_format_diff(_: frozenset[str], phrase: Phrase) -> bool:
    return len(phrase.units) > 1


def _is_wordpress(words: frozenset[str], phrase: Phrase) -> bool:
    return (
        len(phrase.units) == 1 and phrase.units[0][0] in (MINUTE, SECOND) and bool(words & _WORDPRESS_WORDS)
    )


_SIGNS = (
    ("rails", _is_rails),
    ("django_naturaltime", _is_django),
    ("drupal7_interval", _is_drupal7),
    ("drupal8_interval", _is_format_interval),
    ("drupal8", _is_format_diff),
    ("calendar_word", _is_calendar),
    ("moment", _is_moment),
    ("timeago_js", _is_timeago),
    ("wordpress", _is_wordpress),
)
"""What gives an engine away, the surest sign first."""
