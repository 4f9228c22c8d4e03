"""The contract with people and programs: every command, flag and JSON key is there and spelled so."""

import json
import os
import pty
import re
import select
import shlex
import subprocess
import sys
import xml.etree.ElementTree as ET
from email import message_from_string
from unittest.mock import patch

import pytest

from aggregator import Archive
from aggregator.cli import main
from tests.command import LOOPBACK, Ran, run
from tests.conftest import ROOT
from tests.small_web import serving

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
WHEN = {"earliest", "latest", "best", "precision"}
NOW = "2022-11-26T13:30:00Z"


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


# -- reading the archive


def test_search_answers_with_the_query_as_understood_and_hits(demo):
    ran = demo.ask(
        "search", "nato", "--speaker", "stoltenberg", "--after", "2022-11-01", "--limit", "2", "--json"
    )
    document = ran.json
    assert set(document) >= {"query", "hits", "more"}
    assert document["query"]["speakers"] == [{"id": "jens-stoltenberg", "name": "Jens Stoltenberg"}]
    assert document["query"]["ignored"] == []
    assert document["more"] is True
    assert len(document["hits"]) == 2
    for hit in document["hits"]:
        assert set(hit) >= {"id", "title", "url", "published", "source", "kind", "speakers", "snippet"}
        assert set(hit["published"]) >= WHEN
        assert "Jens Stoltenberg" in hit["speakers"]
    unknown = demo.ask("search", "speaker:stoltenburg", "--json").json
    assert unknown["hits"] == []
    assert "did you mean Jens Stoltenberg?" in unknown["query"]["ignored"][0]["hint"]


def test_search_writes_lines_and_tables_for_programs(demo):
    words = ("search", "nato", "--limit", "3")
    hits = demo.ask(*words, "--json").json["hits"]
    assert demo.ask(*words, "--format", "json").json["hits"] == hits
    assert demo.ask(*words, "--format", "jsonl").lines == hits
    assert demo.ask(*words, "--format", "jsonl", "--json").lines == hits
    rows = demo.ask(*words, "--format", "csv").out.split("\r\n")
    assert rows[0].split(",")[:3] == ["id", "title", "url"]
    assert [row.split(",")[0] for row in rows[1:-1]] == [hit["id"] for hit in hits]


def test_flags_of_search_are_the_words_of_its_language(demo):
    def found(*words) -> list[str]:
        return [hit["id"] for hit in demo.ask("search", *words, "--limit", "50", "--json").json["hits"]]

    for flags, query in (
        (("--kind", "event"), "kind:event"),
        (("--source", "nato-home"), "source:nato-home"),
        (("--office", "secretary general"), 'office:"secretary general"'),
        (("--after", "2022-11-20", "--before", "2022-11-26"), "after:2022-11-20 before:2022-11-26"),
        (("--speaker", "geoana"), "speaker:geoană"),
    ):
        assert found(*flags) == found(query) != []
    assert sorted(found("nato", "--sort", "rank")) == sorted(found("nato", "--sort", "date"))
    assert set(found("nato", "-bucharest")) == set(found("nato")) - set(found("bucharest"))
    assert set(found("nat*")) >= set(found("nato"))
    assert found("title:bucharest", "OR", "title:serbia") == found("title:bucharest OR title:serbia")
    assert found("edited:yes")


def test_show_tells_all_of_an_item(demo):
    hit = demo.ask("search", "speaker:stoltenberg", "--json").json["hits"][0]
    item = demo.ask("show", hit["id"], "--json").json["item"]
    assert set(item) >= {
        "id",
        "title",
        "url",
        "published",
        "revisions",
        "observations",
        "statements",
        "text",
    }
    witness = item["published"]["evidence"][0]
    assert set(witness) >= {"kind", "raw", "where", "earliest", "latest", "rule", "strength"}
    assert demo.ask("show", hit["url"], "--json").json["item"] == item
    plain = demo.ask("show", hit["id"]).out
    for flag, words in (
        ("--evidence", "because"),
        ("--revisions", "Revision 1"),
        ("--text", item["text"][:20]),
    ):
        told = demo.ask("show", hit["id"], flag).out
        assert words in told
        assert len(told) > len(plain)


