"""A small web on loopback: the demo's hosts, as they looked on each of its days.

```
fixtures/world/world.toml ──load_world──▶ Scenario ──serve──▶ World on 127.0.0.1
```

Every host of the world is answered by one server, which picks the document by `Host`, path and
day. The fetcher reaches it by a `connect_to` setting, so addresses, headers and captures look
exactly as they would on the open web. It listens on 127.0.0.1 and nowhere else.
"""

from __future__ import annotations

import gzip
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socket import socket
from socketserver import BaseServer
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

from parsers.errors import ConfigError

ANY_HOST = "*"
NOT_FOUND = b"<!DOCTYPE html>\n<title>404 Not Found</title>\n<h1>Not Found</h1>\n"
IDLE_SECONDS = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One document of the world. `day` is 0 where it is the same on all days; `coding` is "gzip" or ""."""

    host: str
    path: str
    day: int
    status: int
    body: bytes
    headers: tuple[tuple[str, str], ...]
    etag: str
    last_modified: datetime | None
    coding: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """A world read from its folder.

    `days` are the instants (UTC) at which the pages of day 1, day 2 … were rendered; `sources` is the
    text of a configuration file that names what there is to fetch; `hosts` are the names it serves.
    """

    title: str
    zone: str
    days: tuple[datetime, ...]
    routes: tuple[Route, ...]
    sources: str

    @property
    def hosts(self) -> tuple[str, ...]:
        """The host names of the world, sorted."""
        return tuple(sorted({route.host for route in self.routes} - {ANY_HOST}))

    def find(self, host: str, path: str, day: int) -> Route | None:
        """The document at an address on a day, or None. A route of one host comes before one of any."""
        for wanted in (host, ANY_HOST):
            for route in self.routes:
                if route.host == wanted and route.path == path and route.day in (0, day):
                    return route
        return None


class World:
    """The running server: where it listens, and which day it is there."""

    def __init__(self, scenario: Scenario, server: ThreadingHTTPServer) -> None:
        """Begin on day 1."""
        self.scenario = scenario
        self.port: int = server.server_address[1]
        self._day = 1

    @property
    def day(self) -> int:
        """The present day of the world, from 1."""
        return self._day

    @day.setter
    def day(self, day: int) -> None:
        if not 1 <= day <= len(self.scenario.days):
            raise ValueError(f"the world has days 1 to {len(self.scenario.days)}, not {day}")
        self._day = day

    @property
    def now(self) -> datetime:
        """The instant (UTC) that the world's servers put in `Date` today."""
        return self.scenario.days[self._day - 1]

    @property
    def connect_to(self) -> tuple[tuple[str, str], ...]:
        """Which "host:port" is to be sought at which "address:port", for every host of the world."""
        return tuple((f"{host}:80", f"127.0.0.1:{self.port}") for host in self.scenario.hosts)


def world_folder() -> Path:
    """Find the world's files: inside the installed package, else in the checkout.

    Raises:
        ConfigError: There are none.
    """
    package = Path(__file__).resolve().parent
    for folder in (package / "_world", package.parent / "fixtures" / "world"):
        if (folder / "world.toml").is_file():
            return folder
    raise ConfigError(
        "the files of the demo are missing", hint="Install natowire again, or run it from a checkout."
    )


def load_world(folder: Path) -> Scenario:
    """Read a world: `world.toml`, the documents it names and `sources.toml`.

    Args:
        folder: Where these are; documents are named relative to it.

    Returns:
        The scenario, with every document in memory.

    Raises:
        ConfigError: A file is missing or unreadable, or an entry lacks something.
    """
    file = folder / "world.toml"
    try:
        table = tomllib.loads(file.read_text("utf-8"))
        return Scenario(
            title=table["title"],
            zone=table["zone"],
            days=tuple(moment.astimezone(UTC) for moment in table["days"]),
            routes=tuple(_read_route(folder, entry) for entry in table["routes"]),
            sources=(folder / "sources.toml").read_text("utf-8"),
        )
    except OSError as error:
        raise ConfigError(f"cannot read {error.filename}: {error.strerror}", file=str(file)) from error
    except KeyError as error:
        raise ConfigError(f"an entry lacks the key {error}", file=str(file)) from error
    except (ValueError, TypeError, AttributeError) as error:
        raise ConfigError(f"not a world: {error}", file=str(file)) from error


