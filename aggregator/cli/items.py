"""How items look to a person: blocks that read well at 80 columns, the date to the left."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import tzinfo

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from aggregator.cli.tables import make_table
from aggregator.render.prose import headline_of
from parsers.dates import describe
from parsers.model import Evidence, Item, Revision, When
from storage.hits import Hit, Said
from storage.state import Merge, Withdrawal

DATE_WIDTH = 22
"""As wide as "25 Oct – 3 Nov 2022"; longer ones wrap."""
SAID_WIDTH = 300


def _grid() -> Table:
    grid = Table.grid(padding=(0, 2, 1, 0))
    grid.add_column(max_width=DATE_WIDTH)
    grid.add_column(ratio=1)
    return grid


def show_hits(hits: Iterable[Hit], zone: tzinfo) -> RenderableType:
    """Search results: the date to the left, what it is to the right."""
    grid = _grid()
    for hit in hits:
        block = Text(headline_of(hit.title, hit.url), "bold", overflow="fold")
        block.append("\n" + " · ".join((*hit.speakers, hit.kind, hit.source, hit.id)), "not bold cyan")
        if hit.snippet and hit.snippet != hit.title:
            snippet = Text(hit.snippet, "not bold dim")
            for start, end in hit.marks:
                snippet.stylize("not dim bold", start, end)
            block.append("\n").append_text(snippet)
        grid.add_row(spell_date(hit, zone), block)
    return grid


def spell_date(one: Hit | Item, zone: tzinfo) -> Text:
    """The date of an item, and that it is one of taking place where it is none of publication.

    Items stand in the order of publication: without that word an event would seem out of place.
    """
    words = Text(describe(one.date, zone))
    if one.event is not None and one.date == one.event:
        words.append("\n(the event)", "dim")
    return words


def show_sayings(found: Iterable[Said], zone: tzinfo, offices: Mapping[str, str]) -> RenderableType:
    """Who said what, when and in which office: the words, then where they stand."""
    grid = _grid()
    for said in found:
        statement, hit = said.statement, said.hit
        words = Text(statement.text, "not bold")
        words.truncate(SAID_WIDTH, overflow="ellipsis")
        block = Text(statement.person or statement.mention or "(unnamed)", "bold")
        if statement.office_id:
            block.append(f", {offices.get(statement.office_id, statement.office_id)}", "not bold")
        block.append(f"  {statement.kind}", "not bold dim")
        if statement.confidence == "low":
            block.append(", uncertain", "not bold yellow")
        block.append("\n").append_text(words)
        block.append(f"\n{headline_of(hit.title, hit.url)} · {hit.id}", "not bold cyan")
        grid.add_row(spell_date(hit, zone), block)
    return grid


def show_item(
    item: Item, withdrawals: Sequence[Withdrawal], merges: Sequence[Merge], zone: tzinfo
) -> RenderableType:
    """One item: what it is, when, who speaks, where it was seen, and where it is no longer."""
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim")
    grid.add_column(ratio=1, overflow="fold")
    rows = [
        ("published", describe(item.published, zone)),
        ("event", describe(item.event, zone) if item.event else ""),
        ("updated", describe(item.updated, zone) if item.updated else ""),
        ("kind", item.kind),
        ("language", item.language),
        ("byline", item.byline),
        ("address", item.url),
        ("first seen", f"{item.first_seen.astimezone(zone):%Y-%m-%d %H:%M}"),
        ("last seen", f"{item.last_seen.astimezone(zone):%Y-%m-%d %H:%M}"),
        ("times in", str(zone)),
        ("revision", _revision_words(item)),
        ("sources", ", ".join(sorted({seen.source_id for seen in item.observations}))),
        ("speakers", ", ".join(dict.fromkeys(said.person for said in item.statements if said.person))),
        *(
            ("merged from", _merge_words(one))
            for one in merges
            if one.reason != "url" and not one.undone_at
        ),
        *(("withdrawn", _withdrawal_words(one, zone)) for one in withdrawals),
        ("id", item.id),
    ]
    for label, value in rows:
        if value:
            grid.add_row(label, Text(value))
    summary = [Text(), Text(item.summary)] if item.summary else []
    return Group(Text(item.title or "(no title)", "bold"), grid, *summary)


def _merge_words(merge: Merge) -> str:
    why = merge.reason.replace("_", " ")
    alike = f" {merge.score:.0%}" if merge.reason == "near_copy" else ""
    told = filter(None, (merge.title, merge.source_id, merge.url))
    return f"{' · '.join(told)} ({why}{alike}, no. {merge.id})"


def _withdrawal_words(withdrawal: Withdrawal, zone: tzinfo) -> str:
    what = {
        "gone": f"{withdrawal.url} answers {withdrawal.status}",
        "redirected": f"its address leads to {withdrawal.url}",
        "unlisted": f"{withdrawal.source_id} lists it no more",
    }[withdrawal.kind]
    last, noticed = (
        f"{at.astimezone(zone):%Y-%m-%d %H:%M}" for at in (withdrawal.last_seen, withdrawal.noticed_at)
    )
    back = (
        f"; back {withdrawal.returned_at.astimezone(zone):%Y-%m-%d %H:%M}" if withdrawal.returned_at else ""
    )
    return f"{what}: last there {last}, missed {noticed}{back}"


def _revision_words(item: Item) -> str:
    if not item.edited:
        return str(item.revision)
    return f"{item.revision} ({'edited without saying so' if item.silent else 'edited'})"


def show_evidence(item: Item, zone: tzinfo) -> RenderableType:
    """Each witness of an item's dates: what it said, where, by which rule, and the interval it gives."""
    parts = _reasons("Published", item.published, zone)
    if item.event is not None:
        parts += [Text(), *_reasons("Takes place", item.event, zone)]
    return Group(*parts)


