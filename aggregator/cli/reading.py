"""`search`, `show`, `speakers`, `statements`: reading the archive."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from aggregator.cli.session import Session
from parsers.errors import UsageError

app = typer.Typer()
speakers_app = typer.Typer(help="Who speaks in the archive.", invoke_without_command=True)
app.add_typer(speakers_app, name="speakers")


class Sort(StrEnum):
    """How hits are ordered."""

    date = "date"
    rank = "rank"


class Layout(StrEnum):
    """How hits are written."""

    table = "table"
    json = "json"
    jsonl = "jsonl"
    csv = "csv"


Words = Annotated[
    list[str] | None,
    typer.Argument(metavar="QUERY…", help='Words, "phrases", OR, -not, prefix*, speaker:, after: …'),
]
Speaker = Annotated[str, typer.Option(metavar="S", help="Who speaks, e.g. stoltenberg.")]
Office = Annotated[str, typer.Option(metavar="O", help="In which office, e.g. 'secretary general'.")]
After = Annotated[str, typer.Option(metavar="D", help="From this day on: 2022-11-09, 2022-11, 2022.")]
Before = Annotated[str, typer.Option(metavar="D", help="Ending before this day begins.")]
Limit = Annotated[int, typer.Option(metavar="N", min=1, max=10_000, help="At most so many.")]

# A word that begins with a dash is a part of the query (-ukraine), not an option. Were -h one, it would be
# found within such words too (-the).
QUERY_WORDS = {"ignore_unknown_options": True, "help_option_names": ["--help"]}


def _join(ctx: typer.Context, query: list[str] | None) -> str:
    """The words of a query. One that begins with two dashes is a slip of an option: it excludes nothing.

    Raises:
        UsageError: There is such a word.
    """
    words = query or []
    slip = next((word for word in words if word.startswith("--") and word.strip("-")), None)
    if slip is None:
        return " ".join(words)
    from difflib import get_close_matches

    known = sorted(option for one in ctx.command.params for option in one.opts if option[:2] == "--")
    near = get_close_matches(slip.split("=")[0], known, 1)
    meant = f"Did you mean {near[0]}?" if near else f"There are {', '.join(known)}."
    hint = f"{meant} To leave out a word, write one dash: -{slip.strip('-')}."
    raise UsageError(f"No such option: {slip}.", value=slip, hint=hint)


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
    layout: Annotated[Layout, typer.Option("--format", help="How hits are written.")] = Layout.table,
) -> None:
    """Search the archive, newest first.

    Example: natowire search "air defence" --speaker stoltenberg --after 2022-11-01
    """
    from aggregator.cli.answers import tell_absent, write_page

    session: Session = ctx.obj
    words = _join(ctx, query)
    with session.open_archive() as archive:
        page = archive.search(
            words,
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
        write_page(session, page, layout.value, ZoneInfo(archive.zone))
        if not page.hits and layout is Layout.table and not session.json:
            tell_absent(session, archive, page.query)


@app.command()
def show(
    ctx: typer.Context,
    item_id: Annotated[
        str, typer.Argument(metavar="ITEM", help="An item's id, how it begins, or its address.")
    ],
    evidence: Annotated[bool, typer.Option("--evidence", help="List the witnesses of its date.")] = False,
    revisions: Annotated[bool, typer.Option("--revisions", help="Show how its text changed.")] = False,
    text: Annotated[bool, typer.Option("--text", help="Show its whole text.")] = False,
) -> None:
    """Show one item: what, when, who speaks, where it was seen."""
    from aggregator.lookup import identify

    session: Session = ctx.obj
    with session.open_archive() as archive:
        item = archive.item(identify(archive, item_id))
        withdrawals, merges = archive.withdrawals(item.id), archive.merges(item.id)
        zone, offices = ZoneInfo(archive.zone), archive.register.office_names
    if session.json:
        from aggregator.render.shapes import shape_item, shape_merge, shape_withdrawal

        beside = {
            "withdrawals": [shape_withdrawal(one) for one in withdrawals],
            "merges": [shape_merge(one) for one in merges],
        }
        session.emit({"item": shape_item(item, zone, offices=offices, whole=True) | beside})
        return
    from aggregator.cli import items

    parts = {items.show_evidence: evidence, items.show_revisions: revisions, items.show_text: text}
    session.show(items.show_item(item, withdrawals, merges, zone))
    for render, wanted in parts.items():
        if wanted:
            session.write("\n")
            session.show(render(item, zone))


@speakers_app.callback()
def speakers(ctx: typer.Context) -> None:
    """Who speaks in the archive."""
    if ctx.invoked_subcommand is None:
        list_speakers(ctx)


@speakers_app.command(name="list")
def list_speakers(ctx: typer.Context) -> None:
    """List everyone with a statement in the archive."""
    session: Session = ctx.obj
    with session.open_archive() as archive:
        counts, offices = archive.speakers(), archive.register.office_names
    if session.json:
        from aggregator.render.shapes import shape_speakers

        session.emit({"speakers": shape_speakers(counts, offices)})
        return
    if not counts:
        session.say("Nobody speaks in it yet.")
        return
    from aggregator.cli.tables import show_speakers

    session.show(show_speakers(counts, offices))


@speakers_app.command(name="show")
def show_speaker(
    ctx: typer.Context, name: Annotated[str, typer.Argument(metavar="NAME", help="A name or surname.")]
) -> None:
    """Show who someone is, and the offices they held.

    Also how much of theirs is in the archive.
    """
    from aggregator.lookup import describe_person

    session: Session = ctx.obj
    with session.open_archive() as archive:
        people = describe_person(archive, name)
    if session.json:
        session.emit({"people": [person.shape() for person in people]})
        return
    from aggregator.cli.tables import show_people

    session.show(show_people(people))


@app.command(context_settings=QUERY_WORDS)
def statements(
    ctx: typer.Context,
    query: Words = None,
    speaker: Speaker = "",
    office: Office = "",
    after: After = "",
    before: Before = "",
    limit: Limit = 10,
) -> None:
    """List who said what, newest first.

    Example: natowire statements --speaker stoltenberg --after 2022-11-01
    """
    from aggregator.cli.answers import tell_absent, write_sayings

    session: Session = ctx.obj
    words = _join(ctx, query)
    with session.open_archive() as archive:
        sayings = archive.statements(
            words,
            speaker=speaker,
            office=office,
            after=after,
            before=before,
            limit=limit,
            now=session.now(),
        )
        write_sayings(session, sayings, ZoneInfo(archive.zone), archive.register.office_names)
        if not sayings.said and not session.json:
            tell_absent(session, archive, sayings.query)
