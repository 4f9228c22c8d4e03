"""httpx over our own connections: its requests and responses, with the guarded backend underneath.

Its `Client` would follow redirects, keep cookies and read the environment: none of that is wanted here, and
each request would pay for it.
"""

from __future__ import annotations

import ssl
import threading
import time
from collections import deque
from typing import TYPE_CHECKING, cast

import httpcore
import httpx

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from aggregator.fetch.backend import GuardedBackend

MOST_IDLE = 64
IDLE_SECONDS = 15.0


class _Body(httpx.SyncByteStream):
    """A response's body as httpx wants it; read to its end, its connection is kept for the next request."""

    def __init__(
        self, response: httpcore.Response, connection: httpcore.HTTPConnection, idle: _Idle
    ) -> None:
        self._response, self._connection, self._idle = response, connection, idle

    def __iter__(self) -> Iterator[bytes]:
        yield from cast("Iterable[bytes]", self._response.stream)

    def close(self) -> None:
        self._response.close()
        self._idle.put(self._connection)


class _Idle:
    """The few connections that wait for another request to the same host.

    httpcore's own pool looks at every connection of every thread for every request, under one lock:
    twice the CPU of this at 32 threads.
    """

    def __init__(self) -> None:
        self._waiting: deque[tuple[float, httpcore.HTTPConnection]] = deque()
        self._closed = False
        self._lock = threading.Lock()

    def take(self, origin: httpcore.Origin) -> httpcore.HTTPConnection | None:
        """The connection to a host that was used last, if it still holds."""
        with self._lock:
            fitting = (entry for entry in reversed(self._waiting) if entry[1].can_handle_request(origin))
            found = next(fitting, None)
            if found is None:
                return None
            self._waiting.remove(found)
        since, connection = found
        if time.monotonic() - since < IDLE_SECONDS and not connection.has_expired():
            return connection
        connection.close()
        return None

    def put(self, connection: httpcore.HTTPConnection) -> None:
        """Keep a connection that is done with its request; close the one that waited longest."""
        if self._closed or not connection.is_idle():
            connection.close()
            return
        with self._lock:
            self._waiting.append((time.monotonic(), connection))
            surplus = self._waiting.popleft() if len(self._waiting) > MOST_IDLE else None
        if surplus is not None:
            surplus[1].close()

    def close(self) -> None:
        """Close them all, and those that come later."""
        self._closed = True
        with self._lock:
            waiting, self._waiting = self._waiting, deque()
        for _, connection in waiting:
            connection.close()


class GuardedTransport(httpx.BaseTransport):
    """HTTP/1.1 through a `GuardedBackend`; no proxy, since a proxy would resolve names unchecked."""

    def __init__(self, backend: GuardedBackend) -> None:
        self._backend = backend
        self._idle = _Idle()
        # Its certificates are loaded at the first TLS connection (see `GuardedBackend.trust`).
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self._context.minimum_version = ssl.TLSVersion.TLSv1_2

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request; the errors are httpcore's and ours, see `Fetcher.get`."""
        url = request.url
        asked = httpcore.Request(
            request.method,
            httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
            headers=request.headers.raw,
            content=request.content,
            extensions=request.extensions,
        )
        connection = self._idle.take(asked.url.origin)
        if connection is not None:
            try:
                return self._send(asked, connection)
            except (httpcore.RemoteProtocolError, httpcore.NetworkError):
                # The server gave the idle connection up as we took it: that says nothing of the site.
                connection.close()
        return self._send(asked, self._connect(asked.url.origin))

    def _connect(self, origin: httpcore.Origin) -> httpcore.HTTPConnection:
        return httpcore.HTTPConnection(origin, ssl_context=self._context, network_backend=self._backend)

    def _send(self, request: httpcore.Request, connection: httpcore.HTTPConnection) -> httpx.Response:
        response = connection.handle_request(request)
        body = _Body(response, connection, self._idle)
        return httpx.Response(
            response.status, headers=response.headers, stream=body, extensions=response.extensions
        )

    def close(self) -> None:
        """Close every idle connection; those in use close with their responses."""
        self._idle.close()
