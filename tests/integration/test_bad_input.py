"""Whatever goes wrong outside is said in a sentence, ends in the right code, and harms nothing stored."""

import gzip
import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.command import LOOPBACK, Ran, call, run
from tests.small_web import Web, serving

FEED = "application/rss+xml"


def rss(*items: str) -> str:
    return (
        f'<?xml version="1.0"?><rss version="2.0"><channel><title>T</title>{"".join(items)}</channel></rss>'
    )


def entry(title: str, number: int, words: str, *, guid: str = "") -> str:
    return (
        f"<item><title>{title}</title><link>https://www.example.org/news_{number}.htm</link>"
        f"<guid isPermaLink='false'>{guid or number}</guid><description>{words}</description>"
        "<pubDate>Tue, 08 Nov 2022 14:30:00 GMT</pubDate></item>"
    )


PIER = entry("Engineers mend a pier", 1, "The pier stands again.")
CHOIR = entry("A choir sings", 2, "Eleven countries sang.")
PAGE = "<!doctype html><html><body><h1>Not a feed</h1><p>It was moved to another place.</p></body></html>"

Failure = tuple[str, int | None, str]
FAILURES: dict[str, Failure] = {
    "refused": ("transport", None, "does not take the connection"),
    "nameless": ("transport", None, "cannot be resolved"),
    "gone": ("status", 404, "404"),
    "broken": ("status", 500, "500"),
    "page": ("content", 200, "web page came where a feed should be"),
    "empty": ("content", 200, "empty"),
    "cut": ("transport", None, "cut short"),
    "short": ("transport", None, "cut short"),
    "circle": ("transport", None, "redirects in a circle"),
    "private": ("forbidden_address", None, "10.255.255.1"),
    "noise": ("layout", 200, "came where a feed should be"),
    "moved": ("layout", 200, "no aggregator items"),
}
"""By source: the error's code, the status, and words of its sentence."""


