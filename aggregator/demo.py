"""The whole job on a small world: two mornings fetched from a real server, then searched and delivered.

Nothing here is make-believe but the world's documents and its clock: the fetcher, the captures, the
parsers, the archive and the renderers are those of every other command.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from aggregator.config import Config, DigestSettings, FetchSettings, load
from aggregator.delivery import compose, open_channel, render
from aggregator.demo_world import World, serve, world_folder
from aggregator.fetch import Fetcher
from aggregator.ingest import Outcome, Teller, refresh
from aggregator.networks import parse_network
from aggregator.render.feeds import render_atom
from aggregator.workers import Workers
from parsers.errors import StorageError
from parsers.model import Item, When
from storage.archive import Archive

MARK = ".demo"
"""The file that says that an archive was made by a demo."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Narrowed:
    """An item whose date the second morning made more exact."""

    item: Item
    before: When


@dataclass(frozen=True, slots=True, kw_only=True)
class Demo:
    """The served world and the archive made of it."""

    world: World
    folder: Path
    config: Config

    def settings(self) -> FetchSettings:
        """The fetcher's settings: only the world's own port, no pauses, and one after another.

        Who brings an item first depends on who answers first; the demo is to show the same every time.
        """
        own = parse_network(f"127.0.0.1/32:{self.world.port}")
        assert own is not None
        return replace(
            self.config.fetch,
            workers=1,
            host_delay=timedelta(),
            allow_networks=(own,),
            connect_to=self.world.connect_to,
        )

    def morning(self, day: int, tell: Teller) -> tuple[Outcome, ...]:
        """Fetch everything once, on a day of the world and by its clock."""
        self.world.day = day
        settings, clock = self.settings(), self.clock
        with (
            Archive.open(self.folder) as archive,
            Workers() as readers,
            Fetcher(settings, clock) as fetcher,
        ):
            return refresh(
                archive,
                self.config.sources,
                fetcher,
                readers.read,
                clock,
                workers=settings.workers,
                tell=tell,
            )

    def clock(self) -> datetime:
        """The world's present moment, UTC."""
        return self.world.now


@contextmanager
def open_world(folder: Path) -> Iterator[Demo]:
    """Serve the world and make an empty archive for it, with a configuration that points at the world.

    Args:
        folder: Where the archive is to be made. That of an earlier demo is replaced, any other is not.

    Raises:
        StorageError: There is another archive, or the folder cannot be written.
    """
    _clear(folder)
    with serve(world_folder()) as world:
        Archive.create(folder).close()
        (folder / MARK).write_text("The archive of a demo: the next one replaces it.\n")
        config_file = folder / "config.toml"
        config_file.write_text(world.scenario.sources, encoding="utf-8")
        yield Demo(world=world, folder=folder, config=load(config_file))


def _clear(folder: Path) -> None:
    if (folder / MARK).exists():
        shutil.rmtree(folder)
    elif folder.exists() and not (folder.is_dir() and not any(folder.iterdir())):
        hint = "Name another folder: natowire --archive DIR demo."
        raise StorageError(f"{folder} is not empty and holds no demo.", hint=hint, where=str(folder))


def read_items(folder: Path) -> tuple[Item, ...]:
    """All items whole, newest first."""
    with Archive.open(folder) as archive:
        return tuple(archive.item(item.id) for item in archive.items(newest=True))


def narrowed(before: Sequence[Item], after: Sequence[Item]) -> tuple[Narrowed, ...]:
    """The items whose date became more exact, those that gained most first."""
    earlier = {item.id: item.published for item in before}
    found = [
        Narrowed(item=item, before=earlier[item.id])
        for item in after
        if item.id in earlier and _width(item.published) < _width(earlier[item.id])
    ]
    return tuple(sorted(found, key=lambda one: _width(one.item.published) - _width(one.before)))


def _width(when: When) -> timedelta:
    if when.earliest is None or when.latest is None:
        return timedelta.max
    return when.latest - when.earliest


def write_deliveries(folder: Path, config: Config, now: datetime) -> tuple[Path, ...]:
    """Write a digest of the month (text and mail) and an Atom feed beside the archive.

    Returns:
        The files.
    """
    monthly = DigestSettings(name="natowire demo", period="monthly")
    with Archive.open(folder) as archive:
        day = now.astimezone(ZoneInfo(archive.zone)).date()
        digest = compose(archive, monthly, day, now)
        channel = open_channel(archive, "", now)
        documents = {
            "digest.txt": render(digest, "text", monthly, config, now).encode(),
            "digest.eml": render(digest, "eml", monthly, config, now).encode(),
            "feed.atom": render_atom(list(archive.select(now=now, limit=50)), channel),
        }
    files = []
    for name, document in documents.items():
        file = folder / name
        file.write_bytes(document)
        files.append(file)
    return tuple(files)
