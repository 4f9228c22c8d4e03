"""A web server on loopback whose every answer a test decides, its `Date` and its slowness included."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread


@dataclass(kw_only=True)
class Reply:
    """One answer. `date` is when the server says it was; `drip` seconds pass before each byte."""

    body: bytes = b""
    status: int = 200
    type: str = "text/html; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)
    date: datetime | None = None
    drip: float = 0.0


@dataclass(kw_only=True)
class Web:
    """What is served, by path; `asked` are the requests that came, `busy` is set while one is dripped."""

    port: int
    replies: dict[str, Reply] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    busy: Event = field(default_factory=Event)

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def put(self, path: str, body: bytes | str = b"", **rest) -> str:
        self.replies[path] = Reply(body=body.encode() if isinstance(body, str) else body, **rest)
        return self.url(path)


@contextmanager
def serving() -> Iterator[Web]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Answers)
    server.daemon_threads = True
    server.block_on_close = False
    server.web = Web(port=server.server_port)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server.web
    finally:
        server.shutdown()
        server.server_close()


class _Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        web: Web = self.server.web
        web.asked.append((self.path, {name.lower(): value for name, value in self.headers.items()}))
        reply = web.replies.get(self.path, Reply(status=404, body=b"<p>no such page</p>"))
        etag = reply.headers.get("ETag")
        if etag and self.headers.get("If-None-Match") == etag:
            reply = Reply(status=304, headers={"ETag": etag}, date=reply.date)
        self.send_response_only(reply.status)
        self.send_header("Date", format_datetime(reply.date or datetime.now(UTC), usegmt=True))
        if reply.status != 304:
            self.send_header("Content-Type", reply.type)
            if "Content-Length" not in reply.headers:
                self.send_header("Content-Length", str(len(reply.body)))
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.end_headers()
        if reply.status != 304:
            self._send(web, reply)
        if reply.headers.get("Content-Length", str(len(reply.body))) != str(len(reply.body)):
            self.close_connection = True

    def _send(self, web: Web, reply: Reply) -> None:
        try:
            if not reply.drip:
                self.wfile.write(reply.body)
                return
            for place in range(len(reply.body)):
                self.wfile.write(reply.body[place : place + 1])
                self.wfile.flush()
                web.busy.set()
                time.sleep(reply.drip)
        except OSError:
            self.close_connection = True

    def log_message(self, *_):
        pass
