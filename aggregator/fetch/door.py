"""Fetching one address: redirects, validators, limits and politeness, from request to capture."""

from __future__ import annotations

import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Self

import httpcore
import httpx

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from aggregator.config import FetchSettings
    from aggregator.fetch.manners import Headers
    from aggregator.fetch.robots import Robots

from aggregator import __version__
from aggregator.fetch.backend import Budget, GuardedBackend, late, reason_of
from aggregator.fetch.bodies import Bodies, receive
from aggregator.fetch.hops import (
    Hop,
    can_send,
    check_redirect,
    check_scheme,
    origin_of,
    target_of,
    without_secrets,
)
from aggregator.fetch.hosts import Hosts
from aggregator.fetch.transport import GuardedTransport
from parsers.errors import FetchError, TransportError
from parsers.model import Capture, Exchange

_ACCEPT = (
    b"application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9,"
    b" text/xml;q=0.9, text/html;q=0.8, application/json;q=0.7, */*;q=0.5"
)
_CODINGS = b"gzip, deflate, br, zstd"
_SECRET = frozenset(("authorization",))


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What to fetch, and how what comes is to be read.

    `etag` and `last_modified` are the validators of the last answer, "" when there are none. `delay`
    is a pause in seconds that the host asks of crawlers, over the configured one.
    """

    url: str
    source_id: str = ""
    parser: str = "auto"
    zone: str = "Europe/Brussels"
    language: str = ""
    trusts: tuple[str, ...] = ()
    etag: str = ""
    last_modified: str = ""
    delay: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class NotModified:
    """The server says that nothing changed since the validators it was sent."""

    source_id: str
    url: str
    final_url: str
    fetched_at: datetime
    headers: Headers
    redirects: tuple[Exchange, ...] = ()


class Fetcher:
    """The one way to the web; shared by all threads of a run.

    Closing it ends every request under way with a `StoppedError`.
    """

    def __init__(self, settings: FetchSettings, clock: Callable[[], datetime]) -> None:
        """Make ready; no connection is opened yet.

        Args:
            settings: Limits, manners and permissions.
            clock: The present moment, aware.
        """
        self._settings, self._clock = settings, clock
        self._backend = GuardedBackend(settings)
        self._transport = GuardedTransport(self._backend)
        self._hosts = Hosts(settings.host_delay.total_seconds())
        self._bodies = Bodies(settings.max_decoded, self._backend.check_open)

    @cached_property
    def robots(self) -> Robots:
        """The rules of the sites this door leads to, for whoever crawls."""
        from aggregator.fetch.robots import Robots  # noqa: PLC0415  it asks through this door

        return Robots(self, self._clock)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close every connection, those in use too."""
        self._hosts.close()
        self._backend.stop()
        self._transport.close()

    def get(self, request: Request, *, hold: bool = False) -> Capture | NotModified:
        """Fetch one address.

        Args:
            request: What to fetch.
            hold: Wait with a large body, on disk, until few others are in memory, and count it among them
                until `release` is told: a run stays small however many threads are sent large ones at once.

        Returns:
            What came, whatever its status (`judge` says whether it is content), or NotModified.

        Raises:
            FetchError: No whole answer came, it was too large, or the address is forbidden.
            StoppedError: The door was closed meanwhile.
        """
        with self._explaining(request), ExitStack() as files:
            hops = self._follow(request, files)
            return self._answer(request, hops, hold=hold)

    def post(self, url: str, body: bytes, headers: Iterable[tuple[str, str]]) -> int:
        """Hand a message to one address; redirects are not followed, what is answered is not kept.

        Args:
            url: Where to.
            body: What.
            headers: Sent beside the usual ones.

        Returns:
            The status of the answer.

        Raises:
            FetchError: No whole answer came, it was too large, or the address is forbidden.
        """
        own = [(name.encode("ascii"), value.encode("latin-1")) for name, value in headers]
        request = Request(url=url)
        with self._explaining(request), ExitStack() as files:
            checked = check_scheme(url)
            with self._hosts.turn(origin_of(checked)):
                budget = self._new_budget()
                usual = self._headers_for(request)
                sent = httpx.Request("POST", checked, headers=[*usual, *own], content=body)
                with self._backend.spending(budget):
                    return self._send(sent, budget, files).exchange.status

    @contextmanager
    def _explaining(self, request: Request) -> Iterator[None]:
        """Say of whatever goes wrong in the block what it is and which request it is about."""
        try:
            yield
        except FetchError as error:
            raise _about(error, request) from None
        except (httpcore.TimeoutException, TimeoutError):
            self._backend.check_open()
            raise _about(late(self._settings.timeout.total_seconds()), request) from None
        except (httpcore.NetworkError, httpcore.ProtocolError, OSError) as error:
            self._backend.check_open()
            raise _about(_transport_error(error), request) from None
        except (httpx.InvalidURL, ValueError) as error:
            problem = TransportError(
                f"The address cannot be used ({reason_of(error)}).", hint="Correct it."
            )
            raise _about(problem, request) from None

    def release(self, answer: object) -> None:
        """Say that a held answer is done with; anything else is let pass."""
        if isinstance(answer, Capture):
            self._bodies.release(answer.body)

    @property
    def timeout(self) -> float:
        """Seconds that one request may take."""
        return self._settings.timeout.total_seconds()

    def lane(self, url: str) -> str:
        """The host whose turns an address waits for, or "" where hosts need not be spared (see `each`)."""
        return origin_of(url) if self._settings.host_delay else ""

    def _follow(self, request: Request, files: ExitStack) -> list[Hop]:
        """Go where the address leads; the last hop is the answer.

        The wait for the first turn is no fault of the server's and not timed; all after it is.
        """
        url, hops = check_scheme(request.url), list[Hop]()
        budget = self._new_budget()
        while True:
            origin = origin_of(url)
            with self._hosts.turn(origin, request.delay, budget if hops else None):
                if not hops:
                    budget = self._new_budget()
                while origin_of(url) == origin:
                    with self._backend.spending(budget):
                        hops.append(self._exchange(request, url, budget, files))
                    if not (target := target_of(hops[-1].exchange)):
                        return hops
                    url = check_redirect(target, hops)

    def _new_budget(self) -> Budget:
        seconds = self._settings.timeout.total_seconds()
        size = self._settings.max_wire
        return Budget(deadline=time.monotonic() + seconds, seconds=seconds, max_wire=size, wire_left=size)

    def _exchange(self, request: Request, url: str, budget: Budget, files: ExitStack) -> Hop:
        return self._send(httpx.Request("GET", url, headers=self._headers_for(request)), budget, files)

    def _send(self, sent: httpx.Request, budget: Budget, files: ExitStack) -> Hop:
        """Send one request and read its answer; the body goes to a file, in memory while it is small."""
        budget.begin_headers()
        started = self._now()
        if sent.url.userinfo:
            next(httpx.BasicAuth(sent.url.username, sent.url.password).auth_flow(sent))
        response = self._transport.handle_request(sent)
        try:
            budget.in_body = True
            arrived = self._now()
            ip = response.extensions["network_stream"].get_extra_info("server_addr")[0]
            wire = receive(response, budget, files)
        finally:
            response.close()
        exchange = Exchange(
            method=sent.method,
            url=without_secrets(str(sent.url)),
            request_headers=_decode(sent.headers.raw, withheld=_SECRET),
            status=response.status_code,
            reason=response.extensions["reason_phrase"].decode("latin-1"),
            headers=_decode(response.headers.raw),
            body=b"",
            started_at=started,
            ip=ip,
        )
        return Hop(exchange, arrived, wire)

    def _headers_for(self, request: Request) -> list[tuple[bytes, bytes]]:
        contact = f" (+{self._settings.contact})" if self._settings.contact else ""
        headers = [
            (b"User-Agent", f"natowire/{__version__}{contact}".encode()),
            (b"Accept", _ACCEPT),
            (b"Accept-Encoding", _CODINGS),
        ]
        for name, value in (
            (b"If-None-Match", request.etag),
            (b"If-Modified-Since", request.last_modified),
        ):
            if can_send(value):
                headers.append((name, value.encode("latin-1")))
        return headers

    def _answer(self, request: Request, hops: list[Hop], *, hold: bool) -> Capture | NotModified:
        *before, last = hops
        redirects = tuple(replace(hop.exchange, body=self._redirect_body(hop)) for hop in before)
        exchange, asked = last.exchange, can_send(request.etag) or can_send(request.last_modified)
        if exchange.status == 304 and asked:
            return NotModified(
                source_id=request.source_id,
                url=without_secrets(request.url),
                final_url=exchange.url,
                fetched_at=last.arrived,
                headers=exchange.headers,
                redirects=redirects,
            )
        return Capture(
            source_id=request.source_id,
            parser=request.parser,
            url=without_secrets(request.url),
            final_url=exchange.url,
            fetched_at=last.arrived,
            status=exchange.status,
            headers=exchange.headers,
            body=self._bodies.unpack(last, hold=hold),
            reason=exchange.reason,
            request_headers=exchange.request_headers,
            redirects=redirects,
            ip=exchange.ip,
            zone=request.zone,
            language=request.language,
            trusts=request.trusts,
        )

    def _redirect_body(self, hop: Hop) -> bytes:
        """What stood beside a redirect; it led on all the same if that is garbled."""
        try:
            return self._bodies.unpack(hop, hold=False)
        except FetchError:
            return b""

    def _now(self) -> datetime:
        return self._clock().astimezone(UTC).replace(microsecond=0)


def _decode(
    raw: Iterable[tuple[bytes, bytes]], withheld: frozenset[str] = frozenset()
) -> tuple[tuple[str, str], ...]:
    decoded = ((name.decode("latin-1"), value.decode("latin-1")) for name, value in raw)
    return tuple((name, "withheld" if name.lower() in withheld else value) for name, value in decoded)


def _transport_error(error: BaseException) -> TransportError:
    reason = reason_of(error)
    if isinstance(error, httpcore.RemoteProtocolError):
        return TransportError(f"The answer is broken or cut short ({reason}).", hint=_LATER)
    return TransportError(f"The connection broke off ({reason}).", hint=_LATER)


_LATER = "It is asked again later; if it stays so, tell the site's owner."


def _about(error: FetchError, request: Request) -> FetchError:
    """Say of an error which source and address it is about."""
    error.source_id, error.url = request.source_id, without_secrets(request.url)
    error.where = error.url
    return error
