"""`init`, `stats`, `doctor`: the archive itself."""

from __future__ import annotations

from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from aggregator.cli.session import Session

app = typer.Typer()


@app.command()
def init(
    ctx: typer.Context,
    empty: Annotated[bool, typer.Option("--empty", help="No default sources.")] = False,
) -> None:
    """Make an archive and a commented configuration."""
    from aggregator.config_file import write_default
    from storage.archive import Archive
    from storage.folder import DATABASE

    session: Session = ctx.obj
    configured = session.config_file.exists()
    # Where only one of the two is there (a crash, a file moved away), the other is made.
    if configured or not (session.archive_folder / DATABASE).exists():
        Archive.create(session.archive_folder).close()
    if not configured:
        write_default(session.config_file, empty=empty)
    if session.json:
        session.emit({"archive": str(session.archive_folder), "config": str(session.config_file)})
    session.write(f"The archive is in {session.archive_folder}\n")
    session.write(f"Its configuration is {session.config_file}\n")
    session.write(f"Next: {session.spell('sources add URL' if empty else 'fetch')}\n")


@app.command()
def stats(ctx: typer.Context) -> None:
    """Say how much the archive holds."""
    from dataclasses import asdict

    from aggregator.render.shapes import shape_time

    session: Session = ctx.obj
    with session.open_archive() as archive:
        held = archive.stats()
    shape = asdict(held) | {
        "first_seen": shape_time(held.first_seen),
        "last_seen": shape_time(held.last_seen),
    }
    if session.json:
        session.emit(shape)
        return
    from aggregator.cli.tables import show_stats

    session.show(show_stats(held, ZoneInfo(archive.zone)))


@app.command()
def doctor(ctx: typer.Context) -> None:
    """Look for what could go wrong, and say what to do.

    Versions, disk, clock, configuration, sources that went quiet.
    """
    from dataclasses import asdict

    from aggregator.doctor import examine

    session: Session = ctx.obj
    findings = examine(session.archive_folder, session.config_file, session.now())
    if session.json:
        session.emit({"findings": [asdict(finding) for finding, _ in findings]})
    else:
        from aggregator.cli.tables import show_findings

        session.show(show_findings(finding for finding, _ in findings))
    raise typer.Exit(max((code for _, code in findings), default=0))