def test_statements_and_speakers(demo):
    said = demo.ask("statements", "--office", "secretary general", "--after", "2022-11", "--json").json
    assert set(said) >= {"query", "statements", "more"}
    for one in said["statements"]:
        assert (one["person"], one["office"]) == ("Jens Stoltenberg", "NATO Secretary General")
        whole = demo.ask("show", one["item"]["id"], "--json").json["item"][one["field"]]
        assert whole[one["start"] : one["end"]] == one["text"]
    names = [one["name"] for one in demo.ask("speakers", "--json").json["speakers"]]
    assert {"Jens Stoltenberg", "Mircea Geoană", "Rob Bauer"} <= set(names)
    shown = demo.ask("speakers", "show", "geoana", "--json").json["people"]
    assert [one["name"] for one in shown] == ["Mircea Geoană"]


def test_stats_and_doctor(demo):
    stats = demo.ask("stats", "--json").json
    assert {"items", "captures", "revisions", "sources", "bytes"} <= set(stats)
    assert all(
        isinstance(stats[name], int) for name in ("items", "captures", "revisions", "sources", "bytes")
    )
    findings = demo.ask("doctor", "--json").json["findings"]
    assert findings
    assert demo.ask("doctor").code == 1  # one source of the demo's world refuses


# -- what leaves the archive


def test_digests_in_three_forms(demo):
    words = ("digest", "--period", "weekly", "--date", "2022-11-24", "--query", "speaker:stoltenberg")
    assert "Stoltenberg" in demo.ask(*words, "--print", "text").out
    assert demo.ask(*words, "--print", "html").out.startswith("<!DOCTYPE html>")
    mail = message_from_string(demo.ask(*words, "--print", "eml").out)
    assert [part.get_content_type() for part in mail.walk()][1:] == ["text/plain", "text/html"]
    assert demo.ask(*words, "--send").code in {1, 2}  # no mail server is configured


def test_feeds_in_three_forms(demo):
    query = ("--query", "speaker:stoltenberg")
    atom = ET.fromstring(demo.ask("feed", *query).out)
    rss = ET.fromstring(demo.ask("feed", *query, "--format", "rss").out)
    own = json.loads(demo.ask("feed", *query, "--format", "json").out)
    counts = (len(atom.findall("{*}entry")), len(rss.findall("channel/item")), len(own["items"]))
    assert set(counts) == {7}
    assert own["version"] == "https://jsonfeed.org/version/1.1"


# -- dates and speech, line by line


def lines(*documents: object) -> str:
    return "".join(json.dumps(document) + "\n" for document in documents)


def test_date_reads_one_and_says_the_interval():
    words = ("date", "2 weeks 3 days ago", "--now", NOW, "--tz", "Europe/Brussels", "--granularity", "2")
    ran = run(*words, "--engine", "drupal8", "--json")
    answer = ran.json
    assert (answer["earliest"], answer["latest"]) == ("2022-11-08T13:30:01Z", "2022-11-09T13:30:00Z")
    assert set(answer) >= {*WHEN, "rule"}
    told = run(*words, "--engine", "drupal8").out
    assert "2022-11-08T13:30:01Z" in told
    assert run("date", "no date at all", "--json").json["earliest"] is None


def test_date_answers_each_line_with_one():
    asked = lines(
        {
            "id": 1,
            "text": "2 weeks 3 days ago",
            "now": NOW,
            "tz": "Europe/Brussels",
            "granularity": 2,
            "engine": "drupal8",
        },
        {"id": "two", "text": "8 November 2022"},
        {"text": "nothing of the kind"},
        {"id": 4, "text": "FEB 1", "page_date": "2024-01-23", "role": "event_upcoming"},
        {"id": 5, "text": 7, "now": [], "tz": {}, "granularity": "x", "engine": 0},
    )
    ran = run("date", "--jsonl", stdin=asked + "no json\n")
    assert ran.code == 0
    assert [line["id"] for line in ran.lines] == [1, "two", None, 4, 5, None]
    assert all(set(line) == {"id", *WHEN, "rule"} for line in ran.lines[:5])
    assert ran.lines[1]["earliest"] == "2022-11-07T23:00:00Z"
    assert set(ran.lines[2].values()) == {None}
    assert ran.lines[3]["earliest"] == "2024-01-31T23:00:00Z"


