"""One file that holds a whole archive as it was at one moment, and the way back."""

from __future__ import annotations

import json
import os
import shutil
import tarfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

from sqlalchemy import Connection, select

from parsers.errors import DamagedError, NotFoundError, SchemaError, StorageError
from storage.archive import Archive
from storage.database import copy_database
from storage.engine import build_engine, translating
from storage.folder import CAPTURES, DATABASE, is_pending, sync_folder
from storage.lock import WRITE_LOCK, FileLock, InstanceLock
from storage.segments import segment_name
from storage.state import Head
from storage.swap import exchange, finish
from storage.tables import captures, segments
from storage.verify import read_head, verify
from storage.writer import read_link

_MANIFEST = "natowire-backup.json"
_FORMAT = 1
_PIECE = 1 << 20
_HINT = "Give a file that `natowire backup` wrote."


def backup(folder: Path, file: Path) -> Head:
    """Write an archive into one file, as it is at one moment; fetches and searches go on meanwhile.

    The file is a plain tar: the database and the capture files, which are compressed already.

    Args:
        folder: The archive's folder.
        file: Where to; replaced only when the new one is whole and on disk.

    Returns:
        The head of the chain in the backup.

    Raises:
        StorageError: There is no archive, or the file cannot be written.
    """
    with Archive.open(folder) as archive:
        source = archive.file
    with translating(file), _make_room(file) as room:
        copy = Path(room) / DATABASE
        copy_database(source, copy)
        head, sizes = _read_extent(copy)
        draft = Path(room) / "backup.tar"
        with draft.open("wb") as out:
            with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
                manifest = {"natowire_backup": _FORMAT, "head": json.loads(str(head))}
                _add(tar, _MANIFEST, BytesIO(json.dumps(manifest).encode()), len(json.dumps(manifest)))
                with copy.open("rb") as content:
                    _add(tar, DATABASE, content, copy.stat().st_size)
                for number, size in sizes.items():
                    with (folder / CAPTURES / segment_name(number)).open("rb") as content:
                        _add(tar, f"{CAPTURES}/{segment_name(number)}", content, size)
            out.flush()
            os.fsync(out.fileno())
        draft.replace(file)
        sync_folder(file.absolute().parent)
    return head


def _make_room(file: Path) -> TemporaryDirectory[str]:
    """A folder beside the file to be written: what fails there is no fault of the archive."""
    try:
        return TemporaryDirectory(dir=file.absolute().parent, prefix=".natowire-")
    except OSError as error:
        message = f"Cannot write {file}: {error.strerror}."
        raise StorageError(message, hint="Choose another folder.", where=str(file)) from None


def _add(tar: tarfile.TarFile, name: str, content: IO[bytes], size: int) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = size, 0o644
    tar.addfile(entry, content)


def _read_extent(database: Path) -> tuple[Head, dict[int, int]]:
    """The head of a database, and how many bytes of each segment its rows vouch for."""
    engine = build_engine(database)
    try:
        with engine.connect() as connection:
            link = read_link(connection)
            return Head(capture_id=link.capture_id, chain=link.chain.hex()), _read_sizes(connection)
    finally:
        engine.dispose()


def _read_sizes(connection: Connection) -> dict[int, int]:
    sizes = {row.number: row.head_length for row in connection.execute(select(segments))}
    for row in connection.execute(select(captures.c.segment, captures.c.offset, captures.c.length)):
        sizes[row.segment] = max(sizes[row.segment], row.offset + row.length)
    return sizes


def restore(file: Path, folder: Path, *, lock_timeout: float = 30.0) -> Head:
    """Put the archive of a backup in place of the one in a folder, after it was verified whole.

    An archive that has captures which the backup has not, or that cannot be read, is kept beside the new
    one as `replaced-1` and so on.

    Args:
        file: What `backup` wrote.
        folder: The archive's folder; made when missing. Other files in it stay.
        lock_timeout: Seconds to wait for a writer to end.

    Returns:
        The head of the chain that is there now.

    Raises:
        NotFoundError: There is no such file.
        DamagedError: The backup is not whole; the archive in the folder was not touched.
        LockedError: The archive is being written to, or its daemon runs.
    """
    if not file.is_file():
        raise NotFoundError("There is no such backup.", where=str(file))
    with translating(folder):
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=folder, prefix="restoring-") as room:
            staged = Path(room) / "staged"
            head = _unpack(file, staged)
            _verify(file, staged, head)
            with (
                InstanceLock(folder, "restore"),
                FileLock(folder / WRITE_LOCK, "restore", timeout=lock_timeout),
            ):
                if is_pending(folder):
                    finish(folder)
                exchange(folder, staged, keep=_holds_more(folder, staged))
    return head


