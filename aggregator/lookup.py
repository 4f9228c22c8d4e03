"""From what a person names an item by to the item: its id, the start of its id, or its address."""

from __future__ import annotations

from parsers.errors import NotFoundError
from parsers.model import Alias, Item
from parsers.urls import canonical_url, document_key
from storage.archive import Archive


def identify(archive: Archive, named: str) -> str:
    """The id of the item a person means.

    Raises:
        NotFoundError: There is none.
    """
    url = canonical_url(named.strip())
    if not url:
        return named.strip().lower()
    aliases = [Alias(scheme="url", scope="", value=url)]
    if key := document_key(url):
        aliases.append(Alias(scheme="document", scope="", value=key))
    found = archive.find(aliases)
    if not found:
        hint = "Search for its title: natowire search WORDS."
        raise NotFoundError(f"No item has the address {url}.", hint=hint, where=url)
    return found[0].id


def last_capture(archive: Archive, item: Item) -> str:
    """The digest of the capture in which an item was last seen, as `sha256:…`, or ""."""
    if not item.observations:
        return ""
    return archive.capture_digest(item.observations[-1].capture_id)