def put_everything(web: Web) -> dict[str, str]:
    """Serve good and bad answers; the addresses by source."""
    cut = gzip.compress(rss(PIER, CHOIR).encode() * 40)
    web.put("/good", rss(PIER, CHOIR), type=FEED, headers={"ETag": '"first"'})
    web.put("/also", rss(entry("Engineers mend a pier", 1, "The pier stands again.", guid="x")), type=FEED)
    web.put("/broken", "trouble", status=500)
    web.put("/page", PAGE)
    web.put("/moved", PAGE)
    web.put("/empty", "")
    web.put("/cut", cut[: len(cut) // 2], type=FEED, headers={"Content-Encoding": "gzip"})
    web.put("/short", rss(PIER), type=FEED, headers={"Content-Length": "99999"})
    web.put("/circle", status=302, headers={"Location": "/circle"})
    web.put("/noise", bytes(range(256)) * 40, type=FEED)
    web.put(
        "/undated", rss("<item><title>Nobody knows when</title><link>https://a.example/1</link></item>")
    )
    web.put(
        "/bare",
        rss(*(f"<item><title>Bare {n}</title><description>Of {n}.</description></item>" for n in "ab")),
    )
    names = ("good", "also", "undated", "bare", *FAILURES)
    return {name: web.url(f"/{name}") for name in names} | {
        "refused": "http://127.0.0.1:1/feed",
        "nameless": "http://no-such-host.invalid/feed",
        "private": "http://10.255.255.1/feed",
    }


class Place:
    """An archive's folder and the commands on it."""

    def __init__(self, folder: Path):
        self.folder = folder

    def ask(self, *words: object) -> Ran:
        return run("--archive", self.folder, *words)

    def fetch(self, *words: object) -> Ran:
        return self.ask("fetch", *LOOPBACK, "--json", *words)

    def add(self, url: str, source_id: str, parser: str = "feed") -> None:
        assert self.ask("sources", "add", url, "--id", source_id, "--parser", parser).code == 0

    def held(self) -> dict[str, int]:
        stats = self.ask("stats", "--json").json
        return {name: stats[name] for name in ("items", "revisions", "statements")}

    def items(self) -> dict[str, dict]:
        return {hit["title"]: hit for hit in self.ask("search", "--limit", 99, "--json").json["hits"]}


@pytest.fixture
def place(tmp_path) -> Place:
    place = Place(tmp_path / "archive")
    assert place.ask("init", "--empty").code == 0
    return place


@pytest.fixture
def web() -> Iterator[Web]:
    with serving() as web:
        yield web


def by_id(ran: Ran) -> dict[str, dict]:
    return {row["id"]: row for row in ran.json["sources"]}


def assert_said(ran: Ran, code: int, *words: str) -> None:
    """One sentence and a remedy on stderr, nothing on stdout, no traceback."""
    assert ran.code == code, ran
    assert ran.out == ""
    sentence, remedy = ran.err.splitlines()
    assert sentence.startswith("natowire: ")
    assert remedy.startswith("  ")
    assert remedy.strip()
    for word in words:
        assert word in ran.err


# -- what servers do


def test_each_failure_is_told_and_stops_no_other_source(place, web):
    for name, url in put_everything(web).items():
        place.add(url, name, "drupal" if name == "moved" else "feed")
    first = place.fetch()
    assert (first.code, first.json["failed"]) == (1, len(FAILURES))
    rows = by_id(first)
    for name, (code, status, words) in FAILURES.items():
        row = rows[name]
        assert (row["outcome"], row["status"], row["error"]["code"]) == ("failed", status, code), row
        assert words in row["error"]["message"]
        assert row["error"]["hint"]
        assert row["error"]["where"].startswith("http://")
        assert "Traceback" not in row["error"]["message"]
    for name, listed in (("good", 2), ("also", 1), ("undated", 1), ("bare", 2)):
        assert (rows[name]["outcome"], rows[name]["listed"], rows[name]["error"]) == (
            "fetched",
            listed,
            None,
        )
    assert first.json["new"] == 5

    items = place.items()
    assert set(items) == {"Engineers mend a pier", "A choir sings", "Nobody knows when", "Bare a", "Bare b"}
    for title in ("Nobody knows when", "Bare a", "Bare b"):
        published = items[title]["published"]
        assert (published["earliest"], published["best"], published["precision"]) == (None, None, "bound")
    pier = place.ask("show", items["Engineers mend a pier"]["id"], "--json").json["item"]
    assert sorted(seen["source"] for seen in pier["observations"]) == ["also", "good"]
    assert len(pier["revisions"]) == 1

    held = place.held()
    second = place.fetch()
    assert (second.json["new"], second.json["changed"], second.json["failed"]) == (0, 0, len(FAILURES))
    assert by_id(second)["good"]["outcome"] == "not_modified"
    assert by_id(second)["good"]["status"] == 304
    assert web.asked[-1] is not None
    assert '"first"' in [sent.get("if-none-match") for path, sent in web.asked if path == "/good"]
    assert (place.held(), place.items()) == (held, items)

    told = place.ask("sources", "list").out
    assert "failed 2×" in told
    assert place.ask("doctor", "--json").code == 1


def test_a_person_is_told_which_source_failed_and_what_to_do(place, web):
    place.add(web.put("/good", rss(PIER), type=FEED), "good")
    place.add(web.url("/gone"), "gone")
    ran = place.ask("fetch", *LOOPBACK)
    assert ran.code == 1
    assert ran.err == ""
    told = " ".join(ran.out.split())
    assert "gone: The server answered 404 Not Found. Check the address" in told
    assert "Traceback" not in told


def test_loopback_is_refused_where_it_is_not_allowed(place, web):
    place.add(web.put("/good", rss(PIER), type=FEED), "good")
    ran = place.ask("fetch", "--json")
    assert ran.code == 1
    assert by_id(ran)["good"]["error"]["code"] == "forbidden_address"
    assert "allow_networks" in by_id(ran)["good"]["error"]["hint"]
    assert web.asked == []


def test_a_changed_text_is_a_new_revision_and_the_old_one_stays(place, web):
    place.add(web.put("/feed", rss(PIER, CHOIR), type=FEED), "feed")
    assert place.fetch().json["new"] == 2
    web.put(
        "/feed",
        rss(entry("Engineers mend a pier", 1, "The pier stands again, they say."), CHOIR),
        type=FEED,
    )
    again = place.fetch().json
    assert (again["new"], again["changed"]) == (0, 1)
    item = place.ask("show", place.items()["Engineers mend a pier"]["id"], "--json").json["item"]
    assert [one["summary"] for one in item["revisions"]] == [
        "The pier stands again.",
        "The pier stands again, they say.",
    ]
    assert (item["revision"], item["edited"]) == (2, True)
    shown = place.ask("show", item["id"], "--revisions").out
    assert "they say" in shown
    assert place.held()["items"] == 2


# -- what stands in the way on this machine


@pytest.mark.parametrize(
    "command", [("stats",), ("search", "x"), ("fetch",), ("show", "x"), ("digest",), ("sources", "list")]
)
def test_a_missing_archive_is_named(tmp_path, command):
    absent = tmp_path / "nothing"
    assert_said(run("--archive", absent, *command), 3, "There is no archive", str(absent), "natowire init")
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
        (("fetch", "--workers", "many"), "workers"),
        (("fetch", "--allow-network", "everything"), "everything"),
        (("fetch", "no-such-source"), "no-such-source"),
        (("sources", "add", "not an address"), "not an address"),
        (("sources", "add", "https://a.example/", "--every", "soon"), "soon"),
        (("sources", "add", "https://a.example/", "--parser", "guess"), "guess"),
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


# -- interrupted


def begin(place: Place, web: Web, *, waiting_for: int) -> subprocess.Popen[str]:
    """A fetch in a process of its own, at the moment when one source dribbles and the others are stored."""
    web.busy.clear()
    fetch = subprocess.Popen(
        call("--archive", place.folder, "fetch", *LOOPBACK),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    if not web.busy.wait(30):
        fetch.kill()
        pytest.fail(f"it asked for nothing: {fetch.communicate()}")
    end = time.monotonic() + 30
    while place.held()["items"] < waiting_for:
        assert time.monotonic() < end
        time.sleep(0.2)
    return fetch


def test_an_interrupted_fetch_keeps_what_it_stored_and_the_next_one_goes_on(place, web):
    place.add(web.put("/quick", rss(PIER), type=FEED), "quick")
    place.add(web.put("/slow", rss(CHOIR), type=FEED, drip=0.1), "slow")
    fetch = begin(place, web, waiting_for=1)
    os.killpg(fetch.pid, signal.SIGINT)  # as a terminal does: the readers get it too
    told = (*fetch.communicate(timeout=20), fetch.returncode)
    assert told == ("", "natowire: interrupted; what was stored is kept.\n", 130)
    fetch = begin(place, web, waiting_for=1)
    os.killpg(fetch.pid, signal.SIGKILL)
    assert fetch.communicate(timeout=20)[0] == ""
    assert set(place.items()) == {"Engineers mend a pier"}

    web.replies["/slow"].drip = 0.0
    again = place.fetch()
    assert again.code == 0
    assert (again.json["new"], again.json["changed"]) == (1, 0)
    assert place.held() == {"items": 2, "revisions": 2, "statements": 0}
    assert set(place.items()) == {"Engineers mend a pier", "A choir sings"}
    assert place.ask("doctor", "--json").code == 0


def test_a_reader_that_goes_away_is_no_failure():
    lines = '{"text": "8 November 2022"}\n' * 3_000  # more than a pipe holds
    command = " ".join(call("date", "--jsonl"))
    done = subprocess.run(
        ["sh", "-c", f"{{ {command}; echo $? >&2; }} | head -n 1"],
        input=lines,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.count("\n") == 1
    assert done.stderr == "0\n"


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
