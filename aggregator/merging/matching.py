"""Which item an entry is about, and why: by its names, or because its words are an item's words.

A name is believed as far as its giver may give it. A GUID means its own source's item, unless title and
words are all others: then the publisher has used it again. An address leads to the item at home there;
what somebody else said is found at that address does not bind those who publish there. Words make two
entries one item only while they agree: who merely has the same text keeps its own names, and goes its
own way when it is changed.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta

from aggregator.merging.alike import have_same_figures, judge_copy
from aggregator.merging.filing import SCHEME, is_filed_again
from aggregator.merging.naming import Named, Sighting, is_words, url_names
from aggregator.merging.standing import Standing, standing
from parsers.model import Alias, Entry, Item, When
from parsers.urls import document_key, host_of, twin_key

APART = timedelta(days=1)
"""How far apart two sites may date the same thing: time zones, and the editor who posts it next
morning."""
APART_AT_HOME = timedelta(hours=12)
"""How far one site may: there a later one of the same words is the next of a series."""

BY_TITLE = "title_and_day"
"""Why an entry is another address of an item of nato.int, see `filing`."""

_WORD = re.compile(r"\w+")
_LOOKED_AT = 2_000
_ALIKE = 0.8
"""The share of words in common of two texts that are one."""
_BEGINNING = 200
"""Characters that tell most texts apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """The item an entry is about.

    `reason` is "" where the entry is the item's own, else `url`, `title_and_day`, `copy` or `near_copy`;
    `score` is how alike they are, from 0 to 1.
    """

    item: Item
    reason: str = ""
    score: float = 1.0

    @property
    def is_copy(self) -> bool:
        """Whether only the words led here."""
        return self.reason in ("copy", "near_copy")


def match(
    named: Named,
    sighting: Sighting,
    candidates: Sequence[tuple[Alias, Item]],
    banned: Collection[str] = (),
    filed: Collection[str] = (),
) -> Match | None:
    """The item an entry is about by its names, or None.

    Args:
        named: The entry and its names.
        sighting: Where it was seen.
        candidates: The items those names lead to, each with the name that led there, oldest first.
        banned: Ids of items that a person said this entry is not about.
        filed: Ids of items that another document was found to be already, by title and day: once is all.

    Returns:
        The item found by the surest name that holds.
    """
    allowed = [(alias, item) for alias, item in candidates if item.id not in banned]
    for alias in named.aliases:
        here = [item for name, item in allowed if name == alias]
        if alias.scheme == SCHEME:
            here = _only_filed_again(here, named, filed)
        if len(here) > 1:
            here.sort(key=lambda item: _distance(item, named, sighting))
        for item in here:
            found = _by_words(named, item) if is_words(alias) else None
            if alias.scheme == "copy":
                found = _by_copy(named, item)
            elif not is_words(alias) and _holds(alias, named, sighting, item, allowed):
                reason = "" if item.owner == sighting.source_id else "url"
                found = Match(item=item, reason=BY_TITLE if alias.scheme == SCHEME else reason)
            if found is not None:
                return found
    return None


def _only_filed_again(items: Sequence[Item], named: Named, filed: Collection[str]) -> list[Item]:
    """Of the items of one title and day the one that an entry may be: of several, that with its words."""
    free = [item for item in items if item.id not in filed and is_filed_again(named.entry, named.url, item)]
    if len(free) < 2:
        return free
    alike = [item for item in free if _share(_body(named.entry), _body(item)) >= _ALIKE]
    return alike if len(alike) == 1 else []


def match_words(named: Named, candidates: Iterable[Item], banned: Collection[str] = ()) -> Match | None:
    """The item whose words an entry has but for small edits, or None.

    Args:
        named: The entry.
        candidates: Items with a like fingerprint.
        banned: As for `match`.
    """
    found = [
        one for item in candidates if item.id not in banned and (one := _by_words(named, item)) is not None
    ]
    return max(found, key=lambda one: one.score, default=None)


def _distance(item: Item, named: Named, sighting: Sighting) -> tuple[bool, bool, bool]:
    """How far an item is from being the entry's own: the order in which items of one name are tried."""
    return item.owner != sighting.source_id, is_other(named.entry, item), item.url != named.url


