"""`fetch`, `ingest`, `parse`: getting documents in."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from aggregator.cli.session import Session

app = typer.Typer()

Files = Annotated[list[Path], typer.Argument(metavar="FILE…", help="Saved pages or feeds.")]
Url = Annotated[str, typer.Option(metavar="URL", help="The address they were saved from.")]
FetchedAt = Annotated[str, typer.Option(metavar="ISO", help="When; default: the file's own time.")]
ParserName = Annotated[str, typer.Option("--parser", metavar="NAME", help="How they are read.")]


@app.command()
def fetch(
    ctx: typer.Context,
    ids: Annotated[list[str] | None, typer.Argument(metavar="[ID…]", help="Only these sources.")] = None,
    every: Annotated[
        bool, typer.Option("--all/--due", help="Whether due or not, or only those due.")
    ] = True,
    workers: Annotated[int, typer.Option(metavar="N", min=0, max=256, help="So many at once.")] = 0,
    host_delay: Annotated[
        float, typer.Option(metavar="SECONDS", min=-1, help="Pause between requests to one host.")
    ] = -1,
    allow_network: Annotated[
        list[str] | None,
        typer.Option("--allow-network", metavar="CIDR[:PORT]", help="Also allow this private network."),
    ] = None,
) -> None:
    """Fetch the sources once, now, and archive what came."""
    from aggregator.config import override_fetch
    from aggregator.fetch import Fetcher
    from aggregator.ingest import choose_sources, refresh
    from aggregator.progress import follow
    from aggregator.shapes import shape_cycle
    from aggregator.workers import Workers

    session: Session = ctx.obj
    settings = override_fetch(
        session.config.fetch, workers=workers, host_delay=host_delay, allow_networks=allow_network or ()
    )
    with session.open_archive() as archive:
        sources = choose_sources(
            session.config, ids or (), archive.states(), due_at=None if every else session.now()
        )
        with Workers() as readers, Fetcher(settings, session.now) as fetcher:
            outcomes = follow(
                session.progress,
                refresh(archive, sources, fetcher, readers.read, session.now, workers=settings.workers),
                total=len(sources),
            )
    if session.json:
        session.emit(shape_cycle(outcomes))
    else:
        from aggregator.cli.tables import show_outcomes

        session.out.print(show_outcomes(outcomes))
    if any(outcome.outcome == "failed" for outcome in outcomes):
        raise typer.Exit(1)


@app.command()
def ingest(
    ctx: typer.Context,
    files: Files,
    url: Url = "",
    fetched_at: FetchedAt = "",
    parser: ParserName = "auto",
    source: Annotated[str, typer.Option(metavar="ID", help="The source they count for.")] = "",
) -> None:
    """Archive saved pages, feeds or WARC files as if they had been fetched then."""
    from aggregator.ingest import keep_all
    from aggregator.saved import open_saved
    from aggregator.shapes import shape_cycle
    from aggregator.workers import Workers

    session: Session = ctx.obj
    captures = open_saved(
        files, url=url, fetched_at=fetched_at, parser=parser, source_id=source, config=session.config
    )
    with session.open_archive() as archive, Workers() as readers:
        outcomes = tuple(keep_all(archive, captures, readers.read, session.now))
    if session.json:
        session.emit(shape_cycle(outcomes))
    else:
        from aggregator.cli.tables import show_outcomes

        session.out.print(show_outcomes(outcomes))
    if any(outcome.outcome == "failed" for outcome in outcomes):
        raise typer.Exit(1)


@app.command()
def parse(
    ctx: typer.Context, files: Files, url: Url = "", fetched_at: FetchedAt = "", parser: ParserName = "auto"
) -> None:
    """Read saved pages and show what natowire understands, one JSON line a file; nothing is stored."""
    from aggregator.saved import open_saved
    from aggregator.shapes import shape_parsed
    from aggregator.workers import Workers

    session: Session = ctx.obj
    failed = False
    with Workers() as readers:
        for saved in open_saved(files, url=url, fetched_at=fetched_at, parser=parser):
            result = saved.error or readers.read(saved.capture)
            failed = failed or isinstance(result, Exception)
            session.emit_line(shape_parsed(saved.file, result))
    if failed:
        raise typer.Exit(1)
