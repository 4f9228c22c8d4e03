"""One door per outside thing: only `aggregator.fetch` talks to the web, only `aggregator.mail` sends."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.integration.hostile.server import FEED, Behaviour, Server

ROOT = Path(__file__).parent.parent.parent
ROOMS = ("aggregator", "parsers", "storage", "schedules")
NETWORK = {
    *(
        "socket",
        "_socket",
        "ssl",
        "_ssl",
        "http.client",
        "http.server",
        "socketserver",
        "urllib.request",
        "xmlrpc",
    ),
    *("ftplib", "smtplib", "imaplib", "poplib", "nntplib", "telnetlib", "asyncio", "selectors", "select"),
    *("httpx", "httpcore", "requests", "urllib3", "aiohttp", "aiosmtpd", "websockets", "pycurl", "certifi"),
}
ALLOWED = {
    "aggregator/fetch": {"httpx", "httpcore", "socket", "ssl", "certifi"},
    "aggregator/mail.py": {"smtplib", "ssl"},
    # Two words to systemd's local socket, and a window on loopback for whoever watches the daemon.
    "aggregator/watch/notify.py": {"socket"},
    "aggregator/watch/monitor.py": {"http.server"},
    # The demonstration's own server listens on loopback; it calls nobody.
    "aggregator/demo_world.py": {"http.server", "socketserver", "socket"},
}
MODULES = sorted(
    path.relative_to(ROOT).as_posix() for room in ROOMS for path in (ROOT / room).rglob("*.py")
)


def imported(tree: ast.AST) -> set[str]:
    """Every module a file names in an import, or in a call that imports by name."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
            called = (
                node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            )
            if called in {"import_module", "__import__"}:
                names.add(str(node.args[0].value))
    return names


def network_of(names: set[str]) -> set[str]:
    return {known for known in NETWORK for name in names if name == known or name.startswith(f"{known}.")}


@pytest.mark.parametrize("module", MODULES)
def test_a_module_opens_no_socket_unless_it_is_a_door(module):
    tree = ast.parse((ROOT / module).read_text(encoding="utf-8"))
    allowed = next((names for door, names in ALLOWED.items() if module.startswith(door)), set())
    assert network_of(imported(tree)) <= allowed


def test_the_walk_sees_what_it_looks_for():
    code = (
        "import http.client\nfrom urllib import request\nimport importlib\nimportlib.import_module('ssl')\n"
    )
    assert network_of(imported(ast.parse(code))) == {"http.client", "urllib.request", "ssl"}
    assert not network_of(imported(ast.parse("import http\nfrom urllib.parse import urlsplit")))


WATCHED = """
import sys
callers = set()
def watch(event, args):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.sendto") and str(args[-1])[:1] != "/":
        frame, files = sys._getframe(1), []
        while frame:
            files.append(frame.f_code.co_filename.replace("\\\\", "/"))
            frame = frame.f_back
        callers.add(next((file for file in files if "/aggregator/fetch/" in file), files[0]))
sys.addaudithook(watch)
from aggregator.cli import main
try:
    main()
except SystemExit:
    pass
print("\\n".join(sorted(callers)), file=sys.stderr)
"""


def test_every_connection_of_a_run_goes_through_the_door(tmp_path):
    def act(line):
        line.answer(FEED.replace(b"harbour.example", f"127.0.0.1:{line.server.port}".encode()))

    with Server({"feed": Behaviour("feed", act, ("good",))}) as server:
        init = [sys.executable, "-m", "aggregator.cli", "--archive", str(tmp_path), "init", "--empty"]
        subprocess.run(init, capture_output=True, cwd=ROOT, check=True, timeout=60)
        (tmp_path / "config.toml").write_text(
            f'[[source]]\nid = "harbour"\nurl = "{server.url("feed")}"\ndetails = true\n', encoding="utf-8"
        )
        command = [sys.executable, "-c", WATCHED, "--archive", str(tmp_path), "--json", "fetch"]
        options = ["--host-delay", "0", "--allow-network", f"127.0.0.1/32:{server.port}"]
        done = subprocess.run(
            [*command, *options], capture_output=True, text=True, cwd=ROOT, check=False, timeout=60
        )
    report = json.loads(done.stdout)
    assert report["sources"][0]["outcome"] == "fetched", done.stdout + done.stderr
    assert report["new"] == 2
    callers = done.stderr.split("\n")
    opened = [caller for caller in callers if caller.endswith(".py")]
    assert opened
    assert all("/aggregator/fetch/" in caller for caller in opened), opened
