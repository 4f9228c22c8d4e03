"""What `doctor` asks of the ground an archive stands on."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import func, select

from parsers.errors import StorageError
from storage.archive import Archive
from storage.lock import DAEMON_LOCK, WRITE_LOCK, holder, is_held
from storage.scalars import instant
from storage.tables import captures

SAFE_SQLITE = (3, 51, 3)
LEAST_FREE = 1_000_000_000

_NETWORK = frozenset(
    (
        *("nfs", "nfs4", "cifs", "smb2", "smb3", "smbfs", "9p", "afs", "ceph", "glusterfs", "lustre"),
        *("fuse.sshfs", "fuse.glusterfs", "ncpfs"),
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing looked at: `state` is `ok`, `warn` or `fail`; `hint` what to do about it, or ""."""

    name: str
    state: str
    what: str
    hint: str = ""


def examine(archive: Archive, now: datetime) -> tuple[Finding, ...]:
    """Look at SQLite, the file system, the disk, the clock, the locks and the database.

    Args:
        archive: Open.
        now: The present moment by this machine's clock, UTC.
    """
    return (
        judge_sqlite(sqlite3.sqlite_version_info),
        judge_file_system(_file_system(archive.folder)),
        _judge_space(shutil.disk_usage(archive.folder).free),
        *_judge_database(archive, now),
        *_judge_locks(archive.folder),
    )


def judge_sqlite(version: tuple[int, ...]) -> Finding:
    """Say whether this SQLite has the fault by which a WAL being reset can damage a database.

    Source: sqlite.org, "The WAL-reset bug": 3.7.0 to 3.51.2, when two connections write or checkpoint
    at the same moment.
    """
    name = ".".join(str(part) for part in version)
    if version >= SAFE_SQLITE:
        return Finding(name="sqlite", state="ok", what=f"SQLite {name}.")
    return Finding(
        name="sqlite",
        state="warn",
        what=f"SQLite {name} can, rarely, damage a database used by several at once (WAL reset).",
        hint="Use a Python with SQLite 3.51.3 or later, and keep backups; natowire lets only one write.",
    )


def judge_file_system(kind: str) -> Finding:
    """Say whether a file system, by its name, is one that SQLite and locks can trust."""
    if kind in _NETWORK:
        return Finding(
            name="file_system",
            state="warn",
            what=f"The archive is on a network file system ({kind}); locks and WAL fail there.",
            hint="Move the archive to a disk of this machine, and copy backups to the network.",
        )
    return Finding(name="file_system", state="ok", what=f"File system {kind or 'unknown'}.")


def _file_system(folder: Path) -> str:
    """The kind of file system a folder is on, or "" where the system does not say."""
    try:
        lines = Path("/proc/self/mountinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""
    resolved = folder.resolve()
    best, kind = -1, ""
    for line in lines:
        before, _, after = line.partition(" - ")
        mount = Path(before.split(" ")[4].encode().decode("unicode_escape"))
        if resolved.is_relative_to(mount) and len(mount.parts) >= best:
            best, kind = len(mount.parts), after.split(" ")[0]
    return kind


def _judge_space(free: int) -> Finding:
    what = f"{free / 1e9:.1f} GB free."
    if free >= LEAST_FREE:
        return Finding(name="space", state="ok", what=what)
    return Finding(name="space", state="warn", what=what, hint="Free some space before it runs out.")


def _judge_database(archive: Archive, now: datetime) -> Iterator[Finding]:
    try:
        with archive.reading() as connection:
            mode = str(connection.exec_driver_sql("PRAGMA journal_mode").scalar())
            problems = [row[0] for row in connection.exec_driver_sql("PRAGMA quick_check(5)")]
            last = connection.execute(select(func.max(captures.c.fetched_at))).scalar()
    except StorageError as error:
        yield Finding(name="database", state="fail", what=error.message, hint=error.hint)
        return
    if problems == ["ok"]:
        yield Finding(name="database", state="ok", what="The database is whole.")
    else:
        hint = "Run `natowire verify`, then restore a backup."
        yield Finding(name="database", state="fail", what="; ".join(map(str, problems)), hint=hint)
    if mode != "wal" and not archive.read_only:
        hint = "Run any command that writes, such as `natowire fetch`."
        yield Finding(name="journal", state="warn", what=f"Journal mode is {mode}, not WAL.", hint=hint)
    yield _judge_clock(now, None if last is None else instant(last))


def _judge_clock(now: datetime, last: datetime | None) -> Finding:
    if last is not None and now < last - timedelta(minutes=1):
        return Finding(
            name="clock",
            state="warn",
            what=f"The clock says {now:%Y-%m-%d %H:%M} UTC, before the last capture was made.",
            hint="Set the machine's clock; dates of what is fetched depend on it.",
        )
    return Finding(name="clock", state="ok", what=f"The clock says {now:%Y-%m-%d %H:%M} UTC.")


def _judge_locks(folder: Path) -> Iterator[Finding]:
    for name, file in (("writer", WRITE_LOCK), ("daemon", DAEMON_LOCK)):
        if is_held(folder / file):
            yield Finding(name=name, state="ok", what=f"Held by {holder(folder / file)}.")
