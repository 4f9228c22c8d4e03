"""The pipeline, top to bottom: source → capture → entries → items.

```
refresh ── ask ────┐
ingest ── a file ──┴─▶ keeping: add_capture → absorb → fetch and state, in one transaction
```

The capture, what was read of it and the source's state land together or not at all. One source failing
never stops another.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, TypeAlias

from aggregator.fetch import Fetcher, each
from aggregator.offline import NOTE as OFFLINE
from aggregator.offline import Verdict, judge_cycle
from aggregator.polling import (
    Answer,
    Poll,
    Reader,
    ask,
    fetch_row,
    next_poll,
    next_state,
    plan,
)
from aggregator.visiting import next_visit
from parsers.errors import NatowireError, UsageError
from parsers.model import Capture, Problem
from parsers.urls import host_of
from schedules.sources import Source
from storage.ledger import Ledger
from storage.state import SourceState

if TYPE_CHECKING:
    from aggregator.merging.tally import Tally

Clock: TypeAlias = Callable[[], datetime]
Teller: TypeAlias = Callable[[str, int], None]
"""Is told, after each answer, whose it was and how many are still to come."""
Finder: TypeAlias = Callable[[Collection[str]], Sequence[Source]]
"""Finds others to ask where none of these hosts was reached, see `offline.choose_witnesses`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of one source in one cycle.

    `outcome` is `fetched`, `not_modified`, `failed` or `skipped`; `status` the HTTP status or None when no
    answer came. `listed` counts the entries of its own address; `new` and `changed` the items, those of
    their own pages included; `merged` the entries that joined an item another source had brought;
    `seconds` is wall time; `records` counts what a WARC file held, by kind. `offline` says of a failure
    that the whole cycle failed so: it is this machine's, and counts for nothing.
    """

    source_id: str
    outcome: str
    status: int | None = None
    listed: int = 0
    new: int = 0
    changed: int = 0
    merged: int = 0
    error: NatowireError | None = None
    seconds: float = 0.0
    problems: tuple[Problem, ...] = ()
    records: Mapping[str, int] = field(default_factory=dict)
    offline: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What is left of one answer once it is kept: a cycle of many must not hold their documents."""

    source_id: str
    visiting: bool
    outcome: str
    status: int | None
    error: NatowireError | None
    seconds: float
    problems: tuple[Problem, ...]
    listed: int = 0
    new: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    merged: int = 0


def choose_sources(
    sources: Sequence[Source],
    ids: Sequence[str],
    states: Mapping[str, SourceState],
    *,
    due_at: datetime | None,
) -> tuple[Source, ...]:
    """The sources to fetch.

    Args:
        sources: Those configured.
        ids: Only these, disabled ones too; none means all that are enabled.
        states: What is remembered of each.
        due_at: Only those due by then; None means whether due or not.

    Raises:
        UsageError: An id is not among the configured ones.
    """
    by_id = {source.id: source for source in sources}
    unknown = [source_id for source_id in ids if source_id not in by_id]
    if unknown:
        known = ", ".join(by_id) or "none yet; `natowire sources add URL` adds one"
        raise UsageError(f'There is no source "{unknown[0]}".', value=unknown[0], hint=f"Known: {known}.")
    chosen = [by_id[source_id] for source_id in dict.fromkeys(ids)] or [
        source for source in sources if source.enabled
    ]
    if due_at is None:
        return tuple(chosen)
    return tuple(one for one in chosen if next_poll(one, states.get(one.id), due_at) <= due_at)


