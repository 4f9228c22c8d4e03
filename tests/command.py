"""natowire as a person or a program calls it: within this process (quick) or as one of its own."""

import io
import json
import signal
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

from aggregator.cli import main
from tests.conftest import ROOT

LOOPBACK = ("--allow-network", "127.0.0.0/8", "--host-delay", "0")


class Ran(NamedTuple):
    """How a run ended and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        """The one document on stdout; anything beside it fails."""
        document = json.loads(self.out)
        assert document["schema"] == 1
        return document

    @property
    def lines(self) -> list[dict[str, Any]]:
        """The JSON lines on stdout."""
        return [json.loads(line) for line in self.out.splitlines()]


def run(*words: object, stdin: str = "") -> Ran:
    """Run a command in this process."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err), patch.object(sys, "stdin", io.StringIO(stdin)):
        try:
            main([str(word) for word in words])
        except SystemExit as end:
            code = end.code
    return Ran(int(code or 0), out.getvalue(), err.getvalue())


def call(*words: object) -> list[str]:
    """The words that start a process of natowire."""
    return [sys.executable, "-m", "aggregator.cli", *map(str, words)]


class Shown(NamedTuple):
    """A demo that was shown, and the archive it left."""

    folder: Path
    ran: Ran

    def ask(self, *words: object) -> Ran:
        return run("--archive", self.folder, *words)


def show_demo(folder: Path) -> Shown:
    """Show the demo to a pipe, and end its serving as a person does."""
    demo = subprocess.Popen(
        call("--archive", folder, "demo", "--serve"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        start_new_session=True,
    )
    serving = demo.stderr.readline()
    demo.send_signal(signal.SIGINT)
    out, err = demo.communicate(timeout=30)
    return Shown(folder, Ran(demo.returncode, out, serving + err))
