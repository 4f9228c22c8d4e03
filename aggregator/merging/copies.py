"""Fingerprints of an entry's words, so that near copies are found without reading the whole archive.

The words are taken in pairs (in threes where there are many), each pair becomes a number, and the
numbers fall into a few bins; the least of each bin stays as long as the words around it do (MinHash by
one permutation). A band is one bin or several together: texts with an equal band are worth comparing.
Brief texts have too few words for several bins at once to survive an edit, so most of their bands are
one bin and the title.

Only bands are stored. A text is also looked up by the runner-up of each bin, which finds what has lost a
sentence since, or gained one, at no cost of space.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from itertools import pairwise, product
from zlib import crc32

LEAST_WORDS = 16
"""Texts of fewer words differ by too little to tell an edit from another item."""
BRIEF, FULL = 160, 110
"""Up to so many words a text has the bands of a brief one, from so many those of a full one: some have
both."""

_READ = 7_000
"""Characters looked at. A text is found by its beginning; what follows is compared when it is found."""
_WORD = re.compile(r"\w+")
_MARKS = "“”‘’«»„–—…•·\u00a0"
"""The marks beyond ASCII that news are printed with."""
_TO_SPACES = bytes(n if n > 127 or chr(n).isalnum() or chr(n) == "_" else 32 for n in range(256))
_INNER = re.compile(r"(?<=[\w,;’')%] )\w+")
_MIX, _MASK = 0x9E37_79B9_7F4A_7C15, (1 << 64) - 1
_ODD = 0xD6E8_FEB8_6659_FD93
_EMPTY = -1


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """`bands` are kept, `probes` (they among them) are looked up; each is 10 hexadecimal digits."""

    bands: tuple[str, ...] = ()
    probes: tuple[str, ...] = ()


def fingerprint(title: str, body: str) -> Fingerprint:
    """Take the fingerprint of a text.

    Args:
        title: Its title.
        body: Its words; the first 7,000 characters are read.

    Returns:
        The bands, none where there are too few words. The same on every machine and in every run.
    """
    words = _split(body[:_READ])
    if len(words) < LEAST_WORDS:
        return Fingerprint()
    bands: list[str] = []
    probes: list[str] = []
    if len(words) <= BRIEF:
        _add_brief(title, body[:_READ], words, bands, probes)
    if len(words) >= FULL:
        _add_full(words, bands, probes)
    return Fingerprint(tuple(bands), tuple(dict.fromkeys(probes)))


def _split(text: str) -> list[bytes]:
    """The words of a text in small letters; bytes are split and summed in a third of the time."""
    for mark in _MARKS:
        text = text.replace(mark, " ")
    return text.casefold().encode("utf-8", "replace").translate(_TO_SPACES).split()


_TITLED, _PAIRED = 3, 2
_SETS, _ROWS = 6, 4


def _add_brief(title: str, body: str, words: Sequence[bytes], bands: list[str], probes: list[str]) -> None:
    head = " ".join(_WORD.findall(title.casefold()))
    numbers = [crc32(pair) * _MIX & _MASK for pair in map(b" ".join, pairwise(words))]
    # Names and figures tell reports of one pattern apart.
    named = {
        crc32(word.casefold().encode()) * _MIX & _MASK
        for word in _INNER.findall(body)
        if not word.islower()
    }
    for n, bin_ in enumerate(_two_least([*numbers, *(number * _ODD & _MASK for number in named)], _TITLED)):
        keys = [_band(f"t{n} {head}", (value,)) for value in bin_]
        bands.append(keys[0])
        probes += keys
    bins = _two_least(named if len(named) > 2 * _PAIRED else numbers, 2 * _PAIRED)
    for n in range(_PAIRED):
        keys = [_band(f"p{n}", pair) for pair in product(bins[2 * n], bins[2 * n + 1])]
        bands.append(keys[0])
        probes += keys


def _add_full(words: Sequence[bytes], bands: list[str], probes: list[str]) -> None:
    numbers = map(crc32, map(b" ".join, zip(words, words[1:], words[2:], strict=False)))
    least = _least(numbers, _SETS * _ROWS)
    full = [_band(f"f{n}", least[n * _ROWS : (n + 1) * _ROWS]) for n in range(_SETS)]
    bands += full
    probes += full


def _least(numbers: Iterable[int], count: int) -> list[int]:
    """The least number of each of `count` bins."""
    least = [_MASK] * count
    for number in numbers:
        place = number % count
        if number >= least[place]:
            continue
        least[place] = number
    return [_EMPTY if one == _MASK else one for one in least]


def _two_least(numbers: Iterable[int], count: int) -> list[tuple[int, ...]]:
    """The least number of each of `count` bins, and the next."""
    least, second = [_MASK + 1] * count, [_MASK + 1] * count
    for number in numbers:
        place = (number >> 20) % count
        if number < second[place]:
            if number < least[place]:
                least[place], second[place] = number, least[place]
            elif number != least[place]:
                second[place] = number
    return [
        (_EMPTY,) if one > _MASK else (one,) if two > _MASK else (one, two)
        for one, two in zip(least, second, strict=True)
    ]


def _band(name: str, rows: Iterable[int]) -> str:
    return blake2b(f"{name} {' '.join(map(str, rows))}".encode(), digest_size=5).hexdigest()
