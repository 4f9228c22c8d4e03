"""The server: raw bytes over loopback sockets, a thread a connection, and a trap no request may reach."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

FEED = b"""<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0"><channel><title>Harbour news</title><link>http://harbour.example/</link>
<description>What happens at the harbour</description>
<item><title>The lighthouse shines again</title><link>http://harbour.example/1</link><guid>h-1</guid>
<pubDate>Tue, 08 Nov 2022 10:00:00 GMT</pubDate><description>Keepers lit the lamp.</description></item>
<item><title>A ferry runs at night</title><link>http://harbour.example/2</link><guid>h-2</guid>
<pubDate>Wed, 09 Nov 2022 10:00:00 GMT</pubDate><description>It leaves at ten.</description></item>
</channel></rss>
"""


class Line:
    """One connection as a behaviour sees it: what was asked, and raw sends that never raise."""

    def __init__(self, sock: socket.socket, path: str, head: bytes, server: Server) -> None:
        self.sock, self.path, self.head, self.server = sock, path, head, server
        self.broken = False

    def send(self, *pieces: bytes) -> bool:
        """Send pieces; false once the other side is gone or the server stops."""
        for piece in pieces:
            if self.broken or self.server.stopped.is_set():
                return False
            try:
                self.sock.sendall(piece)
            except OSError:
                self.broken = True
        return not self.broken

    def drip(self, data: bytes, pause: float = 0.1) -> None:
        """Send byte by byte."""
        for number in range(len(data)):
            if not self.send(data[number : number + 1]):
                return
            time.sleep(pause)

    def answer(self, body: bytes = b"", *headers: str, status: str = "200 OK", length: bool = True) -> None:
        """Send a whole answer."""
        lines = [
            f"HTTP/1.1 {status}",
            *headers,
            *([f"Content-Length: {len(body)}"] if length else []),
            "Connection: close",
        ]
        self.send("\r\n".join(lines).encode("utf-8") + b"\r\n\r\n" + body)

    def wait(self) -> None:
        """Say nothing until the other side leaves."""
        self.sock.settimeout(0.2)
        while not self.server.stopped.is_set():
            try:
                if not self.sock.recv(4096):
                    return
            except TimeoutError:
                continue
            except OSError:
                return


@dataclass(frozen=True, slots=True)
class Behaviour:
    """What the server does on a path, and what may come of it.

    `outcomes` are codes of errors, `good` (content that can be read) or `bytes` (a whole answer that a
    parser still has to refuse).
    """

    name: str
    act: Callable[[Line], None]
    outcomes: tuple[str, ...]


class Server:
    """Serves behaviours by their names as paths; counts who fell into the trap."""

    def __init__(self, behaviours: dict[str, Behaviour]) -> None:
        self.behaviours = behaviours
        self.stopped = threading.Event()
        self.trapped: list[str] = []
        self.visits: dict[str, int] = {}
        self._lock = threading.Lock()
        self._socket = _listen(socket.AF_INET, "127.0.0.1", 0)
        self.port: int = self._socket.getsockname()[1]
        trap = _listen(socket.AF_INET, "127.0.0.1", 0)
        self.trap_port: int = trap.getsockname()[1]
        self._listeners = [self._socket, trap]
        with contextlib.suppress(OSError):
            self._listeners.append(_listen(socket.AF_INET6, "::1", self.trap_port))
        for listener in self._listeners:
            serve = self._serve if listener is self._socket else self._trap
            threading.Thread(target=self._accept, args=(listener, serve), daemon=True).start()

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}/{path}"

    def visit(self, path: str) -> int:
        """Count a visit and say the how-manieth it is."""
        with self._lock:
            self.visits[path] = self.visits.get(path, 0) + 1
            return self.visits[path]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stopped.set()
        for listener in self._listeners:
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            listener.close()

    def _accept(self, listener: socket.socket, serve: Callable[[socket.socket], None]) -> None:
        while not self.stopped.is_set():
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=serve, args=(connection,), daemon=True).start()

    def _trap(self, connection: socket.socket) -> None:
        with connection:
            self.trapped.append(str(connection.getsockname()))

    def _serve(self, connection: socket.socket) -> None:
        with connection:
            connection.settimeout(30)
            head = b""
            with contextlib.suppress(OSError):
                while b"\r\n\r\n" not in head and (received := connection.recv(65536)):
                    head += received
            if not head:
                return
            path = head.split(b" ", 2)[1].decode("latin-1").lstrip("/")
            line = Line(connection, path, head, self)
            behaviour = self.behaviours.get(path.partition("?")[0].partition("/")[0])
            if behaviour:
                behaviour.act(line)
            else:
                line.answer(b"no such page", status="404 Not Found")
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_WR)


def _listen(family: int, address: str, port: int) -> socket.socket:
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((address, port))
    listener.listen(256)
    return listener
