"""What an address of nato.int's present site (since autumn 2025) says of the page behind it.

The site keeps its documents in a few sections, most of them by day:
`/en/news-and-events/articles/news/2025/11/14/slug`. The same document lies as JSON below `/content/nato`:
`/content/nato/en/…/slug.model.json`. A mirror has the same paths, so the host is not looked at.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from parsers.urls import canonical_url, spell_language


class Place(NamedTuple):
    """Where a document of the site is filed: `day` is the "YYYY/MM/DD" of its path, or ""."""

    kind: str
    language: str
    day: str
    slug: str


_DATED = {
    "news-and-events/articles/news": "news",
    "news-and-events/events/transcripts": "transcript",
    "about-us/official-texts-and-resources/official-texts": "official_text",
}
_OTHERS = {
    "news-and-events/events/media-advisories": "media_advisory",
    "news-and-events/articles/nato-stories": "story",
}
"""Sections whose paths are not known to be by day throughout."""
_SECTIONS = _DATED | _OTHERS
_FORM = r"(?:\.model\.json|\.html?)?/?\Z"
_PLACE = re.compile(
    rf"(?:/content/nato)?/(?P<language>[a-z]{{2}})/(?P<section>{'|'.join(_SECTIONS)})/"
    rf"(?:(?P<day>\d{{4}}/\d\d/\d\d)/(?P<slug>[^/.]+)"
    rf"|(?:[^/]{{1,200}}/){{0,6}}(?P<name>(?=[^/.]*[^\W\d_])[^/.]++)){_FORM}"
)
_ADDRESS = re.compile(r"(?P<site>https?://[^/]+)(?P<path>/[^?#]*)")
_MODEL = re.compile(r"/content/nato(?P<path>/[a-z]{2}/.+)\.model\.json\Z")
_INTERNAL = re.compile(r"/content/nato(?P<path>/[a-z]{2}/[^?#]*?)(?:\.html?)?/?\Z")
_PAGE = re.compile(r"(?P<path>/[a-z]{2}/.+?)(?:\.html?)?/?\Z")


def find_place(url: str) -> Place | None:
    """What an address of one of the site's sections says of its document; None for any other address."""
    found = _ADDRESS.match(canonical_url(url))
    place = _PLACE.match(found["path"]) if found else None
    if place is None:
        return None
    section = place["section"]
    if not place["day"] and section in _DATED:
        return None
    return Place(
        _SECTIONS[section],
        spell_language(place["language"]),
        place["day"] or "",
        (place["slug"] or place["name"]).lower(),
    )


def is_model(url: str) -> bool:
    """Whether an address is that of a page's model, a JSON document."""
    return page_address(url) != ""


def page_address(url: str) -> str:
    """The address of the page a `*.model.json` is the model of, or "" for any other address."""
    found = _ADDRESS.match(canonical_url(url))
    model = _MODEL.match(found["path"]) if found else None
    return f"{found['site']}{model['path']}" if found and model else ""


def model_address(url: str) -> str:
    """The address of the model of a page in one of the site's sections, or "" for any other page."""
    found = _ADDRESS.match(canonical_url(url))
    if found is None or find_place(url) is None or is_model(url):
        return ""
    page = _PAGE.match(public_path(found["path"]))
    return f"{found['site']}/content/nato{page['path']}.model.json" if page else ""


def public_path(path: str) -> str:
    """The path readers see of one that the site uses within itself (`/content/nato/en/….html`)."""
    internal = _INTERNAL.match(path)
    return internal["path"] if internal else path
