"""The commands that bring documents in: `parse`, `ingest`, `sources`, `fetch`, `init`."""

import pytest

from tests.command import LOOPBACK, Ran, run
from tests.small_web import serving

WHEN = {"earliest", "latest", "best", "precision"}
NOW = "2022-11-26T13:30:00Z"


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
