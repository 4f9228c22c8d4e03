"""`search`, `show`, `speakers`, `statements`: reading the archive."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from aggregator.cli.session import Session
from parsers.errors import NotFoundError

app = typer.Typer()
speakers_app = typer.Typer(help="Who speaks in the archive.", invoke_without_command=True)
app.add_typer(speakers_app, name="speakers")


class Sort(StrEnum):
    """How hits are ordered."""

    date = "date"
    rank = "rank"


class Format(StrEnum):
    """How hits are written."""

    table = "table"
    json = "json"
    jsonl = "jsonl"
    csv = "csv"


Words = Annotated[
    list[str] | None,
    typer.Argument(metavar="[QUERY…]", help='Words, "phrases", OR, -not, prefix*, speaker:, after: …'),
]
Speaker = Annotated[str, typer.Option(metavar="S", help="Who speaks, e.g. stoltenberg.")]
Office = Annotated[str, typer.Option(metavar="O", help="In which office, e.g. 'secretary general'.")]
After = Annotated[str, typer.Option(metavar="D", help="From this day on: 2022-11-09, 2022-11, 2022.")]
Before = Annotated[str, typer.Option(metavar="D", help="Ending before this day begins.")]
Limit = Annotated[int, typer.Option(metavar="N", min=1, max=10_000, help="At most so many.")]

# A word that begins with a dash is a part of the query (-ukraine), not an option.
QUERY_WORDS = {"ignore_unknown_options": True}


@app.command(context_settings=QUERY_WORDS)
def search(
    ctx: typer.Context,
    query: Words = None,
    speaker: Speaker = "",
    office: Office = "",
    after: After = "",
    before: Before = "",
    source: Annotated[str, typer.Option(metavar="ID", help="From this source.")] = "",
    kind: Annotated[str, typer.Option(metavar="K", help="Of this kind: news, event, transcript …")] = "",
    sort: Annotated[Sort, typer.Option(help="Newest first, or best match first.")] = Sort.date,
    limit: Limit = 10,
    layout: Annotated[Format, typer.Option("--format", help="How hits are written.")] = Format.table,
) -> None:
    """Search the archive, newest first.

    Example: natowire search "air defence" --speaker stoltenberg --after 2022-11-01
    """
    from aggregator.cli.hits import write_page

    session: Session = ctx.obj
    with session.open_archive() as archive:
        page = archive.search(
            " ".join(query or ()),
            speaker=speaker,
            office=office,
            after=after,
            before=before,
            source=source,
            kind=kind,
            sort=sort.value,
            limit=limit,
            now=session.now(),
        )
        write_page(session, page, Format.json if session.json and layout is Format.table else layout)


@app.command()
def show(
    ctx: typer.Context,
    item_id: Annotated[str, typer.Argument(metavar="ITEM", help="An item's id, or its address.")],
    evidence: Annotated[bool, typer.Option("--evidence", help="List the witnesses of its date.")] = False,
    revisions: Annotated[bool, typer.Option("--revisions", help="Show how its text changed.")] = False,
    text: Annotated[bool, typer.Option("--text", help="Show its whole text.")] = False,
) -> None:
    """Show one item: what it is, when, who speaks, where it was seen."""
    from aggregator.shapes import shape_item

    session: Session = ctx.obj
    with session.open_archive() as archive:
        item = archive.item(_identify(archive, item_id))
        if session.json:
            session.emit({"item": shape_item(item, ZoneInfo(archive.zone), whole=True)})
            return
        from aggregator.cli.tables import show_evidence, show_item, show_revisions, show_text

        zone = ZoneInfo(archive.zone)
        session.out.print(show_item(item, zone))
        for wanted, render in ((evidence, show_evidence), (revisions, show_revisions)):
            if wanted:
                session.out.print()
                session.out.print(render(item, zone))
        if text:
            session.out.print()
            session.out.print(show_text(item))