def refresh(
    ledger: Ledger,
    sources: Sequence[Source],
    fetcher: Fetcher,
    read: Reader,
    clock: Clock,
    *,
    workers: int,
    tell: Teller = lambda _source_id, _left: None,
    witnesses: Finder = lambda _hosts: (),
) -> tuple[Outcome, ...]:
    """Fetch sources once and archive what came: one cycle.

    First every source's own address, then the pages of their items that are due a visit. Where the machine
    turns out to be offline nothing is noted but that.

    Args:
        ledger: Open; it is locked for writing only while something is stored. The archive it is of is
            opened once something comes that is to be kept.
        sources: What to fetch.
        fetcher: The way to the web.
        read: Reads a capture.
        clock: The present moment, UTC.
        workers: Threads at most.
        tell: See `Teller`.
        witnesses: See `Finder`.

    Returns:
        An outcome for each source, in their order; then those of witnesses, where they were asked.

    Raises:
        StorageError: The archive cannot be written; what came until then is stored.
    """
    steps: dict[str, list[Step]] = {source.id: [] for source in sources}

    def ask_all(polls: Sequence[Poll]) -> list[tuple[Poll, Answer]]:
        answers = each(
            polls,
            lambda poll: ask(poll, fetcher, read, clock),
            workers=workers,
            lane=lambda poll: fetcher.lane(poll.request.url),
        )
        bare: list[tuple[Poll, Answer]] = []
        for done, step in enumerate(_keep_each(ledger, answers, fetcher, clock, bare), 1):
            steps.setdefault(step.source_id, []).append(step)
            tell(step.source_id, len(polls) - done)
        return bare

    def judge() -> Verdict:
        return judge_cycle([(source, step.error) for source in asked for step in steps[source.id]])

    asked = list(sources)
    bare = ask_all(plan(ledger, sources, clock(), visiting=False))
    if asked and judge() is not Verdict.ONLINE:
        others = witnesses({host_of(source.url) for source in sources})
        bare += ask_all(plan(ledger, others, clock(), visiting=False))
        asked += others
    verdict = judge() if asked else Verdict.UNKNOWN
    if verdict is Verdict.OFFLINE:
        _note_offline(ledger, clock())
        return tuple(replace(_sum_up(source, steps[source.id]), offline=True) for source in sources)
    _note_attempts(ledger, bare, clock(), back=verdict is Verdict.ONLINE)
    _note_attempts(ledger, ask_all(plan(ledger, sources, clock(), visiting=True)), clock())
    return tuple(_sum_up(source, steps[source.id]) for source in asked)


def _keep_each(
    ledger: Ledger,
    answers: Iterable[tuple[Poll, Answer]],
    fetcher: Fetcher,
    clock: Clock,
    bare: list[tuple[Poll, Answer]],
) -> Iterator[Step]:
    """Keep answers as they come; those without a document are left to be noted together."""
    for poll, answer in answers:
        tally = None
        if isinstance(answer.came, Capture):
            from aggregator.keeping import keep  # noqa: PLC0415  all that items need; most cycles bring none

            try:
                tally = keep(ledger.archive, poll, answer, answer.came, clock())
            finally:
                fetcher.release(answer.came)
        else:
            bare.append((poll, answer))
        yield _step(poll, answer, tally)


def _note_attempts(
    ledger: Ledger, bare: Sequence[tuple[Poll, Answer]], now: datetime, *, back: bool = False
) -> None:
    """Note attempts that brought no document, in one transaction, and that the machine is `back` online."""
    back = back and ledger.note(OFFLINE) != ""
    if not bare and not back:
        return
    with ledger.noting("fetch") as entries:
        entries.note_fetches(
            [
                (fetch_row(poll, answer), next_state(poll, answer, now))
                for poll, answer in bare
                if poll.visit is None
            ]
        )
        entries.set_visits([next_visit(poll.visit, answer, now) for poll, answer in bare if poll.visit])
        if back:
            entries.set_note(OFFLINE, "")


def _note_offline(ledger: Ledger, now: datetime) -> None:
    """Note since when this machine is offline."""
    if not ledger.note(OFFLINE):
        with ledger.noting("fetch") as entries:
            entries.set_note(OFFLINE, now.isoformat())


def _step(poll: Poll, answer: Answer, tally: Tally | None) -> Step:
    problems = answer.parsed.problems if answer.parsed else ()
    if poll.visit is not None and answer.error is not None:
        problems = (Problem(where=poll.visit.url, what=str(answer.error)),)
    problems += tally.problems if tally else ()
    return Step(
        source_id=poll.source.id,
        visiting=poll.visit is not None,
        outcome=answer.outcome,
        status=answer.status,
        error=answer.error,
        seconds=answer.seconds,
        problems=problems,
        listed=tally.listed if tally else 0,
        new=tuple(item.id for item in tally.new) if tally else (),
        changed=tuple(item.id for item in tally.changed) if tally else (),
        merged=tally.merged if tally else 0,
    )


def _sum_up(source: Source, steps: Sequence[Step]) -> Outcome:
    own = next((step for step in steps if not step.visiting), None)
    if own is None:
        return Outcome(source_id=source.id, outcome="skipped")
    new = {item_id for step in steps for item_id in step.new}
    changed = {item_id for step in steps for item_id in step.changed} - new
    return Outcome(
        source_id=source.id,
        outcome=own.outcome,
        status=own.status,
        listed=own.listed,
        new=len(new),
        changed=len(changed),
        merged=sum(step.merged for step in steps),
        error=own.error,
        seconds=sum(step.seconds for step in steps),
        problems=tuple(problem for step in steps for problem in step.problems),
    )
