"""Whatever goes wrong outside is said in a sentence, ends in the right code, and harms nothing stored."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.command import LOOPBACK, call, run
from tests.places import CHOIR, FEED, PIER, assert_said, rss


@pytest.mark.parametrize(
    "command", [("stats",), ("search", "x"), ("fetch",), ("show", "x"), ("digest",), ("sources", "list")]
)
def test_a_missing_archive_is_named(tmp_path, command):
    absent = tmp_path / "nothing"
    assert_said(
        run("--archive", absent, *command), 3, "There is no archive", str(absent), f"{absent} init`"
    )
    error = run("--archive", absent, "--json", *command).json["error"]
    assert (error["code"], error["where"]) == ("not_found", str(absent))
    assert not absent.exists()


def test_a_folder_that_cannot_be_is_named(tmp_path):
    (tmp_path / "file").write_text("in the way")
    for folder in (tmp_path / "file", tmp_path / "file" / "archive"):
        for command in (("init",), ("demo",)):
            ran = run("--archive", folder, *command)
            assert_said(ran, 3, str(folder))
        assert run("--archive", folder, "init", "--json").json["error"]["code"] == "storage"
    assert (tmp_path / "file").read_text() == "in the way"


def test_a_configuration_that_was_named_must_be_there(place, tmp_path):
    absent = tmp_path / "absent.toml"
    for command in (("stats",), ("search", "x"), ("fetch",)):
        assert_said(place.ask("--config", absent, *command), 2, str(absent), "no configuration")


@pytest.mark.parametrize(
    "words", [("search", "x"), ("--json", "stats"), ("feed",), ("--json", "show", "x")]
)
def test_an_answer_into_a_full_disk_is_no_traceback(place, words):
    with Path("/dev/full").open("w") as full:
        ran = subprocess.run(
            call("--archive", place.folder, *words),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert (ran.returncode, ran.stderr.count("\n")) == (3, 1)
    assert "cannot be written: No space left" in ran.stderr


def test_captures_that_cannot_be_written_lose_nothing(place, web):
    place.add(web.put("/feed", rss(PIER), type=FEED), "feed")
    assert place.fetch().code == 0
    held = place.held()
    captures = place.folder / "captures"
    captures.rename(place.folder / "elsewhere")
    captures.write_text("in the way")
    web.put("/feed", rss(PIER, CHOIR), type=FEED)
    assert_said(place.ask("fetch", *LOOPBACK), 3, "captures")
    assert place.held() == held
    captures.unlink()
    (place.folder / "elsewhere").rename(captures)
    assert place.fetch().json["new"] == 1


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to root")
def test_a_folder_without_leave_to_write_can_be_read(place, web):
    place.add(web.put("/feed", rss(PIER), type=FEED), "feed")
    assert place.fetch().code == 0
    place.folder.chmod(0o555)
    try:
        assert place.ask("search", "pier").code == 0
        assert_said(place.ask("fetch", *LOOPBACK), 3)
    finally:
        place.folder.chmod(0o755)


CONFIGS = {
    "[fetch\n": (1, "This is no TOML"),
    'zone = "Europe/Atlantis"\n': (1, "no time zone"),
    '\n[[source]]\nid = "x"\n': (2, "url"),
    '[fetch]\nworkers = "many"\n': (2, "workers"),
    "[fetch]\nspeed = 3\n": (2, "speed"),
    '[[source]]\nid = "x"\nurl = "ftp://a.example/"\n': (3, "url"),
    '[[source]]\nid = "x"\nurl = "https://a.example/"\nparser = "guess"\n': (4, "parser"),
}


@pytest.mark.parametrize("text", CONFIGS)
def test_a_wrong_configuration_is_pointed_at(place, text):
    line, words = CONFIGS[text]
    file = place.folder / "config.toml"
    file.write_text(text)
    for command in (("fetch",), ("sources", "check"), ("sources", "remove", "x")):
        assert_said(place.ask(*command), 2, f"{file}:{line}", words)
    error = place.ask("--json", "fetch").json["error"]
    assert (error["code"], error["where"]) == ("config", f"{file}:{line}")
    assert file.read_text() == text


def test_a_damaged_database_is_no_traceback(place):
    for beside in place.folder.glob("archive.db-*"):
        beside.unlink()
    (place.folder / "archive.db").write_bytes(b"no database at all " * 500)
    for command in (("search", "x"), ("fetch",), ("stats",)):
        assert_said(place.ask(*command), 3, "damaged")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("unheard",), "unheard"),
        (("search", "--limit", "0"), "limit"),
        (("search", "--sort", "sideways"), "sort"),
        (("search", "--befor", "2022"), "No such option: --befor"),
        (("statements", "ukraine", "--afetr=2022"), "No such option: --afetr"),
        (("fetch", "--workers", "many"), "workers"),
        (("fetch", "--allow-network", "everything"), "everything"),
        (("fetch", "no-such-source"), "no-such-source"),
        (("sources", "add", "not an address"), "not an address"),
        (("sources", "add", "https://a.example/", "--every", "soon"), "soon"),
        (("sources", "add", "https://a.example/", "--parser", "guess"), "guess"),
        (("sources", "add", "https://a.example/", "--every", "10s"), "natowire: --every is"),
        (("sources", "add", "https://a.example/", "--allow-network", "10.0.0.0/33"), "is no network"),
        (("sources", "remove", "no-such-source"), "no-such-source"),
        (("ingest",), "FILE"),
        (("ingest", __file__, "--fetched-at", "yesterday"), "yesterday"),
        (("ingest", __file__, "--fetched-at", "0001-01-01T00:00:00+05:00"), "no ISO 8601 time"),
        (("ingest", __file__, "--parser", "guess"), "guess"),
        (("digest", "--date", "soon"), "soon"),
        (("digest", "no-such-digest"), "no-such-digest"),
        (("date",), "date"),
        (("date", "today", "--tz", "Mars/Olympus"), "Mars/Olympus"),
        (("date", "today", "--now", "then"), "then"),
        (("date", "today", "--now", "9999-12-31T23:59:59-05:00"), "no ISO 8601 time"),
        (("sources", "add", "https://www.example.org/\udcff"), "not readable as an address"),
        (("speech",), "JSON lines"),
    ],
)
def test_wrong_words_are_a_matter_of_usage(place, words, sentence):
    assert_said(place.ask(*words), 2, sentence)
    ran = place.ask("--json", *words)
    assert (ran.code, ran.err) == (2, "")
    assert ran.json["error"]["code"] in {"usage", "config"}
    assert set(ran.json["error"]) == {"code", "message", "hint", "where"}
    assert "[[source]]" not in (place.folder / "config.toml").read_text()


def test_an_item_that_is_not_there_is_named(place):
    for named in ("nosuchitem", "https://www.example.org/none", "half\udcff"):
        ran = place.ask("show", named)
        assert ran.code == 3
        assert named.encode(errors="backslashreplace").decode() in ran.err
        assert place.ask("--json", "show", named).json["error"]["code"] == "not_found"


def test_files_that_cannot_be_read_stop_no_others(place, tmp_path):
    good, noise = tmp_path / "good.xml", tmp_path / "noise.xml"
    good.write_text(rss(PIER))
    noise.write_bytes(bytes(range(256)) * 40)
    files = (tmp_path / "absent.xml", noise, good, tmp_path)
    read = place.ask("parse", *files, "--parser", "feed")
    assert read.code == 1
    errors = [line["error"] and line["error"]["code"] for line in read.lines]
    assert errors == ["parse", "layout", None, "parse"]
    kept = place.ask("ingest", *files, "--parser", "feed", "--json")
    assert kept.code == 1
    assert [row["outcome"] for row in kept.json["sources"]] == ["failed", "failed", "fetched", "failed"]
    assert place.held()["items"] == 1


def test_every_line_is_answered_whatever_stands_in_it():
    asked = (
        '\ufeff{"id": 1, "text": "8 November 2022"}',  # a byte order mark opens the file
        '{"id": "\\ud800", "text": "8 November 2022"}',
        '{"id": "a\\u2028b", "text": "\\udfff"}',
        '{"id": NaN, "text": "8 November 2022", "now": -Infinity, "granularity": 1e999}',
        '{"id": [1e999], "text": "8 November 2022"}',
        "[1]",
        '{"id": 7, "text": "8 November 2022", "granularity": ' + "9" * 5_000 + "}",
    )
    ran = run("date", "--jsonl", stdin="".join(f"{line}\n" for line in asked))
    assert ran.code == 0
    answers = [json.loads(line, parse_constant=pytest.fail) for line in ran.out.encode().splitlines()]
    assert [one["id"] for one in answers] == [1, "\ud800", "a\u2028b", None, [None], None, 7]
    days = [one["earliest"] for one in answers]
    assert days == [days[0], days[0], None, days[0], days[0], None, days[0]]
    assert days[0] == "2022-11-07T23:00:00Z"


def test_nothing_is_changed_by_looking(place, web):
    place.add(web.put("/feed", rss(PIER), type=FEED), "feed")
    ran = place.ask("sources", "check", "--allow-network", "127.0.0.0/8", "--json")
    assert ran.code == 0
    assert ran.json["sources"][0]["listed"] == 1
    assert place.held()["items"] == 0


def test_a_folder_that_was_deleted_under_us_stops_no_command(tmp_path, monkeypatch):
    gone = tmp_path / "gone"
    gone.mkdir()
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert run("--archive", tmp_path / "archive", "init", "--empty").code == 0
