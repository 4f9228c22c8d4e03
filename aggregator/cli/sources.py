"""`sources`: what is fetched, how it is read and how often."""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aggregator.cli.session import Session
from parsers.errors import ConfigError, NotFoundError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from aggregator.render.shapes import Json
    from aggregator.watch.alarms import Alarm

app = typer.Typer(help="What is fetched, how it is read and how often.", no_args_is_help=True)

SourceId = Annotated[str, typer.Argument(metavar="ID", help="A source's id.")]


@app.command(name="list")
def list_sources(ctx: typer.Context) -> None:
    """Show the configured sources and how their last fetch went."""
    from aggregator.render.shapes import shape_source

    session: Session = ctx.obj
    with session.open_archive() as archive:
        states = archive.states()
    rows = [shape_source(source, states.get(source.id)) for source in session.config.sources]
    if session.json:
        session.emit({"sources": rows})
        return
    from aggregator.cli.outcomes import tell_if_empty
    from aggregator.cli.tables import show_sources

    if rows:
        session.show(show_sources(session.config.sources, states))
    tell_if_empty(session)


@app.command()
def add(
    ctx: typer.Context,
    url: Annotated[str, typer.Argument(metavar="URL", help="Address of a feed or page.")],
    source_id: Annotated[str, typer.Option("--id", metavar="ID", help="Default: made of the host.")] = "",
    parser: Annotated[str, typer.Option(metavar="NAME", help="How it is read.")] = "auto",
    every: Annotated[str, typer.Option(metavar="TIME", help="How often: 30m, 2h, 1d.")] = "30m",
    allow_network: Annotated[
        list[str] | None,
        typer.Option(
            "--allow-network", metavar="CIDR[:PORT]", help="Open this private network to all sources."
        ),
    ] = None,
) -> None:
    """Add a source to the configuration.

    Example: natowire sources add https://www.act.nato.int/feed/ --every 6h
    """
    from aggregator.config import override_fetch
    from aggregator.config_file import add_source, allow_networks
    from aggregator.subscriptions import make_source

    session: Session = ctx.obj
    override_fetch(session.config.fetch, networks=allow_network or ())  # says what is no network
    present = next((one.id for one in session.config.sources if one.url == url.strip()), None)
    if present is not None and not source_id:
        hint = f"Fetch it with `natowire fetch {present}`, or name a second one with --id."
        raise UsageError(f"This address is there already, as {present}.", value=url, hint=hint)
    source = make_source(url, source_id=source_id, parser=parser, every=every, known=session.config.sources)
    with _as_usage():
        add_source(session.config_file, source)
    if allow_network:
        allow_networks(session.config_file, allow_network)
    if session.json:
        session.emit({"added": [source.id]})
    session.write(f"Added {source.id}. Fetch it now: {session.spell(f'fetch {source.id}')}\n")
    if allow_network:
        session.say(
            f"Every source may talk to {', '.join(allow_network)} now; it stands in the configuration."
        )


@contextmanager
def _as_usage() -> Iterator[None]:
    """What would be wrong in the file was wrong in the words of the command: no line is to be edited."""
    try:
        yield
    except ConfigError as error:
        if error.line is None:
            raise
        message = error.message.removeprefix(f"{error.where}: ")
        raise UsageError(
            re.sub(r"`source\.(\w+)`", r"--\1", message), value=error.value, hint=error.hint
        ) from None


@app.command(name="import")
def import_sources(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="OPML, or one address a line.")],
) -> None:
    """Add the sources of an OPML file or a list of addresses.

    Those already there are left alone.
    """
    from aggregator.config_file import add_source
    from aggregator.subscriptions import make_source, read_subscriptions

    session: Session = ctx.obj
    present = list(session.config.sources)
    added, known = [], {source.url for source in present}
    for title, url in read_subscriptions(_read(file), str(file)):
        if url not in known:
            source = replace(make_source(url, known=present), name=title)
            add_source(session.config_file, source)
            present.append(source)
            known.add(url)
            added.append(source.id)
    if session.json:
        session.emit({"added": added})
    what = f"Added {', '.join(added)}." if added else "All were there already."
    session.say(what)


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise UsageError(f"Cannot read {file}: {error.strerror}.", value=str(file)) from None


