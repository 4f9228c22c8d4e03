"""Puts a whole new database, or a whole new archive, in place of the one there: all of it or nothing.

What is new stands in the folder `incoming`, complete and on disk, before anything old is touched. From
then on the exchange only goes forward: whoever opens the archive next finishes what was interrupted.
"""

from __future__ import annotations

import shutil
from itertools import count
from pathlib import Path

from storage.folder import CAPTURES, DATABASE, INCOMING, sync_folder

REPLACED = "replaced-"
_OUTGOING, _KEEP = "outgoing", ".keep-replaced"


def exchange(folder: Path, staged: Path, *, keep: bool = False) -> None:
    """Put what is in `staged` in place; the write lock is the caller's.

    Args:
        folder: The archive's folder.
        staged: A folder beside its files that holds a database, captures or both, safely on disk.
        keep: Keep what is replaced, as `replaced-1` and so on, instead of deleting it.
    """
    if keep:
        (staged / _KEEP).touch()
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
            for companion in (f"{DATABASE}-wal", f"{DATABASE}-shm"):
                if present.with_name(companion).exists():
                    present.with_name(companion).rename(outgoing / companion)
        if present.exists():
            _remove(outgoing / name)
            present.rename(outgoing / name)
        arriving.rename(present)
        sync_folder(folder)
    if (folder / INCOMING / _KEEP).exists() and any(outgoing.iterdir()):
        outgoing.rename(_free_name(folder))
    else:
        shutil.rmtree(outgoing)
    shutil.rmtree(folder / INCOMING)


def _free_name(folder: Path) -> Path:
    return next(name for n in count(1) if not (name := folder / f"{REPLACED}{n}").exists())


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
