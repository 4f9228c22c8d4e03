"""httpx over our own connections: its `Client` with the guarded backend underneath."""

from __future__ import annotations

import ssl
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import TYPE_CHECKING

import httpcore
import httpx

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aggregator.fetch.backend import GuardedBackend

IDLE_CONNECTIONS = 16
IDLE_SECONDS = 15.0


class _Body(httpx.SyncByteStream):
    """A response's body as httpx wants it."""

    def __init__(self, response: httpcore.Response) -> None:
        self._response = response

    def __iter__(self) -> Iterator[bytes]:
        return self._response.iter_stream()

    def close(self) -> None:
        self._response.close()


class GuardedTransport(httpx.BaseTransport):
    """HTTP/1.1 through a `GuardedBackend`; no proxy, since a proxy would resolve names unchecked."""

    def __init__(self, backend: GuardedBackend) -> None:
        # Its certificates are loaded at the first TLS connection (see `GuardedBackend.trust`).
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        self._pool = httpcore.ConnectionPool(
            ssl_context=context,
            max_connections=None,
            # httpcore looks at every idle connection at every request: few of them keep requests cheap.
            max_keepalive_connections=IDLE_CONNECTIONS,
            keepalive_expiry=IDLE_SECONDS,
            network_backend=backend,
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request; the errors are httpcore's and ours, see `Fetcher.get`."""
        url = request.url
        response = self._pool.handle_request(
            httpcore.Request(
                request.method,
                httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path),
                headers=request.headers.raw,
                extensions=request.extensions,
            )
        )
        return httpx.Response(
            response.status,
            headers=response.headers,
            stream=_Body(response),
            extensions=response.extensions,
        )

    def close(self) -> None:
        """Close every connection."""
        self._pool.close()


def make_client(backend: GuardedBackend) -> httpx.Client:
    """The one client of a run: no redirects of its own, no environment, no cookies kept."""
    forgetful = CookieJar(policy=DefaultCookiePolicy(allowed_domains=()))
    return httpx.Client(
        transport=GuardedTransport(backend), trust_env=False, follow_redirects=False, cookies=forgetful
    )