@app.command()
def export(ctx: typer.Context) -> None:
    """Write the sources as OPML to stdout."""
    from aggregator.subscriptions import write_subscriptions

    session: Session = ctx.obj
    text = write_subscriptions(session.config.sources)
    if session.json:
        session.emit({"opml": text})
    session.write(text)


@app.command()
def remove(ctx: typer.Context, source_id: SourceId) -> None:
    """Take a source out of the configuration.

    What it brought stays in the archive.
    """
    from aggregator.config_file import remove_source

    session: Session = ctx.obj
    remove_source(session.config_file, source_id)
    _tell_done(session, "removed", source_id)


@app.command()
def enable(ctx: typer.Context, source_id: SourceId) -> None:
    """Fetch a source again."""
    _switch(ctx.obj, source_id, on=True)


@app.command()
def disable(ctx: typer.Context, source_id: SourceId) -> None:
    """Stop fetching a source, and keep it in the configuration."""
    _switch(ctx.obj, source_id, on=False)


@app.command()
def accept(ctx: typer.Context, source_id: SourceId) -> None:
    """Say that a source is right as it is now.

    After an alarm that it is not what it was.
    """
    from aggregator.watch.watchman import accept as accept_now

    session: Session = ctx.obj
    source = session.config.source(source_id)
    with session.open_archive() as archive:
        known = accept_now(archive, source.id)
    if not known:
        raise UsageError(
            f"{source.id} was never fetched.", value=source.id, hint="There is nothing to accept."
        )
    _tell_done(session, "accepted", source.id)


def _switch(session: Session, source_id: str, *, on: bool) -> None:
    from aggregator.config_file import set_enabled

    set_enabled(session.config_file, source_id, enabled=on)
    _tell_done(session, "enabled" if on else "disabled", source_id)


def _tell_done(session: Session, done: str, source_id: str) -> None:
    if session.json:
        session.emit({done: source_id})
    session.say(f"{source_id} {done}.")


@app.command()
def check(
    ctx: typer.Context,
    ids: Annotated[list[str] | None, typer.Argument(metavar="ID…", help="Default: all of them.")] = None,
    allow_network: Annotated[
        list[str] | None,
        typer.Option(
            "--allow-network", metavar="CIDR[:PORT]", help="Also allow this private network this time."
        ),
    ] = None,
) -> None:
    """Try sources without storing anything.

    They are fetched and read, and what was understood is told.
    """
    from aggregator.checking import check_sources
    from aggregator.cli.progress import following
    from aggregator.config import override_fetch
    from aggregator.ingest import choose_sources

    session: Session = ctx.obj
    sources = choose_sources(session.config.sources, ids or (), {}, due_at=None)
    settings = override_fetch(session.config.fetch, networks=allow_network or ())
    with following(session, len(sources)) as tell:
        reports = check_sources(sources, settings, session.now, tell)
    coverage, moves = _known(session)
    if session.json:
        rows = [
            report.shape()
            | {"coverage": coverage.get(report.source.id), "moved": _moved(moves, report.source.id)}
            for report in reports
        ]
        session.emit({"sources": rows})
    else:
        from aggregator.cli.outcomes import tell_if_empty
        from aggregator.cli.reports import show_reports
        from aggregator.cli.standings import show_coverage, show_moves

        session.show(show_reports(reports, session.config.zone))
        tell_if_empty(session)
        checked = {report.source.id for report in reports}
        session.show(show_coverage({name: one for name, one in coverage.items() if name in checked}))
        session.show(show_moves({name: one for name, one in moves.items() if name in checked}))
    if any(report.error for report in reports):
        raise typer.Exit(1)


def _moved(moves: Mapping[str, Alarm], source_id: str) -> str | None:
    alarm = moves.get(source_id)
    return alarm.what if alarm else None


def _known(session: Session) -> tuple[dict[str, Json], dict[str, Alarm]]:
    """How completely each source was watched so far, and which have moved; a check needs no archive."""
    from aggregator.watch.status import examine, shape_coverage

    try:
        with session.open_archive() as archive:
            standings = examine(archive, session.config, session.now()).standings
    except NotFoundError:
        return {}, {}
    moves = {alarm.subject: alarm for one in standings for alarm in one.alarms if alarm.kind == "moved"}
    return {standing.source.id: shape_coverage(standing) for standing in standings}, moves