def test_date_intersects_a_series():
    sightings = [{"text": "1 day ago", "now": NOW}, {"text": "2 days ago", "now": "2022-11-27T13:00:00Z"}]
    asked = {
        "id": "s",
        "engine": "drupal8",
        "granularity": 2,
        "tz": "Europe/Brussels",
        "observations": sightings,
    }
    for flags in (("--jsonl", "--series"), ("--series", "--jsonl", "--json")):
        ran = run("date", *flags, stdin=lines(asked))
        assert len(ran.lines) == 1
        answer = ran.lines[0]
        assert (answer["id"], answer["earliest"], answer["latest"]) == (
            "s",
            "2022-11-25T12:30:01Z",
            "2022-11-25T13:00:00Z",
        )


def test_speech_finds_who_says_what_in_code_points():
    text = "🙂 “We stand together,” NATO Secretary General Jens Stoltenberg said on Tuesday."
    ran = run(
        "speech",
        "--jsonl",
        stdin=lines({"id": 9, "title": "T", "text": text, "date": "2022-11-08", "lang": "en"}),
    )
    (answer,) = ran.lines
    (one,) = answer["statements"]
    assert answer["id"] == 9
    assert set(one) >= {
        *("field", "start", "end", "text", "kind", "cue", "mention", "mention_start", "mention_end"),
        *("speaker_kind", "person", "office", "rule", "confidence"),
    }
    assert text[one["start"] : one["end"]] == one["text"]
    assert text[one["mention_start"] : one["mention_end"]] == one["mention"]
    assert (one["kind"], one["person"], one["office"]) == (
        "direct",
        "Jens Stoltenberg",
        "NATO Secretary General",
    )


# -- documents in

PAGE = """<div class="aggregator-feed"><article class="aggregator-item"><h3 class="feed-item-title">
<a href="https://www.nato.int/cps/en/natohq/news_1.htm">A pier stands again</a></h3>
<div class="field field--name-timestamp">2 weeks 3 days ago</div>
<div class="item-description">Engineers mended it.</div></article></div>"""
SAVED = ("--url", "https://natowatch.org/aggregator/sources/1", "--fetched-at", NOW)


@pytest.fixture
def archive(tmp_path):
    folder = tmp_path / "archive"
    assert run("--archive", folder, "init", "--empty").code == 0

    def ask(*words, **rest) -> Ran:
        return run("--archive", folder, *words, **rest)

    ask.folder = folder
    return ask


def test_parse_writes_a_line_a_file_and_stores_nothing(tmp_path):
    page, other = tmp_path / "page.html", tmp_path / "other.html"
    page.write_text(PAGE)
    other.write_text(PAGE)
    for flags in ((), ("--json", "--parser", "drupal")):
        ran = run("--archive", tmp_path / "none", "parse", page, other, *SAVED, *flags)
        assert (ran.code, [line["file"] for line in ran.lines]) == (0, [str(page), str(other)])
    line = ran.lines[0]
    assert set(line) >= {"file", "parser", "entries", "problems", "error"}
    assert (line["parser"], line["problems"], line["error"]) == ("drupal", [], None)
    (entry,) = line["entries"]
    assert set(entry) >= {"title", "url", "guid", "published", "summary", "text"}
    assert set(entry["published"]) >= WHEN
    assert entry["published"]["earliest"] == "2022-11-08T13:30:01Z"
    assert not (tmp_path / "none").exists()


def test_ingest_archives_as_if_fetched_then(archive, tmp_path):
    page = tmp_path / "page.html"
    page.write_text(PAGE)
    for new in (1, 0):
        ran = archive("ingest", page, *SAVED, "--parser", "drupal", "--source", "watch", "--json")
        assert (ran.code, ran.json["new"], ran.json["changed"]) == (0, new, 0)
    (hit,) = archive("search", "--source", "watch", "--json").json["hits"]
    assert hit["published"]["latest"] == "2022-11-09T13:30:00Z"
    item = archive("show", hit["id"], "--json").json["item"]
    assert item["first_seen"] == NOW


# -- sources


