"""`demo`: the whole job, offline, on the shipped fixtures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from aggregator.cli.session import Session, default_folder

if TYPE_CHECKING:
    from aggregator.demo import Demo
    from aggregator.ingest import Outcome
    from parsers.model import Item

app = typer.Typer()

SHOWN = 8


@app.command()
def demo(
    ctx: typer.Context,
    serve: Annotated[
        bool, typer.Option("--serve", help="Afterwards keep serving the small web until Ctrl-C.")
    ] = False,
) -> None:
    """See the whole job in seconds, offline: two mornings of news fetched, dated, searched, delivered."""
    from aggregator.demo import narrowed, open_world, read_items, write_deliveries

    session: Session = ctx.obj
    folder = session.archive_folder
    if folder == default_folder():
        folder = folder.with_name(f"{folder.name}-demo")
    with open_world(folder) as world:
        _say_head(session, 1, world)
        first = _fetch(session, world, 1)
        before = read_items(folder)
        _say_head(session, 2, world)
        second = _fetch(session, world, 2)
        items = read_items(folder)
        gained = narrowed(before, items)
        files = write_deliveries(folder, world.config, world.clock())
        if session.json:
            from aggregator.shapes import shape_cycle

            cycles = [shape_cycle(first), shape_cycle(second)]
            written = [str(file) for file in files]
            counts = {"items": len(items), "narrowed": len(gained)}
            session.emit({"archive": str(folder), "cycles": cycles, **counts, "files": written})
        else:
            _show(session, world, items, gained, files)
        if serve:
            _keep_serving(session, world)


def _say_head(session: Session, day: int, world: Demo) -> None:
    """The heading of a morning."""
    moment = world.world.scenario.days[day - 1].astimezone(ZoneInfo(world.config.zone))
    head = "First morning" if day == 1 else "Second morning"
    session.title(f"{head}, {moment:%A %-d %B %Y, %H:%M} in Brussels: {len(world.config.sources)} sources")


def _fetch(session: Session, world: Demo, day: int) -> tuple[Outcome, ...]:
    from aggregator.cli.progress import following
    from aggregator.cli.tables import show_outcomes

    with following(session, len(world.config.sources)) as tell:
        outcomes = world.morning(day, tell)
    if not session.json:
        session.out.print(show_outcomes(outcomes))
    return outcomes
