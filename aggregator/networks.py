"""Which network addresses natowire may talk to: pure rules over addresses already resolved.

Only the public internet, unless the configuration allows more. An address that carries another one
inside (IPv4-mapped, NAT64) is judged by the one inside: a translator on the way delivers there. Tunnels
(6to4, Teredo, IPv4-compatible) lead nowhere a publisher lives and are refused whole.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network

Address = IPv4Address | IPv6Address

ALLOWED_FORMS = 'Give networks such as "10.0.0.0/8", "127.0.0.1/32:8080" or "[::1/128]:8080".'
_WITH_PORT = re.compile(r"(?:\[([^\]]+)\]|([^\[\]:]+))(?::(\d{1,5}))?")
_CARRYING = (IPv6Network("::ffff:0:0/96"), IPv6Network("64:ff9b::/96"))
_TUNNELS = tuple(IPv6Network(text) for text in ("::/96", "::ffff:0:0:0/96", "2001::/32", "2002::/16"))
_CARRIER = IPv4Network("100.64.0.0/10")
# `is_global` of older Pythons does not know all of these.
_NEVER = tuple(
    ip_network(text)
    for text in (
        "0.0.0.0/8",
        "192.0.0.0/24",
        "192.88.99.0/24",
        "198.18.0.0/15",
        "240.0.0.0/4",
        "64:ff9b:1::/48",
        "100::/64",
        "2001:db8::/32",
        "3fff::/20",
        "5f00::/16",
        "fc00::/7",
        "fe80::/10",
        "fec0::/10",
        "ff00::/8",
    )
)


@dataclass(frozen=True, slots=True)
class AllowedNetwork:
    """A network that may be talked to although it is not public; `port` None allows every port."""

    network: IPv4Network | IPv6Network
    port: int | None = None

    def covers(self, address: Address, port: int) -> bool:
        """Whether an address and port lie in it."""
        return (
            address.version == self.network.version
            and address in self.network
            and self.port in {None, port}
        )


def parse_network(text: str) -> AllowedNetwork | None:
    """Read an allowed network: `CIDR`, `CIDR:PORT`, `[CIDR]` or `[CIDR]:PORT`.

    Args:
        text: What was written; an address without a length stands for itself alone.

    Returns:
        The network, or None when `text` is none. IPv6 with a port needs the brackets.
    """
    written = text.strip()
    match = _WITH_PORT.fullmatch(written)
    network, port = (match[1] or match[2], match[3]) if match else (written, None)
    try:
        if port is not None and not 0 < int(port) < 65536:
            return None
        return AllowedNetwork(ip_network(network, strict=False), int(port) if port else None)
    except ValueError:
        return None


def refuse(address: Address, port: int, allowed: tuple[AllowedNetwork, ...] = ()) -> str:
    """Say why an address may not be talked to.

    Args:
        address: The resolved address.
        port: The port meant.
        allowed: Networks the configuration opens.

    Returns:
        What the address is ("a loopback address"), or "" when it is public or allowed.
    """
    if any(network.covers(address, port) for network in allowed):
        return ""
    inside = carried(address)
    if inside is not None:
        # What a translator delivers to must be permitted as well as what is asked for.
        return refuse(inside, port, allowed)
    return _kind(address)


def carried(address: Address) -> IPv4Address | None:
    """The IPv4 address an IPv6 one stands for, or None.

    Source: RFC 4291 (IPv4-mapped), RFC 6052 (NAT64, in use wherever a network has only IPv6).
    """
    if isinstance(address, IPv6Address) and any(address in network for network in _CARRYING):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return None


def _kind(address: Address) -> str:
    kinds = (
        (address.is_loopback, "a loopback address"),
        (address.is_unspecified, "the unspecified address"),
        (address.is_multicast, "a multicast address"),
        (address.is_link_local, "a link-local address"),
        (_within(address, (_CARRIER,)), "an address inside a carrier's network"),
        (_within(address, _TUNNELS), "a tunnel to another address"),
        (address.is_private, "a private address"),
        (address.is_reserved or _within(address, _NEVER) or not address.is_global, "a reserved address"),
    )
    return next((words for wrong, words in kinds if wrong), "")


def _within(address: Address, networks: tuple[IPv4Network | IPv6Network, ...]) -> bool:
    return any(address.version == network.version and address in network for network in networks)
