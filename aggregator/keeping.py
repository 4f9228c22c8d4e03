"""Keeping an answer that brought something: capture, items, the attempt and what is to be visited."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from hashlib import sha256

from aggregator.appraisal import count_new, note_look
from aggregator.merging.taking import refuse, take_in
from aggregator.merging.tally import Tally
from aggregator.polling import Answer, Poll, fetch_row, next_state
from aggregator.visiting import hastened, next_visit, visit_model, visits_of
from parsers.errors import ImplausibleError, NatowireError
from parsers.model import Capture, Parsed
from storage.archive import Archive
from storage.state import Fetch, SourceState
from storage.writer import Writer


def keep(archive: Archive, poll: Poll, answer: Answer, capture: Capture, now: datetime) -> Tally | None:
    """Keep an answer and note the attempt, in one transaction.

    Args:
        archive: Open; locked for writing meanwhile.
        poll: What was asked.
        answer: What came of it; what could not be read too.
        capture: The document in it.
        now: The present moment, UTC.

    Returns:
        What changed among the items; None where nothing was read.

    Raises:
        StorageError: The archive cannot be written; nothing of the answer is stored.
    """
    with archive.writing("fetch") as writer, writer.transaction():
        capture_id, tally = store(writer, capture, answer.parsed or answer.error, archive)
        if isinstance(answer.error, ImplausibleError):
            writer.add_decision(refuse(capture_id, now))
        _note(writer, poll, answer, capture, tally, capture_id, now)
    return tally


def store(
    writer: Writer, capture: Capture, parsed: Parsed | NatowireError | None, archive: Archive
) -> tuple[int, Tally | None]:
    """Add a capture and fold what was read of it into the items; in the caller's transaction."""
    capture_id = writer.add_capture(capture)
    return capture_id, take_in(writer, capture, capture_id, parsed, archive.register)


def _note(
    writer: Writer,
    poll: Poll,
    answer: Answer,
    capture: Capture,
    tally: Tally | None,
    capture_id: int,
    now: datetime,
) -> None:
    """Write down the attempt, and when the address is to be asked again."""
    if poll.visit is not None:
        writer.set_visits([next_visit(poll.visit, answer, now)])
        writer.add_visits(visit_model(poll.visit, answer.error, now))
        return
    writer.add_fetch(_fetch_row(poll, answer, tally, capture_id))
    writer.set_state(_next_state(poll, answer, capture, capture_id, now))
    if tally:
        writer.add_visits(visits_of(poll.source, tally, now))
        writer.hasten_visits(hastened(poll.source, tally, now))


def _fetch_row(poll: Poll, answer: Answer, tally: Tally | None, capture_id: int) -> Fetch:
    row = replace(fetch_row(poll, answer), capture_id=capture_id)
    if tally is None:
        return row
    new, reached = count_new(poll, answer.parsed, tally)
    return replace(row, listed=tally.listed, new=new, changed=len(tally.changed), reached_known=reached)


def _next_state(
    poll: Poll, answer: Answer, capture: Capture, capture_id: int, now: datetime
) -> SourceState:
    """The validators are those of the last answer that could be read.

    After a page that could not, a "not modified" would hide the failure for ever.
    """
    state = next_state(poll, answer, now)
    if answer.parsed is None:
        return state
    return replace(
        state,
        etag=capture.header("etag"),
        last_modified=capture.header("last-modified"),
        body_digest=sha256(capture.body).hexdigest(),
        capture_id=capture_id,
        notes=note_look(state.notes, answer.parsed, now),
    )
