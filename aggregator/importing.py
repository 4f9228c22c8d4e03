"""Documents from disk into the archive: as if they had been fetched when they were saved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import groupby, islice

from aggregator.ahead import Reading, read_ahead
from aggregator.ingest import Outcome
from aggregator.keeping import store
from aggregator.merging.merges import honour, is_honoured, is_undoing
from aggregator.merging.taking import refuse
from aggregator.merging.tally import Tally
from aggregator.polling import Reader
from aggregator.saved import Saved
from parsers.errors import DamagedError, NatowireError
from parsers.model import Parsed, Problem
from storage.archive import Archive
from storage.writer import Writer

BATCH = 32
"""Records of a WARC file that are stored in one transaction."""
MOST_PROBLEMS = 100
"""More of them are counted, not told."""


@dataclass(slots=True, kw_only=True)
class _Course:
    """What has come of a file so far."""

    records: Counter[str] = field(default_factory=Counter)
    listed: int = 0
    merged: int = 0
    new: set[str] = field(default_factory=set)
    changed: set[str] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)
    refused: NatowireError | None = None

    def note(self, tally: Tally | None) -> None:
        """Count what a document brought."""
        if tally is None:
            return
        self.listed += tally.listed
        self.merged += tally.merged
        self.new.update(item.id for item in tally.new)
        self.changed.update(item.id for item in tally.changed)
        for problem in tally.problems:
            self.tell(problem.where, problem.what)

    def tell(self, where: str, what: str) -> None:
        """Note what is wrong, while there are not too many such notes."""
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(Problem(where=where, what=what))


def keep_saved(archive: Archive, saved: Iterable[Saved], read: Reader) -> Iterator[Outcome]:
    """Archive documents from disk; one that cannot be read is kept too.

    A record of a WARC file that the archive has already is passed over: bringing a file in again changes
    nothing.

    Yields:
        An outcome for each file, named by the file.
    """
    answers = read_ahead(saved, read, lambda one: one.capture if one.decision is None else None)
    for (file, is_record), group in groupby(
        answers, key=lambda answer: (answer[0].file, answer[0].is_record)
    ):
        if is_record:
            yield _keep_records(archive, file, group, read)
        else:
            yield from (_keep_document(archive, one, reading) for one, reading in group)


def _keep_document(archive: Archive, one: Saved, reading: Reading) -> Outcome:
    if one.capture is None:
        return Outcome(source_id=one.file, outcome="failed", error=one.error)
    with archive.writing("ingest") as writer, writer.transaction():
        _, tally = store(writer, one.capture, reading, archive)
    course = _Course()
    course.note(tally)
    failure = reading if isinstance(reading, NatowireError) else None
    if isinstance(reading, Parsed):
        course.problems += reading.problems
    return _outcome(one.file, course, failure, status=one.capture.status)


def _keep_records(
    archive: Archive, file: str, answers: Iterator[tuple[Saved, Reading]], read: Reader
) -> Outcome:
    course = _Course()
    while batch := list(islice(answers, BATCH)):
        for is_decision, group in groupby(batch, key=lambda answer: _is_decision(answer[0])):
            run = list(group)
            if not is_decision and not any(one.capture for one, _ in run):
                for one, _ in run:
                    _note_passed(course, one)
                continue
            # What is decided concerns captures that must have been stored by then.
            with archive.writing("ingest") as writer, writer.transaction():
                for one, reading in run:
                    if is_decision:
                        _keep_decision(archive, writer, course, one, read)
                    else:
                        _keep_record(archive, writer, course, one, reading)
    damaged = course.records["damaged"]
    if damaged:
        records = "A record is damaged" if damaged == 1 else f"{damaged} records are damaged"
        return _outcome(file, course, DamagedError(f"{records}; the others were taken.", where=file))
    unread = course.refused if not (course.records["read"] or course.records["known"]) else None
    return _outcome(file, course, unread)


def _keep_record(archive: Archive, writer: Writer, course: _Course, one: Saved, reading: Reading) -> None:
    if one.capture is None:
        _note_passed(course, one)
        return
    if writer.holds(one.capture):
        course.records["known"] += 1
        return
    if one.decision is not None:
        number = writer.add_capture(one.capture)
        writer.add_decision(refuse(number, one.decision.decided_at))
        course.records["kept, not believed"] += 1
        return
    _, tally = store(writer, one.capture, reading, archive)
    course.note(tally)
    if isinstance(reading, NatowireError):
        course.records["kept, not read"] += 1
        course.refused = course.refused or reading
        course.tell(one.capture.final_url, reading.message)
        return
    course.records["read"] += 1
    for problem in reading.problems if reading else ():
        course.tell(f"{one.capture.final_url}: {problem.where}", problem.what)


def _is_decision(one: Saved) -> bool:
    return one.capture is None and one.decision is not None


def _keep_decision(archive: Archive, writer: Writer, course: _Course, one: Saved, read: Reader) -> None:
    """Honour what a person decided in the archive a file is of: two things are two anywhere."""
    assert one.decision is not None
    # The number of a capture there means nothing here.
    told = replace(one.decision, terms=tuple(pair for pair in one.decision.terms if pair[0] != "capture"))
    if not is_undoing(told):
        course.records["decision"] += 1
    elif is_honoured(writer, told):
        course.records["known"] += 1
    else:
        writer.add_decision(told)
        honour(writer, archive, told, read)
        course.records["merge undone"] += 1


def _note_passed(course: _Course, one: Saved) -> None:
    if one.error is None:
        course.records[one.passed] += 1
        return
    course.records["damaged"] += 1
    course.tell(one.error.where, one.error.message)


def _outcome(file: str, course: _Course, error: NatowireError | None, status: int | None = None) -> Outcome:
    return Outcome(
        source_id=file,
        outcome="failed" if error else "fetched",
        status=status,
        listed=course.listed,
        new=len(course.new),
        changed=len(course.changed - course.new),
        merged=course.merged,
        error=error,
        problems=tuple(course.problems),
        records=dict(course.records),
    )
