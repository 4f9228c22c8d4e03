"""What stands where in an archive's folder, and how its changes reach the disk."""

from __future__ import annotations

import os
from pathlib import Path

DATABASE = "archive.db"
CAPTURES = "captures"
SET_ASIDE = "set-aside"
INCOMING = "incoming"
"""Where a restore or a rebuild puts a whole new database, captures or both, before the exchange."""


def is_pending(folder: Path) -> bool:
    """Tell whether an exchange (see `storage.swap`) was begun and not finished."""
    return (folder / INCOMING).is_dir()


def sync_folder(folder: Path) -> None:
    """Bring a folder's list of files safely to disk."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