def _read_route(folder: Path, entry: Mapping[str, Any]) -> Route:
    headers = dict(entry.get("headers", {}))
    if "type" in entry:
        headers = {"Content-Type": entry["type"], **headers}
    modified = entry.get("last_modified")
    return Route(
        host=entry["host"],
        path=entry["path"],
        day=entry.get("day", 0),
        status=entry.get("status", 200),
        body=(folder / entry["file"]).read_bytes() if "file" in entry else b"",
        headers=tuple(headers.items()),
        etag=entry.get("etag", ""),
        last_modified=modified.astimezone(UTC) if modified else None,
        coding=entry.get("coding", ""),
    )


@contextmanager
def serve(folder: Path) -> Iterator[World]:
    """Serve a world on a free port of 127.0.0.1 until the block ends.

    Args:
        folder: The world's folder, as `load_world` reads it.

    Yields:
        The running world, on day 1.

    Raises:
        ConfigError: The folder holds no world.
    """
    scenario = load_world(folder)
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        world = World(scenario, server)
        # The server is asked for its port first, then told how to answer.
        server.RequestHandlerClass = partial(_Conversation, world)
        thread = Thread(target=server.serve_forever, args=(0.02,), name="demo-world", daemon=True)
        thread.start()
        try:
            yield world
        finally:
            server.shutdown()
            thread.join()


class _Conversation(BaseHTTPRequestHandler):
    """One connection. The standard library asks for a class with these names."""

    protocol_version = "HTTP/1.1"
    timeout = IDLE_SECONDS
    disable_nagle_algorithm = True
    wbufsize = -1

    def __init__(self, world: World, request: socket, client: tuple[str, int], server: BaseServer) -> None:
        self.world = world
        super().__init__(request, client, server)

    def do_GET(self) -> None:
        """Answer with the document of the day, or 304 where the client has it."""
        target = urlsplit(self.path)
        host = (target.netloc or self.headers.get("Host", "")).rpartition("@")[2].partition(":")[0].lower()
        path = (target.path or "/") + (f"?{target.query}" if target.query else "")
        route = self.world.scenario.find(host, path, self.world.day)
        if route is None:
            self._answer(404, (("Content-Type", "text/html; charset=utf-8"),), NOT_FOUND)
        elif route.status == 200 and _is_known(
            route, self.headers.get("If-None-Match", ""), self.headers.get("If-Modified-Since", "")
        ):
            self._answer(304, _validators(route), None)
        else:
            self._answer(route.status, *_represent(route, self.headers.get("Accept-Encoding", "")))

    def do_HEAD(self) -> None:
        """The same without the body."""
        self.do_GET()

    def _answer(self, status: int, headers: tuple[tuple[str, str], ...], body: bytes | None) -> None:
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        if body is not None:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if body and self.command != "HEAD":
            self.wfile.write(body)

    def version_string(self) -> str:
        """What goes into `Server`: not this machine's Python."""
        return "Apache"

    def date_time_string(self, timestamp: float | None = None) -> str:
        """What goes into `Date`: the world's now."""
        moment = self.world.now if timestamp is None else datetime.fromtimestamp(timestamp, UTC)
        return format_datetime(moment, usegmt=True)

    def log_message(self, *_: object) -> None:
        """Say nothing: the demo's output belongs to the demo."""


def _validators(route: Route) -> tuple[tuple[str, str], ...]:
    etag = (("ETag", route.etag),) if route.etag else ()
    if route.last_modified is None:
        return etag
    return (*etag, ("Last-Modified", format_datetime(route.last_modified, usegmt=True)))


def _represent(route: Route, accepted: str) -> tuple[tuple[tuple[str, str], ...], bytes]:
    """The headers and body to send to a client that takes the codings `accepted`."""
    headers = route.headers + _validators(route)
    if route.coding != "gzip":
        return headers, route.body
    headers += (("Vary", "Accept-Encoding"),)
    offers = {offer.partition(";")[0].strip().lower() for offer in accepted.split(",")}
    if "gzip" not in offers:
        return headers, route.body
    return (*headers, ("Content-Encoding", "gzip")), gzip.compress(route.body, mtime=0)


def _is_known(route: Route, wanted: str, since: str) -> bool:
    """Whether the client's validators name this document (RFC 9110, section 13.2.2: the ETag decides)."""
    if wanted:
        tags = {tag.strip().removeprefix("W/") for tag in wanted.split(",")}
        return "*" in tags or (bool(route.etag) and route.etag.removeprefix("W/") in tags)
    if not since or route.last_modified is None:
        return False
    try:
        return route.last_modified <= parsedate_to_datetime(since).astimezone(UTC)
    except ValueError:
        return False
