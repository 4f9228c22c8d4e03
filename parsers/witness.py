"""Say of a date that was read where it stood and what kind of witness it is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import tzinfo

from bs4.element import Tag

from parsers.dates import find_path_date, parse_absolute
from parsers.markup import attribute
from parsers.model import Evidence, When

_NAMES = frozenset(("article:published_time", "datepublished", "dcterms.issued", "dc.date.issued"))
_MOST_NODES = 200


def label(when: When | None, *, kind: str, where: str) -> When | None:
    """The same date, its evidence named after the place it stood in (see `model.Evidence`)."""
    if when is None:
        return None
    return replace(when, evidence=tuple(replace(one, kind=kind, where=where) for one in when.evidence))


def find_published(soup: Tag, url: str, zone: tzinfo) -> list[Evidence]:
    """What a page tells of its publication beside its text: its head, to machines, and its address.

    Args:
        soup: The entire page.
        url: Its address.
        zone: The zone that days are counted in.
    """
    evidence: list[Evidence] = []
    for written, where, kind in _stated(soup):
        if when := label(parse_absolute(written, tz=zone), kind=kind, where=where):
            evidence += when.evidence
    path = find_path_date(url, tz=zone)
    return [*evidence, path] if path else evidence


def _stated(soup: Tag) -> Iterator[tuple[str, str, str]]:
    """What the page's head states for machines, with where and which kind of witness it is."""
    for tag in soup.find_all("meta", content=True):
        names = (attribute(tag, key) for key in ("property", "name", "itemprop"))
        if name := next((name for name in names if name.lower() in _NAMES), ""):
            yield attribute(tag, "content"), f"meta {name}", "time"
    for script in soup.find_all("script", type="application/ld+json"):
        try:
            document = json.loads(script.get_text())
        except (ValueError, RecursionError):
            continue
        for node in _nodes(document):
            told = node.get("datePublished")
            if isinstance(told, str):
                yield told, "JSON-LD datePublished", "json_ld"
                break  # others of the same graph are the pages it belongs to


def _nodes(document: object) -> Iterator[dict[str, object]]:
    """The objects at the top of a document of linked data, or in its graph."""
    for one in document[:_MOST_NODES] if isinstance(document, list) else [document]:
        if isinstance(one, dict):
            yield one
            graph = one.get("@graph")
            for node in graph[:_MOST_NODES] if isinstance(graph, list) else []:
                if isinstance(node, dict):
                    yield node
