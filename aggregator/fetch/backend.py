"""The only place where natowire opens a connection to the web, and all that is enforced there.

Every name is resolved here, every address it leads to is checked, and the connection goes to the address
that was checked: there is no second look-up in which an answer could change. Every read,
write and handshake takes its time from the one deadline of the request it serves.
"""

from __future__ import annotations

import contextlib
import errno
import os
import queue
import re
import socket
import ssl
import threading
import time
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import TYPE_CHECKING

import httpcore

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from aggregator.config import FetchSettings

from aggregator.networks import refuse
from parsers.errors import (
    ForbiddenAddressError,
    StoppedError,
    TooLargeError,
    TransportError,
    UnreachableError,
)

MOST_HEADER_BYTES = 64 << 10
MOST_ADDRESSES = 6
CONNECT_SECONDS = 10.0
"""Most time for one address of several, so that a dead one leaves some for the next."""
NO_WAY = (errno.ENETUNREACH, errno.ENETDOWN, errno.EHOSTUNREACH)
"""What the system says where no route leads to an address."""


@dataclass(slots=True)
class Budget:
    """What one request may still use: time until `deadline` (monotonic seconds) and bytes.

    `header_left` applies until `in_body` is set, then `wire_left` does.
    """

    deadline: float
    seconds: float
    max_wire: int
    wire_left: int
    header_left: int = MOST_HEADER_BYTES
    in_body: bool = False

    def remaining(self) -> float:
        """Seconds left.

        Raises:
            TransportError: There are none.
        """
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise late(self.seconds)
        return left

    def begin_headers(self) -> None:
        """Another answer's headers come next."""
        self.in_body, self.header_left = False, MOST_HEADER_BYTES

    def allow(self, wanted: int) -> int:
        """How many of the wanted bytes may be read now.

        Raises:
            TooLargeError: None: the headers are too long.
        """
        if self.in_body:
            return wanted
        if self.header_left <= 0:
            message = f"The answer's headers are longer than {MOST_HEADER_BYTES >> 10} KB."
            raise TooLargeError(message, hint="The server is at fault; it is asked again later.")
        return min(wanted, self.header_left)

    def spend(self, count: int) -> None:
        """Count bytes that came.

        Raises:
            TooLargeError: The body is too long.
        """
        if not self.in_body:
            self.header_left -= count
            return
        self.wire_left -= count
        if self.wire_left < 0:
            raise too_large(self.max_wire)


def late(seconds: float, kind: type[TransportError] = TransportError) -> TransportError:
    """The error of a request whose time is up."""
    return kind(
        f"No whole answer came within {seconds:g} s.",
        hint="The site may be down or slow; it is asked again later.",
    )


def too_large(max_wire: int) -> TooLargeError:
    """The error of a body that is longer than natowire reads."""
    size = f"{max_wire >> 20} MB" if max_wire >= 1 << 20 else f"{max_wire >> 10} KB"
    message = f"The answer is longer than {size}."
    return TooLargeError(message, hint="Raise max_wire only for a source you trust.")


