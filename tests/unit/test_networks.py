from __future__ import annotations

from ipaddress import ip_address

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from aggregator.networks import parse_network, refuse

PUBLIC = [
    "8.8.8.8",
    "1.1.1.1",
    "152.152.31.120",
    "172.15.255.255",
    "172.32.0.0",
    "100.63.255.255",
    "100.128.0.0",
    "192.167.255.255",
    "192.169.0.0",
    "223.255.255.255",
    "2606:4700::1111",
    "2a00:1450:4001::1",
    "::ffff:8.8.8.8",
    "64:ff9b::808:808",
]
REFUSED = {
    "127.0.0.1": "loopback",
    "127.255.255.254": "loopback",
    "::1": "loopback",
    "0.0.0.0": "unspecified",
    "0.1.2.3": "",
    "::": "unspecified",
    "10.0.0.1": "private",
    "172.16.0.1": "private",
    "172.31.255.255": "private",
    "192.168.1.1": "private",
    "fc00::1": "private",
    "fd12:3456::1": "private",
    "169.254.169.254": "link-local",
    "fe80::1": "link-local",
    "fe80::1%eth0": "link-local",
    "100.64.0.1": "carrier",
    "100.127.255.255": "carrier",
    "224.0.0.1": "multicast",
    "239.255.255.255": "multicast",
    "ff02::1": "multicast",
    "240.0.0.1": "",
    "255.255.255.255": "",
    "192.0.0.1": "",
    "192.0.2.1": "",
    "198.18.0.1": "",
    "198.51.100.1": "",
    "203.0.113.1": "",
    "192.88.99.1": "",
    "2001:db8::1": "",
    "3fff::1": "",
    "100::1": "",
    "fec0::1": "",
    "5f00::1": "",
    "::ffff:127.0.0.1": "loopback",
    "::ffff:10.0.0.1": "private",
    "::ffff:169.254.169.254": "link-local",
    "64:ff9b::7f00:1": "loopback",
    "64:ff9b::a00:1": "private",
    "64:ff9b:1::7f00:1": "",
    "2002:7f00:1::": "tunnel",
    "2002:808:808::": "tunnel",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2": "tunnel",
    "::127.0.0.1": "tunnel",
    "::ffff:0:127.0.0.1": "tunnel",
}


@pytest.mark.parametrize("text", PUBLIC)
def test_the_public_internet_is_open(text):
    assert refuse(ip_address(text), 443) == ""


@pytest.mark.parametrize(("text", "words"), REFUSED.items())
def test_everything_else_is_refused(text, words):
    answer = refuse(ip_address(text), 443)
    assert answer
    assert words in answer


@pytest.mark.parametrize(
    ("allowed", "address", "port", "open_"),
    [
        ("127.0.0.0/8", "127.0.0.1", 80, True),
        ("127.0.0.1:8080", "127.0.0.1", 8080, True),
        ("127.0.0.1:8080", "127.0.0.1", 8081, False),
        ("127.0.0.1:8080", "127.0.0.2", 8080, False),
        ("127.0.0.0/8", "::1", 80, False),
        ("[::1/128]:8080", "::1", 8080, True),
        ("10.0.0.0/8", "::ffff:10.1.2.3", 80, True),
        ("10.0.0.0/8", "64:ff9b::a01:203", 80, True),
        ("10.0.0.0/8", "11.0.0.1", 80, True),
        ("10.0.0.0/8", "192.168.0.1", 80, False),
        ("::/0", "fe80::1", 80, True),
        ("::/0", "127.0.0.1", 80, False),
    ],
)
def test_what_the_configuration_opens(allowed, address, port, open_):
    assert (refuse(ip_address(address), port, (parse_network(allowed),)) == "") is open_


@settings(derandomize=True, max_examples=100, deadline=None)
@given(st.ip_addresses())
def test_only_global_addresses_pass(address):
    if not refuse(address, 80):
        inside = getattr(address, "ipv4_mapped", None) or address
        assert inside.is_global
        assert not inside.is_multicast


@settings(derandomize=True, max_examples=100, deadline=None)
@given(st.ip_addresses(v=4))
def test_wrapping_an_address_changes_nothing(address):
    for prefix in ("::ffff:0:0", "64:ff9b::"):
        wrapped = ip_address(int(ip_address(prefix)) + int(address))
        assert refuse(wrapped, 80) == refuse(address, 80)


@settings(derandomize=True, max_examples=100, deadline=None)
@given(st.text(max_size=60))
def test_any_text_is_a_network_or_none(text):
    network = parse_network(text)
    assert network is None or network.port is None or 0 < network.port < 65536
