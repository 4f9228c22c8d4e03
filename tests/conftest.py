"""What all tests share: no test talks to anything but loopback, and samples are read where they are."""

import ipaddress
import os
import socket
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
REAL_CONNECT = socket.socket.connect
NOWHERE = "255.255.255.255"
"""No connection can be made to a broadcast address: the system refuses it as if there were no network."""


def _connect_to_loopback(self, address):
    if (
        self.family in {socket.AF_INET, socket.AF_INET6}
        and not ipaddress.ip_address(address[0]).is_loopback
        and address[0] != NOWHERE
    ):
        pytest.fail(f"a test tried to reach {address}")
    return REAL_CONNECT(self, address)


@pytest.fixture(autouse=True, scope="session")
def loopback_only():
    """A connection that leaves this machine fails the test that makes it."""
    socket.socket.connect = _connect_to_loopback
    yield
    socket.socket.connect = REAL_CONNECT


@pytest.fixture(scope="session")
def samples() -> Path:
    """The folder of other people's texts; a test that needs it skips where it is absent."""
    folder = Path(os.environ.get("NATOWIRE_SAMPLES") or ROOT.parent / "shared")
    if not (folder / "data").is_dir():
        pytest.skip(f"no samples at {folder} (set NATOWIRE_SAMPLES)")
    return folder


@pytest.fixture(scope="session")
def demo(tmp_path_factory):
    """The demo run once, in a process of its own and left serving until interrupted: how it ended."""
    from tests.command import show_demo

    return show_demo(tmp_path_factory.mktemp("demo") / "archive")
