"""How results look to a person: plain tables and blocks that read well at 80 columns."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import tzinfo

from rich import box
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from aggregator.ingest import Outcome
from aggregator.shapes import Hit
from parsers.dates import describe
from parsers.model import Evidence, Item, Statement, When

STYLES = {"fetched": "green", "not_modified": "dim", "failed": "bold red", "skipped": "yellow"}
DATE_WIDTH = 22
"""As wide as "25 Oct – 3 Nov 2022"; longer ones wrap."""


def make_table(*headers: str, numbers: Sequence[str] = ()) -> Table:
    """A table without lines but under its head; `numbers` names the columns set to the right."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for header in headers:
        table.add_column(header, justify="right" if header in numbers else "left", overflow="fold")
    return table


def show_outcomes(outcomes: Iterable[Outcome]) -> RenderableType:
    """What a fetch brought, a line a source; under it what failed and why."""
    table = make_table(
        "source", "outcome", "listed", "new", "changed", numbers=("listed", "new", "changed")
    )
    remarks: list[Text] = []
    for outcome in outcomes:
        counts = (outcome.listed, outcome.new, outcome.changed)
        shown = [str(count) if outcome.outcome == "fetched" else "" for count in counts]
        table.add_row(
            outcome.source_id, Text(outcome.outcome.replace("_", " "), STYLES[outcome.outcome]), *shown
        )
        if outcome.error is not None:
            remarks.append(
                _remark(outcome.source_id, "bold red", outcome.error.message, outcome.error.hint)
            )
        remarks += [
            _remark(outcome.source_id, "yellow", f"{problem.where}: {problem.what}")
            for problem in outcome.problems
        ]
    return Group(table, *remarks)


def _remark(source_id: str, style: str, *sentences: str) -> Text:
    return Text.assemble((source_id, style), ": ", " ".join(filter(None, sentences)))


def show_hits(hits: Iterable[Hit], zone: tzinfo) -> RenderableType:
    """Search results: the date to the left, what it is to the right."""
    grid = Table.grid(padding=(0, 2))
    grid.add_column(max_width=DATE_WIDTH)
    grid.add_column(ratio=1)
    for hit in hits:
        block = Text(hit.title or "(no title)", "bold")
        block.append("\n" + " · ".join((*hit.speakers, hit.kind, hit.source, hit.id)), "not bold cyan")
        if hit.snippet:
            block.append("\n" + hit.snippet, "not bold dim")
        grid.add_row(Text(describe(hit.published, zone)), block)
    return grid


def show_statements(
    found: Iterable[tuple[Statement, Hit]], zone: tzinfo, width: int = 300
) -> RenderableType:
    """Who said what and when, the words first."""
    grid = Table.grid(padding=(0, 2))
    grid.add_column(max_width=DATE_WIDTH)
    grid.add_column(ratio=1)
    for statement, hit in found:
        words = (
            statement.text
            if len(statement.text) <= width
            else statement.text[:width].rsplit(" ", 1)[0] + " …"
        )
        block = Text(statement.person or statement.mention, "bold")
        block.append(f"  {statement.kind}\n", "not bold dim")
        block.append(words, "not bold")
        block.append(f"\n{hit.title} · {hit.id}", "not bold cyan")
        grid.add_row(Text(describe(hit.published, zone)), block)
    return grid


def show_item(item: Item, zone: tzinfo) -> RenderableType:
    """One item: what it is, when, who speaks, where it was seen."""
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim")
    grid.add_column(ratio=1)
    rows = [
        ("published", describe(item.published, zone)),
        ("event", describe(item.event, zone) if item.event else ""),
        ("updated", describe(item.updated, zone) if item.updated else ""),
        ("kind", item.kind),
        ("language", item.language),
        ("byline", item.byline),
        ("address", item.url),
        ("first seen", f"{item.first_seen:%Y-%m-%d %H:%M} UTC"),
        ("last seen", f"{item.last_seen:%Y-%m-%d %H:%M} UTC"),
        ("revision", _revision_words(item)),
        ("sources", ", ".join(sorted({seen.source_id for seen in item.observations}))),
        ("speakers", ", ".join(dict.fromkeys(said.person for said in item.statements if said.person))),
        ("id", item.id),
    ]
    for label, value in rows:
        if value:
            grid.add_row(label, Text(value))
    return Group(Text(item.title or "(no title)", "bold"), grid)


def _revision_words(item: Item) -> str:
    if not item.edited:
        return str(item.revision)
    return f"{item.revision} ({'edited without saying so' if item.silent else 'edited'})"


def show_evidence(when: When, zone: tzinfo) -> RenderableType:
    """Each witness of a date: what it said, where, by which rule, and the interval it gives."""
    parts: list[RenderableType] = [Text(f"published {describe(when, zone)}", "bold")]
    table = make_table("witness", "as written", "gives", "rule")
    for witness in when.evidence:
        table.add_row(*_witness_row(witness, zone))
    parts.append(table)
    if when.conflicts:
        parts.append(Text("contradicted by (kept, not used)", "yellow"))
        against = make_table("witness", "as written", "gives", "rule")
        for witness in when.conflicts:
            against.add_row(*_witness_row(witness, zone))
        parts.append(against)
    return Group(*parts)


def _witness_row(witness: Evidence, zone: tzinfo) -> tuple[str, str, str, str]:
    bounds = (witness.earliest, witness.latest)
    first, last = (f"{b.astimezone(zone):%Y-%m-%d %H:%M:%S}" if b else "…" for b in bounds)
    return (
        f"{witness.kind} ({witness.where})" if witness.where else witness.kind,
        witness.raw,
        f"{first} to {last}",
        witness.rule,
    )
