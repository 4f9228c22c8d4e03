"""The names an entry can be known by, and the permalink of the item it founds."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from aggregator.merging.filing import filing_names
from parsers.model import Alias, Entry
from parsers.urls import canonical_url, document_key

ADDRESSES = frozenset({"url", "document"})
"""The schemes of the names that an address gives."""
LEAST_WORDS = 12
"""Fewer words than these are too common ("Weekly press briefing") to know an item by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """How and where entries were seen: one capture of one source.

    `final_url` says who really served the bytes; `trusts` are the hosts whose items the
    configuration lets this source write.
    """

    source_id: str
    final_url: str
    seen_at: datetime
    trusts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """An entry with the names it can be known by, the surest first; the last ones are its words."""

    entry: Entry
    url: str
    aliases: tuple[Alias, ...]

    @property
    def own(self) -> tuple[Alias, ...]:
        """The names that are the entry's own, whoever else uses the same words.

        An address that sent its readers here is none: it may have been anything's, and is kept as `asked`.
        """
        here = url_names(self.url) if self.url else ()
        return tuple(alias for alias in self.aliases if _is_own(alias, here))

    @property
    def as_copy(self) -> tuple[Alias, ...]:
        """What a copy is remembered by: address and words shall lead to the item, and claim nothing."""
        return tuple(alias for alias in self.aliases if alias.scheme == "copy" or is_words(alias))


def _is_own(alias: Alias, here: Collection[Alias]) -> bool:
    if alias.scheme == "asked":
        return all(alias.value != name.value for name in here)
    if alias.scheme in ADDRESSES and here:
        return alias in here
    return alias.scheme != "copy" and not is_words(alias)


def is_words(alias: Alias) -> bool:
    """Whether an alias stands for words anyone may use."""
    return alias.scheme == "text" and not alias.scope


def name_entries(entries: Sequence[Entry], sighting: Sighting) -> tuple[Named, ...]:
    """Name the entries of one document.

    An address that several entries of one document share (a feed whose items all link to the home
    page) names none of them, and neither does the address of a whole site.
    """
    urls = [canonical_url(entry.url, sighting.final_url) if entry.url else "" for entry in entries]
    shared = Counter(url for url, _ in {(u, e.guid or e.title) for u, e in zip(urls, entries, strict=True)})
    return tuple(
        _name(entry, "" if shared[url] > 1 or (is_site(url) and len(entries) > 1) else url, url, sighting)
        for entry, url in zip(entries, urls, strict=True)
    )


def is_site(url: str) -> bool:
    """Whether an address is that of a whole site."""
    return url.count("/") == 3 and url.endswith("/")


def _name(entry: Entry, url: str, shown_url: str, sighting: Sighting) -> Named:
    aliases = []
    if entry.guid:
        aliases.append(Alias(scheme="guid", scope=sighting.source_id, value=entry.guid))
    if url:
        aliases += url_names(url)
        aliases.append(Alias(scheme="asked", scope="", value=url))
        aliases += filing_names(entry, url)
        aliases.append(Alias(scheme="copy", scope="", value=url))
    words = words_alias(entry.title, entry.summary, entry.text)
    if not aliases:
        aliases.append(
            Alias(
                scheme="text",
                scope=sighting.source_id,
                value=words.value if words else digest_words(entry.title, entry.summary, entry.text),
            )
        )
    return Named(entry=entry, url=shown_url, aliases=(*aliases, words) if words else tuple(aliases))


def url_names(url: str) -> list[Alias]:
    """The names that follow from a canonical address."""
    key = document_key(url)
    documents = [Alias(scheme="document", scope="", value=key)] if key else []
    return [*documents, Alias(scheme="url", scope="", value=url)]


def words_alias(title: str, summary: str, text: str) -> Alias | None:
    """The name of words that are enough to know an item by, or None."""
    if len(f"{title} {text or summary}".split(None, LEAST_WORDS)) < LEAST_WORDS:
        return None
    return Alias(scheme="text", scope="", value=digest_words(title, summary, text))


def digest_words(title: str, summary: str, text: str) -> str:
    """A digest of the words: the same for any white space and case, and whether in text or summary."""
    words = f"{title} {text or summary}".casefold().split()
    return hashlib.sha256(" ".join(words).encode("utf-8", "replace")).hexdigest()[:32]


def item_id(named: Named, sighting: Sighting, taken: Collection[str] = ()) -> str:
    """The permalink an entry gives the item it founds: 16 characters of [a-z2-7].

    Made of the surest thing that does not change when a source is renamed: the canonical URL, else
    source and GUID, else the words.

    Args:
        named: The entry.
        sighting: Where it was seen.
        taken: Permalinks of other items that bear its names: a link used again for something else.
    """
    order = {"url": 0, "guid": 1, "text": 2, "document": 3}
    ranked = sorted(
        (alias for alias in named.aliases if alias.scheme in order), key=lambda a: order[a.scheme]
    )
    seeds = [f"{alias.scheme}\n{alias.scope}\n{alias.value}" for alias in ranked]
    seeds += [f"{sighting.source_id}\n{named.url}\n{seed}" for seed in seeds]
    free = next((one for one in map(_short, seeds) if one not in taken), None)
    if free is not None:
        return free
    entry = named.entry
    return _short(f"{seeds[-1]}\n{digest_words(entry.title, entry.summary, entry.text)}")


def _short(seed: str) -> str:
    number = int.from_bytes(hashlib.sha256(seed.encode("utf-8", "replace")).digest()[:10], "big")
    return "".join("abcdefghijklmnopqrstuvwxyz234567"[number >> shift & 31] for shift in range(75, -1, -5))
