"""The values an archive keeps beside its items: fetches, states of sources, merges, withdrawals."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetch:
    """One attempt to fetch a source and what came of it.

    `outcome` is `fetched`, `not_modified`, `failed` or `skipped`; `seconds` how long it took.
    `capture_id` is None where no response came. `listed`, `new` and `changed` count items; `new` are
    those that the source did not list the last time, known to the archive or not.
    `reached_known` tells whether the listing reached back to an item already known (False: items
    may have been missed between two fetches; None: the question does not arise).
    """

    source_id: str
    started_at: datetime
    seconds: float
    outcome: str
    status: int | None = None
    capture_id: int | None = None
    listed: int = 0
    new: int = 0
    changed: int = 0
    error_code: str = ""
    error_message: str = ""
    error_hint: str = ""
    reached_known: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """What is remembered of a source from one fetch to the next.

    `etag`, `last_modified` and `body_digest` are of the last content received, in capture
    `capture_id`; `failures` counts failed fetches since the last good one. `adopted_url` is the
    address a permanent redirect led to, or "". `notes` are pairs of words for whoever schedules.
    """

    source_id: str
    etag: str = ""
    last_modified: str = ""
    body_digest: str = ""
    next_due_at: datetime | None = None
    failures: int = 0
    last_attempt: datetime | None = None
    last_success: datetime | None = None
    last_error: str = ""
    adopted_url: str = ""
    capture_id: int | None = None
    notes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Merge:
    """An entry of one source taken for an item of another: why, and whether that was undone.

    `url` and `title` are the entry's own; `reason` is a word (`url`, `title_and_day`, `copy`,
    `near_copy`); `score` how alike the two are, from 0 to 1. `id` is 0 until stored.
    """

    item_id: str
    source_id: str
    capture_id: int
    url: str
    title: str
    reason: str
    score: float
    merged_at: datetime
    undone_at: datetime | None = None
    id: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawal:
    """An item that is no longer where it was.

    `kind` is `gone` (404 or 410), `redirected` or `unlisted`; `last_seen` is when it was last there,
    `noticed_at` when it was first missed, `returned_at` when it was there again. `id` is 0 until stored.
    """

    item_id: str
    source_id: str
    kind: str
    last_seen: datetime
    noticed_at: datetime
    capture_id: int | None = None
    status: int | None = None
    url: str = ""
    returned_at: datetime | None = None
    id: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Something a person decided, kept among the captures so that they alone rebuild the archive.

    `kind` is a word (`merge_undone`); `terms` are pairs of words that say what was decided.
    """

    kind: str
    decided_at: datetime
    terms: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeakerCount:
    """A person and how much of theirs is in the archive; `offices` are office ids, sorted."""

    person_id: str
    name: str
    statements: int
    items: int
    offices: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stats:
    """How much an archive holds; `bytes` is its size on disk, `capture_bytes` that of its captures.

    `first_seen` and `last_seen` are the ends of the time it has watched, None while it is empty.
    """

    items: int
    captures: int
    revisions: int
    sources: int
    statements: int
    observations: int
    merges: int
    withdrawals: int
    bytes: int
    capture_bytes: int
    first_seen: datetime | None
    last_seen: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The end of the chain of captures: kept elsewhere, it shows later that none was taken away."""

    capture_id: int
    chain: str

    def __str__(self) -> str:
        """The head as one JSON line, as `read_head` takes it back."""
        return json.dumps({"natowire_head": 1, "capture": self.capture_id, "chain": self.chain})


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """One thing `verify` found wrong: `what` in a sentence, `where` the file, row or item.

    `kind` is a word: `segment`, `record`, `chain`, `head`, `item`, `statement`, `row`, `index`, `database`.
    """

    kind: str
    where: str
    what: str
