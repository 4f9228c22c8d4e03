"""How to cite an item, as far as its date is known: text, BibLaTeX and CSL-JSON. Pure.

A date known to a day prints as a day; a wider interval prints as such, never as one of its days.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta, tzinfo
from urllib.parse import urlsplit

from aggregator.render.prose import MONTHS, is_web_address, join_line
from aggregator.render.shapes import Json, to_json
from parsers.errors import ConfigError
from parsers.model import Item, When

STYLES = ("text", "bibtex", "csl")
"""How a citation can be written."""

UNDATED = "n.d."
"""What stands for a date that is not known."""

_CSL_TYPES = {"transcript": "speech", "review": "article-magazine", "event": "event", "photo": "graphic"}
"""CSL 1.0.2 types of kinds; everything else is a `webpage`."""

_INNER_QUOTES = str.maketrans("“”", "‘’")
"""A title that quotes stands in quotation marks itself."""

_BIBTEX_SPECIAL = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{char: f"\\{char}" for char in "&%$#_"},
}


@dataclass(frozen=True, slots=True)
class _Source:
    """What every style says of an item, in its own way."""

    item: Item
    title: str
    publisher: str
    authors: tuple[str, ...]
    days: tuple[date, date] | None
    accessed: date
    zone: tzinfo
    capture: str

    @property
    def proof(self) -> str:
        """The permalink, the first sighting, and the capture where one is named."""
        seen = _spell_day(self.item.first_seen.astimezone(self.zone).date())
        capture = f", capture {self.capture}" if self.capture else ""
        return f"natowire item {self.item.id}, first seen {seen}{capture}"


def cite(item: Item, style: str, zone: tzinfo, accessed: date, *, capture: str = "") -> str:
    """Write the citation of an item.

    Args:
        item: What is cited.
        style: One of `STYLES`; `csl` is a CSL-JSON array of one.
        zone: The zone its days are counted in.
        accessed: The day its address was last seen to show it.
        capture: The digest of the capture that shows it, such as `sha256:…`, or "".

    Returns:
        The citation, without a line end.

    Raises:
        ConfigError: `style` is none of `STYLES`.
    """
    write = _WRITERS.get(style)
    if write is None:
        raise ConfigError(
            f"There is no citation format {style!r}.", value=style, hint=f"Use one of: {', '.join(STYLES)}."
        )
    publisher = _name_publisher(item.url)
    source = _Source(
        item=item,
        title=join_line(item.title) or "(no title)",
        publisher=publisher,
        authors=_name_authors(item) or ((publisher,) if publisher else ()),
        days=span_days(item.published, zone),
        accessed=accessed,
        zone=zone,
        capture=join_line(capture),
    )
    return write(source)


def span_days(when: When, zone: tzinfo) -> tuple[date, date] | None:
    """The first and last local day an interval touches, or None where a side of it is open."""
    if when.earliest is None or when.latest is None:
        return None
    return when.earliest.astimezone(zone).date(), when.latest.astimezone(zone).date()


def spell_days(days: tuple[date, date] | None) -> str:
    """Days in words: "8 November 2022", "November 2022", "between 25 and 27 October 2022", "n.d."."""
    if days is None:
        return UNDATED
    first, last = days
    if first == last:
        return _spell_day(first)
    if _is_start_of_month(first) and _is_end_of_month(last):
        if (first.year, first.month) == (last.year, last.month):
            return f"{MONTHS[first.month - 1]} {first.year}"
        if (first.month, last.month, first.year) == (1, 12, last.year):
            return str(first.year)
    start = _spell_day(first)
    if first.year == last.year:
        start = f"{first.day} {MONTHS[first.month - 1]}" if first.month != last.month else str(first.day)
    return f"between {start} and {_spell_day(last)}"


def _write_text(source: _Source) -> str:
    author = " and ".join(filter(None, (", ".join(source.authors[:-1]), *source.authors[-1:])))
    stop = "" if source.title[-1] in ".?!…" else "."
    title = source.title.translate(_INNER_QUOTES)
    parts = [
        f"{author}." if author and not author.endswith(".") else author,
        f"“{title}{stop}”",
        source.publisher + "," if source.publisher and source.publisher != author else "",
        spell_days(source.days).removesuffix(".") + ".",
        f"{source.item.url}." if is_web_address(source.item.url) else "",
        f"Accessed {_spell_day(source.accessed)}.",
        f"{source.proof[0].upper()}{source.proof[1:]}.",
    ]
    return " ".join(part for part in parts if part)


def _write_bibtex(source: _Source) -> str:
    item = source.item
    fields = {
        "author": " and ".join(f"{{{_escape_bibtex(author)}}}" for author in source.authors),
        "title": f"{{{_escape_bibtex(source.title)}}}",
        "organization": _escape_bibtex(source.publisher),
        **_date_bibtex(source.days),
        # `url` is verbatim in BibLaTeX: nothing is escaped, but a brace or backslash would end it early.
        "url": re.sub(r"[{}\\]", lambda match: f"%{ord(match[0]):02X}", item.url)
        if is_web_address(item.url)
        else "",
        "urldate": source.accessed.isoformat(),
        "note": _escape_bibtex(source.proof),
    }
    key = re.sub(r"[^A-Za-z0-9:.-]", "-", f"natowire:{item.id}")
    lines = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items() if value)
    return f"@online{{{key},\n{lines}\n}}"


def _write_csl(source: _Source) -> str:
    item = source.item
    issued: Json = {"literal": UNDATED}
    if source.days is not None:
        issued = {"date-parts": [_split(day) for day in dict.fromkeys(source.days)]}
    shape: Json = {
        "id": f"natowire:{item.id}",
        "type": _CSL_TYPES.get(item.kind, "webpage"),
        "title": source.title,
        "issued": issued,
        "accessed": {"date-parts": [_split(source.accessed)]},
        "archive": "natowire",
        "archive_location": item.id,
        "note": source.proof,
    }
    if source.authors:
        shape["author"] = [{"literal": author} for author in source.authors]
    if source.publisher:
        shape["publisher"] = source.publisher
    if is_web_address(item.url):
        shape["URL"] = item.url
    if item.language:
        shape["language"] = join_line(item.language)
    if item.event is not None and (days := span_days(item.event, source.zone)) is not None:
        shape["event-date"] = {"date-parts": [_split(day) for day in dict.fromkeys(days)]}
    return to_json([shape])


_WRITERS: dict[str, Callable[[_Source], str]] = {
    "text": _write_text,
    "bibtex": _write_bibtex,
    "csl": _write_csl,
}


def _name_authors(item: Item) -> tuple[str, ...]:
    """Who a byline names: those who speak under it by their names, else whoever it says."""
    byline = join_line(item.byline)
    said = (one for one in item.statements if one.person)
    people = {one.person for one in said if one.person in byline or one.rule.startswith("byline")}
    if byline and people:
        return tuple(sorted(people, key=lambda name: (name not in byline, byline.find(name), name)))
    named = re.sub(r"^by\s+", "", byline, flags=re.IGNORECASE)
    return (named,) if named else ()


def _name_publisher(url: str) -> str:
    """Name it "NATO" on its own host, else the host's name; "" without an address."""
    if not is_web_address(url):
        return ""
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    return "NATO" if host == "nato.int" or host.endswith(".nato.int") else host


def _spell_day(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def _split(day: date) -> list[int]:
    return [day.year, day.month, day.day]


def _is_start_of_month(day: date) -> bool:
    return day.day == 1


def _is_end_of_month(day: date) -> bool:
    return day == date.max or (day + timedelta(days=1)).day == 1


def _date_bibtex(days: tuple[date, date] | None) -> dict[str, str]:
    """The `date` of BibLaTeX, an EDTF range where it is one; without a date, the words in `year`."""
    if days is None:
        return {"year": UNDATED}
    return {"date": "/".join(day.isoformat() for day in dict.fromkeys(days))}


def _escape_bibtex(text: str) -> str:
    return "".join(_BIBTEX_SPECIAL.get(char, char) for char in text)