class GuardedStream(httpcore.NetworkStream):
    """A connection that obeys the budget of whichever request uses it."""

    def __init__(self, inner: httpcore.NetworkStream, backend: GuardedBackend, ip: str) -> None:
        self._inner, self._backend, self._ip = inner, backend, ip
        backend.keep(self)

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002 -- our deadline rules
        """Read what is there, in the time and size that are left."""
        budget = self._backend.budget()
        received = self._inner.read(budget.allow(max_bytes), budget.remaining())
        budget.spend(len(received))
        return received

    def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002 -- our deadline rules
        """Write in the time that is left."""
        self._inner.write(buffer, self._backend.budget().remaining())

    def close(self) -> None:
        """Close the connection."""
        self._backend.drop(self)
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002 -- our deadline rules
    ) -> httpcore.NetworkStream:
        """Speak TLS from here on; the handshake too is bounded by the deadline."""
        try:
            self._backend.trust(ssl_context)
            seconds = self._backend.budget().remaining()
            secured = self._inner.start_tls(ssl_context, server_hostname, seconds)
        except httpcore.ConnectError as error:
            self.close()
            raise TransportError(
                f"There is no safe connection to {server_hostname} ({reason_of(error)}).",
                hint="Check the clock here and the certificate there.",
            ) from None
        except BaseException:
            self.close()
            raise
        self._backend.drop(self)
        return GuardedStream(secured, self._backend, self._ip)

    def get_extra_info(self, info: str) -> object:
        """What httpcore may ask; the peer's address is the one that was checked."""
        if info == "server_addr":
            return (self._ip, 0)
        return self._inner.get_extra_info(info)

    def interrupt(self) -> None:
        """Wake a thread that waits on this connection, from another thread."""
        with contextlib.suppress(OSError):
            self._inner.get_extra_info("socket").shutdown(socket.SHUT_RDWR)


class GuardedBackend(httpcore.NetworkBackend):
    """Resolves, checks, pins and connects; owns what threads share of it."""

    def __init__(self, settings: FetchSettings) -> None:
        self._allowed = settings.allow_networks
        # httpcore names an IPv6 host without its brackets.
        self._pins = {
            origin.replace("[", "").replace("]", ""): target for origin, target in settings.connect_to
        }
        self._inner = httpcore.SyncBackend()
        self._local = threading.local()
        self._lock = threading.Lock()
        self._live: set[GuardedStream] = set()
        self._stopped = False
        self._trusted = False

    @contextlib.contextmanager
    def spending(self, budget: Budget) -> Iterator[None]:
        """Within the block, this thread's connections obey `budget`."""
        self._local.budget = budget
        try:
            yield
        finally:
            self._local.budget = None

    def budget(self) -> Budget:
        """The budget of the request this thread serves."""
        self.check_open()
        budget: Budget = self._local.budget
        return budget

    def check_open(self) -> None:
        """Let a thread go on.

        Raises:
            StoppedError: The door is closing.
        """
        if self._stopped:
            raise StoppedError("natowire is stopping.", hint="Nothing is lost; run it again.")

    def keep(self, stream: GuardedStream) -> None:
        """Remember an open connection."""
        with self._lock:
            self._live.add(stream)

    def drop(self, stream: GuardedStream) -> None:
        """Forget a connection."""
        with self._lock:
            self._live.discard(stream)

    def stop(self) -> None:
        """Refuse what comes and wake every thread that waits."""
        self._stopped = True
        with self._lock:
            live = list(self._live)
        for stream in live:
            stream.interrupt()

    def trust(self, context: ssl.SSLContext) -> None:
        """Load the certificates to trust, at the first TLS connection: plain HTTP need not pay for it."""
        with self._lock:
            if not self._trusted:
                _load_trust(context)
                self._trusted = True

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002 -- our deadline rules
        local_address: str | None = None,  # noqa: ARG002 -- never set
        socket_options: Iterable[object] | None = None,  # noqa: ARG002 -- never set
    ) -> httpcore.NetworkStream:
        """Connect to a checked address of the host.

        Raises:
            ForbiddenAddressError: The host has only addresses natowire may not talk to.
            TransportError: It has none, or none answers; UnreachableError where there is no way to any.
        """
        budget = self.budget()
        target, target_port = self._pinned(host, port)
        addresses = self._check(host, _resolve(target, target_port, budget), target_port)
        problems: list[httpcore.ConnectError | httpcore.ConnectTimeout] = []
        for number, address in enumerate(addresses, 1):
            seconds = budget.remaining()
            if number < len(addresses):
                seconds = min(seconds, CONNECT_SECONDS)
            try:
                stream = self._inner.connect_tcp(str(address), target_port, seconds)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                problems.append(error)
            else:
                return GuardedStream(stream, self, str(address))
        budget.remaining()
        kind = UnreachableError if all(map(_is_no_way, problems)) else TransportError
        raise kind(
            f"{host} does not take the connection ({reason_of(problems[-1])}).",
            hint="Check your network and the address; the site may be down.",
        )

    def _pinned(self, host: str, port: int) -> tuple[str, int]:
        pin = self._pins.get(f"{host.lower()}:{port}")
        if pin is None:
            return host, port
        target, _, number = pin.rpartition(":")
        return target.strip("[]"), int(number)

    def _check(
        self, host: str, addresses: list[IPv4Address | IPv6Address], port: int
    ) -> list[IPv4Address | IPv6Address]:
        """Keep the addresses that may be talked to."""
        refusals = {address: refuse(address, port, self._allowed) for address in addresses}
        allowed = [address for address, refusal in refusals.items() if not refusal]
        if not allowed:
            address, refusal = next(iter(refusals.items()))
            raise ForbiddenAddressError(
                f"{_name(host, address)} {refusal}, where natowire does not go by itself.",
                hint=f'If you mean it, allow it: allow_networks = ["{_spell(address, port)}"].',
            )
        return allowed[:MOST_ADDRESSES]


