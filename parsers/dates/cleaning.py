"""One spelling for every date string, and a bound on how much of it is read."""

from __future__ import annotations

import re
from unicodedata import normalize

LIMIT = 256
"""Characters of a date string that are read; no printed date is longer."""

_INVISIBLE = re.compile(
    "[\u00ad\u0600-\u0605\u061c\u06dd\u070f\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f"
    "\ufe00-\ufe0f\ufeff\ufff9-\ufffb\U000e0001\U000e0020-\U000e007f]"
)


def clean(text: str) -> str:
    """The first characters of a text, compatibility forms folded, format characters removed.

    Runs of white space become one blank, and both ends are stripped.
    """
    head = text[:LIMIT]
    if not head.isascii():
        head = _INVISIBLE.sub("", normalize("NFKC", head))[:LIMIT]
    return " ".join(head.split())
