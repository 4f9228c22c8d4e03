"""`demo`: the whole job, offline, on the shipped fixtures."""

from __future__ import annotations

from typing import Annotated

import typer

from aggregator.cli.session import Session

app = typer.Typer()


@app.command()
def demo(
    ctx: typer.Context,
    serve: Annotated[
        bool, typer.Option("--serve", help="Afterwards keep serving the world until Ctrl-C.")
    ] = False,
) -> None:
    """See the whole job in seconds, offline: two mornings of NATO news, fetched, dated, searched."""
    from aggregator.demo import run_demo

    session: Session = ctx.obj
    report = run_demo(session, serve=serve)
    if session.json:
        session.emit(report)
