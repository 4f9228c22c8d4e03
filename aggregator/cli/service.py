"""`run` and `status`: the daemon, and how everything stands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from aggregator.cli.session import CONFIGURED, Session

if TYPE_CHECKING:
    from aggregator.config import Config

app = typer.Typer()

DATABASE = "archive.db"
"""That of `storage.database`, which is slow to import."""


@app.command()
def run(
    ctx: typer.Context,
    workers: Annotated[
        int, typer.Option(metavar="N", min=0, max=256, show_default=CONFIGURED, help="So many at once.")
    ] = 0,
    host_delay: Annotated[
        float,
        typer.Option(
            metavar="SECONDS", show_default=CONFIGURED, help="Pause between two requests to one host."
        ),
    ] = -1.0,
    allow_network: Annotated[
        list[str] | None,
        typer.Option(
            "--allow-network", metavar="CIDR[:PORT]", help="Also allow this private network this time."
        ),
    ] = None,
    port: Annotated[
        int,
        typer.Option(
            metavar="N",
            min=-1,
            max=65535,
            show_default=CONFIGURED,
            help="Of /healthz and /metrics; 0 is off.",
        ),
    ] = -1,
) -> None:
    """Fetch for good, and send digests and alarms when they are due.

    SIGHUP reads the configuration anew, SIGTERM and Ctrl-C end it.
    """
    from dataclasses import replace

    from aggregator.config import load, override_fetch
    from storage.lock import InstanceLock

    session: Session = ctx.obj

    def read_config() -> Config:
        config = load(session.config_file)
        fetch = override_fetch(
            config.fetch, workers=workers, host_delay=host_delay, networks=allow_network or ()
        )
        watched = replace(config.daemon, port=config.daemon.port if port < 0 else port)
        return replace(config, fetch=fetch, daemon=watched)

    if not (session.archive_folder / DATABASE).exists():
        session.open_archive()  # says what is missing
    # Before the rest is even imported: a second daemon is to end at once.
    with InstanceLock(session.archive_folder):
        from aggregator.cli.watch import stand_watch

        stand_watch(session, read_config)


@app.command()
def status(ctx: typer.Context) -> None:
    """Say how every source stands, and what may have been missed.

    Exits with 1 when something needs a person.
    """
    from aggregator.watch.status import examine

    session: Session = ctx.obj
    now = session.now()
    with session.open_archive() as archive:
        found = examine(archive, session.config, now)
    if session.json:
        session.emit(found.shape())
    else:
        from aggregator.cli.outcomes import tell_if_empty
        from aggregator.cli.standings import show_status

        session.show(show_status(found, now))
        tell_if_empty(session)
    if found.needs_person:
        raise typer.Exit(1)
