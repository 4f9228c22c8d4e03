"""The contract with people and programs: every command, flag and JSON key is there and spelled so."""

import os
import pty
import re
import select
import shlex
import subprocess
import sys
from unittest.mock import patch

import pytest

from aggregator.cli import main
from tests.command import run
from tests.conftest import ROOT

HEAVY = (
    "sqlalchemy",
    "alembic",
    "httpx",
    "bs4",
    "feedparser",
    "rich",
    "lxml",
    "warcio",
    "pebble",
    "tomlkit",
    "brotli",
)
GLOBAL = ("--archive", "--config", "--json", "-q", "-v", "--version", "--help")
FLAGS = {
    "demo": ("--serve",),
    "init": ("--empty",),
    "sources list": (),
    "sources add": ("URL", "--id", "--parser", "--every", "--allow-network"),
    "sources import": ("FILE",),
    "sources export": (),
    "sources remove": ("ID",),
    "sources enable": ("ID",),
    "sources disable": ("ID",),
    "sources check": ("[ID…]", "--allow-network"),
    "fetch": ("[ID…]", "--all", "--due", "--workers", "--host-delay", "--allow-network"),
    "ingest": ("FILE…", "--url", "--fetched-at", "--parser", "--source"),
    "parse": ("FILE…", "--url", "--fetched-at", "--parser"),
    "search": (
        *(
            "[QUERY…]",
            "--speaker",
            "--office",
            "--after",
            "--before",
            "--source",
            "--kind",
            "--sort",
            "--limit",
        ),
        *("--format", "date|rank", "table|json|jsonl|csv"),
    ),
    "show": ("ITEM", "--evidence", "--revisions", "--text"),
    "speakers list": (),
    "speakers show": ("NAME",),
    "statements": ("[QUERY…]", "--speaker", "--office", "--after", "--before"),
    "date": ("[TEXT]", "--now", "--tz", "--granularity", "--engine", "--jsonl", "--series"),
    "speech": ("--jsonl",),
    "digest": (
        *("[NAME]", "--period", "daily|weekly", "--date", "--query", "--print", "text|html|eml", "--send"),
    ),
    "feed": ("--query", "--format", "atom|rss|json"),
    "stats": (),
    "doctor": (),
}


# -- words


def test_help_lists_every_command_and_the_global_flags():
    told = run("--help").out
    for word in (*GLOBAL, *(name.split()[0] for name in FLAGS)):
        assert re.search(rf"(?<![\w-]){re.escape(word)}\b", told), word


@pytest.mark.parametrize("command", FLAGS)
def test_each_command_has_its_flags(command):
    ran = run(*command.split(), "--help")
    assert ran.code == 0
    told = " ".join(ran.out.split())
    for flag in FLAGS[command]:
        assert flag in told, flag


