"""A whole run against every hostile behaviour at once: `natowire fetch`, its workers and its archive."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from tests.integration.hostile.behaviours import ALL
from tests.integration.hostile.server import Server

ROOT = Path(__file__).parent.parent.parent
DEADLINE = 5
MOST_BYTES = 300 << 20
HONEST = {"good", "good-gzip", "good-brotli", "good-zstd", "good-deflate", "good-twice-coded"}

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc"),
]


def family(pid: int) -> set[int]:
    """A process and all below it."""
    pids = {pid}
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                pids |= family(int(child))
    return pids


def resident(pid: int) -> int:
    """The most a process ever held in memory, in bytes."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) << 10 for line in lines if line.startswith("VmHWM")), 0)


class Watch:
    """Reads the memory of a process and its children until they end."""

    def __init__(self, pid: int) -> None:
        self.pid, self.peaks, self.done = pid, {}, threading.Event()
        self.thread = threading.Thread(target=self._look)
        self.thread.start()

    def _look(self) -> None:
        while not self.done.wait(0.05):
            for pid in family(self.pid):
                self.peaks[pid] = max(self.peaks.get(pid, 0), resident(pid))

    def stop(self) -> dict[int, int]:
        self.done.set()
        self.thread.join()
        return self.peaks


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    folder = tmp_path_factory.mktemp("archive")
    with Server(ALL) as server:
        # Some misbehave several times over, and the honest ones stand between them.
        names = [f"{name}.{copy}" for copy in range(2) for name in ALL]
        sources = "".join(
            f'[[source]]\nid = "{name}"\nurl = "{server.url(name.rpartition(".")[0])}"\nparser = "feed"\n\n'
            for name in names
        )
        init = [sys.executable, "-m", "aggregator.cli", "--archive", str(folder), "init", "--empty"]
        subprocess.run(init, capture_output=True, cwd=ROOT, check=True, timeout=60)
        (folder / "config.toml").write_text(
            f'[fetch]\ntimeout = "{DEADLINE}s"\n\n{sources}', encoding="utf-8"
        )
        natowire = [sys.executable, "-m", "aggregator.cli", "--archive", str(folder), "--json"]
        options = ["--workers", "32", "--host-delay", "0", "--allow-network", f"127.0.0.1/32:{server.port}"]
        start = time.monotonic()
        with subprocess.Popen(
            [*natowire, "fetch", *options],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
        ) as process:
            watch = Watch(process.pid)
            out, err = process.communicate(timeout=500)
            peaks = watch.stop()
        yield (
            json.loads(out),
            peaks,
            process.returncode,
            err,
            time.monotonic() - start,
            list(server.trapped),
        )


def test_the_run_ends_and_says_that_some_failed(run):
    _, _, code, err, seconds, _ = run
    assert code == 1, err
    assert "Traceback" not in err
    assert seconds < 300


def test_every_behaviour_has_its_outcome(run):
    report = run[0]
    outcomes = {entry["id"]: entry for entry in report["sources"]}
    assert len(outcomes) == 2 * len(ALL)
    wrong = {}
    for name, entry in outcomes.items():
        expected = ALL[name.rpartition(".")[0]].outcomes
        if entry["outcome"] == "failed":
            assert entry["error"], name
            continue
        if not {"good", "bytes"} & set(expected):
            wrong[name] = entry
    assert wrong == {}


def test_the_honest_sources_are_updated(run):
    outcomes = {entry["id"]: entry for entry in run[0]["sources"]}
    for name in HONEST:
        for copy in range(2):
            entry = outcomes[f"{name}.{copy}"]
            assert entry["outcome"] == "fetched", entry
            assert entry["listed"] == 2


def test_no_source_is_over_the_deadline(run):
    """Fetching, waiting for a reader and reading, all together."""
    late = {
        entry["id"]: entry["seconds"] for entry in run[0]["sources"] if entry["seconds"] > DEADLINE + 5.5
    }
    assert late == {}


def test_no_process_grows_beyond_300_mb(run):
    assert max(run[1].values()) < MOST_BYTES, {pid: size >> 20 for pid, size in run[1].items()}


def test_no_forbidden_address_is_reached(run):
    assert run[5] == []
