"""`merges`: entries of one source that were taken for an item of another, and how to undo that."""

from __future__ import annotations

from typing import Annotated

import typer

from aggregator.cli.session import Session

app = typer.Typer(help="Items of several sources that were found to be one.", no_args_is_help=True)


@app.command(name="list")
def list_merges(
    ctx: typer.Context,
    every: Annotated[bool, typer.Option("--all", help="Also merges by address, which are sure.")] = False,
) -> None:
    """List recorded merges with their reasons, those undone too."""
    from aggregator.render.shapes import shape_merge

    session: Session = ctx.obj
    with session.open_archive() as archive:
        merges = [merge for merge in archive.merges() if every or session.json or merge.reason != "url"]
    if session.json:
        session.emit({"merges": [shape_merge(merge) for merge in merges]})
        return
    from aggregator.cli.tables import show_merges

    if merges:
        session.show(show_merges(merges))
    else:
        session.say("No merges." if every else "No merges but by address.")
    if not every:
        session.remark("Merges by one and the same address are not shown; --all shows them.")


@app.command()
def undo(
    ctx: typer.Context, number: Annotated[int, typer.Argument(metavar="N", help="The number of the merge.")]
) -> None:
    """Undo a merge for good.

    The entry becomes an item of its own, and stays one.
    """
    from aggregator.merging.merges import undo as undo_merge
    from aggregator.workers import Workers

    session: Session = ctx.obj
    with session.open_archive() as archive, Workers() as readers:
        undone = undo_merge(archive, number, session.now(), readers.read)
    if session.json:
        session.emit({"undone": number, "item": undone.merge.item_id, "items": list(undone.items)})
    made = ", ".join(undone.items) or "none: the capture cannot be read any more"
    session.say(f"Merge {number} is undone. Items made of the entry: {made}.")
