"""From one address to the next: what a redirect says, and which addresses may be used and kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import IO, TYPE_CHECKING
from urllib.parse import urljoin, urlsplit, urlunsplit

if TYPE_CHECKING:
    from parsers.model import Exchange

from aggregator.fetch.manners import values_of
from parsers.errors import ForbiddenAddressError, TransportError

MOST_REDIRECTS = 5
MOST_VALIDATOR = 1024
_FOLLOWED = frozenset((301, 302, 303, 307, 308))


@dataclass(frozen=True, slots=True)
class Hop:
    """One exchange, when its headers arrived, and its body as sent."""

    exchange: Exchange
    arrived: datetime
    wire: IO[bytes]


def target_of(exchange: Exchange) -> str:
    """Where an answer redirects to, or "" where it does not."""
    location = next(iter(values_of(exchange.headers, "location")), "").strip()
    if exchange.status not in _FOLLOWED or not location:
        return ""
    # Headers were read as Latin-1, while servers write UTF-8 here.
    written = location.encode("latin-1").decode("utf-8", "replace")
    return urljoin(exchange.url, written).partition("#")[0]


def check_redirect(target: str, hops: list[Hop]) -> str:
    """Let a redirect's target pass, or say why natowire does not follow it.

    Args:
        target: Where the last hop leads.
        hops: The exchanges so far.

    Raises:
        TransportError: It goes in a circle, too far, or nowhere.
        ForbiddenAddressError: It leaves the web.
    """
    if any(without_secrets(target) == hop.exchange.url for hop in hops):
        raise TransportError(
            "The address redirects in a circle.", hint="Open it in a browser and correct it."
        )
    if len(hops) > MOST_REDIRECTS:
        message = f"The address redirects more than {MOST_REDIRECTS} times."
        raise TransportError(message, hint="Open it in a browser and use where it ends.")
    return check_scheme(target)


def check_scheme(url: str) -> str:
    """Let a web address pass.

    Raises:
        ForbiddenAddressError: It is neither http nor https.
        TransportError: It names no host.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"}:
        message = f"The address leads to {url[:100]}, which is neither http nor https."
        raise ForbiddenAddressError(message, hint="Only web addresses can be fetched.")
    if not parts.hostname or parts.port == 0:
        raise TransportError(f"The address {url[:100]} names no host.", hint="Correct it.")
    return url


def origin_of(url: str) -> str:
    """The "host:port" an address leads to."""
    parts = urlsplit(url)
    return f"{parts.hostname}:{parts.port or (443 if parts.scheme == 'https' else 80)}"


def without_secrets(url: str) -> str:
    """An address as it may be kept: without a password and without a fragment."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2], fragment=""))


def can_send(validator: str) -> bool:
    """Whether a validator that a server gave can be given back; it must not smuggle in headers."""
    return 0 < len(validator) <= MOST_VALIDATOR and all(
        31 < ord(char) < 256 and char != "\x7f" for char in validator
    )