def test_help_needs_none_of_the_heavy_libraries():
    probe = (
        "import sys\nfrom aggregator.cli import main\n"
        "try: main(['--help'])\nexcept SystemExit: pass\n"
        f"sys.stderr.write(' '.join(sorted(set({HEAVY}) & set(sys.modules))))"
    )
    done = subprocess.run(
        [sys.executable, "-c", probe], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert "Usage" in done.stdout
    assert done.stderr == ""


# -- the demo


def test_the_demo_shows_the_job_and_what_to_try_next(demo):
    assert (demo.ran.code, "\x1b" in demo.ran.out) == (0, False)
    assert "Serving the small web on 127.0.0.1:" in demo.ran.err
    told = demo.ran.out
    for word in ("fetched", "not modified", "failed", "403", "listed", "new", "changed"):
        assert word in told
    assert max(map(len, told.splitlines())) <= max(80, len(str(demo.folder)) + 60)
    for name in ("digest.txt", "digest.eml", "feed.atom"):
        assert str(demo.folder / name) in told
        assert (demo.folder / name).stat().st_size > 500
    commands = [line.strip() for line in told.partition("Try next")[2].splitlines() if line.strip()]
    assert len(commands) == 4
    for command in commands:
        program, *words = shlex.split(command)
        assert program in {"./run", "natowire"}
        assert run(*words).code == 0, command


@pytest.mark.slow
def test_the_demo_can_be_told_as_json_and_made_again(tmp_path):
    for _ in range(2):
        ran = run("--archive", tmp_path / "a", "demo", "--json")
        assert ran.code == 0
        assert {"archive", "cycles", "items", "files"} <= set(ran.json)
        assert [set(cycle) for cycle in ran.json["cycles"]] == [{"sources", "new", "changed", "failed"}] * 2


def test_the_demo_replaces_no_archive_but_its_own(tmp_path):
    (tmp_path / "letters.txt").write_text("dear")
    ran = run("--archive", tmp_path, "demo")
    assert (ran.code, ran.out) == (3, "")
    assert (tmp_path / "letters.txt").read_text() == "dear"


# -- where flags stand, and who hears what


def test_global_flags_stand_before_or_after_the_command(demo):
    ways = [
        run("--archive", demo.folder, "--json", "stats"),
        run("stats", "--json", "--archive", demo.folder),
        run("stats", f"--archive={demo.folder}", "--json", "-q"),
        run("-q", "--archive", demo.folder, "stats", "--json", "-v"),
    ]
    assert {(ran.code, ran.out, ran.err) for ran in ways} == {(0, ways[0].out, "")}


def test_the_archive_may_be_named_by_the_environment(demo, monkeypatch):
    monkeypatch.setenv("NATOWIRE_ARCHIVE", str(demo.folder))
    assert run("stats", "--json").json["items"] > 20


def test_remarks_go_to_stderr_and_quiet_silences_them(demo):
    loud, quiet = demo.ask("search", "speaker:stoltenburg"), demo.ask("search", "speaker:stoltenburg", "-q")
    assert "did you mean Jens Stoltenberg?" in loud.err
    assert "stoltenburg" not in loud.out
    assert (quiet.err, quiet.out) == ("", loud.out)


def on_terminal(folder) -> str:
    """What `search` writes to a terminal."""
    ours, theirs = pty.openpty()
    told = b""
    with os.fdopen(theirs, "w", encoding="utf-8") as terminal, patch.object(sys, "stdout", terminal):
        with pytest.raises(SystemExit):
            main(["--archive", str(folder), "search", "nato", "--limit", "2"])
        terminal.flush()
        while select.select([ours], [], [], 0)[0]:
            told += os.read(ours, 4096)
    os.close(ours)
    return told.decode()


COLOUR = re.compile(r"\x1b\[(?:\d+;)*(?:3[0-7]|9[0-7]|38;5)")


def test_a_terminal_has_colours_unless_no_color_is_set(demo, monkeypatch):
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")
    assert COLOUR.search(on_terminal(demo.folder))
    monkeypatch.setenv("NO_COLOR", "1")
    told = on_terminal(demo.folder)
    assert "NATO" in told
    assert not COLOUR.search(told)
    assert "\x1b" not in demo.ask("search", "nato").out


@pytest.mark.parametrize(
    "words",
    [
        ("stats",),
        ("doctor",),
        ("search", "nato"),
        ("statements",),
        ("speakers",),
        ("speakers", "list"),
        ("speakers", "show", "geoana"),
        ("sources", "list"),
        ("sources", "export"),
        ("date", "8 November 2022"),
        ("digest", "--date", "2022-11-25"),
        ("digest", "--date", "2022-11-25", "--print", "html"),
        ("feed",),
        ("feed", "--format", "rss"),
    ],
)
def test_json_is_one_document_of_schema_1(demo, words):
    ran = demo.ask(*words, "--json")
    assert ran.json["schema"] == 1
    assert ran.err == ""
    assert ran.out.count("\n") == 1


@pytest.mark.parametrize(
    ("flags", "shown"), [((), True), (("-q",), False), (("--json",), False)], ids=["plain", "quiet", "json"]
)
def test_verify_shows_how_far_it_is_on_a_terminal_only(demo, monkeypatch, flags, shown):
    monkeypatch.setenv("TERM", "xterm-256color")
    ours, theirs = pty.openpty()
    words = ["--archive", str(demo.folder), *flags, "verify"]
    with os.fdopen(theirs, "w", encoding="utf-8") as terminal, patch.object(sys, "stderr", terminal):
        with pytest.raises(SystemExit) as ended:
            main(words)
        terminal.flush()
        told = os.read(ours, 65_536) if select.select([ours], [], [], 0)[0] else b""
    os.close(ours)
    assert ended.value.code in (0, None)
    assert (b"verifying" in told) is shown
    assert demo.ask(*flags, "verify").err == ""
