"""`verify`, `backup`, `restore`, `reparse`: keeping an archive whole for years."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from aggregator.cli.session import Session
from parsers.errors import StorageError, UsageError

if TYPE_CHECKING:
    from datetime import datetime

    from storage.archive import Archive

app = typer.Typer()


@app.command()
def verify(
    ctx: typer.Context,
    head: Annotated[
        Path | None, typer.Option("--head", metavar="FILE", help="Also against a head exported earlier.")
    ] = None,
    export_head: Annotated[
        Path | None,
        typer.Option("--export-head", metavar="FILE", help="Write the head, to keep elsewhere."),
    ] = None,
) -> None:
    """Read every byte, and say exactly what is damaged.

    A head kept elsewhere shows later that nothing was cut off at the end.
    """
    from dataclasses import asdict

    from aggregator.cli.progress import measuring
    from storage.verify import count_steps, read_head
    from storage.verify import verify as read_all

    session: Session = ctx.obj
    wanted = read_head(_read(head)) if head else None
    with session.open_archive() as archive:
        with measuring(session, count_steps(archive), "verifying") as tell:
            found = read_all(archive, wanted, tell)
        if export_head and not found:
            _write(export_head, f"{archive.head()}\n")
    if session.json:
        session.emit({"whole": not found, "damages": [asdict(damage) for damage in found]})
    else:
        for damage in found:
            session.say(f"{damage.where}: {damage.what}")
        count = "1 fault." if len(found) == 1 else f"{len(found)} faults."
        session.say(count if found else "The archive is whole.")
    if found:
        raise typer.Exit(3)


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise UsageError(f"Cannot read {file}.", value=str(file), hint="Check the path.") from None


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, encoding="utf-8")
    except OSError as error:
        raise StorageError(f"Cannot write {file}: {error.strerror}.", where=str(file)) from None


@app.command()
def backup(
    ctx: typer.Context, file: Annotated[Path, typer.Argument(metavar="FILE", help="The tar file to write.")]
) -> None:
    """Write the whole archive into one file.

    It is consistent while fetches and searches run; a file of that name is replaced.
    """
    from storage.backup import backup as write_backup

    session: Session = ctx.obj
    if not file.absolute().parent.is_dir():
        hint = "Make the folder, or choose another."
        raise UsageError(f"Cannot write {file}: its folder is missing.", value=str(file), hint=hint)
    if file.is_dir():
        raise UsageError(
            f"Cannot write {file}: it is a folder.", value=str(file), hint="Name a file in it."
        )
    with session.open_archive():
        pass  # A missing or damaged archive is told before anything is written.
    head = write_backup(session.archive_folder, file)
    if session.json:
        session.emit({"file": str(file), "captures": head.capture_id, "head": head.chain})
    session.say(f"Wrote {file}: {head.capture_id} captures and all that was made of them.")


@app.command()
def restore(
    ctx: typer.Context, file: Annotated[Path, typer.Argument(metavar="FILE", help="A file of `backup`.")]
) -> None:
    """Put a backup in the archive's place, when it is whole.

    An archive that holds more than the backup is kept beside it, in replaced-1.
    """
    from storage.backup import restore as read_backup

    session: Session = ctx.obj
    head = read_backup(file, session.archive_folder)
    if session.json:
        session.emit(
            {"archive": str(session.archive_folder), "captures": head.capture_id, "head": head.chain}
        )
    session.say(f"Restored {session.archive_folder}: {head.capture_id} captures, verified.")
    for kept in sorted(session.archive_folder.glob("replaced-*")):
        session.remark(f"What it replaced is kept in {kept}; delete it when you need it no more.")


@app.command()
def reparse(
    ctx: typer.Context,
    source: Annotated[str, typer.Option(metavar="ID", help="Tell only of this source's items.")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would change.")] = False,
) -> None:
    """Make all items anew from the captures.

    Says what changed and by whose reading.
    """
    from aggregator.cli.progress import following
    from aggregator.rebuild import rebuild
    from aggregator.render.shapes import shape_rebuild
    from aggregator.workers import Workers

    session: Session = ctx.obj
    _recover_lost(session)
    with session.open_archive() as archive, Workers() as readers:
        _refuse_unknown(archive, source, session.now())
        last = archive.head().capture_id
        with following(session, last, "reading anew") as tell:
            report = rebuild(
                archive,
                readers.read,
                dry_run=dry_run,
                source_id=source,
                tell=lambda number: tell("", last - number),
            )
    if session.json:
        session.emit(shape_rebuild(report))
        return
    from aggregator.cli.tables import show_rebuild

    session.show(show_rebuild(report))


def _refuse_unknown(archive: Archive, source: str, now: datetime) -> None:
    """See that the source to tell of has items: "nothing changed" would be no answer to a slip."""
    query = archive.search(source=source, limit=1, now=now).query
    if source and query.refused and archive.stats().items:
        raise UsageError(f"Nothing was made anew: {query.ignored[0].hint}", value=source)


def _recover_lost(session: Session) -> None:
    """Where the database is gone and the captures are there, begin with the captures alone."""
    from storage.folder import DATABASE
    from storage.rebuild import recover

    folder = session.archive_folder
    if (folder / "captures").is_dir() and not (folder / DATABASE).exists():
        session.remark(f"{folder} has no database: its captures are read first.")
        recover(folder)
