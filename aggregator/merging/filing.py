"""One document filed twice: nato.int took old speeches to new addresses, with the title and day they had.

The site of today names a document by its day and its title as addresses spell it; of the sites before,
title and day stand on the page. Where kind, language, day and title are all the same it is one document.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import timedelta
from zoneinfo import ZoneInfo

from parsers.model import Alias, Entry, Item, When
from parsers.nato_paths import find_place
from parsers.urls import find_document, host_of, kind_of

SCHEME = "filed"
"""The scheme of the names made here."""
_HOST = "www.nato.int"
_ZONE = ZoneInfo("Europe/Brussels")
_FEWEST_WORDS = 4
"""Fewer words ("Joint press conference") head several documents of a day."""
_DAY = timedelta(days=1, hours=1)
"""The longest day, when clocks are set back."""
_GAPS = re.compile(r"[\W_]+")


def filing_names(entry: Entry, url: str) -> list[Alias]:
    """The names under which an entry of nato.int is filed at any of its addresses; none for other hosts."""
    if host_of(url) != _HOST:
        return []
    place, document = find_place(url), find_document(url)
    filed = place.day.replace("/", "-") if place else ""
    # A day that the document itself states is its own, whatever its address says.
    day = _day(entry.published) if entry.published else filed
    language = document.language if document else entry.language[:2].lower()
    if not day or not language:
        return []
    kind = place.kind if place else kind_of(url)
    slugs = dict.fromkeys((spell_title(entry.title), spell_title(place.slug) if place else ""))
    return [
        Alias(scheme=SCHEME, scope="", value=f"{kind} {language} {day} {slug}")
        for slug in slugs
        if slug.count("-") >= _FEWEST_WORDS - 1
    ]


def spell_title(title: str) -> str:
    """A title as addresses spell it: small letters without accents, everything else a dash."""
    bare = unicodedata.normalize("NFKD", title.replace("’", "").replace("'", ""))
    return _GAPS.sub("-", "".join(one for one in bare if not unicodedata.combining(one)).casefold()).strip(
        "-"
    )


def is_filed_again(entry: Entry, url: str, item: Item) -> bool:
    """Whether an entry and an item of one such name lie one on the old site and one on the present one."""
    if (find_place(url) is None) == (find_place(item.url) is None):
        return False
    titles = {spell_title(title) for title in (entry.title, item.title) if title}
    return len(titles) <= 1


def _day(when: When | None) -> str:
    """The day a date is on in Brussels, where it is known so well."""
    if when is None or when.best is None or when.earliest is None or when.latest is None:
        return ""
    return when.best.astimezone(_ZONE).date().isoformat() if when.latest - when.earliest < _DAY else ""
