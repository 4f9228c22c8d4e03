"""Whole commands killed at any moment: what a reader had seen is there, once, and the next run goes on."""

import json
import os
import random
import signal
import subprocess
import time
from collections import Counter
from contextlib import suppress

import pytest

from storage.archive import Archive
from storage.verify import verify
from tests.command import LOOPBACK, call
from tests.conftest import ROOT
from tests.small_web import serving
from tests.warc_files import FEED, WORDS, Maker, page

CONFIG = """
[fetch]
host_delay = "0s"
[[source]]
id = "news"
url = "{feed}"
every = "15m"
details = true
[[source]]
id = "watched"
url = "{watched}"
every = "15m"
"""
LISTED = 12


class World:
    """A small site that goes on changing: a feed of pages, some of them edited, and a watched page."""

    def __init__(self, web, chance):
        self.web, self.chance, self.last, self.edition = web, chance, 0, 0
        self.turn(4)

    def turn(self, more=1):
        """Publish, and edit what was published."""
        for _ in range(more):
            self.last += 1
            self._write(self.last)
        self._write(self.chance.randint(max(1, self.last - LISTED), self.last))
        numbers = range(self.last, max(0, self.last - LISTED), -1)
        items = "".join(
            f"<item><title>{self._title(n)}</title><link>{self.web.url(f'/news/{n}')}</link>"
            f"<guid>g{n}</guid><description>{self._title(n)}, in short.</description></item>"
            for n in numbers
        )
        self.web.put(
            "/feed", f'<?xml version="1.0"?><rss version="2.0"><channel>{items}</channel></rss>', type=FEED
        )
        self.web.put("/watched", page(0, f"Edition {self.edition}: the board of the port says so."))

    def _title(self, number):
        chance = random.Random(number)
        return f"Report {number} on {' '.join(chance.sample(WORDS, 6))}"

    def _write(self, number):
        self.edition += 1
        chance = random.Random(number * 1_000 + self.edition)
        text = " ".join(" ".join(chance.choices(WORDS, k=9)).capitalize() + "." for _ in range(6))
        self.web.put(
            f"/news/{number}",
            f"<!doctype html><html lang=en><head><title>{self._title(number)}</title></head><body><main>"
            f"<h1>{self._title(number)}</h1><p>{text}</p></main></body></html>",
        )

    @property
    def addresses(self):
        return {self.web.url(f"/news/{n}") for n in range(1, self.last + 1)} | {self.web.url("/watched")}


class Drill:
    """An archive, and what is known to be in it."""

    def __init__(self, folder, world, chance):
        self.folder, self.world, self.chance = folder, world, chance
        self.acknowledged = {}
        self.slowest = 0.0
        self.killed = Counter()
        self.usual = {}
        Archive.create(folder).close()
        config = CONFIG.format(feed=world.web.url("/feed"), watched=world.web.url("/watched"))
        (folder / "config.toml").write_text(config)
        self.foreign = 0

    def command(self, kind):
        if kind == "ingest":
            made = Maker()
            for _ in range(30):
                self.foreign += 1
                url = f"https://elsewhere.example/{self.foreign}"
                made.response(url, page(self.foreign, " ".join(self.chance.choices(WORDS, k=30)) + "."))
            path = self.folder / f"{self.foreign}.warc.gz"
            path.write_bytes(made.packed())
            return ["ingest", path, "--source", "elsewhere"]
        return ["fetch", *LOOPBACK] if kind == "fetch" else ["reparse"]

    def start(self, kind):
        return subprocess.Popen(
            call("--archive", self.folder, "--json", *self.command(kind)),
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )

    def strike(self, kind):
        """Run a command for a part of its time, look what a reader sees, and kill it in that moment."""
        running, begun = self.start(kind), time.monotonic()
        try:
            part = self.chance.uniform(0.1, 1.0) * self.usual.get(kind, 30.0)
            out, err = running.communicate(timeout=part)
        except subprocess.TimeoutExpired:
            self.look()
            running.kill()
            running.communicate()
            self.killed[kind] += 1
        else:
            assert running.returncode == 0, (kind, out, err)
            assert json.loads(out)["schema"] == 1
            self.look()
            self.usual[kind] = time.monotonic() - begun
        finally:
            with suppress(ProcessLookupError):
                os.killpg(running.pid, signal.SIGKILL)  # its workers, which nobody waits for

    def look(self):
        """Note what is said to be stored."""
        with Archive.open(self.folder) as archive:
            self.acknowledged |= {item.id: item.url for item in archive.items()}

    def examine(self, *, thoroughly):
        start = time.monotonic()
        with Archive.open(self.folder) as archive:
            with archive.writing("after") as writer, writer.transaction():
                pass
            self.slowest = max(self.slowest, time.monotonic() - start)
            assert self.slowest < 5
            urls = [item.url for item in archive.items()]
            ids = {item.id for item in archive.items()}
            assert self.acknowledged.keys() <= ids
            assert len(ids) == len(urls)
            assert len(urls) == len(set(urls))
            foreign = {f"https://elsewhere.example/{n}" for n in range(1, self.foreign + 1)}
            assert set(urls) <= self.world.addresses | foreign
            if thoroughly:
                assert verify(archive) == ()


def finish(drill, kind):
    running = drill.start(kind)
    out, err = running.communicate(timeout=120)
    assert running.returncode == 0, (kind, out, err)
    return json.loads(out)


@pytest.mark.parametrize("kills", [4, pytest.param(1_000, marks=pytest.mark.drill)])
def test_commands_killed_at_any_moment_lose_and_double_nothing(tmp_path, kills):
    kills = int(os.environ.get("NATOWIRE_KILLS", kills)) if kills > 4 else kills
    chance = random.Random(5)
    killed, slowest = Counter(), 0.0
    with serving() as web:
        while killed.total() < kills:
            # A new archive now and then: a large one takes long to verify.
            world = World(web, chance)
            drill = Drill(tmp_path / str(killed.total()), world, chance)
            finish(drill, "fetch")
            strike_often(drill, min(100, kills - killed.total()))
            complete(drill)
            killed, slowest = killed + drill.killed, max(slowest, drill.slowest)
            print(f"killed {dict(killed)}, slowest restart {slowest:.2f} s", flush=True)


def strike_often(drill, kills):
    """Kill commands until so many were; those that ended in time do not count."""
    number = 0
    while drill.killed.total() < kills:
        number += 1
        drill.world.turn(drill.chance.randint(0, 3))
        kind = drill.chance.choices(["fetch", "reparse", "ingest"], [5, 2, 2])[0]
        drill.strike(kind)
        drill.examine(thoroughly=number % 10 in (3, 5))


def complete(drill):
    """What was interrupted is done in the end, and a rebuild finds everything as it is."""
    assert finish(drill, "fetch")["failed"] == 0
    drill.look()
    assert set(drill.acknowledged.values()) >= {drill.world.web.url("/watched")}
    rebuilt = finish(drill, "reparse")
    assert (rebuilt["added"], rebuilt["lost"], rebuilt["changed"]) == (0, 0, 0), rebuilt
    drill.examine(thoroughly=True)