def _holds_more(folder: Path, staged: Path) -> bool:
    """Whether the archive to be replaced has, or may have, captures that the backup has not."""
    if not (folder / CAPTURES).is_dir():
        return False
    try:
        with Archive.open(folder) as present, Archive.open(staged) as backup_:
            return not _contains(backup_, present.head())
    except StorageError:
        return True


def _contains(archive: Archive, head: Head) -> bool:
    with archive.reading() as connection:
        chain = connection.exec_driver_sql(
            "SELECT chain FROM captures WHERE id = ?", (head.capture_id,)
        ).scalar()
    return head.capture_id == 0 or (chain is not None and chain.hex() == head.chain)


def _unpack(file: Path, staged: Path) -> Head:
    """Unpack the files that a backup has, and no others."""
    (staged / CAPTURES).mkdir(parents=True)
    head = None
    try:
        with tarfile.open(file, mode="r:") as tar:
            for name, content in _read_members(tar):
                if name == _MANIFEST:
                    head = _read_manifest(content)
                else:
                    _write(staged / name, content)
    except (tarfile.TarError, EOFError, ValueError, KeyError, TypeError) as error:
        raise DamagedError(f"The backup cannot be read: {error}.", hint=_HINT, where=str(file)) from error
    if head is None:
        raise DamagedError("This file is no backup of a natowire archive.", hint=_HINT, where=str(file))
    sync_folder(staged / CAPTURES)
    sync_folder(staged)
    return head


def _read_members(tar: tarfile.TarFile) -> Iterator[tuple[str, IO[bytes]]]:
    for member in tar:
        name = member.name
        folder, _, last = name.rpartition("/")
        ours = name in (_MANIFEST, DATABASE) or (folder == CAPTURES and _is_segment(last))
        content = tar.extractfile(member) if ours and member.isreg() else None
        if content is None:
            raise DamagedError(f"The backup holds something that is none of an archive: {name!r}.")
        yield name, content


def _is_segment(name: str) -> bool:
    digits = name.removeprefix("natowire-").removesuffix(".warc.gz")
    return digits.isascii() and digits.isdigit() and name == segment_name(int(digits))


def _read_manifest(content: IO[bytes]) -> Head:
    manifest = json.loads(content.read(_PIECE))
    if manifest["natowire_backup"] != _FORMAT:
        raise DamagedError("The backup was made by a newer natowire.", hint="Install the newest natowire.")
    return read_head(json.dumps(manifest["head"]))


def _write(path: Path, content: IO[bytes]) -> None:
    with path.open("wb") as out:
        shutil.copyfileobj(content, out, _PIECE)
        out.flush()
        os.fsync(out.fileno())


def _verify(file: Path, staged: Path, head: Head) -> None:
    try:
        with Archive.open(staged) as archive:
            damages = verify(archive, head)
            whole = archive.head() == head
    except SchemaError as error:
        hint = "Restore it with the natowire that made it."
        raise SchemaError(error.message, hint=hint, where=str(file)) from error
    except StorageError as error:
        raise DamagedError(f"The backup is not whole: {error.message}", where=str(file)) from error
    if damages or not whole:
        first = f"{damages[0].where}: {damages[0].what}" if damages else "Its end is missing."
        raise DamagedError(
            f"The backup is not whole ({len(damages) or 1} faults); nothing was replaced. {first}",
            hint="Use another backup.",
            where=str(file),
        )
    for leftover in (staged / WRITE_LOCK, *staged.glob(f"{DATABASE}.before-*")):
        leftover.unlink(missing_ok=True)
