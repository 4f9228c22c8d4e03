"""The pipeline, top to bottom: source → capture → entries → items.

```
refresh ── ask ────┐
ingest ── a file ──┴─▶ store: add_capture → absorb → fetch and state, in one transaction
```

The capture, what was read of it and the source's state land together or not at all. One source failing
never stops another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from aggregator.absorb import Tally, absorb
from aggregator.fetch import Fetcher, NotModified, each
from aggregator.polling import (
    Answer,
    Poll,
    Reader,
    ask,
    fetch_row,
    next_state,
    next_visit,
    plan,
    visits_of,
)
from aggregator.saved import Saved
from parsers.errors import NatowireError, UsageError
from parsers.model import Capture, Parsed, Problem
from schedules.sources import Source
from storage.archive import Archive
from storage.state import SourceState
from storage.writer import Writer

Clock: TypeAlias = Callable[[], datetime]
Teller: TypeAlias = Callable[[str, int], None]
"""Is told, after each answer, whose it was and how many are still to come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of one source in one cycle.

    `outcome` is `fetched`, `not_modified`, `failed` or `skipped`; `status` the HTTP status or None when no
    answer came. `listed` counts the entries of its own address; `new` and `changed` the items, those of
    their own pages included; `seconds` is wall time.
    """

    source_id: str
    outcome: str
    status: int | None = None
    listed: int = 0
    new: int = 0
    changed: int = 0
    error: NatowireError | None = None
    seconds: float = 0.0
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One answer kept: what it was, and the items it made or changed."""

    poll: Poll
    answer: Answer
    tally: Tally | None = None


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
    chosen = [by_id[source_id] for source_id in ids] or [source for source in sources if source.enabled]
    return tuple(source for source in chosen if due_at is None or _is_due(states.get(source.id), due_at))


def _is_due(state: SourceState | None, now: datetime) -> bool:
    return state is None or state.next_due_at is None or state.next_due_at <= now


def refresh(
    archive: Archive,
    sources: Sequence[Source],
    fetcher: Fetcher,
    read: Reader,
    clock: Clock,
    *,
    workers: int,
    tell: Teller = lambda _source_id, _left: None,
) -> tuple[Outcome, ...]:
    """Fetch sources once and archive what came: one cycle.

    First every source's own address, then the pages of their items that are due a visit.

    Args:
        archive: Open; it is locked for writing only while something is stored.
        sources: What to fetch.
        fetcher: The way to the web.
        read: Reads a capture.
        clock: The present moment, UTC.
        workers: Threads at most.
        tell: See `Teller`.

    Returns:
        An outcome for each source, in their order.

    Raises:
        StorageError: The archive cannot be written; what came until then is stored.
    """
    steps: list[Step] = []
    for visiting in (False, True):
        polls = plan(archive, sources, clock(), visiting=visiting)
        answers = each(
            polls,
            lambda poll: ask(poll, fetcher, read, clock),
            workers=workers,
            lane=lambda poll: fetcher.lane(poll.request.url),
        )
        steps += _keep_each(archive, answers, clock, len(polls), tell)
    return tuple(
        _sum_up(source, [step for step in steps if step.poll.source is source]) for source in sources
    )


def _keep_each(
    archive: Archive, answers: Iterable[tuple[Poll, Answer]], clock: Clock, expected: int, tell: Teller
) -> Iterator[Step]:
    """Keep answers as they come; those that bring nothing new are noted together, in one transaction."""
    unchanged: list[Step] = []
    for number, (poll, answer) in enumerate(answers, 1):
        step = Step(poll=poll, answer=answer)
        if isinstance(answer.came, NotModified):
            unchanged.append(step)
        else:
            step = _keep(archive, step, clock())
        tell(poll.source.id, expected - number)
        yield step
    if unchanged:
        with archive.writing("fetch") as writer, writer.transaction():
            for step in unchanged:
                _note(writer, step, None, clock())


def _keep(archive: Archive, step: Step, now: datetime) -> Step:
    capture_id = None
    with archive.writing("fetch") as writer, writer.transaction():
        if isinstance(step.answer.came, Capture):
            capture_id, tally = store(writer, step.answer.came, step.answer.parsed, archive)
            step = Step(poll=step.poll, answer=step.answer, tally=tally)
        _note(writer, step, capture_id, now)
    return step


def store(
    writer: Writer, capture: Capture, parsed: Parsed | NatowireError | None, archive: Archive
) -> tuple[int, Tally | None]:
    """Add a capture and fold what was read of it into the items; in the caller's transaction."""
    capture_id = writer.add_capture(capture)
    if not isinstance(parsed, Parsed):
        return capture_id, None
    return capture_id, absorb(writer, capture, capture_id, parsed, archive.register)


def _note(writer: Writer, step: Step, capture_id: int | None, now: datetime) -> None:
    """Write down the attempt, and when the address is to be asked again."""
    if step.poll.visit is not None:
        writer.set_visits([next_visit(step.poll.visit, step.answer, now)])
        return
    writer.add_fetch(fetch_row(step.poll, step.answer, step.tally, capture_id))
    writer.set_state(next_state(step.poll, step.answer, capture_id, now))
    if step.tally:
        writer.add_visits(visits_of(step.poll.source, step.tally, now))


def _sum_up(source: Source, steps: Sequence[Step]) -> Outcome:
    own = next((step for step in steps if step.poll.visit is None), None)
    if own is None:
        return Outcome(source_id=source.id, outcome="skipped")
    tallies = [step.tally for step in steps if step.tally]
    new = {item.id for tally in tallies for item in tally.new}
    changed = {item.id for tally in tallies for item in tally.changed} - new
    return Outcome(
        source_id=source.id,
        outcome=own.answer.outcome,
        status=own.answer.status,
        listed=own.tally.listed if own.tally else 0,
        new=len(new),
        changed=len(changed),
        error=own.answer.error,
        seconds=sum(step.answer.seconds for step in steps),
        problems=tuple(problem for step in steps for problem in _problems(step)),
    )


def _problems(step: Step) -> tuple[Problem, ...]:
    """What could not be read of a document, or, for an item's own page, why there is none."""
    if step.poll.visit is not None and step.answer.error is not None:
        return (Problem(where=step.poll.visit.url, what=str(step.answer.error)),)
    return step.answer.parsed.problems if step.answer.parsed else ()


def keep_saved(archive: Archive, saved: Iterable[Saved], read: Reader) -> Iterator[Outcome]:
    """Archive documents from disk as if they had been fetched then; one that cannot be read is kept too.

    Yields:
        An outcome for each file, named by the file.
    """
    for one in saved:
        if one.capture is None:
            yield Outcome(source_id=one.file, outcome="failed", error=one.error)
            continue
        parsed = read(one.capture)
        with archive.writing("ingest") as writer, writer.transaction():
            _, tally = store(writer, one.capture, parsed, archive)
        if isinstance(parsed, NatowireError):
            yield Outcome(source_id=one.file, outcome="failed", status=one.capture.status, error=parsed)
            continue
        assert tally is not None  # whatever was read was absorbed
        yield Outcome(
            source_id=one.file,
            outcome="fetched",
            status=one.capture.status,
            listed=tally.listed,
            new=len(tally.new),
            changed=len(tally.changed),
            problems=parsed.problems,
        )
