"""When a source is next due: pure, the same answer for the same past.

Two wishes pull at every wait. Sites want to be left alone: when nothing is new, when they say so, when they
fail. The archive wants no gaps: a listing shows only the newest so many items, so two polls must
never be so far apart that one could scroll past unseen. The second wish wins over all but `Retry-After`.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

SHORTEST = timedelta(minutes=5)
"""No source is polled more often than this unless its own `every` says so."""
LONGEST = timedelta(days=1)
"""A failing or quiet source is asked at least this often, unless its own `every` is longer."""
QUICKEST, SLOWEST = 0.25, 2.0
"""How far activity may shorten or stretch a source's own `every`."""
MOST_PATIENCE = timedelta(hours=6)
"""Cache headers and `ttl` are obeyed up to this: many sites promise a day and publish by the hour."""
MARGIN = 2.0
"""The overlap rule expects news to come this much faster than it ever was seen to."""
LEAST_POLLS = 6
"""Before so many polls nothing is concluded from activity."""
MOST_DOUBLINGS = 10
SLACK = timedelta(hours=1)
"""How far off its limit a plan may lie: it was made when the poll ended, not when it began."""
AHEAD = timedelta(seconds=15)
"""A last poll that lies further ahead than this was made by a clock that has been set back since."""
FIRST_VISIT, LAST_VISIT = timedelta(hours=1), timedelta(days=180)
"""How soon and how late an item's own page is visited again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """One good poll of a listing: how many items it listed and how many of them were new."""

    at: datetime
    listed: int
    new: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """How a source behaved lately.

    `polls` were looked at; `rate` and `peak` are new items an hour, on the whole and in its busiest
    stretch; `listed` is the shortest listing seen, in items.
    """

    polls: int = 0
    rate: float = 0.0
    peak: float = 0.0
    listed: int = 0


def measure(polls: Sequence[Poll]) -> Activity:
    """Sum up the polls of a source.

    Args:
        polls: Its good polls, oldest first. The first only marks the beginning: all is new to it.

    Returns:
        The activity; zero rates where fewer than two polls are known.
    """
    stretches = [
        (later.new, (later.at - earlier.at).total_seconds() / 3600)
        for earlier, later in pairwise(polls)
        if later.at > earlier.at
    ]
    hours = sum(span for _, span in stretches)
    # A poll minutes after another that finds one item says little: an hour is the shortest stretch.
    peak = max((new / max(span, 1.0) for new, span in stretches), default=0.0)
    return Activity(
        polls=len(polls),
        rate=sum(new for new, _ in stretches) / hours if hours else 0.0,
        peak=peak,
        listed=min((poll.listed for poll in polls if poll.listed > 0), default=0),
    )


def next_due(
    now: datetime,
    *,
    source_id: str,
    every: timedelta,
    failures: int = 0,
    retry_at: datetime | None = None,
    fresh_until: datetime | None = None,
    ttl: timedelta | None = None,
    activity: Activity = Activity(),
) -> datetime:
    """Say when a source that was just polled is due again.

    Args:
        now: When it was polled (UTC).
        source_id: Its id: spreads sources that fail together over time.
        every: Its own interval.
        failures: How many polls have failed in a row, this one included.
        retry_at: What its `Retry-After` asks for.
        fresh_until: What its cache headers promise.
        ttl: What its feed asks for.
        activity: What `measure` made of its past.

    Returns:
        A moment after `now`, at most `LONGEST` or `every` away, whichever is longer.
    """
    wait = back_off(every, failures, source_id) if failures else pace(every, activity)
    if not failures:
        asked = max(fresh_until - now if fresh_until else timedelta(), ttl or timedelta())
        wait = max(wait, min(asked, MOST_PATIENCE))
    wait = min(wait, longest_safe_wait(every, activity))
    due = now + wait
    return due if retry_at is None else max(due, min(retry_at, now + LONGEST))


def due_moment(
    now: datetime,
    *,
    planned: datetime | None,
    asked_at: datetime | None,
    every: timedelta,
    failures: int = 0,
) -> datetime:
    """Say when a source is due by what was planned for it; now, where the plan means nothing.

    A plan means nothing that was made by a clock that has been set back since, or by an `every`
    that was longer.

    Args:
        now: The present moment (UTC).
        planned: What `next_due` said after its last poll; None when it was never polled.
        asked_at: When that was.
        every: Its own interval, as it is now.
        failures: How many polls have failed in a row.

    Returns:
        A moment, past or to come.
    """
    if planned is None or (asked_at is not None and asked_at > now + AHEAD):
        return now
    usual = max(every * SLOWEST, MOST_PATIENCE)
    longest = max(LONGEST, every) if failures else usual
    return now if planned > (asked_at or now) + longest + SLACK else planned


def next_visit(now: datetime, *, url: str, planned_at: datetime, failures: int = 0) -> datetime:
    """Say when an item's own page is due again: the older the item, the rarer its corrections.

    Args:
        now: When it was visited (UTC).
        url: Its address: spreads pages that fail together over time.
        planned_at: When the item was first seen.
        failures: How many visits have failed in a row, this one included.

    Returns:
        Once more after as long as it has been known, from `FIRST_VISIT` to `LAST_VISIT` from now. A page
        that fails is tried sooner at first, and in the end no more often than one that is there.
    """
    usual = max(FIRST_VISIT, min(now - planned_at, LAST_VISIT))
    return now + (back_off(FIRST_VISIT, failures, url, longest=usual) if failures else usual)


def pace(every: timedelta, activity: Activity) -> timedelta:
    """Fit a source's interval to how often it changes: about one new item a poll, within bounds.

    Args:
        every: The source's own interval.
        activity: What `measure` made of its past.

    Returns:
        From a quarter of `every` to twice it, and from `SHORTEST` to `LONGEST` where
        `every` itself lies within them.
    """
    if activity.polls < LEAST_POLLS:
        return every
    expected = activity.rate * every.total_seconds() / 3600
    factor = SLOWEST if expected <= 0 else 1 / expected
    wait = every * max(QUICKEST, min(factor, SLOWEST))
    return max(min(SHORTEST, every), min(wait, max(LONGEST, every)))


def back_off(
    every: timedelta, failures: int, source_id: str, *, longest: timedelta = timedelta()
) -> timedelta:
    """How long a failing source is left alone: twice as long each time, but never for good.

    Args:
        every: The source's own interval.
        failures: Failures in a row, at least 1.
        source_id: Its id; with `failures` it settles up to a fifth by which the wait is shortened.
        longest: The longest wait, where it is longer than `LONGEST` or `every`.

    Returns:
        At most `LONGEST`, or `every` where that is longer.
    """
    limit = max(LONGEST, every, longest)
    wait = min(limit, max(every, SHORTEST) * (1 << min(failures, MOST_DOUBLINGS)))
    digest = hashlib.blake2b(f"{source_id}/{failures}".encode(), digest_size=4).digest()
    return wait * (1 - 0.2 * int.from_bytes(digest, "big") / 2**32)


def longest_safe_wait(every: timedelta, activity: Activity) -> timedelta:
    """The overlap rule: how long a listing surely still reaches back to what was known.

    Args:
        every: The source's own interval.
        activity: What `measure` made of its past.

    Returns:
        The time its listing lasts at `MARGIN` times its busiest, at least `SHORTEST` (or `every`,
        where that is shorter); at most `LONGEST` or `every` where nothing is known.
    """
    limit = max(LONGEST, every)
    if activity.peak <= 0 or activity.listed <= 0:
        return limit
    seconds = 3600 * activity.listed / (activity.peak * MARGIN)
    return min(limit, max(min(SHORTEST, every), timedelta(seconds=min(seconds, limit.total_seconds()))))


def reaches_back(poll: Poll, *, known_before: bool) -> bool:
    """Whether a listing still showed an item that was known before, so that nothing slipped by.

    Args:
        poll: What it listed and how much of that was new.
        known_before: Whether anything of the source was known before this poll.

    Returns:
        False where there may be a gap: everything listed is new although something was known. An
        empty listing shows nothing either way and counts as a gap when something was known.
    """
    return not known_before or poll.new < poll.listed


def confirm_move(sightings: Sequence[tuple[datetime, str]]) -> str:
    """The address a source has surely moved to.

    Args:
        sightings: When a permanent redirect was seen and where it led ("" for a poll without one),
            oldest first.

    Returns:
        The address that the latest polls on at least two different days agree on, or "".
    """
    if not sightings or not sightings[-1][1]:
        return ""
    target = sightings[-1][1]
    days = set()
    for moment, seen in reversed(sightings):
        if seen != target:
            break
        days.add(moment.date())
    return target if len(days) >= 2 else ""
