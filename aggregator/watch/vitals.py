"""What a source is like, told by its own past: how much it lists, how well its fields are filled, how often
something new comes. Pure.

A parser that misreads a changed page mostly finds *something*. Only the past of that same source tells
that half its items, or all its dates, are not there any more.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from itertools import pairwise

from parsers.model import Entry, Parsed
from parsers.urls import canonical_url

NOTE = "vitals"
"""The name of the note, in the state of a source, that holds its vitals."""
FIELDS = ("titles", "dates", "texts", "links")
PATIENCE = timedelta(days=3)
"""After so long of refusals a shorter listing is taken for what the source now is."""
FORGET = timedelta(days=30)
"""After so long fields that fill worse are taken for what the source now is."""
LEAST_QUIET = timedelta(days=3)
"""No source is called quiet before; a long weekend has no news."""
QUIET_FACTOR = 2.5
"""A source is quiet after so many times its longest silence."""
_LOOKS, _ARRIVALS, _LEAST_ARRIVALS = 12, 48, 6
_FEW, _SOME = 3, 6
_ENDS = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What one listing looked like.

    `filled` are the shares, in thousandths, of entries with a title, a date, words beyond the title and a
    link; `distinct` how many different titles, dates and links there were.
    """

    listed: int
    filled: tuple[int, int, int, int]
    distinct: tuple[int, int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Vitals:
    """The past of a source as far as it is needed to judge its present.

    `looks` are its last good listings; `worse` is how its last one looked where that filled worse than they
    did, `worse_since` since when. `arrivals` are the moments at which something new came, oldest
    first; `shown` the keys of what it listed last; `since` when it was first looked at.
    """

    looks: tuple[Look, ...] = ()
    worse: Look | None = None
    worse_since: datetime | None = None
    arrivals: tuple[datetime, ...] = ()
    shown: frozenset[str] = frozenset()
    since: datetime | None = None


def judge_parse(
    parsed: Parsed, history: Vitals, *, refused_for: timedelta = timedelta(), every: timedelta = timedelta()
) -> str | None:
    """Say why what was read of a source is not believed.

    Args:
        parsed: What was read.
        history: What the source was like.
        refused_for: How long it has been refused already; zero at first.
        every: Its own interval.

    Returns:
        A sentence, or None when it is plausible, or there is no past to judge by.
    """
    if not parsed.page.listing or not history.looks:
        return None
    look, past = observe(parsed), history.looks
    least = min(one.listed for one in past)
    if least >= _SOME and look.listed * 2 <= least and refused_for < max(PATIENCE, every * 3):
        return f"Only {look.listed} entries are listed where there were never fewer than {least}."
    for place, what in enumerate(("title", "date", "link")):
        varied = min(one.distinct[place] for one in past) >= _FEW
        if varied and look.distinct[place] == 1 and look.listed >= _SOME and _has_all(look, place):
            return f"All {look.listed} entries have the same {what}."
    return None


def _has_all(look: Look, place: int) -> bool:
    """Whether every entry has it; a title or a link that all entries lack is alike too."""
    return place != 1 or look.filled[1] == 1000


def observe(parsed: Parsed) -> Look:
    """Say what a listing looks like."""
    entries, listed = parsed.entries, len(parsed.entries)
    counts = (
        sum(bool(entry.title) for entry in entries),
        sum(entry.published is not None or entry.event is not None for entry in entries),
        sum(bool(entry.summary or entry.text) for entry in entries),
        sum(bool(entry.url) for entry in entries),
    )
    titled, dated, worded, linked = (count * 1000 // max(listed, 1) for count in counts)
    distinct = (
        len({entry.title.casefold() for entry in entries}),
        len({_moment(entry) for entry in entries} - {None}),
        len({entry.url for entry in entries}),
    )
    return Look(listed=listed, filled=(titled, dated, worded, linked), distinct=distinct)


def _moment(entry: Entry) -> datetime | None:
    when = entry.published or entry.event
    return None if when is None else when.best or when.latest or when.earliest


def remember(history: Vitals, parsed: Parsed, now: datetime) -> Vitals:
    """Add a listing that was believed to the past of its source."""
    if not parsed.page.listing:
        return history
    look = observe(parsed)
    shown = frozenset(key for entry in _ends(parsed) for key in (*_keys(entry), _title_key(entry)))
    arrived = replace(
        history, arrivals=_arrivals(history, parsed, now), shown=shown, since=history.since or now
    )
    worse_since = history.worse_since or now
    if list_worse(look, history.looks) and now - worse_since < FORGET:
        return replace(arrived, worse=look, worse_since=worse_since)
    if history.worse_since and now - worse_since >= FORGET:
        return replace(arrived, looks=(look,), worse=None, worse_since=None)
    return replace(arrived, looks=(*history.looks, look)[-_LOOKS:], worse=None, worse_since=None)


def _arrivals(history: Vitals, parsed: Parsed, now: datetime) -> tuple[datetime, ...]:
    """The moments at which something new came; the dates of a first listing tell of those before it."""
    first = not history.looks and not history.worse
    # Between the two ends of a long listing lies a silence that never was.
    fresh = parsed.entries if first else _fresh(history, parsed)
    stated = [when.best for entry in fresh if (when := entry.published) and when.best and when.best <= now]
    if first:
        return tuple(sorted(set(stated)))[-_ARRIVALS:]
    if not fresh:
        return history.arrivals
    newest = max(stated, default=now)
    last = history.arrivals[-1] if history.arrivals else newest
    return (*history.arrivals, newest if newest > last else now)[-_ARRIVALS:]


def count_fresh(history: Vitals, parsed: Parsed) -> int:
    """How many entries a source did not list the last time, whether or not another source brought them.

    Of a listing longer than is remembered only its ends are compared; where nothing there was listed
    before, all of it counts.
    """
    ends = _ends(parsed)
    fresh = len(_fresh(history, parsed))
    return len(parsed.entries) if fresh == len(ends) else fresh


def _fresh(history: Vitals, parsed: Parsed) -> list[Entry]:
    ends = _ends(parsed)
    fresh = [entry for entry in ends if not history.shown.intersection(_keys(entry))]
    titles = {_title_key(entry) for entry in ends}
    if len(fresh) < len(ends) or len(titles) * 2 <= len(ends):
        return fresh
    # Some sites write new addresses at every answer: then the titles tell, where they tell entries apart.
    return [entry for entry in ends if _title_key(entry) not in history.shown]


def _ends(parsed: Parsed) -> tuple[Entry, ...]:
    return (*parsed.entries[:_ENDS], *parsed.entries[_ENDS:][-_ENDS:])


def _keys(entry: Entry) -> tuple[str, ...]:
    """What an entry is known by in its source; one that has neither address nor id, by its title."""
    named = (canonical_url(entry.url), entry.guid and f"guid {entry.guid}")
    return tuple(_short(name) for name in named if name) or (_title_key(entry),)


def _title_key(entry: Entry) -> str:
    return _short(f"title {entry.title}")


def _short(name: str) -> str:
    return blake2b(name.encode(errors="replace"), digest_size=4).hexdigest()


def list_worse(look: Look, past: Sequence[Look]) -> tuple[str, ...]:
    """The fields that fill clearly worse than they ever did of late."""
    if not past or look.listed < _FEW:
        return ()
    worse = []
    for place, name in enumerate(FIELDS):
        shares = [one.filled[place] for one in past if one.listed >= _FEW]
        usual = _median(shares) if shares else 0
        if usual >= 400 and look.filled[place] <= 0.7 * usual and look.filled[place] < 0.75 * min(shares):
            worse.append(name)
    return tuple(worse)


def describe_worse(history: Vitals) -> str:
    """Say in a sentence which fields fill worse than before, or ""."""
    if history.worse is None:
        return ""
    parts = []
    for name in list_worse(history.worse, history.looks):
        place = FIELDS.index(name)
        usual = _median(one.filled[place] for one in history.looks)
        parts.append(
            f"{name} on {history.worse.filled[place] / 10:.0f} % of its entries, before {usual / 10:.0f} %"
        )
    return f"It has {'; '.join(parts)}." if parts else ""


def quiet_since(history: Vitals, now: datetime) -> datetime | None:
    """Since when a source has been silent, if that is longer than its own past explains.

    Args:
        history: Its past.
        now: The present moment.

    Returns:
        When something new last came; None while its silence is usual, or too little is known of it.
    """
    if len(history.arrivals) < _LEAST_ARRIVALS or history.since is None:
        return None
    longest = max(later - earlier for earlier, later in pairwise(history.arrivals))
    # A silence that began before anyone listened is no news: the first look found it so.
    silence = now - max(history.arrivals[-1], history.since)
    return history.arrivals[-1] if silence > max(LEAST_QUIET, longest * QUIET_FACTOR) else None


def read_vitals(notes: Sequence[tuple[str, str]]) -> Vitals:
    """Read the past of a source from the notes of its state; an unreadable one is none."""
    written = dict(notes).get(NOTE)
    if not written:
        return Vitals()
    try:
        fields = json.loads(written)
        return Vitals(
            looks=tuple(_look(figures) for figures in fields["looks"]),
            worse=_look(fields["worse"]) if fields["worse"] else None,
            worse_since=_instant(fields["worse_since"]),
            arrivals=tuple(datetime.fromtimestamp(at, UTC) for at in fields["arrivals"]),
            shown=frozenset(fields["shown"]),
            since=_instant(fields["since"]),
        )
    except (ValueError, KeyError, TypeError, IndexError, OverflowError, OSError):
        return Vitals()


def write_vitals(notes: Sequence[tuple[str, str]], vitals: Vitals) -> tuple[tuple[str, str], ...]:
    """Put the past of a source among the notes of its state, in place of the one before."""
    fields = {
        "looks": [_figures(look) for look in vitals.looks],
        "worse": _figures(vitals.worse) if vitals.worse else None,
        "worse_since": vitals.worse_since and int(vitals.worse_since.timestamp()),
        "arrivals": [int(at.timestamp()) for at in vitals.arrivals],
        "shown": sorted(vitals.shown),
        "since": vitals.since and int(vitals.since.timestamp()),
    }
    others = tuple(pair for pair in notes if pair[0] != NOTE)
    return (*others, (NOTE, json.dumps(fields, separators=(",", ":"))))


def forget(notes: Sequence[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Take the past of a source away: what comes next is what it is like."""
    return tuple(pair for pair in notes if pair[0] != NOTE)


def _figures(look: Look) -> list[int]:
    return [look.listed, *look.filled, *look.distinct]


def _look(figures: Sequence[int]) -> Look:
    listed, titled, dated, worded, linked, titles, dates, links = figures
    return Look(listed=listed, filled=(titled, dated, worded, linked), distinct=(titles, dates, links))


def _instant(value: int | None) -> datetime | None:
    return None if value is None else datetime.fromtimestamp(value, UTC)


def _median(values: Iterable[int]) -> float:
    from statistics import median  # noqa: PLC0415 -- slow to import, and a poll with nothing new asks for none

    return median(values)