def _reasons(what: str, when: When, zone: tzinfo) -> list[RenderableType]:
    parts: list[RenderableType] = [
        Text(f"{what} {describe(when, zone)}, because (times in {zone}):", "bold"),
        _witnesses(when, when.evidence, zone),
    ]
    if when.conflicts:
        parts += [
            Text("Contradicted by (kept, not used):", "bold yellow"),
            _witnesses(None, when.conflicts, zone),
        ]
    return parts


def _witnesses(agreed: When | None, evidence: Sequence[Evidence], zone: tzinfo) -> Table:
    """What each of them gives, and what they have `agreed` on."""
    table = make_table("witness", "as written", "gives", "rule")
    for witness in evidence:
        kind = Text(witness.kind.replace("_", " "))
        if witness.where:
            kind.append(f"\n{witness.where}", "dim")
        # Having it in hand is no writing: its raw form is the bound once more.
        written = "" if witness.kind == "first_seen" else witness.raw
        table.add_row(kind, Text(written), Text(_spell_bounds(witness, zone)), Text(witness.rule))
    if agreed is not None and len(evidence) > 1:
        table.add_row(Text("all together", "bold"), "", Text(_spell_bounds(agreed, zone), "bold"), "")
    return table


def _spell_bounds(witness: Evidence | When, zone: tzinfo) -> str:
    """The interval of a witness, or of all, to the second."""
    first, last = (
        f"{bound.astimezone(zone):%Y-%m-%d %H:%M:%S}" if bound else ""
        for bound in (witness.earliest, witness.latest)
    )
    if first == last:
        return first
    if first and last:
        return f"{first} –\n{last}"
    return f"until\n{last}" if last else f"from\n{first}"


def show_revisions(item: Item, zone: tzinfo) -> RenderableType:
    """Each distinct text with when it was first seen, and the words that changed from the one before."""
    parts: list[RenderableType] = []
    before: Revision | None = None
    for revision in item.revisions:
        head = f"Revision {revision.number}, first seen {revision.seen_at.astimezone(zone):%Y-%m-%d %H:%M}"
        if revision.silent:
            head += ", changed without saying so"
        parts.append(Text(head, "bold"))
        parts.append(Padding(_changes(before, revision), (0, 0, 1, 2)))
        before = revision
    return Group(*parts)


def _changes(before: Revision | None, after: Revision) -> Text:
    from aggregator.render.revisions import compare

    if before is None:
        return Text("\n".join(filter(None, (after.title, after.summary, after.text))))
    shown = Text()
    for change in compare(before, after):
        style = {"added": "green", "removed": "red strike"}.get(change.kind, "dim")
        mark = {"added": "[+", "removed": "[-"}.get(change.kind, "")
        shown.append(f"{mark}{change.words}{']' if mark else ''} ", style)
    return shown


def show_text(item: Item, _zone: tzinfo) -> RenderableType:
    """The whole text as it stands now; the summary stands above it already."""
    return Text(item.text) if item.text else Text("No source gave more than the above.", "dim")
