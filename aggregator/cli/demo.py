"""`demo`: the whole job, offline, on the shipped fixtures."""

from __future__ import annotations

import contextlib
import shlex
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from aggregator.cli.session import Session, default_folder

if TYPE_CHECKING:
    from rich.console import RenderableType

    from aggregator.demo import Demo, Narrowed
    from aggregator.ingest import Outcome
    from parsers.model import Item, When

app = typer.Typer()

SHOWN = 8
DIGEST_LINES = 14
BY_SPEAKER = "speaker:stoltenberg after:2022-11-01"
BY_DATE = "partners on:2022-11-10"


@app.command()
def demo(
    ctx: typer.Context,
    serve: Annotated[
        bool, typer.Option("--serve", help="Afterwards keep serving the small web until Ctrl-C.")
    ] = False,
) -> None:
    """See the whole job in seconds, offline.

    Two mornings of news are fetched from this machine, dated, searched and delivered.
    """
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
            from aggregator.render.shapes import shape_cycle

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
    from aggregator.cli.outcomes import tell_outcomes
    from aggregator.cli.progress import following

    with following(session, len(world.config.sources)) as tell:
        outcomes = world.morning(day, tell)
    if not session.json:
        tell_outcomes(session, outcomes)
    return outcomes


def _show(
    session: Session, world: Demo, items: Sequence[Item], gained: Sequence[Narrowed], files: Sequence[Path]
) -> None:
    """What the two mornings made: the archive, its dates, two searches, what is delivered, what to try."""
    zone = ZoneInfo(world.config.zone)
    session.title(f"The archive: {len(items)} items, newest first (events by when they were announced)")
    session.show(_show_items(items[:SHOWN], zone))
    session.title("What the second morning added to the dates of the first")
    session.show(_show_narrowed(gained[:SHOWN], zone))
    _show_searches(session, world)
    session.title("Written beside the archive")
    for file in files:
        session.say(f"  {file}")
    _show_head(session, files[0])
    _say_next(session, world.folder, gained[0].item.id if gained else items[0].id)


def _show_items(items: Sequence[Item], zone: ZoneInfo) -> RenderableType:
    from rich.text import Text

    from aggregator.cli.items import spell_date
    from aggregator.cli.tables import make_table
    from storage.hits import speakers_of

    table = make_table("date", "item", "seen in")
    for item in items:
        sources = "\n".join(sorted({seen.source_id for seen in item.observations}))
        title = Text(item.title)
        if who := ", ".join(speakers_of(item)):
            title.append(f"\n{who}", "cyan")
        table.add_row(spell_date(item, zone), title, sources)
    return table


def _show_narrowed(gained: Sequence[Narrowed], zone: ZoneInfo) -> RenderableType:
    from aggregator.cli.tables import make_table

    table = make_table("on the first morning", "on the second", "item")
    for one in gained:
        table.add_row(
            _spell_bounds(one.before, zone), _spell_bounds(one.item.published, zone), one.item.title
        )
    return table


def _spell_bounds(when: When, zone: ZoneInfo) -> str:
    """The interval to the minute: in words, days would hide how narrow it became."""
    if when.earliest is None or when.latest is None:
        return "unknown"
    first, last = when.earliest.astimezone(zone), when.latest.astimezone(zone)
    closing = f"{last:%H:%M}" if first.date() == last.date() else f"{last:%-d %b %H:%M}"
    return f"{first:%-d %b %H:%M} – {closing}"


def _show_searches(session: Session, world: Demo) -> None:
    from aggregator.cli.items import show_hits
    from storage.archive import Archive

    with Archive.open(world.folder) as archive:
        for query in (BY_SPEAKER, BY_DATE):
            page = archive.search(query, limit=3, now=world.clock())
            session.title(f"natowire search {query}")
            session.show(show_hits(page.hits, ZoneInfo(archive.zone)))


def _show_head(session: Session, digest: Path) -> None:
    """The first lines of the digest."""
    lines = digest.read_text(encoding="utf-8").splitlines()
    session.title(f"The digest begins ({len(lines)} lines)")
    session.write("\n".join(f"  {line}".rstrip() for line in lines[:DIGEST_LINES]) + "\n")


def _say_next(session: Session, folder: Path, item_id: str) -> None:
    command = "./run" if (Path.cwd() / "run").is_file() else "natowire"
    own = f"{command} --archive {shlex.quote(str(folder))}"
    session.title("Try next")
    for words in (
        "search cyber OR exercise",
        f"show {item_id} --evidence",
        "statements --speaker geoana",
        "search edited:yes",
    ):
        session.write(f"  {own} {words}\n")


def _keep_serving(session: Session, world: Demo) -> None:
    """Serve until interrupted; only `--json` and `--quiet` say nothing of it."""
    with contextlib.suppress(KeyboardInterrupt):
        session.remark(f"Serving the small web on 127.0.0.1:{world.world.port}; Ctrl-C ends it.")
        threading.Event().wait()
