"""`fetch`, `ingest`, `parse`: getting documents in."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aggregator.cli.session import CONFIGURED, Session

if TYPE_CHECKING:
    from aggregator.config import Config
    from aggregator.ingest import Outcome
    from schedules.sources import Source

app = typer.Typer()

Files = Annotated[list[Path], typer.Argument(metavar="FILE…", help="Saved pages, feeds, WARC files.")]
Url = Annotated[str, typer.Option(metavar="URL", help="The address they were saved from.")]
FetchedAt = Annotated[str, typer.Option(metavar="ISO", help="When they were; the pages' now.")]
ParserName = Annotated[str, typer.Option("--parser", metavar="NAME", help="How they are read.")]
Allowed = Annotated[
    list[str] | None,
    typer.Option(
        "--allow-network", metavar="CIDR[:PORT]", help="Also allow this private network this time."
    ),
]


@app.command()
def fetch(
    ctx: typer.Context,
    ids: Annotated[list[str] | None, typer.Argument(metavar="ID…", help="Only these sources.")] = None,
    every: Annotated[bool, typer.Option("--all/--due", help="All, or only those that are due.")] = True,
    workers: Annotated[
        int, typer.Option(metavar="N", min=0, max=256, show_default=CONFIGURED, help="So many at once.")
    ] = 0,
    host_delay: Annotated[
        float,
        typer.Option(
            metavar="SECONDS", show_default=CONFIGURED, help="Pause between two requests to one host."
        ),
    ] = -1.0,
    allow_network: Allowed = None,
) -> None:
    """Fetch the sources once, now, and archive what comes."""
    from aggregator.cli.progress import following
    from aggregator.cli.readers import LateReaders
    from aggregator.config import override_fetch
    from aggregator.fetch import Fetcher
    from aggregator.ingest import choose_sources, refresh
    from aggregator.offline import choose_witnesses
    from aggregator.watch.tidying import tidy

    session: Session = ctx.obj
    with session.open_ledger() as ledger:
        settings = override_fetch(
            session.config.fetch, workers=workers, host_delay=host_delay, networks=allow_network or ()
        )
        chosen = choose_sources(session.config.sources, ids or (), {}, due_at=None)
        sources = chosen
        if not every:
            sources = choose_sources(chosen, ids or (), ledger.states(), due_at=session.now())
        with (
            LateReaders(len(sources)) as readers,
            Fetcher(settings, session.now) as fetcher,
            following(session, len(sources)) as tell,
        ):
            outcomes = refresh(
                ledger,
                sources,
                fetcher,
                readers.read,
                session.now,
                workers=settings.workers,
                tell=tell,
                witnesses=lambda hosts: choose_witnesses(
                    set(chosen) - set(sources), ledger.states(), hosts
                ),
            )
        tidy(ledger, session.now())
    _end(session, _with_skipped(chosen, outcomes))
    if not session.json:
        from aggregator.cli.outcomes import tell_if_empty

        tell_if_empty(session)


def _with_skipped(chosen: Sequence[Source], outcomes: Sequence[Outcome]) -> tuple[Outcome, ...]:
    """An outcome for each chosen source, in their order; those that were not due are `skipped`."""
    from aggregator.ingest import Outcome

    known = {outcome.source_id: outcome for outcome in outcomes}
    return tuple(
        known.get(source.id) or Outcome(source_id=source.id, outcome="skipped") for source in chosen
    )


def _end(session: Session, outcomes: Sequence[Outcome]) -> None:
    """Say what came of a cycle; a failure makes the exit code 1."""
    from aggregator.cli.outcomes import tell_outcomes

    tell_outcomes(session, outcomes)
    if any(outcome.outcome == "failed" for outcome in outcomes):
        raise typer.Exit(1)


@app.command()
def ingest(
    ctx: typer.Context,
    files: Files,
    url: Url = "",
    fetched_at: FetchedAt = "",
    parser: ParserName = "",
    source: Annotated[str, typer.Option(metavar="ID", help="The source they count for.")] = "",
) -> None:
    """Archive saved pages, feeds and WARC files.

    They count as if they had been fetched when they were saved.
    """
    from aggregator.importing import keep_saved
    from aggregator.saved import open_saved
    from aggregator.workers import Workers
    from storage.originals import seek_in

    session: Session = ctx.obj
    many = any(".warc" in file.name or file.suffix == ".wacz" for file in files)
    with session.open_archive() as archive, Workers(0 if many else len(files)) as readers:
        counted = _source_of(session.config_or_default, source, parser)
        saved = open_saved(files, counted, url=url, fetched_at=fetched_at, elsewhere=seek_in(archive))
        outcomes = tuple(keep_saved(archive, saved, readers.read))
    _end(session, outcomes)


def _source_of(config: Config, source_id: str, parser: str) -> Source:
    """The source that documents from disk count for: a configured one, or one of that name."""
    from dataclasses import replace

    from parsers.errors import UsageError
    from parsers.registry import AUTO, PARSERS
    from schedules.sources import Source

    if parser not in ("", AUTO, *PARSERS):
        known = ", ".join((AUTO, *PARSERS))
        raise UsageError(f'There is no parser "{parser}".', value=parser, hint=f"Use one of: {known}.")
    found = next((one for one in config.sources if one.id == source_id), None)
    plain = found or Source(id=source_id or "saved", url="", zone=config.zone)
    return replace(plain, parser=parser) if parser else plain


@app.command()
def parse(
    ctx: typer.Context, files: Files, url: Url = "", fetched_at: FetchedAt = "", parser: ParserName = ""
) -> None:
    """Read saved pages and show what natowire understands.

    One JSON line a file, or a document of a WARC file; nothing is stored.
    """
    from aggregator.render.shapes import shape_parsed
    from aggregator.saved import open_saved
    from aggregator.workers import Workers

    session: Session = ctx.obj
    failed = False
    counted = _source_of(session.config_or_default, "", parser)
    with Workers(len(files)) as readers:
        for saved in open_saved(files, counted, url=url, fetched_at=fetched_at):
            result = saved.error if saved.capture is None else readers.read(saved.capture)
            if result is None:
                continue  # a record that is no document
            failed = failed or isinstance(result, Exception)
            record = {"url": saved.capture.final_url} if saved.is_record and saved.capture else {}
            session.emit_line({**shape_parsed(saved.file, result), **record})
    if failed:
        raise typer.Exit(1)
