"""How sources, fetches and the archive look to a person: plain tables within 80 columns."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, tzinfo
from types import MappingProxyType
from typing import TYPE_CHECKING

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from schedules.table import write_duration

if TYPE_CHECKING:
    from aggregator.ingest import Outcome
    from aggregator.lookup import Profile
    from aggregator.rebuild import Report
    from schedules.sources import Source
    from storage.health import Finding
    from storage.state import Merge, SourceState, SpeakerCount, Stats

STYLES = {"fetched": "green", "not_modified": "dim", "failed": "bold red", "skipped": "yellow"}
NAME_WIDTH = 32
NO_NAMES: Mapping[str, Sequence[str]] = MappingProxyType({})
LEVELS = {"ok": "green", "warn": "yellow", "fail": "bold red"}


def make_table(
    *headers: str, numbers: Sequence[str] = (), names: Mapping[str, Sequence[str]] = NO_NAMES
) -> Table:
    """A table without lines but under its head.

    Args:
        headers: The heads of its columns.
        numbers: Those set to the right.
        names: What is to be copied into commands, by head: not broken unless it is very long.
    """
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for header in headers:
        numeric = header in numbers
        whole = header in names and max(map(len, names[header]), default=0) <= NAME_WIDTH
        # Only the last column may be folded within a word; the others wrap between words.
        table.add_column(header, justify="right" if numeric else "left", overflow="fold", no_wrap=whole)
    return table


def show_pairs(pairs: Mapping[str, object]) -> RenderableType:
    """Names and values, a line each."""
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim")
    for name, value in pairs.items():
        grid.add_row(name, f"{value:,}" if isinstance(value, int) else str(value or "–"))
    return grid


def show_stats(held: Stats, zone: tzinfo) -> RenderableType:
    """How much an archive holds: sizes in units for people, times of one zone, which is named."""
    pairs: dict[str, object] = {}
    for name, value in asdict(held).items():
        if name.endswith("bytes"):
            pairs[name.replace("bytes", "size")] = write_size(value)
        else:
            pairs[name] = (
                f"{value.astimezone(zone):%Y-%m-%d %H:%M}" if isinstance(value, datetime) else value
            )
    return show_pairs(
        {name.replace("_", " "): value for name, value in {**pairs, "times_in": zone}.items()}
    )


def write_size(count: int) -> str:
    """A size in the unit that leaves it one to three digits before the point."""
    unit = next(power for power in (3, 2, 1, 0) if count >= 1000**power or not power)
    return f"{count / 1000**unit:,.{1 if unit else 0}f} {('bytes', 'kB', 'MB', 'GB')[unit]}"


def show_outcomes(outcomes: Iterable[Outcome]) -> RenderableType:
    """What a cycle brought, a line a source; under it what failed and why."""
    outcomes = tuple(outcomes)
    counts = ("listed", "new", "changed", "merged")
    table = make_table(
        "source",
        "outcome",
        *counts,
        numbers=counts,
        names={"source": [outcome.source_id for outcome in outcomes]},
    )
    remarks: list[Text] = []
    for outcome in outcomes:
        shown = [str(count) for count in (outcome.listed, outcome.new, outcome.changed, outcome.merged)]
        nothing = outcome.outcome != "fetched" and not (outcome.new or outcome.changed)
        what = Text(outcome.outcome.replace("_", " "), STYLES[outcome.outcome])
        table.add_row(outcome.source_id, what, *([""] * len(counts) if nothing else shown))
        if outcome.records:
            counted = (f"{count:,} {kind}" for kind, count in sorted(outcome.records.items()))
            remarks.append(_remark(outcome.source_id, "dim", f"records: {', '.join(counted)}"))
        if outcome.error is not None:
            remarks.append(
                _remark(outcome.source_id, "bold red", outcome.error.message, outcome.error.hint)
            )
        remarks += [_remark(outcome.source_id, "yellow", f"{p.where}: {p.what}") for p in outcome.problems]
    return Group(table, *remarks)


def _remark(source_id: str, style: str, *sentences: str) -> Text:
    return Text.assemble((source_id, style), ": ", " ".join(filter(None, sentences)))


def show_sources(sources: Iterable[Source], states: Mapping[str, SourceState]) -> RenderableType:
    """The configured sources and how they are; under them why some failed."""
    sources = tuple(sources)
    failures: list[Text] = []
    table = make_table(
        "id",
        "every",
        "parser",
        "last good fetch (UTC)",
        "state",
        names={"id": [source.id for source in sources]},
    )
    for source in sources:
        state = states.get(source.id)
        good = state.last_success if state else None
        table.add_row(
            source.id,
            write_duration(source.every),
            source.parser,
            f"{good:%Y-%m-%d %H:%M}" if good else "never",
            _source_state(source, state),
        )
        if source.enabled and state and state.failures:
            failures.append(_remark(source.id, "red", state.last_error))
    return Group(table, *failures)


def _source_state(source: Source, state: SourceState | None) -> Text:
    if not source.enabled:
        return Text("disabled", "dim")
    if state is None or state.last_attempt is None:
        return Text("new", "yellow")
    if state.failures:
        return Text(f"failed {state.failures}×", "red")
    return Text("fine", "green")


def show_merges(merges: Iterable[Merge]) -> RenderableType:
    """Recorded merges, a line each."""
    heads = ("no.", "why", "entry", "of source", "taken for item")
    merges = tuple(merges)
    names = {"no.": (), "taken for item": [merge.item_id for merge in merges]}
    table = make_table(*heads, numbers=("no.",), names=names)
    for merge in merges:
        why = Text(merge.reason.replace("_", " "))
        why.append(f" {merge.score:.0%}" if merge.reason == "near_copy" else "", "dim")
        why.append("\nundone" if merge.undone_at else "", "yellow")
        table.add_row(str(merge.id), why, merge.title, merge.source_id, merge.item_id)
    return table


def show_rebuild(report: Report) -> RenderableType:
    """What a rebuild changes: how much, in which fields, by which parsers, and examples."""
    counts = {
        "items": report.items,
        "captures": report.captures,
        "added": report.added,
        "lost": report.lost,
    }
    parts: list[RenderableType] = [show_pairs({**counts, "changed": report.changed})]
    for head, counter in (("field", report.fields), ("parser", report.parsers)):
        if counter:
            table = make_table(head, "items changed", numbers=("items changed",))
            for name, count in counter.most_common():
                table.add_row(name, str(count))
            parts += [Text(), table]
    for item_id, name, before, after in report.examples:
        parts.append(Text.assemble((f"\n{item_id} {name}", "bold"), f"\n- {before}\n+ {after}"))
    done = "The archive was made anew." if report.adopted else "Nothing was changed."
    return Group(*parts, Text(f"\n{done}"))


def show_findings(findings: Iterable[Finding]) -> RenderableType:
    """What the doctor found, the remedy under each trouble."""
    grid = Table.grid(padding=(0, 2))
    for finding in findings:
        text = Text(finding.what)
        if finding.hint and finding.state != "ok":
            text.append(f"\n{finding.hint}", "dim")
        grid.add_row(Text(finding.state, LEVELS[finding.state]), finding.name, text)
    return grid


def show_speakers(counts: Iterable[SpeakerCount], offices: Mapping[str, str]) -> RenderableType:
    """Who speaks in the archive, those with most statements first."""
    table = make_table("name", "office", "statements", "items", numbers=("statements", "items"))
    for count in counts:
        held = ", ".join(offices.get(office, office) for office in count.offices)
        table.add_row(count.name, held, str(count.statements), str(count.items))
    return table


def show_people(people: Iterable[Profile]) -> RenderableType:
    """Who people are: the offices they held, and how sure that is."""
    parts: list[RenderableType] = []
    for person in people:
        parts.append(Text.assemble((person.name, "bold"), f"  {person.statements} statements"))
        table = make_table("office", "from", "to", "source")
        for tenure in person.tenures:
            office = Text(person.offices.get(tenure.office_id, tenure.office_id))
            office.append(" (acting)" if tenure.acting else "", "yellow")
            sure = (
                Text(tenure.source) if tenure.verified else Text(f"unverified: {tenure.source}", "yellow")
            )
            table.add_row(office, tenure.start.written, tenure.end.written if tenure.end else "today", sure)
        parts.append(
            table if person.tenures else Text(person.role or "not in the register of offices", "dim")
        )
    return Group(*parts)
