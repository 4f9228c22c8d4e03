"""The daemon as systemd and a person meet it: a process, signals, words on a socket, a second daemon."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import time
from contextlib import contextmanager
from urllib.request import urlopen

import pytest

from storage.archive import Archive
from tests.command import LOOPBACK, call, run
from tests.conftest import ROOT
from tests.small_web import serving

FEED = (
    "<rss version='2.0'><channel><title>Harbour</title>"
    "<item><title>The lamp is lit</title><link>http://127.0.0.1/{n}/1</link></item>"
    "<item><title>A ferry leaves</title><link>http://127.0.0.1/{n}/2</link></item></channel></rss>"
)


def free_port() -> int:
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        return line.getsockname()[1]


def ask(port: int, path: str) -> str:
    with urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
        return answer.read().decode()


class Process:
    """A daemon in its own process, with its log, and what it tells systemd."""

    def __init__(self, folder, port: int, ear: socket.socket, address: str) -> None:
        self.folder, self.ear, self.log = folder, ear, folder / "log"
        self.heard: list[str] = []
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                call("--archive", folder, "run", *LOOPBACK, "--port", port),
                cwd=ROOT,
                stdout=subprocess.DEVNULL,
                stderr=log,
                env=os.environ
                | {"PYTHONPATH": str(ROOT), "NOTIFY_SOCKET": address, "WATCHDOG_USEC": "900000"},
            )

    def hear(self, words: str, seconds: float = 20) -> None:
        """Wait for systemd to be told something."""
        self.ear.settimeout(seconds)
        while not any(words in message for message in self.heard):
            self.heard.append(self.ear.recv(4096).decode())

    def lines(self) -> list[dict]:
        return [json.loads(line) for line in self.log.read_text().splitlines()]

    def wait_for(self, words: str, seconds: float = 20) -> None:
        """Wait for a line of the log."""
        end = time.monotonic() + seconds
        while words not in (text := self.log.read_text()):
            assert time.monotonic() < end, text
            assert self.process.poll() is None, text
            time.sleep(0.02)


@contextmanager
def daemon(folder, port: int):
    address = f"\0natowire-test-{os.getpid()}-{port}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ear:
        ear.bind(address)
        one = Process(folder, port, ear, "@" + address[1:])
        try:
            yield one
        finally:
            one.process.kill()
            one.process.wait()


def write_config(folder, *sources: tuple[str, str], extra: str = "") -> None:
    tables = "".join(
        f'[[source]]\nid = "{name}"\nurl = "{url}"\nparser = "feed"\n' for name, url in sources
    )
    (folder / "config.toml").write_text(extra + tables)


@pytest.fixture
def folder(tmp_path):
    assert run("--archive", tmp_path, "init", "--empty").code == 0
    return tmp_path


def test_a_life_of_a_daemon(folder):
    port, other = free_port(), free_port()
    watched = f"[daemon]\nport = {port}\n"
    with serving() as web:
        quay = web.put("/quay", FEED.format(n="quay"), type="application/rss+xml")
        pier = web.put("/pier", FEED.format(n="pier"), type="application/rss+xml")
        slow = web.put("/slow", FEED.format(n="slow"), drip=0.5)
        write_config(folder, ("quay", quay), extra=watched)
        with daemon(folder, -1) as one:
            one.hear("READY=1")
            one.wait_for('"asked 1 sources"')
            assert ask(port, "/healthz") == "alive\n"
            one.hear("STATUS=1 sources, all well")
            assert "1 sources, all well" in ask(port, "/readyz")
            assert 'natowire_polls_total{outcome="fetched"} 1' in ask(port, "/metrics")
            one.hear("WATCHDOG=1")

            begun = time.monotonic()
            words = call("--archive", folder, "run")
            second = subprocess.run(
                words, capture_output=True, text=True, cwd=ROOT, timeout=30, check=False
            )
            took = time.monotonic() - begun
            assert second.returncode == 3
            assert f"process {one.process.pid}" in second.stderr
            assert took < 5, "two seconds on a machine that is not busy"

            write_config(folder, ("quay", quay), extra="[fetch]\nworkers = 'many'\n")
            one.process.send_signal(signal.SIGHUP)
            one.wait_for("the old one stays")
            watched = f"[daemon]\nport = {other}\n"
            write_config(folder, ("quay", quay), ("pier", pier), ("slow", slow), extra=watched)
            one.process.send_signal(signal.SIGHUP)
            one.hear("RELOADING=1")
            one.wait_for("read anew: 3 sources")
            one.wait_for(f"are at http://127.0.0.1:{other}")
            assert ask(other, "/healthz") == "alive\n"
            assert web.busy.wait(20)

            found = run("--archive", folder, "--json", "fetch", "quay", *LOOPBACK)
            assert found.json["sources"][0]["outcome"] == "fetched", "a fetch beside the daemon"

            begun = time.monotonic()
            one.process.send_signal(signal.SIGTERM)
            assert one.process.wait(10) == 0
            assert time.monotonic() - begun < 10
            one.hear("STOPPING=1")
        stands = run("--archive", folder, "--json", "status")
        by_id = {source["id"]: source for source in stands.json["sources"]}
        assert stands.json["daemon"] is None
        assert by_id["slow"]["failures"] == 0, "a stop is nobody's failure"
        assert by_id["slow"]["last_attempt"] is None
        assert all(line["level"] in {"info", "warning", "error"} for line in one.lines())
        assert one.lines()[-1]["message"] == "stopped"


def test_what_is_missing_is_said_at_once(tmp_path):
    missing = run("--archive", tmp_path / "none", "run")
    assert missing.code == 3
    assert " init`" in missing.err
    assert not (tmp_path / "none").exists()
    assert run("--archive", tmp_path, "init", "--empty").code == 0
    (tmp_path / "config.toml").write_text("[daemon]\nport = 'http'\n")
    broken = run("--archive", tmp_path, "run")
    assert broken.code == 2
    assert "daemon.port" in broken.err


def test_a_signal_from_a_terminal_ends_it_too(folder):
    write_config(folder)
    with daemon(folder, 0) as one:
        one.hear("READY=1")
        one.process.send_signal(signal.SIGINT)
        assert one.process.wait(10) == 0


def test_a_source_is_accepted_as_it_is_and_its_gaps_are_told(folder):
    with serving() as web:
        quay = web.put("/quay", FEED.format(n="quay"), type="application/rss+xml")
        write_config(folder, ("quay", quay))
        never = run("--archive", folder, "sources", "accept", "quay")
        assert (never.code, "never fetched" in never.err) == (2, True)
        assert run("--archive", folder, "fetch", *LOOPBACK).code == 0
        web.put("/quay", FEED.format(n="moved").replace("The", "A").replace("ferry", "boat"))
        web.replies["/quay"].type = "application/rss+xml"
        assert run("--archive", folder, "fetch", *LOOPBACK).code == 0
        checked = run("--archive", folder, "--json", "sources", "check", "--allow-network", "127.0.0.0/8")
        assert checked.json["sources"][0]["coverage"]["gap_count"] == 1
        assert "did not reach back" in run(
            "--archive", folder, "sources", "check", "--allow-network", "127.0.0.0/8"
        ).out.replace("\n", " ")
    shown = run("--archive", folder, "status")
    assert (shown.code, "1 gap" in shown.out) == (0, True)
    assert run("--archive", folder, "sources", "accept", "quay").code == 0
    with Archive.open(folder) as archive:
        assert archive.states()["quay"].notes == ()