def _name(host: str, address: IPv4Address | IPv6Address) -> str:
    return f"{host} is" if host == str(address) else f"{host} leads to {address},"


def _spell(address: IPv4Address | IPv6Address, port: int) -> str:
    return f"{address}/32:{port}" if address.version == 4 else f"[{address}/128]:{port}"


def reason_of(error: BaseException | None) -> str:
    """What a network error says, without its number."""
    return re.sub(r"\[[^\]]*\]\s*|\s*\(_\w+\.c:\d+\)", "", str(error or "")).strip() or "no reason given"


def _load_trust(context: ssl.SSLContext) -> None:
    """Trust SSL_CERT_FILE or SSL_CERT_DIR where set (an organisation's own), else certifi's list."""
    if os.environ.get("SSL_CERT_FILE") or os.environ.get("SSL_CERT_DIR"):
        context.load_default_certs()
        return
    import certifi  # noqa: PLC0415 -- needed with TLS only

    context.load_verify_locations(certifi.where())


def _resolve(host: str, port: int, budget: Budget) -> list[IPv4Address | IPv6Address]:
    """The addresses of a host, in the system's order of preference.

    The system's resolver cannot be hurried, so it works in a thread that is left behind when time is up.

    Raises:
        TransportError: There is no such host, or no answer in time: UnreachableError where nobody told.
    """
    with contextlib.suppress(ValueError):
        return [ip_address(host)]
    answers: queue.SimpleQueue[list[str] | OSError | UnicodeError] = queue.SimpleQueue()
    threading.Thread(target=_look_up, args=(host, port, answers), name="resolve", daemon=True).start()
    try:
        answer = answers.get(timeout=budget.remaining())
    except queue.Empty:
        raise late(budget.seconds, UnreachableError) from None
    if not isinstance(answer, list) or not answer:
        reason = reason_of(answer) if isinstance(answer, Exception) else "it has no address"
        # That a name is known and has no address is a word from the network.
        unheard = isinstance(answer, socket.gaierror) and answer.errno != socket.EAI_NODATA
        kind = UnreachableError if unheard else TransportError
        raise kind(
            f"The name {host} cannot be resolved ({reason}).",
            hint="Check the address, and that this machine has a network.",
        )
    return list(dict.fromkeys(ip_address(address) for address in answer))


def _is_no_way(error: httpcore.ConnectError | httpcore.ConnectTimeout) -> bool:
    return isinstance(error.__cause__, OSError) and error.__cause__.errno in NO_WAY


def _look_up(host: str, port: int, answers: queue.SimpleQueue[list[str] | OSError | UnicodeError]) -> None:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        # Every spelling the system knows (decimal, octal, short) comes out as a plain address here.
        answers.put([str(entry[4][0]) for entry in found])
    except (OSError, UnicodeError) as error:
        answers.put(error)
