"""Who may write: one lock file for a job, one for the daemon's whole life.

The lock is `flock`, which the system lets go of when its holder ends, however it ends. What the
file says (who holds it) is for people only; stale words in it mean nothing.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from parsers.errors import LockedError

WRITE_LOCK = "lock"
DAEMON_LOCK = "daemon.lock"
_POLL = 0.05


class FileLock:
    """An exclusive lock between processes, and between threads, on one file."""

    def __init__(self, file: Path, command: str, *, timeout: float) -> None:
        """Describe the lock; `with` takes it.

        Args:
            file: The lock file; made when missing, never removed.
            command: What the holder does, in a word people know ("fetch").
            timeout: Seconds to wait for another holder; 0 asks once.
        """
        self._file, self._command, self._timeout = file, command, timeout
        self._descriptor = -1

    def __enter__(self) -> Self:
        """Take the lock.

        Raises:
            LockedError: Someone else held it to the end of the wait; the sentence names them.
            StorageError: The lock file cannot be made.
        """
        descriptor = self._open()
        try:
            self._wait(descriptor)
            self._sign(descriptor)
        except BaseException:
            os.close(descriptor)
            raise
        self._descriptor = descriptor
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let go; closing the file is what unlocks it."""
        os.close(self._descriptor)
        self._descriptor = -1

    def _open(self) -> int:
        try:
            return os.open(self._file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError:
            # Slow to import, and a second daemon is to be told at once that there is a first.
            from storage.database import translating  # noqa: PLC0415

            with translating(self._file):
                raise

    def _wait(self, descriptor: int) -> None:
        """Ask for the lock until it is ours or the time is over."""
        end = time.monotonic() + self._timeout
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() >= end:
                    raise self._refusal() from None
                time.sleep(_POLL)
            else:
                return

    def _sign(self, descriptor: int) -> None:
        """Write who holds the lock; a full disk must not keep anyone from taking it."""
        words = {
            "pid": os.getpid(),
            "command": self._command,
            "since": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        try:
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, json.dumps(words).encode(), 0)
        except OSError:
            return

    def _refusal(self) -> LockedError:
        """The error that says who is in the way."""
        who = holder(self._file) or "it did not say who it is"
        return LockedError(
            f"Another natowire is writing to this archive: {who}.",
            hint="Wait for it to end, or end it, and try again.",
            where=str(self._file.parent),
        )


class InstanceLock(FileLock):
    """The daemon's own lock, held as long as it runs: a second daemon soon ends."""

    def __init__(self, folder: Path, command: str = "run") -> None:
        """Describe the lock of the daemon of one archive folder."""
        super().__init__(folder / DAEMON_LOCK, command, timeout=0.3)


def holder(file: Path) -> str:
    """Say who signed a lock file last, or "" when nobody did or it cannot be read."""
    try:
        words = json.loads(file.read_bytes())
        return f"`{words['command']}` (process {words['pid']}, since {words['since']})"
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def is_held(file: Path) -> bool:
    """Tell whether anyone holds a lock file at this moment."""
    try:
        descriptor = os.open(file, os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False
