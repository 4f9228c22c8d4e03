"""What to fetch: sources, read from TOML and checked where they enter.

The shipped ones stand in `sources.toml`; a person's own in the `[[source]]` tables of their
configuration. `aggregator.config` reads and writes the file; here are only text and values.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

from schedules.table import Table

DEFAULT_EVERY = timedelta(minutes=30)
DEFAULT_ZONE = "Europe/Brussels"
CONFIDENCES = ("high", "medium", "low", "")
KEYS = (
    "id",
    "url",
    "name",
    "parser",
    "every",
    "enabled",
    "zone",
    "language",
    "trusts",
    "details",
    "confidence",
    "note",
)
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_HOST = re.compile(r"(?!-)[A-Za-z0-9_-]{1,63}(?<!-)(?:\.(?!-)[A-Za-z0-9_-]{1,63}(?<!-))*")
_LANGUAGE = re.compile(r"(?:[A-Za-z]{2,3}(?:-[A-Za-z0-9]{1,8})*)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A configured place items come from.

    `parser` is a name of `parsers.registry` or "auto"; `zone` the IANA time zone in which the site writes
    its dates; `language` a tag such as "en", or "" to believe the documents. `trusts` are hosts other
    than its own whose items this source may write. With `details` every new item's own page is
    fetched too, where it lies on the source's host or a trusted one. `confidence` (`high`,
    `medium`, `low` or "") and `note` say how sure it is that the address works.
    """

    id: str
    url: str
    parser: str = "auto"
    name: str = ""
    every: timedelta = DEFAULT_EVERY
    enabled: bool = True
    zone: str = DEFAULT_ZONE
    language: str = ""
    trusts: tuple[str, ...] = ()
    details: bool = False
    confidence: str = ""
    note: str = ""


def parse_sources(
    document: Mapping[str, object], *, file: str, text: str, parsers: Collection[str] | None = None
) -> tuple[Source, ...]:
    """Read and check the `[[source]]` tables of a TOML document.

    Args:
        document: The document as `tomllib` reads it; other keys are not looked at.
        file: Its file name, for messages.
        text: The text it was read from, to name lines.
        parsers: The parser names a source may use beside "auto"; None leaves the name unchecked.

    Returns:
        The sources in their written order.

    Raises:
        ConfigError: A key is unknown, a value has the wrong type or form, or an id is used twice.
    """
    root = Table(values=document, path=(), file=file, text=text)
    zone = document.get("zone", DEFAULT_ZONE)
    seen: set[str] = set()
    sources = []
    for table in root.tables("source"):
        source = _read_source(table, parsers, zone if isinstance(zone, str) else DEFAULT_ZONE)
        if source.id.lower() in seen:
            table.fail(
                "id", f'"{source.id}" is used by another source', "Give each source an id of its own."
            )
        seen.add(source.id.lower())
        sources.append(source)
    return tuple(sources)


def _read_source(table: Table, parsers: Collection[str] | None, zone: str) -> Source:
    table.only(KEYS)
    parser = table.words("parser", "auto")
    if parsers is not None:
        parser = table.choice("parser", "auto", ("auto", *sorted(set(parsers) - {"auto"})))
    return Source(
        id=_read_id(table),
        url=_read_url(table),
        parser=parser,
        name=table.words("name", ""),
        every=table.duration("every", "30m", low="1m", high="366d"),
        enabled=table.flag("enabled", default=True),
        zone=read_zone(table, zone),
        language=_read_language(table),
        trusts=_read_hosts(table),
        details=table.flag("details", default=False),
        confidence=table.choice("confidence", "", CONFIDENCES),
        note=table.words("note", ""),
    )


def _read_id(table: Table) -> str:
    allowed = "Give letters, digits, dots, dashes and underscores, at most 64, a letter or digit first."
    value = table.words("id", allowed=allowed)
    if not _ID.fullmatch(value):
        table.fail("id", f'is "{value}"', allowed)
    return value


def _read_url(table: Table) -> str:
    allowed = 'Give a full address, such as "https://example.org/feed".'
    value = table.words("url", allowed=allowed)
    problem = problem_of_url(value)
    if problem:
        table.fail("url", f'is "{value}", {problem}', allowed)
    return value


def _read_language(table: Table) -> str:
    value = table.words("language", "")
    if not _LANGUAGE.fullmatch(value):
        table.fail("language", f'is "{value}"', 'Give a language tag, such as "en" or "fr".')
    return value


def _read_hosts(table: Table) -> tuple[str, ...]:
    allowed = 'Give host names alone, such as ["www.nato.int"].'
    hosts = table.texts("trusts", allowed=allowed)
    for host in hosts:
        if not _HOST.fullmatch(host):
            table.fail("trusts", f'holds "{host}"', allowed)
    return tuple(host.lower() for host in hosts)


def read_zone(table: Table, default: str) -> str:
    """Read the `zone` of a table and see that there is such a time zone."""
    allowed = f'Give an IANA time zone, such as "{DEFAULT_ZONE}" or "UTC".'
    value = table.words("zone", default, allowed=allowed)
    try:
        ZoneInfo(value)
    except (ValueError, OSError, KeyError):
        # ZoneInfoNotFoundError is a KeyError; a folder of the zone tree is an OSError.
        table.fail("zone", f'is "{value}", which is no time zone', allowed)
    return value


def problem_of_url(url: str) -> str:
    """Say in words why natowire cannot fetch an address, or "" when it can."""
    if any(char.isspace() or ord(char) < 32 for char in url):
        return "which holds white space"
    if any(0xD800 <= ord(char) <= 0xDFFF for char in url):
        return "which is not readable as an address"
    try:
        parts = urlsplit(url)
        port, host = parts.port, parts.hostname
    except ValueError:
        return "which is not readable as an address"
    if parts.scheme.lower() not in {"http", "https"}:
        return "which does not begin with http:// or https://"
    if not host or port == 0:
        return "which names no host"
    return ""


def make_id(url: str, taken: Collection[str]) -> str:
    """Make a readable id for a source that was given none.

    Args:
        url: The source's address.
        taken: The ids in use.

    Returns:
        The host's telling part, with the path's where needed, and a number where even that is taken:
        `act-nato-int`, `act-nato-int-feed`, `act-nato-int-feed-2`.
    """
    parts = urlsplit(url)
    host = (parts.hostname or "source").removeprefix("www.")
    used = {name.lower() for name in taken}
    short, long = (_slug(words) for words in (host, f"{host} {parts.path}"))
    candidates = [short, long, *(f"{long[:58]}-{number}" for number in range(2, len(used) + 3))]
    return next(name for name in candidates if name not in used)


def _slug(words: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", words.lower()).strip("-")[:64].strip("-") or "source"


def default_text() -> str:
    """The shipped sources as the commented TOML they are written in."""
    return Path(__file__).with_name("sources.toml").read_text(encoding="utf-8")


def default_sources() -> tuple[Source, ...]:
    """The shipped sources, enabled or not, in their written order."""
    text = default_text()
    return parse_sources(tomllib.loads(text), file="sources.toml", text=text)
