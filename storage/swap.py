"""Puts a whole new database, or a whole new archive, in place of the one there: all of it or nothing.

What is new stands in the folder `incoming`, complete and on disk, before anything old is touched. From
then on the exchange only goes forward: whoever opens the archive next finishes what was interrupted.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from storage.database import DATABASE
from storage.segments import CAPTURES, sync_folder

INCOMING = "incoming"
_OUTGOING = "outgoing"


def is_pending(folder: Path) -> bool:
    """Tell whether an exchange was begun and not finished."""
    return (folder / INCOMING).is_dir()


def exchange(folder: Path, staged: Path) -> None:
    """Put what is in `staged` in place; the write lock is the caller's.

    Args:
        folder: The archive's folder.
        staged: A folder beside its files that holds a database, captures or both, safely on disk.
    """
    staged.rename(folder / INCOMING)
    sync_folder(folder)
    finish(folder)


def finish(folder: Path) -> None:
    """Finish an exchange; may be interrupted and done again."""
    outgoing = folder / _OUTGOING
    outgoing.mkdir(exist_ok=True)
    for name in (CAPTURES, DATABASE):
        arriving, present = folder / INCOMING / name, folder / name
        if not arriving.exists():
            continue
        if name == DATABASE:
            # A WAL belongs to the database it was written for; beside another it would be read into that.
            for companion in ("-wal", "-shm"):
                present.with_name(DATABASE + companion).unlink(missing_ok=True)
        if present.exists():
            _remove(outgoing / name)
            present.rename(outgoing / name)
        arriving.rename(present)
        sync_folder(folder)
    shutil.rmtree(folder / INCOMING)
    shutil.rmtree(outgoing)


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
