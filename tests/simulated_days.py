"""Days that pass in seconds: a clock that a test sets, sites that publish by it, and the daemon."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock

from aggregator.config import Config
from aggregator.fetch import NotModified
from aggregator.watch.service import Doors, Service
from parsers.errors import ParseError, TransportError, UnreachableError
from parsers.model import Capture
from parsers.registry import read
from schedules.daemon import Rota
from storage.archive import Archive


class Killed(BaseException):
    """The power went off in the middle of a request."""


@dataclass(kw_only=True)
class Site:
    """A feed with the newest `listed` items; one comes every `pace` from `first` on, until `ends`."""

    name: str
    pace: timedelta
    first: datetime
    listed: int = 10
    dead: tuple[tuple[datetime, datetime], ...] = ()
    nameless: bool = False
    title: str = ""
    polls: list[tuple[datetime, list[int]]] = field(default_factory=list)

    def is_dead(self, now: datetime) -> bool:
        return any(begin <= now < end for begin, end in self.dead)

    def shown(self, now: datetime) -> list[int]:
        newest = int((now - self.first) / self.pace)
        return list(range(max(0, newest - self.listed + 1), newest + 1))

    def feed(self, now: datetime) -> bytes:
        entry = "<item><title>{title}</title><link>http://{at}.example/{n}</link>{date}</item>"
        entries = "".join(
            entry.format(
                n=n,
                at=self.name,
                title=self.title or f"Tide {n}",
                date=f"<pubDate>{self.first + n * self.pace:%a, %d %b %Y %H:%M:%S} +0000</pubDate>",
            )
            for n in reversed(self.shown(now))
        )
        return f"<rss version='2.0'><channel><title>Tides</title>{entries}</channel></rss>".encode()


@dataclass(kw_only=True)
class World:
    """True time, what the machine's clock says instead, and what is where on the web."""

    now: datetime
    sites: dict[str, Site]
    ahead: timedelta = timedelta()
    kill_at: datetime | None = None
    offline: bool = False
    tried: int = 0
    sent: list = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)

    def clock(self) -> datetime:
        return self.now + self.ahead


class Web:
    """Stands in the place of the fetcher: the sites of a world, as seen at its true time."""

    timeout = 30.0

    def __init__(self, world: World) -> None:
        self.world = world

    def get(self, request, *, hold=False):
        world, site = self.world, self.world.sites[request.source_id]
        if world.kill_at is not None and world.now >= world.kill_at:
            raise Killed
        if world.offline:
            world.tried += 1
            raise UnreachableError("No name, no way.", source_id=request.source_id, url=request.url)
        if site.is_dead(world.now):
            kind = UnreachableError if site.nameless else TransportError
            raise kind("Nobody is at home.", source_id=request.source_id, url=request.url)
        shown, common = site.shown(world.now), {"source_id": request.source_id, "url": request.url}
        with world.lock:
            site.polls.append((world.clock(), shown))
        etag = f'"{shown[-1]}{site.title}"'
        headers = (("ETag", etag), ("Content-Type", "application/rss+xml"))
        common |= {"final_url": request.url, "fetched_at": world.clock(), "headers": headers}
        if request.etag == etag:
            return NotModified(**common)
        return Capture(parser=request.parser, status=200, body=site.feed(world.now), **common)

    def release(self, answer):
        pass

    def lane(self, url):
        return ""

    def close(self):
        pass


def read_here(capture: Capture, within=None):
    """Read in this process: the worker processes have tests of their own."""
    try:
        return read(capture)
    except ParseError as error:
        return error


class Life:
    """The daemon in a world; it can be killed and started again."""

    def __init__(self, world: World, folder, config: Config, lock_timeout: float = 30.0) -> None:
        self.world, self.folder, self.config = world, folder, config
        self.lock_timeout = lock_timeout
        self.problems: list[str] = []
        self.bug_on = ""
        self._start()

    def _start(self) -> None:
        self.archive = Archive.open(self.folder, zone=self.config.zone, lock_timeout=self.lock_timeout)
        doors = Doors(
            clock=self.world.clock,
            load=lambda: self.config,
            open_fetcher=lambda _settings, _clock: Web(self.world),
            read=self._read,
            send=self._send,
        )
        self.service = Service(self.archive, self.config, doors)
        self.rota = Rota(
            self.service.jobs(), lambda name, error: self.problems.append(f"{name}: {error!r}")
        )

    def _read(self, capture: Capture, within=None):
        if capture.source_id == self.bug_on:
            raise ZeroDivisionError
        return read_here(capture)

    def _send(self, parcel, now, **_) -> None:
        self.world.sent.append((self.world.now, parcel))

    def kill(self) -> None:
        self.archive.close()
        self._start()

    def pass_time(self, until: datetime) -> None:
        """Let true time pass; every job is done when the machine's clock says that it is due."""
        world = self.world
        while world.now < until:
            upcoming = self.rota.upcoming(world.clock())
            at, job = upcoming[0] if upcoming else (until + world.ahead, None)
            true = at - world.ahead
            if job is None or true > until:
                world.now = until
                return
            world.now = max(world.now, true)
            try:
                self.rota.perform(job, world.clock())
            except Killed:
                world.kill_at = None
                self.kill()
            world.now += timedelta(seconds=1)
