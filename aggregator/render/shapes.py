"""The JSON shapes of values: one spelling of an item, a date or a statement wherever JSON leaves the house.

Shapes are plain dictionaries of JSON types. Keys are part of the contract with programs: they may be added
to, never renamed. Times are UTC, `2022-11-26T13:30:00Z`; what is unknown is null (dates) or "" (words).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

from parsers.dates import describe
from parsers.errors import NatowireError
from parsers.model import Entry, Evidence, Item, Observation, Parsed, Problem, Revision, Statement, When

if TYPE_CHECKING:  # shapes cost a command nothing it does not need
    from aggregator.ingest import Outcome
    from aggregator.rebuild import Report
    from schedules.sources import Source
    from storage.hits import Hit
    from storage.state import Merge, SourceState, SpeakerCount, Withdrawal

Json: TypeAlias = dict[str, object]
"""A JSON object."""

NO_OFFICES: Mapping[str, str] = MappingProxyType({})
"""An empty list of offices: ids are shown instead of names."""

_BREAKS_LINES = re.compile("[\u0085\u2028\u2029\ud800-\udfff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """Someone who speaks in an item; either of `person` and `office` may be "", not both."""

    person: str
    office: str

    def __str__(self) -> str:
        """The name with the office after it: "Jens Stoltenberg, NATO Secretary General"."""
        return ", ".join(part for part in (self.person, self.office) if part)


def list_speakers(
    statements: Iterable[Statement], offices: Mapping[str, str] = NO_OFFICES
) -> tuple[Speaker, ...]:
    """Who speaks, each once, in the order of their first words.

    Only people and offices: unnamed and unknown speakers and collectives ("Allies") are nobody in
    particular. A person who is named both with and without an office is listed once, with it.

    Args:
        statements: The statements of one item.
        offices: Office names by office id.
    """
    found: dict[str, Speaker] = {}
    for statement in statements:
        if statement.speaker_kind not in {"person", "office"}:
            continue
        office = name_office(statement.office_id, offices)
        speaker = Speaker(person=statement.person, office=office)
        key = statement.person_id or statement.person or f"office {office}"
        if str(speaker) and (key not in found or (office and not found[key].office)):
            found[key] = speaker
    return tuple(found.values())


def name_office(office_id: str, offices: Mapping[str, str]) -> str:
    """The name of an office, or its id where the register does not know it."""
    return offices.get(office_id, office_id)


def to_json(value: object) -> str:
    """One line of JSON that is valid UTF-8 and one line to every reader.

    Lone surrogates and the line ends that only Unicode knows are escaped; other letters stay readable.
    """
    return escape_breaks(json.dumps(value, ensure_ascii=False, separators=(",", ":")))


def escape_breaks(text: str) -> str:
    """The same JSON with all that would end a line, or is no valid UTF-8, escaped."""
    return _BREAKS_LINES.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def shape_time(moment: datetime | None) -> str | None:
    """An instant as `2022-11-26T13:30:00Z`; four digits of year even before 1000."""
    if moment is None:
        return None
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def shape_when(when: When | None, zone: tzinfo | None = None, *, evidence: bool = False) -> Json | None:
    """An interval: `earliest`, `latest`, `best`, `precision`.

    Args:
        when: The interval, or None where nothing is said.
        zone: Where given, `words` tells the interval to people in that zone.
        evidence: Whether `evidence` and `conflicts` list the witnesses.
    """
    if when is None:
        return None
    shape: Json = {
        "earliest": shape_time(when.earliest),
        "latest": shape_time(when.latest),
        "best": shape_time(when.best),
        "precision": when.precision,
    }
    if zone is not None:
        shape["words"] = describe(when, zone)
    if evidence:
        shape["evidence"] = [shape_evidence(witness) for witness in when.evidence]
        shape["conflicts"] = [shape_evidence(witness) for witness in when.conflicts]
    return shape


def shape_evidence(witness: Evidence) -> Json:
    """One witness of a date: what was written, where, the rule that read it, the interval it gives."""
    return {
        "kind": witness.kind,
        "raw": witness.raw,
        "where": witness.where,
        "earliest": shape_time(witness.earliest),
        "latest": shape_time(witness.latest),
        "rule": witness.rule,
        "strength": witness.strength.name.lower(),
    }


def shape_entry(entry: Entry, zone: tzinfo | None = None) -> Json:
    """What one document says about one item (`natowire parse`), its dates with their witnesses."""
    return {
        "title": entry.title,
        "url": entry.url,
        "guid": entry.guid,
        "kind": entry.kind,
        "detail": entry.detail.name.lower(),
        "published": shape_when(entry.published, zone, evidence=True),
        "updated": shape_when(entry.updated, zone, evidence=True),
        "event": shape_when(entry.event, zone, evidence=True),
        "summary": entry.summary,
        "text": entry.text,
        "language": entry.language,
        "byline": entry.byline,
    }


def shape_parsed(file: str, result: Parsed | NatowireError, zone: tzinfo | None = None) -> Json:
    """What was read of one file, or why it could not be: a line of `natowire parse`."""
    if isinstance(result, NatowireError):
        return {"file": file, "parser": "", "entries": [], "problems": [], "error": shape_error(result)}
    return {
        "file": file,
        "parser": result.parser,
        "entries": [shape_entry(entry, zone) for entry in result.entries],
        "problems": [shape_problem(problem) for problem in result.problems],
        "error": None,
    }


def shape_error(error: NatowireError) -> Json:
    """An error: its stable `code`, what happened, the remedy, what it is about."""
    return {"code": error.code, "message": error.message, "hint": error.hint, "where": error.where}


def shape_problem(problem: Problem) -> Json:
    """One thing in a document that could not be read."""
    return {"where": problem.where, "what": problem.what}


def shape_statement(statement: Statement, offices: Mapping[str, str] = NO_OFFICES) -> Json:
    """Words and whose they are; offsets in code points of `field`, null where no mention stands there."""
    mentioned = statement.mention_start >= 0
    return {
        "field": statement.field,
        "start": statement.start,
        "end": statement.end,
        "text": statement.text,
        "kind": statement.kind,
        "cue": statement.cue,
        "mention": statement.mention,
        "mention_start": statement.mention_start if mentioned else None,
        "mention_end": statement.mention_end if mentioned else None,
        "speaker_kind": statement.speaker_kind,
        "person": statement.person,
        "person_id": statement.person_id,
        "office": name_office(statement.office_id, offices),
        "office_id": statement.office_id,
        "rule": statement.rule,
        "confidence": statement.confidence,
    }


def shape_revision(revision: Revision) -> Json:
    """One distinct text of an item and when it was first seen."""
    return {
        "number": revision.number,
        "seen_at": shape_time(revision.seen_at),
        "silent": revision.silent,
        "title": revision.title,
        "summary": revision.summary,
        "text": revision.text,
    }


def shape_observation(observation: Observation) -> Json:
    """Where and when an item was seen."""
    return {
        "source": observation.source_id,
        "capture": observation.capture_id,
        "seen_at": shape_time(observation.seen_at),
    }


def shape_item(
    item: Item,
    zone: tzinfo | None = None,
    *,
    offices: Mapping[str, str] = NO_OFFICES,
    whole: bool = False,
) -> Json:
    """An item with its statements; `revisions` and `observations` where the item has them filled in.

    Args:
        item: The item.
        zone: Where given, its dates are also told in words, in that zone.
        offices: Office names by office id.
        whole: Whether its dates list their witnesses.
    """
    shape: Json = {
        "id": item.id,
        "url": item.url,
        "kind": item.kind,
        "title": item.title,
        "published": shape_when(item.published, zone, evidence=whole),
        "updated": shape_when(item.updated, zone, evidence=whole),
        "event": shape_when(item.event, zone, evidence=whole),
        "first_seen": shape_time(item.first_seen),
        "last_seen": shape_time(item.last_seen),
        "source": item.owner,
        "text_source": item.text_owner,
        "detail": item.detail.name.lower(),
        "language": item.language,
        "byline": item.byline,
        "speakers": [
            speaker.person or speaker.office for speaker in list_speakers(item.statements, offices)
        ],
        "summary": item.summary,
        "text": item.text,
        "revision": item.revision,
        "revised_at": shape_time(item.revised_at),
        "edited": item.edited,
        "silent_edit": item.silent,
        "statements": [shape_statement(statement, offices) for statement in item.statements],
    }
    if item.revisions:
        shape["revisions"] = [shape_revision(revision) for revision in item.revisions]
    if item.observations:
        shape["observations"] = [shape_observation(observation) for observation in item.observations]
    return shape


def shape_hit(hit: Hit, zone: tzinfo | None = None) -> Json:
    """One search hit."""
    return {
        "id": hit.id,
        "title": hit.title,
        "url": hit.url,
        "published": shape_when(hit.published, zone),
        "event": shape_when(hit.event, zone),
        "source": hit.source,
        "kind": hit.kind,
        "speakers": list(hit.speakers),
        "snippet": hit.snippet,
    }


def shape_outcome(outcome: Outcome) -> Json:
    """What came of one source in a cycle."""
    return {
        "id": outcome.source_id,
        "outcome": outcome.outcome,
        "status": outcome.status,
        "listed": outcome.listed,
        "new": outcome.new,
        "changed": outcome.changed,
        "merged": outcome.merged,
        "error": None if outcome.error is None else shape_error(outcome.error),
        "problems": [shape_problem(problem) for problem in outcome.problems],
        "seconds": round(outcome.seconds, 3),
        **({"records": dict(outcome.records)} if outcome.records else {}),
    }


def shape_cycle(outcomes: Sequence[Outcome]) -> Json:
    """A whole cycle: each source, and the sums."""
    return {
        "sources": [shape_outcome(outcome) for outcome in outcomes],
        "new": sum(outcome.new for outcome in outcomes),
        "changed": sum(outcome.changed for outcome in outcomes),
        "failed": sum(outcome.outcome == "failed" for outcome in outcomes),
        **({"offline": True} if any(outcome.offline for outcome in outcomes) else {}),
    }


def shape_speakers(counts: Iterable[SpeakerCount], offices: Mapping[str, str] = NO_OFFICES) -> list[Json]:
    """Who speaks in an archive, and how much of theirs is in it."""
    return [
        {
            "person_id": count.person_id,
            "name": count.name,
            "offices": [name_office(office, offices) for office in count.offices],
            "statements": count.statements,
            "items": count.items,
        }
        for count in counts
    ]


def shape_merge(merge: Merge) -> Json:
    """A recorded merge; `score` says how alike the two are, from 0 to 1."""
    return {
        "number": merge.id,
        "item": merge.item_id,
        "source": merge.source_id,
        "title": merge.title,
        "url": merge.url,
        "reason": merge.reason,
        "score": round(merge.score, 3),
        "merged_at": shape_time(merge.merged_at),
        "undone_at": shape_time(merge.undone_at),
    }


def shape_withdrawal(withdrawal: Withdrawal) -> Json:
    """Where an item is no longer, since when, and since when it is back."""
    return {
        "kind": withdrawal.kind,
        "source": withdrawal.source_id,
        "url": withdrawal.url,
        "status": withdrawal.status,
        "last_seen": shape_time(withdrawal.last_seen),
        "noticed_at": shape_time(withdrawal.noticed_at),
        "returned_at": shape_time(withdrawal.returned_at),
    }


def shape_rebuild(report: Report) -> Json:
    """What a rebuild changes."""
    names = ("item", "field", "before", "after")
    return {
        "items": report.items,
        "captures": report.captures,
        "added": report.added,
        "lost": report.lost,
        "changed": report.changed,
        "fields": dict(report.fields),
        "parsers": dict(report.parsers),
        "examples": [dict(zip(names, example, strict=True)) for example in report.examples],
        "adopted": report.adopted,
    }


def shape_source(source: Source, state: SourceState | None = None) -> Json:
    """A configured source and how its last fetch went; `every` is in seconds."""
    return {
        "id": source.id,
        "name": source.name,
        "url": source.url,
        "parser": source.parser,
        "every": int(source.every.total_seconds()),
        "enabled": source.enabled,
        "language": source.language,
        "zone": source.zone,
        "trusts": list(source.trusts),
        "details": source.details,
        "confidence": source.confidence,
        "note": source.note,
        "last_attempt": shape_time(state.last_attempt) if state else None,
        "last_success": shape_time(state.last_success) if state else None,
        "next_due_at": shape_time(state.next_due_at) if state else None,
        "failures": state.failures if state else 0,
        "last_error": state.last_error if state else "",
    }
