"""The daemon's window on loopback: is it alive, is it ready, and its figures for Prometheus."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self

HOST = "127.0.0.1"
SECONDS = 5.0
"""How long a visitor may take to say what it wants."""
_OWN_NAMES = ("127.0.0.1", "localhost", "[::1]")

log = logging.getLogger("natowire.monitor")


@dataclass(frozen=True, slots=True, kw_only=True)
class Views:
    """What is shown. `alive` and `ready` give whether, and why not; `figures` Prometheus' text format."""

    alive: Callable[[], tuple[bool, str]]
    ready: Callable[[], tuple[bool, str]]
    figures: Callable[[], str]


class Monitor:
    """Answers `/healthz`, `/readyz` and `/metrics` on a port of 127.0.0.1. Use as a context manager."""

    def __init__(self, port: int, views: Views) -> None:
        """Take the port; nobody is answered yet.

        Args:
            port: 0 is any free one.
            views: What to show.

        Raises:
            OSError: The port is taken.
        """
        self._server = _Server((HOST, port), _Visit)
        self._server.views = views
        self._thread = threading.Thread(target=self._server.serve_forever, name="monitor", daemon=True)

    @property
    def address(self) -> str:
        """Where it answers."""
        return f"http://{HOST}:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class Window:
    """A monitor on whichever port is wanted at present. Use as a context manager.

    A port that is taken is a warning, once; it is tried again until it is free, and meanwhile the old one
    answers.
    """

    def __init__(self, views: Views) -> None:
        """Nothing is opened yet.

        Args:
            views: What to show.
        """
        self._views = views
        self._monitor: Monitor | None = None
        self._port, self._refused = 0, 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.follow(0)

    def follow(self, port: int) -> None:
        """Answer on this port from now on; 0 is nowhere."""
        if port == self._port:
            self._refused = 0
            return
        monitor = None
        if port:
            try:
                monitor = Monitor(port, self._views)
            except OSError as error:
                self._report(port, error)
                return
        self._close()
        self._monitor, self._port, self._refused = monitor, port, 0
        if monitor is not None:
            monitor.__enter__()
            log.info("/healthz, /readyz and /metrics are at %s", monitor.address)

    def _report(self, port: int, error: OSError) -> None:
        if port != self._refused:
            instead = f"still at {self._monitor.address}" if self._monitor else "not there"
            log.warning(
                "/healthz and /metrics are %s: port %d: %s; it is tried again",
                instead,
                port,
                error.strerror,
            )
        self._refused = port

    def _close(self) -> None:
        if self._monitor is not None:
            self._monitor.__exit__()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    views: Views

    def handle_error(self, request: object, client_address: object) -> None:
        """A visitor that leaves in the middle is no event."""


class _Visit(BaseHTTPRequestHandler):
    server: _Server
    timeout = SECONDS

    def do_GET(self) -> None:
        """Answer one of the three questions."""
        host = self.headers.get("Host", HOST).rpartition(":")[0] or self.headers.get("Host", HOST)
        if host not in _OWN_NAMES:
            # A web page elsewhere could have its own name point here.
            self._answer(403, "This is answered on this machine only.\n")
            return
        views = self.server.views
        path = self.path.partition("?")[0]
        if path == "/metrics":
            self._answer(200, views.figures(), "text/plain; version=0.0.4; charset=utf-8")
        elif path in ("/healthz", "/readyz"):
            well, words = views.alive() if path == "/healthz" else views.ready()
            self._answer(200 if well else 503, words + "\n")
        else:
            self._answer(404, "There are /healthz, /readyz and /metrics.\n")

    def do_HEAD(self) -> None:
        """Answer without words."""
        self.do_GET()

    def _answer(self, status: int, text: str, kind: str = "text/plain; charset=utf-8") -> None:
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def version_string(self) -> str:
        """What serves."""
        return "natowire"

    def log_message(self, *_: object) -> None:
        """Visits are not logged."""
