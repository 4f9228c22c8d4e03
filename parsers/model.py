"""The vocabulary: frozen values that flow from a response to a search hit.

```
Capture ──parse──▶ Parsed(Entry…) ──merge──▶ Item (+ Revision, Observation, Statement)
```

Datetimes are aware, UTC, whole seconds; both ends of an interval are inclusive. Collections are
tuples. Values are checked once, where they enter the house (parsers, configuration, command
line); inside they are trusted.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum


class Strength(IntEnum):
    """How far a witness of a date is believed; on contradiction the stronger one stays."""

    WEAK = 10
    """Last-Modified and its like."""
    EVENT = 20
    """A date of the event told of: a lower bound only."""
    PATH = 30
    """A date in the address."""
    TODAY = 40
    """"today (8 November 2022)" in the body."""
    STATED = 45
    """A day printed as the publication date, or a feed that states days."""
    RELATIVE = 50
    """A relative phrase whose reference was captured with it."""
    EXACT = 60
    """`time[datetime]`, JSON-LD, a feed date with a time."""
    FIRST_SEEN = 100
    """We had it in hand then: a hard upper bound."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One witness of a date.

    `kind` is one word for the witness (`relative`, `feed`, `time`, `json_ld`, `printed`, `today`,
    `path`, `event`, `modified`, `first_seen`); `raw` what was written; `where` the place it stood
    (an element, a header); `rule` the rule that read it. A None bound says nothing on that side.
    """

    kind: str
    raw: str
    where: str
    earliest: datetime | None
    latest: datetime | None
    rule: str
    strength: Strength


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """An interval of possible instants and why.

    `best` is the best single point in it, or None when only a bound is known. `precision` is a
    word: `second`, `minute`, `hour`, `day`, `range`, `month`, `year`, `bound`. `conflicts` are
    witnesses that contradict the interval: shown, never dropped.
    """

    earliest: datetime | None
    latest: datetime | None
    best: datetime | None
    precision: str
    evidence: tuple[Evidence, ...] = ()
    conflicts: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ref:
    """The "now" of a page: an interval, because a cache may have served it late."""

    earliest: datetime
    latest: datetime
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request and the response to it, as they crossed the wire.

    `body` is the payload without transfer coding; content coding (gzip …) is undone, and
    `headers` are as received (names in their own case, repeated ones repeated).
    """

    method: str
    url: str
    request_headers: tuple[tuple[str, str], ...]
    status: int
    reason: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    started_at: datetime
    ip: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """One response as received, and how its source says it is to be read.

    `redirects` are the exchanges that led to this one, in order. The rest is what a response does not
    say itself: `parser` (a name of `parsers.registry`, or "auto"), `zone` (the IANA name of the site's time
    zone), `trusts` (the hosts whose items this source may write, see `aggregator.merging.merge`) and
    `reference`, set only where the page's own "now" is known from elsewhere.
    """

    source_id: str
    parser: str
    url: str
    final_url: str
    fetched_at: datetime
    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
    reason: str = ""
    request_headers: tuple[tuple[str, str], ...] = ()
    redirects: tuple[Exchange, ...] = ()
    ip: str = ""
    zone: str = "Europe/Brussels"
    language: str = ""
    trusts: tuple[str, ...] = ()
    reference: Ref | None = None

    def header(self, name: str) -> str:
        """The first header of that name, in any case, or ""."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), "")


class Detail(IntEnum):
    """How much of an item one document shows; the most detailed document owns its text."""

    LINK = 1
    """A title in a list."""
    TEASER = 2
    """A title and a summary."""
    FEED = 3
    """A feed entry with its content."""
    PAGE = 4
    """The item's own page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What one capture says about one item. Plain text everywhere; "" is unknown.

    `kind` is one of `KINDS`. `byline` is the printed author line. `published`, `updated` and
    `event` are None where the document says nothing of them.
    """

    url: str
    guid: str
    kind: str
    detail: Detail
    title: str
    summary: str
    text: str
    language: str
    published: When | None
    updated: When | None = None
    event: When | None = None
    byline: str = ""


KINDS = (
    "news",
    "event",
    "review",
    "transcript",
    "press_release",
    "media_advisory",
    "official_text",
    "story",
    "photo",
    "topic",
    "page",
)
"""What an item can be; `page` is a static page watched for change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing in a document that could not be read; the rest of it survives."""

    where: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What a document says of itself. `listing` is true where its entries are a list of items
    (newest part of a longer one); `inventory` where it lists all there is every time, in addresses and
    moments alone, so that seeing an entry again as it was tells nothing. `ttl` is the minutes a feed asks
    to be left alone.
    """

    title: str = ""
    description: str = ""
    language: str = ""
    listing: bool = True
    inventory: bool = False
    checked: When | None = None
    reference: Ref | None = None
    ttl: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """A document read: its entries in document order, itself, and what could not be read."""

    parser: str
    entries: tuple[Entry, ...]
    page: Page
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """Words attributed to someone.

    `field` is `title`, `summary` or `text` of the item; `start` and `end` are offsets in Unicode
    code points in that field, so that `field[start:end] == text`. `kind` is `direct`, `indirect` or
    `turn`. `mention` is the words that name the speaker, at `mention_start` … `mention_end` of
    the same field (-1 where it stands elsewhere). `speaker_kind` is `person`, `office`,
    `collective`, `unnamed` or `unknown`. `person_id` is a person of the register or, for a named
    speaker outside it, an id made of the name; "" when unknown. `person` is the name to show.
    `confidence` is `high`, `medium` or `low`.
    """

    field: str
    start: int
    end: int
    text: str
    kind: str
    cue: str
    mention: str
    mention_start: int
    mention_end: int
    speaker_kind: str
    person_id: str
    person: str
    office_id: str
    rule: str
    confidence: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """The deduplicated archived thing, as its captures tell it now.

    `id` is the permalink. `owner` is the source that first brought the item. `text_owner`, `authority`
    and `detail` say which document owns the text (see `aggregator.merging.merge`). `revision` counts
    distinct texts from 1; `revised_at` is when the present one was first seen. `edited` is true once the
    owning document changed its own words, `silent` when it did so last without stating an update.
    `revisions` (all distinct texts, the present one last) and `observations` are filled only where an item
    is asked for whole.
    """

    id: str
    url: str
    kind: str
    title: str
    summary: str
    text: str
    language: str
    byline: str
    published: When
    updated: When | None
    event: When | None
    first_seen: datetime
    last_seen: datetime
    owner: str
    text_owner: str
    authority: int
    detail: Detail
    revision: int
    revised_at: datetime
    edited: bool = False
    silent: bool = False
    statements: tuple[Statement, ...] = ()
    revisions: tuple[Revision, ...] = ()
    observations: tuple[Observation, ...] = ()

    @property
    def date(self) -> When:
        """The date it is found by: an event's is when it takes place, any other's when it was published."""
        return self.event if self.kind == "event" and self.event is not None else self.published


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """One distinct text of an item, from the moment it was first seen."""

    item_id: str
    number: int
    seen_at: datetime
    title: str
    summary: str
    text: str
    silent: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """Provenance: this item was seen in this capture of this source, then."""

    item_id: str
    capture_id: int
    source_id: str
    seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Alias:
    """One name under which an item is known.

    `scheme` is `url` (canonical URL), `document` (document key: one document under many addresses), `filed`
    (kind, language, day and title of a document of nato.int), `guid` (only within the source named by
    `scope`), `text` (digest of the words, within `scope` ""), `asked` (an address that led to it), `copy`
    (canonical URL of a copy) or `near` (a band of the words' fingerprint, hexadecimal digits).
    """

    scheme: str
    scope: str
    value: str
