"""New sources: from one address, or from the lists that other readers keep.

Lists are OPML 2.0, or plainly one address a line.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from xml.etree import ElementTree as ET

from parsers.errors import ConfigError, UsageError
from schedules.sources import Source, make_id, problem_of_url
from schedules.table import read_duration

MOST_BYTES = 10 << 20
"""No list of subscriptions is larger; it keeps a wrong file from filling the memory."""


def make_source(
    url: str, *, known: Sequence[Source], source_id: str = "", parser: str = "auto", every: str = "30m"
) -> Source:
    """Make a source of what was typed; the configuration file checks the rest when it takes it.

    Args:
        url: Its address.
        known: The sources there are: their ids are taken.
        source_id: Its id; "" makes one of the host.
        parser: How it is read.
        every: How often, such as "30m".

    Raises:
        UsageError: The address or the duration is none.
    """
    problem = problem_of_url(url)
    if problem:
        hint = "Give a full address, such as https://example.org/feed."
        raise UsageError(f'"{url}" is an address {problem}.', value=url, hint=hint)
    duration = read_duration(every)
    if duration is None:
        raise UsageError(f'"{every}" is no length of time.', value=every, hint="Write it as 30m, 2h or 1d.")
    return Source(
        id=source_id or make_id(url, [source.id for source in known]),
        url=url,
        parser=parser,
        every=duration,
    )


def read_subscriptions(document: bytes, file: str) -> tuple[tuple[str, str], ...]:
    """Read a list of subscriptions.

    Args:
        document: OPML, or text with one address a line; `#` begins a comment.
        file: Its name, for messages.

    Returns:
        (title, address) pairs in their written order, each address once; the title may be "".

    Raises:
        ConfigError: The file is neither, or an address in it is none.
    """
    if len(document) > MOST_BYTES:
        raise ConfigError("This is too large for a list of sources.", file=file)
    found = _read_outlines(document, file) if document.lstrip()[:1] == b"<" else _read_lines(document, file)
    return tuple({url: (title, url) for title, url in found}.values())


def _read_outlines(document: bytes, file: str) -> list[tuple[str, str]]:
    try:
        root = ET.fromstring(document)  # noqa: S314 (expat 2.4.1 and later stop entity bombs)
    except (ET.ParseError, LookupError, ValueError) as error:
        raise ConfigError(f"This is no OPML: {error}.", file=file, hint="Export the list again.") from None
    outlines = ((o.get("text") or o.get("title") or "", o.get("xmlUrl")) for o in root.iter("outline"))
    return [(title, url.strip()) for title, url in outlines if url and not problem_of_url(url.strip())]


def _read_lines(document: bytes, file: str) -> list[tuple[str, str]]:
    found = []
    for number, line in enumerate(document.decode("utf-8-sig", "replace").splitlines(), 1):
        url = line.split("#", 1)[0].strip() if line.lstrip().startswith("#") else line.strip()
        if not url:
            continue
        problem = problem_of_url(url)
        if problem:
            hint = "Give one full address a line, or an OPML file."
            raise ConfigError(f'"{url[:80]}" is an address {problem}.', file=file, line=number, hint=hint)
        found.append(("", url))
    return found


def write_subscriptions(sources: Iterable[Source]) -> str:
    """Write sources as OPML 2.0 that other readers import."""
    root = ET.Element("opml", version="2.0")
    ET.SubElement(ET.SubElement(root, "head"), "title").text = "natowire sources"
    body = ET.SubElement(root, "body")
    for source in sources:
        name = source.name or source.id
        ET.SubElement(body, "outline", type="rss", text=name, title=name, xmlUrl=source.url)
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"