def test_sources_from_adding_to_removing(archive, tmp_path):
    added = archive(
        "sources", "add", "https://a.example/feed", "--id", "a", "--parser", "feed", "--every", "6h"
    )
    assert added.code == 0
    assert archive("sources", "add", "https://b.example/feed", "--json").json["added"] == ["b-example"]
    listed = {row["id"]: row for row in archive("sources", "list", "--json").json["sources"]}
    assert set(listed) == {"a", "b-example"}
    assert (listed["a"]["every"], listed["a"]["parser"], listed["a"]["enabled"]) == (21600, "feed", True)
    for command, enabled in (("disable", False), ("enable", True)):
        assert archive("sources", command, "a").code == 0
        assert archive("sources", "list", "--json").json["sources"][0]["enabled"] is enabled
    opml = tmp_path / "list.opml"
    opml.write_text(archive("sources", "export").out)
    assert archive("sources", "remove", "a").code == 0
    addresses = tmp_path / "list.txt"
    addresses.write_text("# mine\nhttps://c.example/feed\n\nhttps://b.example/feed\n")
    assert len(archive("sources", "import", opml, "--json").json["added"]) == 1
    assert len(archive("sources", "import", addresses, "--json").json["added"]) == 1
    urls = [row["url"] for row in archive("sources", "list", "--json").json["sources"]]
    assert sorted(urls) == [f"https://{letter}.example/feed" for letter in "abc"]
    assert archive("sources", "add", "https://d.example/", "--id", "b-example").code == 2


def test_fetch_all_due_and_some(archive):
    with serving() as web:
        for name in ("one", "two"):
            web.put(f"/{name}", PAGE)
            assert archive("sources", "add", web.url(f"/{name}"), "--id", name).code == 0
        first = archive("fetch", "one", *LOOPBACK, "--workers", "2", "--json")
        assert [row["id"] for row in first.json["sources"]] == ["one"]
        due = archive("fetch", "--due", *LOOPBACK, "--json").json
        assert set(due) >= {"sources", "new", "changed", "failed"}
        assert {row["id"]: row["outcome"] for row in due["sources"]} == {"one": "skipped", "two": "fetched"}
        for row in due["sources"]:
            assert set(row) >= {"id", "outcome", "status", "listed", "new", "changed", "error", "seconds"}
        every = archive("fetch", "--all", *LOOPBACK, "--json").json
        assert [row["outcome"] for row in every["sources"]] == ["fetched", "fetched"]
        assert [path for path, _ in web.asked].count("/one") == 2
        assert archive("sources", "disable", "two").code == 0
        assert [row["id"] for row in archive("fetch", "--due", *LOOPBACK, "--json").json["sources"]] == [
            "one"
        ]


def test_a_fresh_archive_has_a_commented_configuration_with_sources(tmp_path):
    ran = run("--archive", tmp_path / "a", "init", "--json")
    assert ran.code == 0
    text = (tmp_path / "a" / "config.toml").read_text()
    assert text.count("[[source]]") >= 8
    assert text.count("# ") >= 10
    assert {path.name for path in (tmp_path / "a").iterdir()} >= {"archive.db", "captures", "config.toml"}
    elsewhere = tmp_path / "other.toml"
    assert run("--archive", tmp_path / "b", "--config", elsewhere, "init", "--empty").code == 0
    assert elsewhere.exists()
    assert not (tmp_path / "b" / "config.toml").exists()


# -- Python


def test_python_does_what_the_commands_do(demo):
    with Archive.open(str(demo.folder)) as archive:
        page = archive.search('speaker:stoltenberg after:2022-11-01 "climate"', limit=10)
        assert [hit.kind for hit in page.hits] == ["news"]
        page = archive.search("speaker:stoltenberg after:2022-11-01", limit=10)
        assert page.hits
        for hit in page.hits:
            assert hit.published.best is not None
            assert "Jens Stoltenberg" in hit.speakers
            assert hit.title
        item = archive.item(page.hits[0].id)
    assert item.revisions
    assert item.observations
    assert item.statements
    assert item.published.evidence
    told = demo.ask("search", "speaker:stoltenberg after:2022-11-01", "--json").json["hits"]
    assert [hit["id"] for hit in told] == [hit.id for hit in page.hits]