def _holds(
    alias: Alias, named: Named, sighting: Sighting, item: Item, allowed: Iterable[tuple[Alias, Item]]
) -> bool:
    if alias.scheme in ("text", SCHEME):
        return True
    if alias.scheme != "guid" and alias not in url_names(named.url):
        return _is_shown(named.entry, item)
    own = item.owner == sighting.source_id
    led = {name.scheme for name, other in allowed if other.id == item.id}
    if alias.scheme == "guid":
        if not named.url or named.url == item.url or led & {"url", "document"}:
            return True
        return own and not is_other(named.entry, item)
    if own:
        # A feed may use one link for all it has to say.
        return not named.entry.guid or "guid" in led or not is_other(named.entry, item)
    elsewhere = host_of(item.url) != host_of(named.url)
    return not elsewhere or standing(named.url, "", sighting) is not Standing.HOME


def _is_shown(entry: Entry, item: Item) -> bool:
    """Whether a page that answered from another address is the item's, not another in its place."""
    if judge_copy(entry.title, "", item.title, ""):
        return True
    return have_same_figures(entry.title, item.title) and _share(_body(entry), _body(item)) >= _ALIKE


def is_other(entry: Entry, item: Item) -> bool:
    """Whether an entry has nothing of an item: neither title, nor words, nor date."""
    if entry.published and item.published.best and gap(entry.published, item.published) == timedelta(0):
        return False
    return _share(entry.title, item.title) < 0.5 and _share(_body(entry), _body(item)) < 0.5


def _body(one: Entry | Item) -> str:
    return one.text or one.summary


def _share(one: str, other: str) -> float:
    """The share of words in common; nothing is known where there are none."""
    left, right = (set(_WORD.findall(text[:_LOOKED_AT].casefold())) for text in (one, other))
    if not left or not right:
        return 0.0
    return len(left & right) / min(len(left), len(right))


def _by_words(named: Named, item: Item) -> Match | None:
    entry = named.entry
    if not _may_be_copy(named, item):
        return None
    if _has_words_of(entry.title, item.title) and _has_words_of(_body(entry), _body(item)):
        return Match(item=item, reason="copy")
    score = judge_copy(entry.title, _body(entry), item.title, _body(item))
    return Match(item=item, reason="near_copy", score=score) if score else None


def _has_words_of(one: str, other: str) -> bool:
    """Whether two texts are the same but for case and white space."""
    if one == other:
        return True
    begins = (text[:_BEGINNING].casefold().split()[:-1] for text in (one, other))
    if any(word != match for word, match in zip(*begins, strict=False)):
        return False
    return one.casefold().split() == other.casefold().split()


def _by_copy(named: Named, item: Item) -> Match | None:
    """The page of something whose listing was a copy shows more than the listing: the title must do."""
    if named.entry.detail == item.detail or not _may_be_copy(named, item):
        return None
    score = judge_copy(named.entry.title, "", item.title, "")
    return Match(item=item, reason="near_copy", score=score) if score else None


def _may_be_copy(named: Named, item: Item) -> bool:
    if twin_key(named.url) and twin_key(named.url) == twin_key(item.url):
        # Language versions of one document, one not translated yet.
        return document_key(named.url) == document_key(item.url)
    when = named.entry.published
    if when is None:
        return True
    return _dates_agree(when, item.published, at_home=host_of(named.url) == host_of(item.url))


def _dates_agree(one: When, other: When, *, at_home: bool) -> bool:
    apart = gap(one, other)
    if not at_home:
        return apart <= APART
    if one.best is None or other.best is None:
        return apart == timedelta(0)
    return apart == timedelta(0) or abs(one.best - other.best) <= APART_AT_HOME


def gap(one: When, other: When) -> timedelta:
    """How far apart two intervals are; nothing where they overlap, or may."""
    starts = [when.earliest for when in (one, other) if when.earliest]
    ends = [when.latest for when in (one, other) if when.latest]
    if not starts or not ends:
        return timedelta(0)
    return max(max(starts) - min(ends), timedelta(0))
